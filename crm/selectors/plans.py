"""Meetings ahead as pages show them: what waits, which are trips, what a trip usually takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from crm import trips
from crm.models import Account, Firm, Interaction, Lead, LeadFact, PlannedMeeting, TravelCheck
from crm.models.lead import LeadQuerySet

MOST_PLANS = 12
LAST_TRIPS = 3
NEVER_TRIPS = (
    PlannedMeeting.Kind.VISIT_TO_US,
    PlannedMeeting.Kind.ONLINE_MEETING,
    PlannedMeeting.Kind.CALL,
    PlannedMeeting.Kind.WECHAT,
)


@dataclass(frozen=True)
class Ahead:
    """A meeting that waits, and what to say beside it."""

    plan: PlannedMeeting
    is_trip: bool
    check: TravelCheck | None

    @property
    def wants_check(self) -> bool:
        """Say whether a trip was not looked at yet, or speaks against itself."""
        if not self.is_trip:
            return False
        return self.check is None or not trips.is_worth_it(self.check.speaks_for_count)

    @property
    def hours(self) -> Decimal | None:
        """Return the hours that a trip takes, the meeting included."""
        parts = [part for part in (self.plan.hours, self.plan.travel_hours) if part is not None]
        return sum(parts, Decimal(0)) if self.plan.travel_hours is not None else None


def is_trip(plan: PlannedMeeting, account: Account, firm: Firm) -> bool:
    """Say whether a meeting takes us out of town."""
    if plan.is_online or plan.kind in NEVER_TRIPS:
        return False
    return trips.is_out_of_town(
        city=account.city, own_city=firm.city, distance_km=account.distance_km
    )


def ahead(leads: LeadQuerySet, *, until: date, firm: Firm) -> list[Ahead]:
    """Return the meetings up to a day that wait, those whose day went by included."""
    newest = TravelCheck.objects.order_by("-happened_at", "-pk")
    plans = (
        PlannedMeeting.objects.waiting()
        .filter(lead__in=leads.open(), meeting_date__lte=until)
        .select_related("lead__account")
        .prefetch_related(Prefetch("checks", queryset=newest))
    )
    return [_ahead(plan, firm) for plan in _ordered(plans)[:MOST_PLANS]]


def of_lead(lead: Lead, *, firm: Firm) -> list[Ahead]:
    """Return the meetings of a lead that wait."""
    newest = TravelCheck.objects.order_by("-happened_at", "-pk")
    plans = PlannedMeeting.objects.waiting().filter(lead=lead).select_related("lead__account")
    plans = plans.prefetch_related(Prefetch("checks", queryset=newest))
    return [_ahead(plan, firm) for plan in _ordered(plans)[:MOST_PLANS]]


def _ordered(plans: QuerySet[PlannedMeeting]) -> QuerySet[PlannedMeeting]:
    return plans.order_by("meeting_date", "meeting_time", "pk")


def _ahead(plan: PlannedMeeting, firm: Firm) -> Ahead:
    checks: Sequence[TravelCheck] = list(plan.checks.all())
    return Ahead(plan, is_trip(plan, plan.lead.account, firm), checks[0] if checks else None)


def usual_trip(account: Account) -> trips.Trip:
    """Return what the last trips to an account took; by distance where there was none."""
    went = Interaction.objects.current().filter(lead__account=account, travel_hours__gt=0)
    last = list(
        went.order_by("-happened_at", "-pk").values_list("travel_hours", "travel_amount")[
            :LAST_TRIPS
        ]
    )
    if not last:
        return trips.by_distance(account.distance_km)
    hours = [hours for hours, _amount in last if hours is not None]
    amounts = [amount for _hours, amount in last if amount is not None]
    return trips.Trip(
        (sum(hours, Decimal(0)) / len(hours)).quantize(Decimal("0.1")),
        (sum(amounts, Decimal(0)) / len(amounts)).quantize(Decimal(1)) if amounts else None,
    )


def last_budget_stage(lead: Lead) -> str:
    """Return what the client said last of its budget, in a talk or beside one."""
    told = Interaction.objects.current().filter(lead=lead).exclude(budget_stage="")
    talk = told.order_by("-happened_at", "-pk").values_list("happened_at", "budget_stage").first()
    facts = LeadFact.objects.current().filter(lead=lead, kind=LeadFact.Kind.BUDGET_STAGE)
    fact = facts.order_by("-happened_at", "-pk").values_list("happened_at", "value").first()
    known = sorted(row for row in (talk, fact) if row)
    return known[-1][1] if known else ""
