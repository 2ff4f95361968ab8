"""Parts of a row: one value of the ledger and the column or two that hold it in a bundle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from crm.models import Ask, Interaction
from crm.services.bundle.cells import BETWEEN_VALUES, NOTHING, Cell, Code, Name
from crm.services.bundle.moments import Day, Moment
from crm.services.bundle.problems import BadCell, excerpt

Cells = Mapping[str, str]
LONGEST_NAME = 150  # of a person, who is added when he is not known yet
NAME = Name(LONGEST_NAME)
REQUIRED = object()  # what a blank cell means where the ledger needs a value
ASK = Code(tuple(Ask.values))
MOMENT = Moment()
GIFT = Code(tuple(Interaction.Gift.values))


@dataclass(frozen=True, slots=True)
class Part:
    """One value: the model's field, its columns, and what stands there when blank."""

    field: str
    names: tuple[str, ...]
    empty: Any = None

    @property
    def path(self) -> str:
        """Return what an export reads from the database."""
        return self.field

    @property
    def is_required(self) -> bool:
        """Say whether a file has to have the column."""
        return self.empty is REQUIRED

    @property
    def is_told(self) -> bool:
        """Say whether the column is only checked."""
        return False

    def blank(self) -> Any:
        """Return the value of a blank cell, or raise BadCell."""
        if self.empty is REQUIRED:
            raise BadCell(_("is blank. Fill it in."), self.names[0])
        return self.empty() if callable(self.empty) else self.empty

    def read(self, cells: Cells, zone: ZoneInfo) -> Any:
        """Return the value of a row, or raise BadCell."""
        raise NotImplementedError

    def write(self, value: Any, zone: ZoneInfo) -> Sequence[str]:
        """Return the cells of a value."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Plain(Part):
    """A value in a column of its own."""

    cell: Cell = NAME

    def read(self, cells: Cells, zone: ZoneInfo) -> Any:
        """Return the value."""
        text = cells[self.names[0]]
        value = self.cell.read(text, zone) if text else ""
        return self.blank() if value == "" else value

    def write(self, value: Any, zone: ZoneInfo) -> Sequence[str]:
        """Return the cell."""
        return ("" if value is None else self.cell.write(value, zone),)


@dataclass(frozen=True, slots=True)
class Reference(Part):
    """Another row, named by its id; which row that is, is looked up for many rows at once."""

    to: str = ""  # the file that the id is of
    key: str = "ledger_id"
    cell: ClassVar[Cell] = NAME

    @property
    def path(self) -> str:
        """Return the other row's id."""
        return f"{self.field}__{self.key}"

    def read(self, cells: Cells, zone: ZoneInfo) -> Any:
        """Return the other row's id."""
        text = cells[self.names[0]]
        name = self.cell.read(text, zone) if text else ""
        return name or self.blank()

    def write(self, value: Any, zone: ZoneInfo) -> Sequence[str]:
        """Return the other row's id."""
        return ("" if value is None else str(value),)


@dataclass(frozen=True, slots=True)
class Twice(Part):
    """A value that stands in two columns; the second says more, and decides where both stand."""

    cell: Cell = NAME

    def read(self, cells: Cells, zone: ZoneInfo) -> Any:
        """Return what the last column with a text says."""
        for name in reversed(self.names):
            if text := cells.get(name):
                try:
                    return self.cell.read(text, zone)
                except BadCell as bad:
                    raise BadCell(bad.message, name) from None
        return self.blank()


@dataclass(frozen=True, slots=True)
class DayAndMoment(Twice):
    """A moment, beside its date in the firm's zone: midnight where only the date is known."""

    cell: Cell = MOMENT

    def write(self, value: datetime | None, zone: ZoneInfo) -> Sequence[str]:
        """Return the date and the moment."""
        if value is None:
            return ("", "")
        return (Day().write(value.astimezone(zone).date(), zone), self.cell.write(value, zone))


@dataclass(frozen=True, slots=True)
class Codes(Part):
    """A list of codes: a summary for other readers, then all of them."""

    code: Code = ASK

    def read(self, cells: Cells, zone: ZoneInfo) -> Any:
        """Return the list, None where it is not known."""
        summary, every = self.names
        if text := cells.get(every, "").strip():
            return self._read_all(text, every, zone)
        if text := cells.get(summary, "").strip():
            return self.from_summary(text, zone)
        return None

    def _read_all(self, text: str, column: str, zone: ZoneInfo) -> list[str]:
        if text == NOTHING:
            return []
        try:
            return [self.code.read(one, zone) for one in text.split(BETWEEN_VALUES)]
        except BadCell as bad:
            raise BadCell(bad.message, column) from None

    def write(self, value: Sequence[str] | None, zone: ZoneInfo) -> Sequence[str]:
        """Return the summary and the whole list."""
        if value is None:
            return ("", "")
        every = BETWEEN_VALUES.join(self.code.write(one, zone) for one in value)
        return (self.to_summary(value, zone), every or NOTHING)

    def from_summary(self, text: str, zone: ZoneInfo) -> list[str]:
        """Return the list behind a summary."""
        raise NotImplementedError

    def to_summary(self, value: Sequence[str], zone: ZoneInfo) -> str:
        """Return the summary of a list."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Asks(Codes):
    """What they asked for; the summary is the first thing."""

    def from_summary(self, text: str, zone: ZoneInfo) -> list[str]:
        """Return the one ask; "none" is an empty list."""
        asked = ASK.read(text, zone)
        return [] if asked == Ask.NONE else [asked]

    def to_summary(self, value: Sequence[str], zone: ZoneInfo) -> str:
        """Return the first ask."""
        return ASK.write(value[0] if value else Ask.NONE.value, zone)


@dataclass(frozen=True, slots=True)
class Gifts(Codes):
    """What the client gave; the summary says whether it gave anything."""

    def from_summary(self, text: str, zone: ZoneInfo) -> list[str]:
        """Return material of a kind that nobody wrote down, or nothing."""
        if text not in {"0", "1"}:
            raise BadCell(
                _("“%s” is neither 1 nor 0. Write 1 for yes, 0 for no, nothing for not known.")
                % excerpt(text)
            )
        return [Interaction.Gift.MATERIAL.value] if text == "1" else []

    def to_summary(self, value: Sequence[str], zone: ZoneInfo) -> str:
        """Return 1 or 0."""
        return "1" if value else "0"


@dataclass(frozen=True, slots=True)
class UpToThree(Twice):
    """A count that the format stops at 3; the second column holds the whole count."""

    def write(self, value: int | None, zone: ZoneInfo) -> Sequence[str]:
        """Return the count up to three, and whole."""
        return ("", "") if value is None else (str(min(3, value)), str(value))


@dataclass(frozen=True, slots=True)
class Told(Part):
    """A column that an export adds and an import only checks: status, order within the lead."""

    @property
    def is_told(self) -> bool:
        """Say that it is."""
        return True

    def read(self, cells: Cells, zone: ZoneInfo) -> Any:
        """Return the text; `checks` compares it with what the row says."""
        return cells[self.names[0]].strip().lower()

    def write(self, value: Any, zone: ZoneInfo) -> Sequence[str]:
        """Return the text."""
        return ("" if value is None else str(value),)
