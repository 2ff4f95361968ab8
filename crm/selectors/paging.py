"""Pages by key: the next one begins after the last row shown, however far down the list is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core import signing
from django.db.models import F, Q
from django.db.models.expressions import OrderBy

LONGEST_PLACE = 1000
READ: dict[str, Any] = {
    "n": Decimal,
    "d": date.fromisoformat,
    "t": datetime.fromisoformat,
    "v": lambda value: value,
}


@dataclass(frozen=True)
class Key:
    """One column of an order; what is not known comes last both ways up and down."""

    column: str
    down: bool = False

    def order(self, *, back: bool = False) -> OrderBy:
        """Return the order by this column; `back` turns it round, the unknown first."""
        column = F(self.column)
        unknown: dict[str, Any] = {"nulls_first": True} if back else {"nulls_last": True}
        return column.desc(**unknown) if self.down != back else column.asc(**unknown)

    def beyond(self, value: Any, *, back: bool = False) -> Q | None:
        """Return what stands after a value, or before it; None where nothing can."""
        if value is None:
            return Q(**{f"{self.column}__isnull": False}) if back else None
        word = "lt" if self.down != back else "gt"
        after = Q(**{f"{self.column}__{word}": value})
        return after if back else after | Q(**{self.column: None})


def ordering(keys: Sequence[Key], *, back: bool = False) -> list[OrderBy]:
    """Return the order of a list by its keys."""
    return [key.order(back=back) for key in keys]


def beyond(keys: Sequence[Key], values: Sequence[Any], *, back: bool = False) -> Q:
    """Return the rows after the row with these values, or before it."""
    found, same = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        after = key.beyond(value, back=back)
        if after is not None:
            found |= same & after
        same &= Q(**{key.column: value})
    return found


def written(row: Any, keys: Sequence[Key]) -> str:
    """Return the place of a row in an address, signed, so that it holds what we wrote."""
    return signing.dumps([_told(getattr(row, key.column)) for key in keys], salt=_salt(keys))


def _salt(keys: Sequence[Key]) -> str:
    return "place:" + ",".join(f"{key.column}{key.down:d}" for key in keys)


def _told(value: Any) -> list[Any]:
    if isinstance(value, Decimal):
        return ["n", str(value)]
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    return ["d", value.isoformat()] if isinstance(value, date) else ["v", value]


def read(place: str, keys: Sequence[Key]) -> list[Any] | None:
    """Return the values that an address names; None where it names no place of this order."""
    if not place or len(place) > LONGEST_PLACE:
        return None
    try:
        return [READ[kind](value) for kind, value in signing.loads(place, salt=_salt(keys))]
    except signing.BadSignature:
        return None
