"""Form fields for the vendor's own fields: one for each definition, under cf_KEY."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.inputs import NOT_KNOWN, DateInput
from crm.models import CustomField

PREFIX = "cf_"


class FiniteField(forms.FloatField):
    """A number; endless ones and what is none are refused."""

    def validate(self, value: Any) -> None:
        """Refuse what no column of numbers can hold, and slips like 1e99."""
        super().validate(value)
        if value is not None and not math.isfinite(value):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        if value is not None and abs(value) >= CustomField.LARGEST_NUMBER:
            raise forms.ValidationError(_("Write a number of at most 15 digits."))


def form_fields(
    own_fields: Sequence[CustomField], values: Mapping[str, Any]
) -> dict[str, forms.Field]:
    """Return a form field for each of the vendor's own, filled with the values of a lead."""
    return {PREFIX + field.key: _form_field(field, values.get(field.key)) for field in own_fields}


def values_of(
    cleaned: Mapping[str, Any], own_fields: Iterable[CustomField], before: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values of a lead after its form; those that the form did not show stay."""
    values = dict(before)
    for field in own_fields:
        value = cleaned.get(PREFIX + field.key)
        if value is None or value == "":
            values.pop(field.key, None)
        else:
            values[field.key] = value.isoformat() if isinstance(value, date) else value
    return values


def _form_field(field: CustomField, value: Any) -> forms.Field:
    known: dict[str, Any] = {"label": field.label, "required": False, "initial": value}
    match field.kind:
        case CustomField.Kind.CHOICE:
            return forms.ChoiceField(choices=_choices(field, value), **known)
        case CustomField.Kind.NUMBER:
            return FiniteField(**known)
        case CustomField.Kind.DATE:
            return forms.DateField(widget=DateInput(), **known)
        case CustomField.Kind.YES_NO:
            return _yes_no(known)
        case _:
            return forms.CharField(max_length=CustomField.LONGEST_TEXT, **known)


def _choices(field: CustomField, value: Any) -> list[tuple[str, str]]:
    """Return the choices, and the value that the lead has when it is none of them any more."""
    words = list(field.choices)
    if isinstance(value, str) and value and value not in words:
        words.append(value)
    return [NOT_KNOWN, *((word, word) for word in words)]


def _yes_no(known: dict[str, Any]) -> forms.Field:
    said = known["initial"]
    known["initial"] = ("yes" if said else "no") if isinstance(said, bool) else ""
    return forms.TypedChoiceField(
        choices=[NOT_KNOWN, ("yes", _("yes")), ("no", _("no"))],
        coerce=lambda word: word == "yes",
        empty_value=None,
        **known,
    )
