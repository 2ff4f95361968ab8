"""Inputs that several forms share."""

from datetime import date
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm import countries

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
# What an empty choice means, in words.
NOT_KNOWN, NOBODY, CHOOSE = ("", _("not known")), ("", _("nobody")), ("", _("choose …"))


def say_blanks(form: forms.BaseForm) -> None:
    """Give the empty choices that models bring along, a row of dashes, their meaning in words."""
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField):
            field.empty_label = None if field.empty_label is None else NOBODY[1]
        elif isinstance(field, forms.ChoiceField):
            said = CHOOSE if field.required else NOT_KNOWN
            choices: Any = field.choices
            field.choices = [said if each == BLANK_CHOICE_DASH[0] else each for each in choices]


class DateInput(forms.DateInput):
    """A date that the browser helps to pick."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Speak ISO, which is what browsers expect."""
        super().__init__(attrs, format="%Y-%m-%d")


class TokenField(forms.UUIDField):
    """What tells a form that is sent twice from two forms; what is none counts as a new one."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        """Give each form that is shown a token of its own."""
        super().__init__(required=False, initial=uuid4, **kwargs)

    def clean(self, value: Any) -> UUID:
        """Return the token, or a new one."""
        try:
            return super().clean(value) or uuid4()
        except forms.ValidationError:
            return uuid4()


class CountryField(forms.ChoiceField):
    """A country by its name, kept as two letters."""

    def __init__(self, **kwargs: Any) -> None:
        """Say what it is for, and what to do where it is none."""
        super().__init__(
            label=_("Country"),
            help_text=_("It decides which payment law applies."),
            error_messages={
                "invalid_choice": _("There is no such country. Choose one of the list.")
            },
            **kwargs,
        )

    def offer(self, kept: str) -> None:
        """Offer all countries, and the letters that stand there already."""
        self.choices = countries.choices(kept)


class DayField(forms.DateField):
    """A day of this business: no slip of the keyboard lands in the year 206 or 20226."""

    widget: Any = DateInput
    default_error_messages = {"invalid": _("Write a day of the calendar, as 2026-11-30.")}

    def validate(self, value: date | None) -> None:
        """Refuse days before the firm was."""
        super().validate(value)
        if value and value < FIRST_DAY:
            raise forms.ValidationError(_("Write a day from 2000 on."))


class DayAheadField(DayField):
    """A day that may lie ahead, though not by a century."""

    def validate(self, value: date | None) -> None:
        """Refuse days that nobody here will see."""
        super().validate(value)
        if value and value > LAST_DAY:
            raise forms.ValidationError(_("Write a day before 2100."))


def said_again(form: forms.BaseForm, **changes: str) -> QueryDict:
    """Return what was sent with a form, with some hidden fields changed for the next time."""
    data = cast(QueryDict, form.data).copy()
    for name, value in changes.items():
        data[name] = value
    return data


# Somebody was put away or merged since the form was opened.
NOT_ON_FILE = {"invalid_choice": _("One of these people is not on file any more. Choose again.")}


class VersionField(forms.IntegerField):
    """The version that a reader saw; what is no version is one that nobody can have seen."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> int:
        """Return the version, or 0, which every service refuses as out of date."""
        try:
            return int(super().clean(value) or 0)
        except forms.ValidationError:
            return 0
