"""Columns of a report: one definition for screen, CSV and XLSX."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

FORMULA_SIGNS = frozenset("=+-@\t\r\n＝＋－＠")
# Spaces, marks of direction and joiners: what a spreadsheet may pass over to find a sign.
HIDDEN_BEFORE = " \u00a0\u3000\ufeff\u200b\u200e\u200f\u2028\u2029\u202a\u202d\u202e\u2060\u2066"
NO_LETTERS = dict.fromkeys(map(ord, "\0\ufffe\uffff"))
Cell = str | int | float | Decimal | date | None


class Kind(StrEnum):
    """What a column holds; it decides the number format."""

    TEXT = "TEXT"
    COUNT = "COUNT"
    NUMBER = "NUMBER"
    MONEY = "MONEY"
    HOURS = "HOURS"
    SHARE = "SHARE"
    DAY = "DAY"


@dataclass(frozen=True)
class Column:
    """One column: the row's attribute, its head, what it holds and how wide it is in a sheet."""

    name: str
    head: str | Promise
    kind: Kind = Kind.TEXT
    width: int = 12

    def of(self, row: Any) -> Cell:
        """Return the cell of a row, texts in the language that is active."""
        value = getattr(row, self.name)
        if self.kind is Kind.TEXT:
            return "" if value is None else str(value)
        found: Cell = value
        return found


def disarmed(text: str) -> str:
    """Return a text that no spreadsheet reads as a formula, and no file breaks at."""
    text = text.translate(NO_LETTERS)
    first = text.lstrip(HIDDEN_BEFORE)[:1] or text[:1]
    return f"'{text}" if first in FORMULA_SIGNS else text
