"""The form of a payment: money that came in, or a credit note."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm import formats
from crm.forms.amounts import SumField, tell_currency
from crm.forms.inputs import DayField, TokenField
from crm.forms.invoices import CURRENCIES
from crm.models import Invoice, Payment


class PaymentForm(forms.Form):
    """What came in for an invoice."""

    token = TokenField()
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=Payment.Kind.choices,
        initial=Payment.Kind.MONEY,
        required=False,
    )
    amount = SumField(label=_("Amount"))
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES, required=False)
    paid_date = DayField(label=_("Came in on"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, invoice: Invoice, today: date, **kwargs: Any) -> None:
        """Offer what is still open, today."""
        usual = {
            "amount": invoice.receivable_amount or None,
            "currency": invoice.currency,
            "paid_date": today,
        }
        super().__init__(*args, **{"initial": usual, **kwargs})
        tell_currency(self, "amount")
        self.invoice, self.today = invoice, today

    def clean_kind(self) -> str:
        """Return the kind, money where it does not say."""
        return self.cleaned_data["kind"] or Payment.Kind.MONEY

    def clean_currency(self) -> str:
        """Refuse another currency: what arrived in ours is written down."""
        said = self.cleaned_data["currency"] or self.invoice.currency
        if said != self.invoice.currency:
            raise forms.ValidationError(
                _("The invoice is in %(currency)s. Write what arrived, in that currency.")
                % {"currency": self.invoice.currency}
            )
        return str(said)

    def clean_paid_date(self) -> date:
        """Refuse days ahead, and days before the invoice was."""
        day: date = self.cleaned_data["paid_date"]
        if day > self.today:
            raise forms.ValidationError(
                _("This day is still to come. Write the day the money came in.")
            )
        if day < self.invoice.issued_date:
            raise forms.ValidationError(
                _("This invoice was issued on %(day)s; nothing was paid of it before.")
                % {"day": formats.day(self.invoice.issued_date, beside=day)}
            )
        return day

    @property
    def facts(self) -> dict[str, Any]:
        """Return the payment, without what belongs to the form."""
        names = ("amount", "paid_date", "note", "token")
        kind = Payment.Kind(self.cleaned_data["kind"])
        return {"kind": kind, **{name: self.cleaned_data[name] for name in names}}
