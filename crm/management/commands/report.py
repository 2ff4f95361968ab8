"""Writes a report to a file: manage.py report pipeline --format xlsx --out pipeline.xlsx."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from crm.management.arguments import moment_of, user_named
from crm.models import Firm
from crm.reports import exports, files, pipeline
from crm.reports.pipeline import Pipeline
from crm.selectors.digest import language_of


class Command(BaseCommand):
    """Write a report; the file appears when it is whole."""

    help = "Writes the pipeline report as CSV or XLSX."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the report, its form, moment and reader."""
        parser.add_argument("report", choices=["pipeline"])
        parser.add_argument("--format", choices=files.FORMS, required=True)
        parser.add_argument("--out", metavar="FILE", required=True, type=Path)
        parser.add_argument("--as-of", metavar="DATE", help="YYYY-MM-DD, the end of that day")
        parser.add_argument("--user", metavar="NAME", help="only what this person may read")
        parser.add_argument("--hide-names", action="store_true", help="numbers instead of names")
        parser.add_argument("--language", choices=["zh-hans", "en"])

    def handle(self, *, out: Path, user: str | None, language: str | None, **options: Any) -> None:
        """Write beside the target, then rename."""
        firm, reader = Firm.current(), user_named(user) if user else None
        found = pipeline.pipeline(
            reader,
            as_of=moment_of(options["as_of"], firm),
            firm=firm,
            hides_names=options["hide_names"],
        )
        unfinished = out.with_name(f".{out.name}.{os.getpid()}")
        reads = language_of(reader) if reader else settings.LANGUAGE_CODE
        try:
            with translation.override(language or reads):
                _write(found, unfinished, options["format"], user or "the command line", firm)
            unfinished.replace(out)
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
        finally:
            unfinished.unlink(missing_ok=True)
        self.stdout.write(f"Wrote {out}.")


def _write(found: Pipeline, target: Path, form: str, by: str, firm: Firm) -> None:
    if form == "xlsx":
        with target.open("wb") as file:
            exports.write_xlsx(found, file, zone=firm.zone, by=by)
            os.fsync(file.fileno())
        return
    with target.open("w", encoding="utf-8", newline="") as file:
        file.writelines(exports.csv_lines(found, by=by))
        file.flush()
        os.fsync(file.fileno())
