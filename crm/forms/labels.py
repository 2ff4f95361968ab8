"""The form that labels a past lead by one tap."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.inputs import VersionField
from crm.models import Outcome

STILL_RUNS = "STILL_RUNS"
MOST_SKIPPED = 50


class LabelForm(forms.Form):
    """How one lead ended, or that it still runs."""

    lead = forms.IntegerField(widget=forms.HiddenInput)
    version = VersionField(required=False)
    outcome = forms.ChoiceField(choices=[*Outcome.choices, (STILL_RUNS, _("Still running"))])
    is_guess = forms.BooleanField(label=_("only a guess"), required=False)


def skipped(text: str) -> list[int]:
    """Return the leads that were put aside for this round, from "3,14"."""
    numbers = [int(part) for part in text.split(",") if part.isdecimal() and len(part) < 16]
    return list(dict.fromkeys(numbers))[-MOST_SKIPPED:]
