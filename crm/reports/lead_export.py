"""The lead list as a file: each lead that the filters keep, without a cap, row by row."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from math import isfinite
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from crm import formats
from crm.models import CustomField, Firm, Mark, Pattern, User, Verdict
from crm.models.lead import LeadQuerySet
from crm.reports import files, xlsx
from crm.reports.columns import Cell, Column, Kind
from crm.selectors import lead_list
from crm.selectors.lead_list import LeadRow

log = logging.getLogger(__name__)
ROWS_A_FETCH = 1_000
OWN_KINDS = {CustomField.Kind.NUMBER.value: Kind.NUMBER, CustomField.Kind.DATE.value: Kind.DAY}
FIRST_IN_WORKBOOKS = date(1900, 1, 1)


@dataclass(frozen=True)
class LeadSheet:
    """What a file of leads holds, when it was taken, and in whose zone its days are."""

    leads: LeadQuerySet
    columns: Sequence[Column]
    moment: datetime
    today: date
    firm: Firm
    zone: ZoneInfo
    reader: User

    def rows(self) -> Iterator["Line"]:
        """Yield the leads in the order of the list, a thousand read at a time."""
        reads_steps = self.reader.has_perm("crm.sell")
        found = self.leads.select_related("account", "owner").iterator(ROWS_A_FETCH)
        while some := list(islice(found, ROWS_A_FETCH)):
            prefetch_related_objects(some, "tags")
            shown = lead_list.rows_of(
                some, moment=self.moment, today=self.today, norms=self.firm.stage_norms
            )
            yield from (Line(row, self.firm, self.zone, reads_steps) for row in shown)


class Line:
    """One lead as a file says it: codes in words, days in the firm's zone."""

    def __init__(self, row: LeadRow, firm: Firm, zone: ZoneInfo, reads_steps: bool) -> None:
        """Keep the row as the list shows it."""
        self.row, self.lead, self.firm, self.zone = row, row.lead, firm, zone
        self.reads_steps = reads_steps

    def __getattr__(self, name: str) -> Any:
        """Return what the list, or else the lead itself, holds under the name."""
        if name.endswith("_name"):
            return getattr(self.lead, f"get_{name.removesuffix('_name')}_display")()
        return getattr(self.row, name) if hasattr(self.row, name) else getattr(self.lead, name)

    @property
    def account(self) -> str:
        """Return the name of the account."""
        return str(self.lead.account.name)

    @property
    def kind_name(self) -> str:
        """Return the kind of organisation."""
        return str(self.lead.account.get_kind_display())

    @property
    def city(self) -> str:
        """Return the city."""
        return str(self.lead.account.city)

    @property
    def owner_name(self) -> str:
        """Return whose lead it is."""
        return str(self.lead.owner or "")

    @property
    def stage_name(self) -> str:
        """Return the stage in words."""
        return self.firm.stage_word(self.row.stage)

    @property
    def figure(self) -> float | None:
        """Return the chance, nothing without a verdict or of too wide an interval."""
        judged = self.row.verdict != Verdict.UNKNOWN and not self.row.is_too_wide
        return self.row.chance if judged else None

    @property
    def verdict_name(self) -> str:
        """Return the verdict in words."""
        return str(Verdict(self.row.verdict).label)

    @property
    def pattern_name(self) -> str:
        """Return the pattern in words."""
        return str(Pattern(self.row.pattern).label) if self.row.pattern else ""

    @property
    def mark_name(self) -> str:
        """Return the late-payment mark in words."""
        return str(Mark(self.row.mark).label)

    @property
    def value(self) -> Any:
        """Return the estimated value."""
        return self.lead.est_value_amount

    @property
    def step(self) -> str:
        """Return the next step for who reads sales notes."""
        return self.row.step if self.reads_steps else ""

    @property
    def decide_by(self) -> date | None:
        """Return the day to decide by."""
        return self.lead.decide_by_date

    @property
    def opened(self) -> date:
        """Return the day of the first contact."""
        return self.lead.opened_at.astimezone(self.zone).date()

    @property
    def closed(self) -> date | None:
        """Return the day of the end."""
        return self.lead.closed_at.astimezone(self.zone).date() if self.lead.closed_at else None

    @property
    def tags(self) -> str:
        """Return the tags."""
        return ", ".join(tag.name for tag in self.lead.tags.all())

    @property
    def talks(self) -> int:
        """Return how many talks were logged."""
        return self.lead.interaction_count

    @property
    def travel(self) -> Any:
        """Return the travel cost."""
        return self.lead.travel_amount

    @property
    def basis(self) -> str:
        """Return how we know of the end."""
        return self.lead.outcome_basis if self.reads_steps else ""

    @property
    def lesson(self) -> str:
        """Return what we learned."""
        return self.lead.outcome_lesson if self.reads_steps else ""


class OwnColumn(Column):
    """A field of the vendor's own; a value of another kind than its field is text."""

    def of(self, row: Line) -> Cell:
        """Return what a lead says: numbers as numbers, days as days, yes and no in words."""
        value = row.lead.custom_fields.get(self.name)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if self.kind is Kind.NUMBER and isinstance(value, int | float) and isfinite(value):
            return int(value) if value == int(value) else value
        if self.kind is Kind.DAY and (day := _day(value)):
            return day
        return "" if value is None else str(value)


def _day(value: object) -> date | None:
    """Return the day that a value names, if a workbook can tell it."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return None
    return day if day >= FIRST_IN_WORKBOOKS else None


def own_columns(fields: Sequence[CustomField]) -> list[Column]:
    """Return the vendor's own fields as columns."""
    return [
        OwnColumn(field.key, field.label, OWN_KINDS.get(field.kind, Kind.TEXT), width=18)
        for field in fields
    ]


def csv_lines(sheet: LeadSheet) -> Iterator[str]:
    """Yield the CSV file line by line."""
    _note(sheet, "csv")
    yield from files.csv_lines(sheet.columns, sheet.rows())


def write_xlsx(sheet: LeadSheet, target: str | IO[bytes], *, view: str) -> None:
    """Write the workbook; its notes say what it is of."""
    _note(sheet, "xlsx")
    xlsx.write(
        target,
        title=_("Leads"),
        columns=sheet.columns,
        rows=sheet.rows(),
        notes=_notes(sheet, view),
    )


def _notes(sheet: LeadSheet, view: str) -> Iterator[tuple[str, str]]:
    yield _("As of"), files.moment_in_words(sheet.moment, sheet.zone)
    yield _("Filters"), view or formats.DASH
    yield _("Nothing left out"), _("Every lead that the filters keep is in this file.")


def _note(sheet: LeadSheet, form: str) -> None:
    log.info("lead list exported: %s, %s columns, by %s", form, len(sheet.columns), sheet.reader)
