"""What the ledger knows of how a lead ended, for the person who closes it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Max, Sum

from crm import rules
from crm.models import Deliverable, Invoice, Lead


@dataclass(frozen=True)
class Proposal:
    """The facts behind the rule of free consulting, and whether it holds."""

    is_free_consulting: bool
    unpaid_hours: Decimal
    highest_level: int | None
    days_silent: int
    revenue_amount: Decimal


def proposal(lead: Lead, *, now: datetime) -> Proposal:
    """Return what speaks for the outcome; a person confirms or says otherwise."""
    given = Deliverable.objects.filter(lead=lead, archived_at=None).exclude(paid=True)
    level = given.aggregate(level=Max("disclosure_level"))["level"]
    paid = Invoice.objects.filter(lead=lead, archived_at=None).aggregate(paid=Sum("paid_amount"))
    revenue = paid["paid"] or Decimal(0)
    silent = rules.days_between(lead.last_client_contact_at or lead.opened_at, now) or 0
    return Proposal(
        is_free_consulting=rules.looks_like_free_consulting(
            revenue=revenue,
            highest_unpaid_level=level or 0,
            unpaid_hours=lead.unpaid_hours,
            days_silent=silent,
            said_research_only=False,
        ),
        unpaid_hours=lead.unpaid_hours,
        highest_level=level,
        days_silent=silent,
        revenue_amount=revenue,
    )
