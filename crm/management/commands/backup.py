"""Writes a backup of the whole: `manage.py backup [--to DIR] [--keep N] [--json]`."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.recorded import recorded
from crm.services.backup import writing
from crm.services.backup.archive import BackupFailed

FAILED = 2
MEGABYTE = 1_000_000


def positive(text: str) -> int:
    """Return a whole number from one on."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(_("%(text)r is no number of backups. Write 7.") % {"text": text})
    return int(text)


class Command(BaseCommand):
    """Write one file with database, learned models and uploads, and look it through."""

    help = "Writes one file with everything that a fresh copy needs, and looks it through."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the folder, how many stay there, and how to answer."""
        parser.add_argument("--to", type=Path, metavar="DIR", help="default: BACKUP_DIR")
        parser.add_argument(
            "--keep", type=positive, metavar="N", help="keep the newest N; default: BACKUP_KEEP"
        )
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *, to: Path | None, keep: int | None, **options: Any) -> None:
        """Back up, and say where to and how large."""
        folder = (to or settings.BACKUP_DIR).resolve()
        try:
            with recorded(writing.JOB) as run:
                made = writing.back_up(
                    folder, keep=keep or settings.BACKUP_KEEP, now=timezone.now()
                )
                run.facts = made.as_json()
        except BackupFailed as error:
            if options["json"]:
                self.stdout.write(json.dumps({"failed": type(error).__name__, "why": str(error)}))
            raise CommandError(str(error), returncode=FAILED) from error
        if options["json"]:
            self.stdout.write(json.dumps(made.as_json()))
            return
        words = {"path": made.path, "size": f"{made.size / MEGABYTE:,.1f}"}
        self.stdout.write(_("Backed up to %(path)s (%(size)s MB), and looked through.") % words)
