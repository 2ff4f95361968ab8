"""Reads a ledger bundle: `manage.py import_ledger DIR [--dry-run] [--json]`."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.management import answers
from crm.services.bundle import importing
from crm.services.bundle.problems import BundleRefused

REFUSED = 2
QUIET_SECONDS = 2.0  # nothing is said of an import that is over sooner
SECONDS_BETWEEN = 1.0


class Command(BaseCommand):
    """Take a bundle into the ledger: all of it, or nothing."""

    help = "Import a ledger bundle (docs/ledger-bundle.md); exit code 2 when it is refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the folder and how to answer."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="folder with the CSV files")
        parser.add_argument("--dry-run", action="store_true", help="check everything, keep nothing")
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")
        parser.add_argument("--encoding", default="utf-8", help="of the CSV files (utf-8)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what became of each file."""
        self.started = self.said = monotonic()
        try:
            result = importing.run(
                options["folder"],
                now=timezone.now(),
                encoding=options["encoding"],
                is_dry_run=options["dry_run"],
                progress=self.progress,
            )
        except BundleRefused as refused:
            self.refuse(refused, as_json=options["json"])
        else:
            self.answer(result, as_json=options["json"])

    def progress(self, file: str, rows: int) -> None:
        """Say how far the import is, once it takes longer than a moment."""
        moment = monotonic()
        if moment - self.started > QUIET_SECONDS and moment - self.said > SECONDS_BETWEEN:
            self.said = moment
            self.stderr.write(_("%(file)s: %(rows)d rows") % {"file": file, "rows": rows})

    def refuse(self, refused: BundleRefused, *, as_json: bool) -> None:
        """Name each place that is wrong, and end with the code of a refusal."""
        problems = refused.problems
        if as_json:
            told = [asdict(problem) for problem in problems.listed]
            facts = {"refused": True, "message": refused.message, "problems": told}
            self.stdout.write(json.dumps({**facts, "more": problems.stopped_early}))
        else:
            for problem in problems.listed:
                self.stderr.write(str(problem))
            if problems.stopped_early:
                self.stderr.write(_("There may be more; reading stopped here."))
        raise CommandError(refused.message, returncode=REFUSED)

    def answer(self, result: importing.Result, *, as_json: bool) -> None:
        """Say what was made, changed and left alone."""
        seconds = round(monotonic() - self.started, 1)
        if as_json:
            facts = {"refused": False, "seconds": seconds, **asdict(result)}
            self.stdout.write(json.dumps(facts))
            return
        self.table(result)
        for name, columns in result.unread_columns.items():
            self.stdout.write(
                _("Not read: %(columns)s of %(file)s")
                % {"columns": ", ".join(columns[:20]), "file": name}
            )
        if result.unread_files:
            self.stdout.write(_("Not read: %s") % ", ".join(result.unread_files[:20]))
        if result.added_users:
            self.stdout.write(
                ngettext(
                    "%d person was added who cannot sign in; a founder can change that.",
                    "%d people were added who cannot sign in; a founder can change that.",
                    result.added_users,
                )
                % result.added_users
            )
        self.stdout.write(self.last_line(result, seconds))

    def table(self, result: importing.Result) -> None:
        """Print one line a file."""
        width = max(len(one.file) for one in result.files)
        head = (_("created"), _("updated"), _("unchanged"))
        self.stdout.write(f"{'':{width}}  " + "  ".join(f"{word:>9}" for word in head))
        for one in result.files:
            counts = (one.created, one.updated, one.unchanged)
            self.stdout.write(
                f"{one.file:{width}}  " + "  ".join(f"{count:>9}" for count in counts)
            )

    def last_line(self, result: importing.Result, seconds: float) -> str:
        """Return the sentence that ends the answer."""
        if result.is_dry_run:
            return _("Nothing is wrong with it. Nothing was written (%(seconds)s s).") % {
                "seconds": seconds
            }
        return answers.imported(result.leads_to_score, seconds)
