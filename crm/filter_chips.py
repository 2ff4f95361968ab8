"""The filters of the lead list that are set, as chips: each says itself and can be taken off."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy

from crm import formats

BESIDE = ("after", "before", "page")  # where a reader stands in the list is no filter
IS, HOLDS, FROM, TO = pgettext_lazy("filter", "is"), pgettext_lazy("filter", "holds"), "≥", "≤"


@dataclass(frozen=True)
class Chip:
    """One filter that is set: field, operator and value, and the address without it."""

    name: str
    label: str
    operator: str
    said: str
    rest: str


def chip(filters: Any, name: str, value: Any, *, instead: str = "") -> Chip:
    """Return the chip of a filter; `instead` stands in the address without it."""
    rest: QueryDict = filters.data.copy()
    for gone in (name, *BESIDE):
        rest.pop(gone, None)
    if instead:
        rest[name] = instead
    field = filters.form.fields[name]
    said = _said(name, field, value)
    return Chip(name, str(field.label), str(_operator(name)), said, rest.urlencode())


def _operator(name: str) -> Any:
    """Return the word or sign between a field and its value."""
    if name.endswith(("_min", "_from")):
        return FROM
    if name.endswith(("_max", "_to")):
        return TO
    return HOLDS if name == "q" else IS


def _said(name: str, field: forms.Field, value: Any) -> str:
    if name in ("value_min", "value_max", "loss_min"):
        return formats.money(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    labels = dict(getattr(field, "choices", ())) if not hasattr(field, "queryset") else {}
    values = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else list(value)
    return gettext(" or ").join(str(labels.get(one, one)) for one in values)
