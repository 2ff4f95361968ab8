"""The form of one version of payment terms: who proposed it, its figures and its clauses."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm import shares
from crm.forms.amounts import AmountField, SumField, tell_currency
from crm.forms.inputs import DayAheadField, DayField, TokenField
from crm.models import PaymentTerms

YES_NO_UNKNOWN = (
    ("", _("Don’t know")),
    ("yes", pgettext_lazy("chip", "Yes")),
    ("no", pgettext_lazy("chip", "No")),
)
CLAUSES = (
    "is_back_to_back",
    "accepted_by_audit",
    "needs_internal_approval",
    "has_acceptance_criteria",
    "has_deemed_acceptance",
    "pays_by_bill",
    "is_onsite",
    "sme_declared",
)
IN_SUM = ("prepay_percent", "retention_percent", "term_days")
FIGURES = (
    "contract_amount",
    "currency",
    "vat_percent",
    *IN_SUM,
    "retention_months",
    "inspection_days",
    "bill_days",
    "performance_bond_percent",
    "onsite_person_days",
    "vendor_funded_amount",
    "note",
)
CURRENCIES = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD")
LONGEST_DAYS = 999


def _is_yes(said: str) -> bool:
    return said == "yes"


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or not known; what is not known is stored as such and never as no."""

    def __init__(self, **kwargs: Any) -> None:
        """Offer the three answers."""
        answers: dict[str, Any] = {"choices": YES_NO_UNKNOWN, "empty_value": None}
        super().__init__(**kwargs | answers | {"coerce": _is_yes, "required": False})

    def prepare_value(self, value: Any) -> Any:
        """Show a stored answer as the one that is chosen."""
        return {True: "yes", False: "no", None: ""}.get(value, value)


class TermsForm(forms.ModelForm[PaymentTerms]):
    """One version: who proposed it and when, its figures, its clauses."""

    token = TokenField()
    status = forms.ChoiceField(label=_("Proposed by"), choices=PaymentTerms.Status.choices[:2])
    proposed_date = DayField(label=_("Proposed on"))
    signed_date = DayAheadField(label=_("Signed on, or planned for"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=[(c, c) for c in CURRENCIES])

    class Meta:
        model = PaymentTerms
        fields = ("status", "signed_date", *FIGURES, *CLAUSES)
        field_classes = dict.fromkeys(CLAUSES, YesNoField) | {
            "contract_amount": SumField,
            "vendor_funded_amount": AmountField,
        }
        help_texts = {
            "contract_amount": _("Without VAT."),
            "prepay_percent": _("Only where no milestones are listed; they say it better."),
            "bill_days": _("Added to the days to pay."),
            "vendor_funded_amount": _("Compute, hardware and what else we buy first."),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Show the moment of the proposal as a day; offer a currency that is stored already."""
        super().__init__(*args, **kwargs)
        self.today = today
        known = self.instance.currency
        if known and known not in CURRENCIES:
            choices = [(known, known), *((c, c) for c in CURRENCIES)]
            self.fields["currency"] = forms.ChoiceField(label=_("Currency"), choices=choices)
        tell_currency(self, "contract_amount", "vendor_funded_amount")
        if self.instance.happened_at:
            self.initial["proposed_date"] = timezone.localdate(self.instance.happened_at)
        for name in (*IN_SUM, "retention_months", "inspection_days", "bill_days", "vat_percent"):
            self.fields[name].widget.attrs["inputmode"] = "decimal"

    def clean(self) -> dict[str, Any]:
        """Check what must fit together."""
        cleaned = super().clean() or self.cleaned_data
        proposed = cleaned.get("proposed_date")
        if proposed and proposed > self.today:
            self.add_error("proposed_date", _("This day is still ahead."))
        advance, kept = cleaned.get("prepay_percent"), cleaned.get("retention_percent")
        if advance is not None and kept is not None and advance + kept > shares.WHOLE:
            self.add_error("retention_percent", _("Prepayment and retention are above 100%."))
        if cleaned.get("bill_days") and cleaned.get("pays_by_bill") is False:
            self.add_error("bill_days", _("You say that no bill is used: empty this, or say yes."))
        for name in ("term_days", "inspection_days", "bill_days"):
            if (cleaned.get(name) or 0) > LONGEST_DAYS:
                self.add_error(name, _("Write days from 0 to 999."))
        return cleaned

    @property
    def clauses(self) -> list[forms.BoundField]:
        """Return the three-valued fields."""
        return [self[name] for name in CLAUSES]

    @property
    def facts(self) -> dict[str, Any]:
        """Return what a version keeps; the day of the proposal is stored as its first moment."""
        data = self.cleaned_data
        facts = {name: data[name] for name in ("status", "signed_date", *FIGURES, *CLAUSES)}
        day, stored = data["proposed_date"], self.instance.happened_at
        if stored and timezone.localdate(stored) == day:
            return facts | {"happened_at": stored}
        moment = datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
        return facts | {"happened_at": moment}
