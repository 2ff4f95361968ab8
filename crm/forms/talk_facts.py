"""Forms of one tap each: a fact that a talk left open, a call that nobody answered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.inputs import TokenField
from crm.models import BudgetStage, Interaction

ANSWERS = {
    "BUDGET": BudgetStage.values,
    "HOLDER": ["yes", "no"],
    "SIDE": Interaction.Side.values,
}


class FactForm(forms.Form):
    """Which fact, and what it is."""

    fact = forms.ChoiceField(choices=[(code, code) for code in ANSWERS])
    value = forms.CharField(max_length=20)

    def clean(self) -> dict[str, Any]:
        """Refuse an answer to another question."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("value") not in ANSWERS.get(cleaned.get("fact", ""), ()):
            raise forms.ValidationError(_("Choose one of the answers."))
        return cleaned


class TokenForm(forms.Form):
    """What tells a tap that is sent twice from two taps."""

    token = TokenField()
