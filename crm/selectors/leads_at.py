"""Leads as they stood at a moment: what was scored, spent and agreed by then."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DecimalField,
    F,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, JSONObject

from crm import rules
from crm.models import (
    Assessment,
    Bid,
    Deliverable,
    Interaction,
    Lead,
    LeadFact,
    PaymentTerms,
    StageChange,
    Target,
)
from crm.models.lead import LeadQuerySet

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
NUMBER = DecimalField(max_digits=18, decimal_places=2)


def running(leads: LeadQuerySet, moment: datetime) -> LeadQuerySet:
    """Keep the leads that ran at a moment and were known then."""
    return leads.open_at(moment).filter(recorded_at__lte=moment)


def assessments(target: str, moment: datetime, lead: str = "pk") -> QuerySet[Assessment]:
    """Return the scores of the outer lead up to a moment, the latest first."""
    return Assessment.objects.filter(
        lead=OuterRef(lead), target=target, as_of__lte=moment
    ).order_by("-as_of", "-pk")


def latest_id(target: str, moment: datetime) -> Subquery:
    """Return the id of the latest score."""
    return Subquery(assessments(target, moment).values("pk")[:1])


def is_too_wide(moment: datetime) -> Coalesce:
    """Say whether the interval of the latest score is too wide for a single figure."""
    wide = Q(high__gt=F("low") + Value(rules.TOO_WIDE))
    scores = assessments(Target.NO_ORDER, moment).annotate(
        is_wide=Case(When(wide, then=True), default=False, output_field=BooleanField())
    )
    return Coalesce(Subquery(scores.values("is_wide")[:1]), Value(False))


def verdict(moment: datetime, lead: str = "pk") -> Subquery:
    """Return the verdict of the latest score."""
    scores = assessments(Target.NO_ORDER, moment, lead)
    return Subquery(scores.values("verdict")[:1], output_field=CharField())


def mark(moment: datetime) -> Subquery:
    """Return the late-payment mark of the latest score."""
    scores = assessments(Target.LATE_PAYMENT, moment)
    return Subquery(scores.values("mark")[:1], output_field=CharField())


def said(target: str, moment: datetime) -> Subquery:
    """Return what the latest score says, as one object."""
    fields = {
        "probability": "probability",
        "base_rate": "base_rate",
        "low": "low",
        "high": "high",
        "verdict": "verdict",
        "mark": "mark",
        "pattern": "pattern",
        "outcomes": "outcomes_count",
        "version": "scorer_version",
    }
    object_of = JSONObject(**fields)
    return Subquery(
        assessments(target, moment).values(said=object_of)[:1], output_field=JSONField()
    )


def chance_against(moment: datetime) -> Subquery:
    """Return the chance of no order by the latest score."""
    return Subquery(assessments(Target.NO_ORDER, moment).values("probability")[:1])


def budget_stage(moment: datetime) -> Coalesce:
    """Return the budget stage that was told last, in a talk or beside one; blank for never."""
    told = LeadFact.objects.filter(lead=OuterRef("pk"), kind=LeadFact.Kind.BUDGET_STAGE)
    in_a_talk = Subquery(_budget_talks("lead", moment).values("happened_at")[:1])
    newer = (
        told.known_at(moment)
        .exclude(value="")
        .filter(happened_at__gte=Coalesce(in_a_talk, Value(BEFORE_ALL)))
        .order_by("-happened_at", "-pk")
    )
    return Coalesce(
        Subquery(newer.values("value")[:1]),
        Subquery(_budget_talks("pk", moment).values("budget_stage")[:1]),
        Value(""),
        output_field=CharField(),
    )


def _budget_talks(lead: str, moment: datetime) -> QuerySet[Interaction]:
    talks = Interaction.objects.filter(lead=OuterRef(lead)).known_at(moment)
    return talks.exclude(budget_stage="").order_by("-happened_at", "-pk")


def unpaid_hours(moment: datetime) -> Any:
    """Return the hours spent by then that nobody paid for: talks, travel, hand-overs, bids."""
    met = Interaction.objects.filter(lead=OuterRef("pk"), paid_by_client=False).known_at(moment)
    given = Deliverable.objects.filter(lead=OuterRef("pk")).known_at(moment).exclude(paid=True)
    bids = Bid.objects.filter(lead=OuterRef("pk")).known_at(moment)
    return (
        _sum(met, "presales_hours")
        + _sum(met, "travel_hours")
        + _sum(given, "hours")
        + _sum(bids, "hours")
    )


def travel_amount(moment: datetime) -> Any:
    """Return the travel cost by then."""
    met = Interaction.objects.filter(lead=OuterRef("pk")).known_at(moment)
    return _sum(met, "travel_amount")


def _sum(rows: QuerySet[Any], field: str) -> Coalesce:
    zero = Value(Decimal(0), output_field=NUMBER)
    summed = rows.order_by().values("lead").annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(summed, output_field=NUMBER), zero, output_field=NUMBER)


def stage(moment: datetime) -> Coalesce:
    """Return the stage by the dated changes; the lead's own where none is known."""
    changes = StageChange.objects.filter(lead=OuterRef("pk")).known_at(moment)
    latest = changes.order_by("-happened_at", "-pk").values("to_stage")[:1]
    return Coalesce(Subquery(latest), F("stage"), output_field=CharField())


def prepayment(moment: datetime) -> Subquery:
    """Return the prepayment in per cent by the latest terms."""
    terms = PaymentTerms.objects.filter(lead=OuterRef("pk")).known_at(moment)
    latest = terms.order_by("-happened_at", "-pk").values("prepay_percent")[:1]
    return Subquery(latest, output_field=NUMBER)


def open_leads(leads: LeadQuerySet, moment: datetime) -> QuerySet[Lead]:
    """Return running leads with what was spent on them by then, in hours and travel."""
    return running(leads, moment).annotate(
        hours_then=unpaid_hours(moment), travel_then=travel_amount(moment)
    )


def tenths(hours: Decimal) -> Decimal:
    """Return hours to the tenth; SQLite adds decimals up as floats."""
    return hours.quantize(Decimal("0.1"))
