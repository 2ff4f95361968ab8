"""Accounts, contacts, leads and what happened with them."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from crm.admin.base import RecordAdmin, VersionedForm, away_filter
from crm.forms.inputs import CountryField
from crm.models import Account, Bid, Contact, Deliverable, Interaction, Lead
from crm.services import attendance

AWAY = away_filter()


class AccountForm(VersionedForm):
    """An organisation, its country chosen by name."""

    country = CountryField()

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the countries."""
        super().__init__(*args, **options)
        cast(CountryField, self.fields["country"]).offer(self.instance.country)


@admin.register(Account)
class AccountAdmin(RecordAdmin):
    """Organisations that would sign and pay."""

    form: Any = AccountForm
    list_display = ("name", "kind", "city", "is_big_name", "parent")
    list_select_related = ("parent",)
    list_filter = ("kind", "size_class", "is_big_name", AWAY)
    search_fields = ("name", "pinyin", "initials", "ledger_id")
    autocomplete_fields = ("parent",)


@admin.register(Contact)
class ContactAdmin(RecordAdmin):
    """People at accounts."""

    list_display = ("name", "account", "title", "seniority", "decision_role")
    list_select_related = ("account",)
    list_filter = ("seniority", "decision_role", AWAY)
    search_fields = ("name", "pinyin", "initials", "account__name", "ledger_id")
    autocomplete_fields = ("account",)


@admin.register(Lead)
class LeadAdmin(RecordAdmin):
    """Pursuits of deals."""

    list_display = (
        "account",
        "title",
        "owner",
        "stage",
        "outcome",
        "opened_at",
        "closed_at",
        "verdict",
    )
    list_display_links = ("account", "title")
    list_select_related = ("account", "owner")
    list_filter = ("stage", "outcome", "verdict", "payment_mark", "source", "owner", AWAY)
    search_fields = ("title", "account__name", "account__pinyin", "account__initials", "ledger_id")
    date_hierarchy = "opened_at"
    autocomplete_fields = ("account", "owner")
    figures = (
        "custom_fields",
        "outcome_recorded_at",
        "outcome_by",
        "verdict",
        "order_chance",
        "usual_order_rate",
        "pattern",
        "payment_mark",
        "late_payment_chance",
        "expected_loss_amount",
        "scored_at",
        "assessment_due_at",
        "interaction_count",
        "unpaid_hours",
        "travel_amount",
        "last_interaction_at",
        "last_client_contact_at",
        "next_step",
        "next_step_date",
    )

    def get_exclude(self, request: object, obj: Lead | None = None) -> tuple[str, ...]:
        """Leave out who judged and when: that follows from the outcome."""
        hidden = ("recorded_at", "outcome_recorded_at", "outcome_by", "custom_fields")
        return () if obj else hidden


class OfLeadAdmin(RecordAdmin):
    """Dated rows of a lead."""

    search_fields = ("lead__account__name", "lead__account__initials", "lead__title", "ledger_id")
    date_hierarchy = "happened_at"


@admin.register(Interaction)
class InteractionAdmin(OfLeadAdmin):
    """Visits, calls, requests and talks."""

    list_display = ("happened_at", "lead", "kind", "initiated_by", "presales_hours", "author")
    list_select_related = ("lead__account", "author")
    list_filter = ("kind", "initiated_by", "budget_stage", AWAY)
    autocomplete_fields = ("lead", "contact", "attendees", "author")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Keep who was there before."""
        super().save_related(request, form, formsets, change)
        if change:
            named = [person.pk for person in form.initial["attendees"]]
            before = named or [form.initial["contact"]]
            attendance.keep({form.instance.pk: set(before) - {None}}, now=timezone.now())


@admin.register(Deliverable)
class DeliverableAdmin(OfLeadAdmin):
    """What we handed over."""

    list_display = ("happened_at", "lead", "kind", "disclosure_level", "hours", "paid")
    list_select_related = ("lead__account",)
    list_filter = ("kind", "disclosure_level", "paid", AWAY)
    autocomplete_fields = ("lead", "interaction", "author")


@admin.register(Bid)
class BidAdmin(OfLeadAdmin):
    """Tenders, invitations and price inquiries."""

    list_display = ("happened_at", "lead", "kind", "deadline_date", "hours", "result")
    list_select_related = ("lead__account",)
    list_filter = ("kind", "result", AWAY)
    autocomplete_fields = ("lead",)
