"""Forms of an invoice: what it says, a dispute, a write-off."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.formats import SIGNS
from crm.forms.amounts import SumField, tell_currency
from crm.forms.inputs import DayAheadField, DayField, TokenField, VersionField, said_again
from crm.services.invoices import LONGEST_REASON

CURRENCIES = [(code, code) for code in SIGNS]


class InvoiceForm(forms.Form):
    """What an invoice says."""

    token = TokenField()
    version = VersionField(required=False)
    number = forms.CharField(label=_("Invoice number"), max_length=60)
    milestone_label = forms.CharField(label=_("Milestone"), max_length=80, required=False)
    amount = SumField(label=_("Amount, VAT included"))
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES, initial="CNY")
    issued_date = DayField(label=_("Issued on"))
    due_date = DayAheadField(label=_("Due on"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Keep the day, so that no invoice comes from the future."""
        super().__init__(*args, **kwargs)
        tell_currency(self, "amount")
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Check days against each other."""
        cleaned = super().clean() or self.cleaned_data
        issued, due = cleaned.get("issued_date"), cleaned.get("due_date")
        if issued and issued > self.today:
            self.add_error("issued_date", _("The day of issue is still to come."))
        if issued and due and due < issued:
            self.add_error("due_date", _("It cannot fall due before it is issued."))
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the invoice says, without what belongs to the form."""
        names = ("number", "milestone_label", "amount", "currency", "issued_date", "due_date")
        return {name: self.cleaned_data[name] for name in names}

    def said_again(self, version: int) -> None:
        """Show what was sent once more, under the version that stands now."""
        self.data = said_again(self, version=str(version))


class StateForm(forms.Form):
    """A dispute or a write-off: since when, and why."""

    version = VersionField()
    day = DayField(label=_("Since"), required=False)
    reason = forms.CharField(label=_("Why"), max_length=LONGEST_REASON - 30, required=False)
