"""The vendor's own fields, and what a lead says in each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from crm.models import CustomField

MOST_FIELDS = 100
MOST_FILTERS = 30


@dataclass(frozen=True)
class OwnFact:
    """What a lead says in one field, as its page shows it."""

    label: str
    kind: str
    value: Any


def own_fields() -> list[CustomField]:
    """Return the vendor's own fields as forms show them."""
    return list(CustomField.objects.in_order()[:MOST_FIELDS])


def filtered_by() -> list[CustomField]:
    """Return the fields that the lead list can be filtered by."""
    return list(CustomField.objects.filter(kind=CustomField.Kind.CHOICE).in_order()[:MOST_FILTERS])


def own_facts(values: Mapping[str, Any], *, is_past: bool) -> list[OwnFact]:
    """Return what a lead says, field by field; what it does not say is left out.

    Values have no dates: a day of the past shows only what was known from the opening on.
    """
    if not values:
        return []
    return [
        _fact(field, values[field.key])
        for field in own_fields()
        if values.get(field.key) is not None
        and not (is_past and field.known_from == CustomField.KnownFrom.LATER)
    ]


def _fact(field: CustomField, value: Any) -> OwnFact:
    """Return a value as what it is; one that is of another kind than its field as text."""
    kind = str(field.kind)
    if kind == CustomField.Kind.DATE:
        try:
            value = date.fromisoformat(str(value))
        except ValueError:
            kind = ""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind == CustomField.Kind.NUMBER and not is_number:
        kind = ""
    if kind == CustomField.Kind.YES_NO and not isinstance(value, bool):
        kind = ""
    return OwnFact(field.label, kind, value)


def differing(
    fields: Sequence[CustomField], theirs: Mapping[str, Any], mine: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the fields in which two states of a lead differ, with both values."""
    return [
        {"label": field.label, "theirs": theirs.get(field.key), "mine": mine.get(field.key)}
        for field in fields
        if theirs.get(field.key) != mine.get(field.key)
    ]
