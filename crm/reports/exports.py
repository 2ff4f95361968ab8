"""Writes the pipeline report to a file, and notes in the log who took it."""

import logging
from collections.abc import Iterator
from typing import IO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from crm.reports import files, pipeline, xlsx
from crm.reports.pipeline import Pipeline, Totals

log = logging.getLogger(__name__)


def csv_lines(report: Pipeline, *, by: str) -> Iterator[str]:
    """Yield the CSV file line by line."""
    totals = Totals()
    yield from files.csv_lines(pipeline.COLUMNS, totals.counting(report.rows()))
    _note(report, totals, "csv", by)


def write_xlsx(report: Pipeline, target: str | IO[bytes], *, zone: ZoneInfo, by: str) -> Totals:
    """Write the workbook; its notes carry the totals."""
    totals = Totals()

    def notes() -> Iterator[tuple[str, str]]:
        yield from files.notes(report, totals, zone)

    title = _("Pipeline, demo data") if report.is_demo else _("Pipeline")
    xlsx.write(
        target,
        title=title,
        columns=pipeline.COLUMNS,
        rows=totals.counting(report.rows()),
        notes=notes(),
    )
    _note(report, totals, "xlsx", by)
    return totals


def _note(report: Pipeline, totals: Totals, form: str, by: str) -> None:
    names = "hidden" if report.hides_names else "shown"
    log.info(
        "pipeline report exported: %s, %s leads as of %s, names %s, by %s",
        form,
        totals.leads,
        report.as_of.isoformat(),
        names,
        by,
    )
