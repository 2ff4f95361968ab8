"""Turns the cells of a line into the values of a row, and says what is wrong with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from crm.services.bundle.cells import BETWEEN_VALUES, NOTHING, Name
from crm.services.bundle.layout import Table, attribute
from crm.services.bundle.parts import Part
from crm.services.bundle.problems import BadCell, Problems
from crm.services.bundle.reading import Sheet

ONE_DAY, ONE_YEAR = timedelta(days=1), timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Moments:
    """What "now", "midnight" and "then" mean while a bundle is read."""

    now: datetime
    zone: ZoneInfo
    snapshot_date: date | None = None

    def midnight(self, day: date) -> datetime:
        """Return the beginning of a day in the firm's zone."""
        return datetime.combine(day, time.min, tzinfo=self.zone)

    @property
    def known_by(self) -> datetime:
        """Return when all of the bundle was known: at its snapshot, or now."""
        if self.snapshot_date is None:
            return self.now
        return min(self.now, self.midnight(self.snapshot_date) + ONE_DAY - timedelta(seconds=1))

    def known_since(self, day: date | None) -> datetime:
        """Return when a dated row was known, where the bundle does not say."""
        if day is None:
            return self.known_by
        moment = day if isinstance(day, datetime) else self.midnight(day)
        return min(moment, self.known_by)

    def is_after(self, value: date, limit: timedelta) -> bool:
        """Say whether a date or moment lies more than `limit` ahead."""
        moment = value if isinstance(value, datetime) else self.midnight(value)
        return moment > self.now + limit


@dataclass(slots=True)
class Row:
    """One row of a bundle on its way into the ledger."""

    line: int
    values: dict[str, Any]  # by the model's own names; references still as the other row's id
    told: dict[str, str] = field(default_factory=dict)  # what is only checked
    soft: dict[str, Any] = field(default_factory=dict)  # counts where the ledger knows nothing
    many: list[str] | None = None  # who was there, as the row says
    soft_many: list[str] = field(default_factory=list)  # ... as follows from its contact
    people: list[int] = field(default_factory=list)
    number: str = ""
    pk: int = 0
    is_bad: bool = False


@dataclass(slots=True)
class Parser:
    """Reads the rows of one file."""

    sheet: Sheet
    moments: Moments
    problems: Problems

    @property
    def table(self) -> Table:
        """Return the table that the file is of."""
        return self.sheet.table

    def rows(self) -> Iterator[Row]:
        """Yield the rows; of those that cannot be read, no more than their id."""
        parts: list[Part] | None = None
        for line, cells in self.sheet.rows():
            if parts is None:
                there = set(self.sheet.header)
                parts = [part for part in self.table.parts if set(part.names) & there]
            yield self._row(line, cells, parts)

    def has_column(self, name: str) -> bool:
        """Say whether the file has a column."""
        return name in self.sheet.header

    def _row(self, line: int, cells: Mapping[str, str], parts: list[Part]) -> Row:
        row, zone = Row(line, {}), self.moments.zone
        for part in parts:
            try:
                value = part.read(cells, zone)
            except BadCell as bad:
                self.fault(row, bad.column or part.names[0], bad.message)
                continue
            if part.is_told:
                row.told[part.names[0]] = value
            else:
                row.values[attribute(part)] = value
        row.number = cells.get(self.table.number_column, "").strip()
        self._take_many(row, cells)
        self._check_dates(row)
        return row

    def _take_many(self, row: Row, cells: Mapping[str, str]) -> None:
        text = cells.get(self.table.many)
        if text is None:
            return
        try:
            names = text.split(BETWEEN_VALUES) if text.strip() not in {"", NOTHING} else []
            row.many = list(dict.fromkeys(Name(64).read(name, self.moments.zone) for name in names))
        except BadCell as bad:
            self.fault(row, self.table.many, bad.message)

    def _check_dates(self, row: Row) -> None:
        for fields, limit in ((self.table.past, ONE_DAY), (self.table.dated, ONE_YEAR)):
            for name in fields:
                value = row.values.get(name)
                if value is not None and self.moments.is_after(value, limit):
                    column = self.table.column_of(name)
                    day = value.isoformat()[:10]
                    self.fault(row, column, _("%s lies in the future. Correct it.") % day)

    def fault(self, row: Row, column: str, message: str) -> None:
        """List what is wrong with a row."""
        row.is_bad = True
        self.problems.add(self.sheet.path.name, message, line=row.line, column=column)
