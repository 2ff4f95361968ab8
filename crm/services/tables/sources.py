"""Where a value comes from: a column or a constant, and what its texts mean."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext as _

from crm.services.bundle.cells import Code, Text, Whole
from crm.services.bundle.problems import BadCell, excerpt
from crm.services.tables import cells
from crm.services.tables.nodes import Node

Reader = Callable[[str], Any]
# What a field of this name is read by.
BY_NAME: Mapping[str, Reader] = {
    "currency": cells.read_currency,
    "country": cells.read_country,
}
ENTRIES = ("column", "constant", "values", "otherwise", "blank", "empty", "prefix")
CENT, LARGEST_AMOUNT = Decimal("0.01"), Decimal(10) ** 16


@dataclass(frozen=True, slots=True)
class Source:
    """A column, or a constant, and how its texts are to be read."""

    path: str
    read: Reader
    column: str = ""
    constant: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    blank: str = ""
    empty: frozenset[str] = frozenset()
    prefix: str = ""

    def text(self, row: Sequence[str], place: int) -> str:
        """Return what a row says, in the words of the ledger; nothing where it says nothing."""
        if self.constant is not None:
            return self.constant
        said = row[place].strip()
        if said in self.values:
            said = self.values[said]
        elif said in self.empty:
            said = ""
        elif said and self.otherwise is not None:
            said = self.otherwise
        said = said or self.blank
        return self.prefix + said if said else ""

    def value(self, row: Sequence[str], place: int) -> Any:
        """Return the value of a row, None where it says nothing; raise BadCell."""
        said = self.text(row, place)
        return self.read(said) if said else None


def read_source(node: Node, read: Reader, *, empty: frozenset[str], more: Sequence[str]) -> Source:
    """Return the source that an entry of the mapping describes; a bare text names a column."""
    if isinstance(node.value, str):
        return Source(node.path, read, column=node.word().strip(), empty=empty)
    node.only(*ENTRIES, *more)
    if node.has("column") == node.has("constant"):
        raise node.fault(_("needs either “column” or “constant”."))
    if node.has("empty"):
        empty = empty | {each.strip() for each in node.get("empty").words()}
    return Source(
        node.path,
        read,
        column=node.get("column").word().strip() if node.has("column") else "",
        constant=_checked(node.get("constant"), read) if node.has("constant") else None,
        values=dict(_values(node.get("values"), read)) if node.has("values") else {},
        otherwise=_checked(node.get("otherwise"), read) if node.has("otherwise") else None,
        blank=_checked(node.get("blank"), read) if node.has("blank") else "",
        empty=empty,
        prefix=node.get("prefix").word() if node.has("prefix") else "",
    )


def _values(node: Node, read: Reader) -> list[tuple[str, str]]:
    return [(name.strip(), _checked(each, read)) for name, each in node.items()]


def _checked(node: Node, read: Reader) -> str:
    """Return a word that stands for a cell; refuse what could not stand in one."""
    word = node.word(empty=True).strip()
    try:
        if word:
            read(word)
    except BadCell as bad:
        raise node.fault(bad.message) from None
    return word


def reader_of(field_: "models.Field[Any, Any]", zone: ZoneInfo, *, decimal_comma: bool) -> Reader:
    """Return how texts become values of a field of the ledger."""
    if field_.choices:
        code = Code(tuple(str(value) for value, _label in field_.flatchoices))
        return lambda text: code.read(text, zone)
    if named := BY_NAME.get(field_.name):
        return named
    if isinstance(field_, models.DecimalField):
        return lambda text: amount(text, decimal_comma=decimal_comma)
    if isinstance(field_, models.BooleanField):
        return cells.read_yes_no
    if isinstance(field_, models.IntegerField):
        whole = Whole(0, 2_147_483_647)
        return lambda text: whole.read(_whole(text, decimal_comma=decimal_comma), zone)
    return text_reader(field_.max_length, zone)


def text_reader(longest: int | None, zone: ZoneInfo) -> Reader:
    """Return how texts of a bounded length are read."""
    plain = Text(longest)
    return lambda text: plain.read(text, zone)


def amount(text: str, *, decimal_comma: bool) -> Decimal | None:
    """Return money above zero; zero is how other programs write "not known"."""
    number = cells.read_amount(text, decimal_comma=decimal_comma)
    if number < 0 or number >= LARGEST_AMOUNT:
        raise BadCell(_("“%s” is below zero or too large.") % excerpt(text))
    if number != number.quantize(CENT):
        raise BadCell(_("“%s” has more than two decimals. Round it.") % excerpt(text))
    return number.quantize(CENT) or None


def _whole(text: str, *, decimal_comma: bool) -> str:
    number = cells.read_amount(text, decimal_comma=decimal_comma)
    if number != number.to_integral_value():
        raise BadCell(_("“%s” is not a whole number.") % excerpt(text))
    return str(int(number))
