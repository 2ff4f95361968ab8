"""Kinds of cells: how a value stands in a bundle, and what else is refused."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from crm.services.bundle.problems import BadCell, excerpt

NUMBER = re.compile(r"-?[0-9]{1,16}(?:\.([0-9]+))?")
WHOLE = re.compile(r"-?[0-9]{1,16}")
BETWEEN_VALUES = "|"
NOTHING = "-"  # a list that is known to be empty; a blank cell is "not known"


class Cell(Protocol):
    """How one value stands in a cell; a blank cell never gets here."""

    def read(self, text: str, zone: ZoneInfo) -> Any:
        """Return the value of a cell, or raise BadCell."""

    def write(self, value: Any, zone: ZoneInfo) -> str:
        """Return the cell of a value."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they are; formulas stay text, spaces are kept."""

    longest: int | None = None

    def read(self, text: str, zone: ZoneInfo) -> str:
        """Return the text; refuse what no database keeps and what is too long."""
        if "\0" in text:
            raise BadCell(_("holds a NUL character. Remove it."))
        if self.longest is not None and len(text) > self.longest:
            raise BadCell(
                _("is %(n)d characters long. Shorten it to %(longest)d.")
                % {"n": len(text), "longest": self.longest}
            )
        return text

    def write(self, value: Any, zone: ZoneInfo) -> str:
        """Return the text."""
        return str(value)


@dataclass(frozen=True, slots=True)
class Name(Text):
    """An id or a name that other files refer to."""

    def read(self, text: str, zone: ZoneInfo) -> str:
        """Return the id without spaces around it."""
        name = Text.read(self, text.strip(), zone)
        if not name.isprintable() or BETWEEN_VALUES in name:
            raise BadCell(_("“%s” holds a line break or “|”. Take it out.") % excerpt(text))
        return name


@dataclass(frozen=True, slots=True)
class Code:
    """One of a fixed list of codes, in lower case in a bundle; some have another name there."""

    values: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)  # value -> name in the bundle

    def read(self, text: str, zone: ZoneInfo) -> str:
        """Return the stored code."""
        known = _by_name(self.values, tuple(self.names.items()))
        try:
            return known[text.strip().lower()]
        except KeyError:
            words = ", ".join(self.written())
            raise BadCell(
                _("“%(text)s” is none of: %(words)s.") % {"text": excerpt(text), "words": words}
            ) from None

    def write(self, value: Any, zone: ZoneInfo) -> str:
        """Return the code's name in the bundle."""
        return self.names.get(value, str(value).lower())

    def written(self) -> list[str]:
        """Return all names as the bundle has them."""
        return [self.names.get(value, value.lower()) for value in self.values]


