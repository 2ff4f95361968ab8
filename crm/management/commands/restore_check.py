"""Looks at a backup before it is needed: `manage.py restore_check FILE`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from crm.services.backup import checking
from crm.services.backup.archive import BackupFailed

UNFIT = 2


class Command(BaseCommand):
    """Read a backup from end to end, open its database, and say what it holds."""

    help = "Reads a backup from end to end, opens its database and says what it holds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the file."""
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="as `manage.py backup` wrote it"
        )

    def handle(self, *, file: Path, **options: Any) -> None:
        """Look, and answer with what is there and what to do next."""
        try:
            found = checking.look_at(file)
        except BackupFailed as error:
            raise CommandError(str(error), returncode=UNFIT) from error
        if found.is_of_a_later_version:
            raise CommandError(
                _("This backup is of a later version. Update the program first."), returncode=UNFIT
            )
        self.stdout.write(
            _("Whole, made at %(made_at)s: %(database)s and %(files)d other files.")
            % {
                "made_at": f"{found.made_at:%Y-%m-%d %H:%M %Z}",
                "database": found.database,
                "files": found.files,
            }
        )
        if found.leads is not None:
            counts = {"leads": found.leads, "people": found.people}
            self.stdout.write(_("Leads %(leads)d, people %(people)d.") % counts)
        self.stdout.write(_("How to start from it: docs/deployment.md, “Backup”."))
