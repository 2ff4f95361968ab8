"""Sends the Monday mails and reminders that are due; a cron line does without worker and broker."""

from argparse import ArgumentParser
from collections import Counter
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.models import Firm
from crm.services import digests


class Command(BaseCommand):
    """Add what is due, send it, say what came of it."""

    help = "Sends the mails that are due now; running it twice sends none twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the moment."""
        parser.add_argument("--now", metavar="ISO", help="act as at this moment, for a rehearsal")

    def handle(self, *, now: str | None, **options: Any) -> None:
        """Send each mail for itself: one that fails keeps none of the others back."""
        moment = _moment(now) if now else timezone.now()
        fates: Counter[str] = Counter()
        for digest_id in digests.sweep(now=moment):
            try:
                fates[digests.send(digest_id=digest_id, now=moment) or "TAKEN"] += 1
            except Exception as error:  # each mail stands alone; the sweep tries this one again
                fates["BROKEN"] += 1
                self.stderr.write(f"Mail {digest_id} waits: {type(error).__name__}: {error}")
        told = ", ".join(f"{fate.lower()} {count}" for fate, count in sorted(fates.items()))
        self.stdout.write(f"Mails: {told or 'none is due'}.")
        if fates["BROKEN"]:
            raise CommandError("Some mails could not be written; see above.")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            f"--now {text!r} is no moment. Write it as 2026-11-23T08:00+08:00."
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=Firm.current().zone)