@lru_cache(maxsize=64)
def _by_name(values: tuple[str, ...], names: tuple[tuple[str, str], ...]) -> dict[str, str]:
    by_name = {value.lower(): value for value in values}
    return by_name | {name: value for value, name in names}


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no as 1 or 0."""

    def read(self, text: str, zone: ZoneInfo) -> bool:
        """Return yes or no."""
        if text == "1":
            return True
        if text == "0":
            return False
        raise BadCell(
            _("“%s” is neither 1 nor 0. Write 1 for yes, 0 for no, nothing for not known.")
            % excerpt(text)
        )

    def write(self, value: Any, zone: ZoneInfo) -> str:
        """Return 1 or 0."""
        return "1" if value else "0"


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    low: int
    high: int

    def read(self, text: str, zone: ZoneInfo) -> int:
        """Return the number."""
        if not WHOLE.fullmatch(text := text.strip()):
            raise BadCell(_("“%s” is not a whole number. Write it as 12.") % excerpt(text))
        number = int(text)
        if not self.low <= number <= self.high:
            raise BadCell(
                _("%(number)s is not between %(low)s and %(high)s.")
                % {"number": number, "low": self.low, "high": self.high}
            )
        return number

    def write(self, value: Any, zone: ZoneInfo) -> str:
        """Return the digits."""
        return str(value)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with a fixed count of decimals, never rounded in silence."""

    digits: int
    places: int
    low: Decimal | None = None
    above: Decimal | None = None
    high: Decimal | None = None

    def read(self, text: str, zone: ZoneInfo) -> Decimal:
        """Return the number."""
        if not (found := NUMBER.fullmatch(text := text.strip())):
            raise BadCell(
                _("“%s” is not a number. Write it as 1234.5, without separators or units.")
                % excerpt(text)
            )
        number = Decimal(text)
        if len((found[1] or "").rstrip("0")) > self.places:
            raise BadCell(
                _("%(number)s has more than %(places)d decimals. Round it.")
                % {"number": excerpt(text), "places": self.places}
            )
        if abs(number) >= 10 ** (self.digits - self.places):
            raise BadCell(_("%s is too large for this column.") % excerpt(text))
        self._check_bounds(number)
        return number

    def _check_bounds(self, number: Decimal) -> None:
        if self.low is not None and number < self.low:
            raise BadCell(
                _("%(number)s is below %(low)s. Leave the cell blank when it is not known.")
                % {"number": number, "low": self.low}
            )
        if self.above is not None and number <= self.above:
            raise BadCell(
                _("%(number)s is not above %(low)s. Leave the cell blank when it is not known.")
                % {"number": number, "low": self.above}
            )
        if self.high is not None and number > self.high:
            raise BadCell(
                _("%(number)s is above %(high)s.") % {"number": number, "high": self.high}
            )

    def write(self, value: Any, zone: ZoneInfo) -> str:
        """Return hours as 2.0, amounts without empty cents, nothing spent as 0."""
        if not value:
            return "0"
        if self.places == 1:
            return f"{value:.1f}"
        return f"{value:.{self.places}f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Real:
    """A chance, a rate or points, with all its digits."""

    def read(self, text: str, zone: ZoneInfo) -> float:
        """Return the number."""
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise BadCell(_("“%s” is not a number. Write it as 0.06.") % excerpt(text))
        return number

    def write(self, value: Any, zone: ZoneInfo) -> str:
        """Return the shortest text that reads back as the same number."""
        return repr(float(value))


@dataclass(frozen=True, slots=True)
class Json:
    """A value of several parts, as JSON; `kind` is what it has to be."""

    kind: type | None = None

    def read(self, text: str, zone: ZoneInfo) -> Any:
        """Return the value."""
        try:
            value = json.loads(text, parse_constant=_refuse_constant)
            json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair ends here
            has_nul = _holds_nul(value)
        except (ValueError, RecursionError):
            raise BadCell(_("“%s” is not JSON.") % excerpt(text)) from None
        if has_nul:
            raise BadCell(_("holds a NUL character. Remove it."))
        if self.kind is not None and not isinstance(value, self.kind):
            raise BadCell(
                _("“%(text)s” has to begin with %(sign)s.")
                % {"text": excerpt(text), "sign": "{" if self.kind is dict else "["}
            )
        return value

    def write(self, value: Any, zone: ZoneInfo) -> str:
        """Return the JSON with its keys in order, so that both databases write the same."""
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _holds_nul(value: Any) -> bool:
    """Say whether a text within holds the one character that PostgreSQL cannot keep.

    The words backslash-u0000, written out, are a text like any other.
    """
    if isinstance(value, dict):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(_holds_nul(part) for part in value)
    return isinstance(value, str) and "\0" in value


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


@dataclass(frozen=True, slots=True)
class Token:
    """A UUID."""

    def read(self, text: str, zone: ZoneInfo) -> UUID:
        """Return the UUID."""
        try:
            return UUID(text.strip())
        except ValueError:
            raise BadCell(_("“%s” is not a UUID.") % excerpt(text)) from None

    def write(self, value: Any, zone: ZoneInfo) -> str:
        """Return the UUID with its dashes."""
        return str(value)
