"""Payment rules, reference rates, and what was foreseen of money."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from crm.admin.base import FoundersOnly, ModelAdmin, ModelForm, ReadOnly, RecordAdmin, Short
from crm.models import (
    DealCash,
    DealCost,
    FirmCash,
    ForecastMark,
    InvoiceForecast,
    InvoiceReminder,
    PaymentRule,
    ReferenceRate,
    User,
)
from crm.payment_rules import RuleFileError, check_rule
from crm.services import payment_rules


class PaymentRuleForm(ModelForm):
    """A rule, held to what the shipped file is held to."""

    def clean(self) -> dict[str, Any] | None:
        """Refuse what could not stand in the file."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        for name, value in self.cleaned_data.items():
            setattr(self.instance, name, value)
        try:
            check_rule(payment_rules.rule_of(self.instance))
        except RuleFileError as error:
            self.add_error(error.column if error.column in self.fields else None, error.what)
        return cleaned


class OfFileAdmin(FoundersOnly, Short, ModelAdmin):
    """Rows of a shipped file; what is edited here, no upgrade overwrites."""

    readonly_fields = ("edited_by", "edited_at")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep who changed it."""
        payment_rules.mark_edited(obj, by=cast(User, request.user), now=timezone.now())


@admin.register(PaymentRule)
class PaymentRuleAdmin(OfFileAdmin):
    """Clocks, clauses and caps."""

    form: Any = PaymentRuleForm
    list_display = ("code", "country", "kind", "valid_from", "valid_to", "sure", "edited_by")
    list_filter = ("country", "kind", "sure")
    search_fields = ("code", "article", "source")


@admin.register(ReferenceRate)
class ReferenceRateAdmin(OfFileAdmin):
    """Rates of central banks."""

    list_display = ("code", "valid_from", "percent", "sure", "edited_by")
    list_filter = ("code", "sure")
    search_fields = ("code", "source")


@admin.register(DealCost)
class DealCostAdmin(RecordAdmin):
    """What deals cost over time."""

    list_display = ("label", "terms", "is_monthly", "amount", "from_day", "to_day")
    list_select_related = ("terms",)
    search_fields = ("label", "ledger_id")
    raw_id_fields = ("terms",)


@admin.register(InvoiceForecast)
class InvoiceForecastAdmin(ReadOnly, Short, ModelAdmin):
    """What was foreseen of invoices."""

    list_display = ("invoice", "as_of_date", "days_p50", "days_p90", "long_chance")
    list_select_related = ("invoice",)


@admin.register(DealCash)
class DealCashAdmin(ReadOnly, Short, ModelAdmin):
    """Cash curves of deals."""

    list_display = ("terms", "made_at", "due_at")
    list_select_related = ("terms",)


@admin.register(FirmCash)
class FirmCashAdmin(ReadOnly, Short, ModelAdmin):
    """Cash of the firm."""

    list_display = ("as_of_date", "made_at")


@admin.register(ForecastMark)
class ForecastMarkAdmin(ReadOnly, Short, ModelAdmin):
    """Forecasts that wait to be made."""

    list_display = ("asked_at",)


@admin.register(InvoiceReminder)
class InvoiceReminderAdmin(ReadOnly, Short, ModelAdmin):
    """Reminders that were sent."""

    list_display = ("invoice", "step", "sent_at", "sent_by")
    list_select_related = ("invoice", "sent_by")
