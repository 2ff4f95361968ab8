"""A report as a file: its name, its notes, CSV rows."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm import formats, scorer_words
from crm.reports.columns import Cell, Column, Kind, disarmed
from crm.reports.pipeline import Pipeline, Totals

FORMS = ("csv", "xlsx")
BYTE_ORDER_MARK = "\ufeff"


class Line:
    """What csv.writer writes to: it hands each line back."""

    def write(self, line: str) -> str:
        """Return the line."""
        return line


def csv_lines(columns: Sequence[Column], rows: Iterable[object]) -> Iterator[str]:
    """Yield a CSV file line by line; Excel knows its letters by the mark at the start."""
    writer = csv.writer(Line())
    yield BYTE_ORDER_MARK + writer.writerow(_csv_cell(str(column.head)) for column in columns)
    for row in rows:
        yield writer.writerow(_csv_cell(column.of(row), column.kind) for column in columns)


def _csv_cell(value: Cell, kind: Kind = Kind.TEXT) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if kind is Kind.SHARE and isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, Decimal | float | int):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    return disarmed(value)


def file_name(report: Pipeline, form: str, zone: ZoneInfo) -> str:
    """Return the name of the file, in the reader's language."""
    day = report.as_of.astimezone(zone).date().isoformat()
    parts = [_("pipeline"), day]
    if report.hides_names:
        parts.append(_("names hidden"))
    if report.is_demo:
        parts.append(_("demo data"))
    return "-".join(parts).replace(" ", "-") + f".{form}"


def notes(report: Pipeline, totals: Totals, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """Yield what a reader must know of the numbers: a head and a sentence each."""
    if report.is_demo:
        yield _("Demo"), _("Synthetic demo data: every company here is invented.")
    yield _("As of"), moment_in_words(report.as_of, zone)
    yield _("Open leads"), str(totals.leads)
    yield _("Low intent"), str(totals.red)
    yield pgettext("verdict", "Watch"), str(totals.amber)
    yield _("No verdict yet"), str(totals.unjudged)
    yield _("Budget unknown"), formats.percent(totals.budget_unknown_share)
    yield _("Without a value"), str(totals.without_value)
    yield _("Estimated value"), in_full(totals.value)
    yield _("Weighted value"), in_full(totals.weighted)
    yield _("Hours sunk"), formats.hours(totals.hours)
    yield _("Sunk"), formats.money_in_full(totals.sunk)
    yield _("Hour costs"), formats.money_in_full(report.hour_cost)
    status = scorer_words.status(
        outcomes=report.scorer.outcomes,
        is_learned=report.scorer.is_learned,
        is_alone=report.scorer.is_alone,
    )
    yield _("Scores"), status
    yield _("Names"), _("names hidden") if report.hides_names else _("names shown")
    yield _("Nothing left out"), _("A red lead stays in all totals; nothing is sorted out.")
    yield (
        _("Weighted"),
        _(
            "Value times chance of an order; a logo or learning deal counts 0; no verdict yet,"
            " no weight."
        ),
    )
    yield (
        _("Low intent, watch"),
        _("Below a third, below two thirds of the usual rate, with signals of two groups."),
    )


def in_full(sums: dict[str, Decimal]) -> str:
    """Return sums of money, each currency for itself."""
    said = (formats.money_in_full(amount, code) for code, amount in sums.items())
    return " + ".join(said) or formats.DASH


def moment_in_words(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment with its zone."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} {zone}"
