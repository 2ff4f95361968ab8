"""Writes the ledger as a bundle: `manage.py export_ledger DIR`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.services.bundle import exporting
from crm.services.bundle.problems import BundleRefused

REFUSED = 2
QUIET_SECONDS = 2.0
SECONDS_BETWEEN = 1.0


class Command(BaseCommand):
    """Write everything into a folder of plain CSV files."""

    help = "Export the whole ledger as a bundle (docs/ledger-bundle.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the folder and how to answer."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="folder to make or replace")
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export, and say how many rows each file has."""
        self.started = self.said = monotonic()
        try:
            counts = exporting.run(options["folder"], now=timezone.now(), progress=self.progress)
        except BundleRefused as refused:
            if options["json"]:
                self.stdout.write(json.dumps({"refused": True, "message": refused.message}))
            raise CommandError(refused.message, returncode=REFUSED) from None
        seconds = round(monotonic() - self.started, 1)
        if options["json"]:
            answer = {"refused": False, "seconds": seconds, "rows": counts}
            self.stdout.write(json.dumps(answer))
            return
        for file, count in counts.items():
            self.stdout.write(f"{file:20}{count:>9}")
        words = {"folder": options["folder"], "seconds": seconds}
        self.stdout.write(_("Exported to %(folder)s in %(seconds)s s.") % words)

    def progress(self, file: str, rows: int) -> None:
        """Say how far the export is, once it takes longer than a moment."""
        moment = monotonic()
        if moment - self.started > QUIET_SECONDS and moment - self.said > SECONDS_BETWEEN:
            self.said = moment
            self.stderr.write(_("%(file)s: %(rows)d rows") % {"file": file, "rows": rows})
