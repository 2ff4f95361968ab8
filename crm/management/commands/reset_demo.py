"""Loads the demo anew: manage.py reset_demo [--yes], with the options of load_demo."""

from datetime import datetime
from typing import Any

from django.core.management.base import CommandError

from crm.demo import load
from crm.management.commands import load_demo
from crm.services import people
from crm.services.errors import LedgerError


class Command(load_demo.Command):
    """Delete the demo, load it again up to now and print a new password."""

    help = "Deletes the demo, loads it again up to now and prints a new password."

    def add_arguments(self, parser: Any) -> None:
        """Take the options of load_demo and the word that nobody needs to be asked."""
        super().add_arguments(parser)
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, leads: int, seed: int, until: str | None, **options: Any) -> None:
        """Ask, clear, load, and print the new password."""
        try:
            load.refuse_real_data()
        except LedgerError as error:
            raise CommandError(str(error)) from error
        if not options.pop("yes") and not self._agreed():
            raise CommandError("Nothing was changed.")
        load.clear()
        super().handle(leads=leads, seed=seed, until=until, **options)

    def _say_who_signs_in(self, now: datetime, *, everyone: bool) -> None:
        if everyone:
            super()._say_who_signs_in(now, everyone=True)
            return
        username, password = people.renew_founder(now)
        self.stdout.write(f"Sign in as {username}. Password, shown once: {password}")

    def _agreed(self) -> bool:
        self.stdout.write(
            "This deletes all demo leads, with everything entered since. Go on? [y/N] "
        )
        return input().strip().lower() in {"y", "yes"}
