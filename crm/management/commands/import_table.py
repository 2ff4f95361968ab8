"""Reads a plain table: `manage.py import_table FILE.csv --kind leads --mapping FILE.json`."""

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
from crm.services.tables import importing
from crm.services.tables.importing import Result
from crm.services.tables.refusals import BadRow, TableRefused

REFUSED = 2
QUIET_SECONDS = 2.0
SECONDS_BETWEEN = 1.0
NAMED = 20


class Command(BaseCommand):
    """Take the leads or invoices of another program's export into the ledger."""

    help = "Import a CSV table (docs/import-table.md); exit code 2 when it is refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the file, what is in it and how to read it."""
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--kind", default="leads", help="what a row is: leads or invoices")
        parser.add_argument("--mapping", type=Path, required=True, metavar="FILE.json")
        parser.add_argument("--encoding", default="utf-8", help="of the file (utf-8)")
        parser.add_argument("--dry-run", action="store_true", help="check everything, keep nothing")
        parser.add_argument("--strict", action="store_true", help="refuse all when a row is bad")
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what became of the rows."""
        self.started = self.said = monotonic()
        try:
            result = importing.run(
                options["file"],
                kind=options["kind"],
                mapping=options["mapping"],
                now=timezone.now(),
                encoding=options["encoding"],
                is_dry_run=options["dry_run"],
                is_strict=options["strict"],
                progress=self.progress,
            )
        except TableRefused as refused:
            self.refuse(refused, as_json=options["json"])
        else:
            self.answer(result, as_json=options["json"])

    def progress(self, rows: int) -> None:
        """Say how far the import is, once it takes longer than a moment."""
        moment = monotonic()
        if moment - self.started > QUIET_SECONDS and moment - self.said > SECONDS_BETWEEN:
            self.said = moment
            self.stderr.write(_("%d rows") % rows)

    def refuse(self, refused: TableRefused, *, as_json: bool) -> None:
        """Say why in one sentence, and end with the code of a refusal."""
        bad = refused.bad_rows
        if as_json:
            facts = {
                "refused": True,
                "message": str(refused),
                "where": refused.where,
                "bad": bad.count,
                "problems": [asdict(one) for one in bad.listed],
            }
            self.stdout.write(json.dumps(facts))
        else:
            self.list_bad(bad.listed, bad.not_listed)
        raise CommandError(str(refused), returncode=REFUSED)

    def list_bad(self, listed: list[BadRow], more: int) -> None:
        """List the rows that were left out."""
        for one in listed:
            self.stderr.write(str(one))
        if more:
            self.stderr.write(
                ngettext("%d more bad row.", "%d more bad rows.", more)
                % more  # the list is bounded
            )

    def answer(self, result: Result, *, as_json: bool) -> None:
        """Say what was made, changed and left alone."""
        seconds = round(monotonic() - self.started, 1)
        if as_json:
            facts = {"refused": False, "seconds": seconds, **asdict(result)}
            self.stdout.write(json.dumps(facts))
            return
        self.list_bad(result.problems, result.bad - len(result.problems))
        for label, count in (
            (_("created"), result.created),
            (_("updated"), result.updated),
            (_("unchanged"), result.unchanged),
            (_("not meant by the mapping"), result.skipped),
            (_("bad"), result.bad),
            (_("new accounts"), result.accounts_created),
            (_("people who cannot sign in yet"), result.added_users),
        ):
            self.stdout.write(f"{count:>9}  {label}")
        for label, words in (
            (_("New own fields: %s"), result.fields_created),
            (_("Not read: %s"), result.unread_columns),
        ):
            if words:
                shown = ", ".join(words[:NAMED]) + (" …" if len(words) > NAMED else "")
                self.stdout.write(label % shown)
        self.stdout.write(self.last_line(result, seconds))

    def last_line(self, result: Result, seconds: float) -> str:
        """Return the sentence that ends the answer."""
        if result.is_dry_run:
            return _("Tried only: nothing was written (%(seconds)s s).") % {"seconds": seconds}
        return answers.imported(result.leads_to_score, seconds)
