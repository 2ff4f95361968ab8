"""Forms of payment terms: a version with its clauses, its milestones and what the deal costs."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.renderers import get_default_renderer
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm import formats, shares
from crm.forms.amounts import AmountField, SumField, tell_currency
from crm.forms.inputs import DateInput, DayAheadField, DayField, TokenField
from crm.models import DealCost, PaymentMilestone, PaymentTerms

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
EARLIEST_DAY, LATEST_DAY, LONGEST_DAYS = -400, 3_650, 999
MOST_MILESTONES, MOST_COSTS, SPARE_ROWS, MORE_ROWS = 24, 12, 2, 3


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


def _days(label: Any, *, low: int = 0, high: int = LONGEST_DAYS) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=low,
        max_value=high,
        error_messages={
            "min_value": _("Write days from %(limit_value)s on."),
            "max_value": _("Write at most %(limit_value)s days."),
        },
    )


class MilestoneForm(forms.Form):
    """One payment."""

    label = forms.CharField(label=_("Milestone"), max_length=80, required=False)
    share_percent = forms.DecimalField(
        label=_("Share in %"), min_value=Decimal(0), max_value=Decimal(100),
        max_digits=5, decimal_places=2, required=False,
    )  # fmt: skip
    trigger = forms.CharField(
        label=pgettext_lazy("of a milestone", "Due on"), max_length=160, required=False
    )
    trigger_day = _days(_("Days after signature"), low=EARLIEST_DAY, high=LATEST_DAY)
    planned_date = DayAheadField(label=_("Planned for"), required=False, widget=DateInput)
    term_days = _days(_("Days to pay"))
    instrument = forms.ChoiceField(
        label=_("Paid by"),
        choices=[("", "–"), *PaymentMilestone.Instrument.choices], required=False,
    )  # fmt: skip
    is_retention = forms.BooleanField(label=_("retention"), required=False)
    is_acceptance = forms.BooleanField(label=_("waits for an acceptance"), required=False)
    gates_work = forms.BooleanField(label=_("work waits for this payment"), required=False)

    def clean(self) -> dict[str, Any]:
        """Take a row with any content as a payment, and ask for what it cannot do without."""
        cleaned = super().clean() or self.cleaned_data
        if not self.has_changed() and not any(cleaned.values()):
            return cleaned
        if is_empty(cleaned) and not self.errors:
            return cleaned
        if not cleaned.get("label") and "label" not in self.errors:
            self.add_error("label", _("Name this payment."))
        if cleaned.get("share_percent") is None and "share_percent" not in self.errors:
            self.add_error("share_percent", _("Say its share."))
        return cleaned


def is_empty(row: dict[str, Any]) -> bool:
    """Say whether nothing stands in a row."""
    return all(value in (None, "", False) for value in row.values())


if TYPE_CHECKING:
    MilestoneRows = forms.BaseFormSet["MilestoneForm"]
    CostRows = forms.BaseFormSet["CostForm"]
else:  # Django's own class takes no parameter
    MilestoneRows = CostRows = forms.BaseFormSet


class Milestones(MilestoneRows):
    """The payments of a version; their shares are 100 % together."""

    form, extra, renderer = MilestoneForm, SPARE_ROWS, get_default_renderer()
    min_num, max_num, absolute_max = 0, MOST_MILESTONES, MOST_MILESTONES
    validate_min, validate_max, edit_only = False, True, False
    can_order, can_delete, can_delete_extra = False, False, False

    def clean(self) -> None:
        """Name what the shares lack, beside their total."""
        if any(self.errors):
            return
        if len(self.rows) == 0:
            return
        lacking = shares.difference([row["share_percent"] for row in self.rows])
        if lacking:
            total = formats.plain(shares.WHOLE - lacking, 2)
            words = (
                gettext("The shares add up to %(total)s%%: %(part)s%% is missing.")
                if lacking > 0
                else gettext("The shares add up to %(total)s%%: %(part)s%% too much.")
            )
            part = formats.plain(abs(lacking), 2)
            raise forms.ValidationError(words % {"total": total, "part": part}, code="shares")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return the rows that say something, in their order."""
        return [form.cleaned_data for form in self.forms if not is_empty(form.cleaned_data)]


class CostForm(forms.Form):
    """What the deal costs: per month over a span of days, or once."""

    label = forms.CharField(label=_("What for"), max_length=80, required=False)
    amount = AmountField(label=_("Amount"), least=None, currency="", max_digits=14, required=False)
    is_monthly = forms.BooleanField(label=_("per month"), required=False)
    from_day = _days(_("from day"), low=EARLIEST_DAY, high=LATEST_DAY)
    to_day = _days(_("to day"), low=EARLIEST_DAY, high=LATEST_DAY)

    def clean(self) -> dict[str, Any]:
        """Ask for what a cost cannot do without."""
        cleaned = super().clean() or self.cleaned_data
        if is_empty(cleaned):
            return cleaned
        if not cleaned.get("label"):
            self.add_error("label", _("Say what for."))
        if cleaned.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Say how much."))
        if cleaned.get("from_day") is None and "from_day" not in self.errors:
            cleaned["from_day"] = 0
        start, end = cleaned.get("from_day"), cleaned.get("to_day")
        if not cleaned.get("is_monthly"):
            cleaned["to_day"] = None
        elif "to_day" not in self.errors and (end is None or end <= (start or 0)):
            self.add_error("to_day", _("Say until which day, after the first."))
        return cleaned


class Costs(CostRows):
    """The costs of a version."""

    form, extra, renderer = CostForm, SPARE_ROWS, get_default_renderer()
    min_num, max_num, absolute_max = 0, MOST_COSTS, MOST_COSTS
    validate_min, validate_max, edit_only = False, True, False
    can_order, can_delete, can_delete_extra = False, False, False

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return the rows that say something."""
        return [form.cleaned_data for form in self.forms if not is_empty(form.cleaned_data)]


def with_more_rows(data: QueryDict) -> QueryDict:
    """Return what was sent with some more empty rows to fill."""
    more = data.copy()
    for prefix, most in (("m", MOST_MILESTONES), ("c", MOST_COSTS)):
        said = data.get(f"{prefix}-TOTAL_FORMS", "")
        if said.isdecimal():
            more[f"{prefix}-TOTAL_FORMS"] = str(min(most, int(said[:4]) + MORE_ROWS))
    return more


def milestones(data: Any = None, *, initial: Any = None) -> Milestones:
    """Return the rows of payments with some empty ones."""
    return Milestones(data, initial=initial, prefix="m")


def costs(data: Any = None, *, initial: Any = None) -> Costs:
    """Return the rows of costs with some empty ones."""
    return Costs(data, initial=initial, prefix="c")


def milestone_rows(rows: Any) -> list[dict[str, Any]]:
    """Return stored or planned payments as the rows of a form."""
    names = MilestoneForm.base_fields
    return [{name: getattr(row, name, None) for name in names} for row in rows]


def cost_rows(rows: list[DealCost]) -> list[dict[str, Any]]:
    """Return stored costs as the rows of a form."""
    return [{name: getattr(row, name) for name in CostForm.base_fields} for row in rows]
