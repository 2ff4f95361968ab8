"""The rows of payment terms: what is paid when, and what the deal costs."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.renderers import get_default_renderer
from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm import formats, shares
from crm.forms.amounts import AmountField
from crm.forms.inputs import DateInput, DayAheadField
from crm.forms.terms import LONGEST_DAYS
from crm.models import DealCost, PaymentMilestone

EARLIEST_DAY, LATEST_DAY = -400, 3_650
MOST_MILESTONES, MOST_COSTS, SPARE_ROWS, MORE_ROWS = 24, 12, 2, 3


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
