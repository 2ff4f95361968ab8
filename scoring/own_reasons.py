"""What a reason says of an own field: its name, what the lead says in it, and of how many it was
learned. The words round it are the reader's language's; these are the vendor's own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from crm.models import CustomField
from scoring import own_fields
from scoring.blend import Blend
from scoring.blend_columns import Column, Kind
from scoring.own_values import PREFIX

EPOCH = date(1970, 1, 1)
LOWER, UPPER = -0.5, 0.5  # a third of the places from -1.5 to 1.5


@dataclass(frozen=True)
class Teller:
    """Says what a lead's value in one field is, as the params of its reason."""

    label: str
    kind: str
    columns: tuple[Column, ...] = ()

    def params(self, value: Any) -> dict[str, Any]:
        """Return the params for a value; None is one that the lead does not have."""
        found: dict[str, Any] = {"field": self.label, "kind": self.kind, "said": self._said(value)}
        column = self._behind(value)
        if column and column.n:
            found["n"] = column.n
        if column and column.kind is Kind.NUMBER and value is not None:
            found["third"] = _third(column, value)
        return found

    def _said(self, value: Any) -> Any:
        if value is None:
            return None
        match self.kind:
            case CustomField.Kind.YES_NO:
                return value == "true"
            case CustomField.Kind.DATE:
                return (EPOCH + timedelta(days=int(value))).isoformat()
            case CustomField.Kind.NUMBER:
                return int(value) if float(value).is_integer() else round(value, 2)
        return value

    def _behind(self, value: Any) -> Column | None:
        """Return the column that speaks for a value, None where none was learned."""
        for each in self.columns:
            if value is None and each.kind is Kind.MISSING:
                return each
            if value is not None and each.kind in {Kind.NUMBER, Kind.STEPS}:
                return each
            if value is not None and each.kind is Kind.ANSWER and each.answer == value:
                return each
        return None


def _third(column: Column, value: float) -> str:
    """Return in which third of the values seen in training a number lies."""
    place = float(np.interp(value, column.knots, column.places))
    if place < LOWER:
        return "LOWER"
    return "UPPER" if place > UPPER else "MIDDLE"


def tellers(names: Iterable[str], blend: Blend | None) -> Mapping[str, Teller]:
    """Return who tells of each own field, by the name that scoring knows it by."""
    if not any(name.startswith(PREFIX) for name in names):
        return {}
    columns = blend.columns if blend else ()
    return {
        name: Teller(
            field.label, field.kind, tuple(each for each in columns if each.feature == name)
        )
        for field in own_fields.learned_fields()
        if (name := PREFIX + field.key)
    }
