"""Payment terms, milestones, invoices and payments."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from crm.admin.base import FactAdmin, ModelForm, RecordAdmin, away_filter
from crm.models import Invoice, Payment, PaymentMilestone, PaymentTerms
from crm.services import payments

AWAY = away_filter()


@admin.register(PaymentTerms)
class PaymentTermsAdmin(RecordAdmin):
    """Versions of what a contract says about paying."""

    list_display = ("happened_at", "lead", "status", "prepay_percent", "term_days")
    list_select_related = ("lead__account",)
    list_filter = ("status", "is_back_to_back", "accepted_by_audit", AWAY)
    search_fields = ("lead__account__name", "lead__account__initials", "lead__title", "ledger_id")
    date_hierarchy = "happened_at"
    autocomplete_fields = ("lead", "author")


@admin.register(PaymentMilestone)
class PaymentMilestoneAdmin(RecordAdmin):
    """Shares of prices that fall due on a condition."""

    list_display = ("label", "lead", "share_percent", "planned_date", "accepted_date")
    list_select_related = ("lead__account",)
    list_filter = ("is_retention", AWAY)
    search_fields = ("label", "lead__account__name", "lead__title", "ledger_id")
    autocomplete_fields = ("lead", "terms")


@admin.register(Invoice)
class InvoiceAdmin(RecordAdmin):
    """What was billed."""

    list_display = ("__str__", "account", "amount", "paid_amount", "due_date", "settled_date")
    list_select_related = ("account",)
    list_filter = (("settled_date", admin.EmptyFieldListFilter), "currency", AWAY)
    search_fields = ("number", "milestone_label", "account__name", "account__initials", "ledger_id")
    date_hierarchy = "issued_date"
    autocomplete_fields = ("account", "lead", "milestone")
    figures = ("paid_amount", "settled_date")


class PaymentForm(ModelForm):
    """A payment, checked against its invoice."""

    def clean(self) -> dict[str, Any] | None:
        """Refuse what cannot have come in."""
        cleaned = super().clean()
        invoice = self.cleaned_data.get("invoice") or getattr(self.instance, "invoice", None)
        amount, paid_date = (self.cleaned_data.get(name) for name in ("amount", "paid_date"))
        if not invoice or amount is None or paid_date is None:
            return cleaned
        try:
            payments.check(
                invoice=invoice,
                amount=amount,
                paid_date=paid_date,
                now=timezone.now(),
                instead_of=self.instance if self.instance.pk else None,
            )
        except payments.PaymentRefused as error:
            raise forms.ValidationError(str(error)) from None
        return cleaned


@admin.register(Payment)
class PaymentAdmin(FactAdmin):
    """Money that came in."""

    form: Any = PaymentForm
    list_display = ("paid_date", "invoice", "amount", "author")
    list_select_related = ("invoice", "author")
    list_filter = (AWAY,)
    search_fields = ("invoice__number", "invoice__account__name", "note", "ledger_id")
    date_hierarchy = "paid_date"
    autocomplete_fields = ("invoice", "author")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep a payment with its invoice: a wrong one is put away and recorded again."""
        return (*super().get_readonly_fields(request, obj), "invoice") if obj else ()
