"""The decisions that a digest asks for: flagged leads, the most urgent first."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When

from crm import rules, weeks
from crm.models import Assessment, Bid, Digest, FirmFigure, Lead, Mark, Target, User, Verdict
from crm.selectors import leads_at, planned, reminders
from crm.selectors.digest_parts import Decision, Score

MOST_DECISIONS, CANDIDATES = 5, 60
WEEKS_SHOWN, POINTS_MOVED = 2, 10
SOON = timedelta(days=7)
ALARMING = (Verdict.LOW, Verdict.WATCH)


def decisions(
    user: User, *, as_of: datetime, day: date, before: datetime
) -> tuple[Sequence[Decision], int]:
    """Return the most urgent decisions, and how many more leads carry a flag."""
    flagged = _flagged(user, as_of=as_of, day=day)
    candidates = list(
        flagged.annotate(
            until=Case(When(decide_by_date__lte=day + SOON, then=F("decide_by_date"))),
            bid_until=_next_deadline(as_of, day),
            order_id=leads_at.latest_id(Target.NO_ORDER, as_of),
            late_id=leads_at.latest_id(Target.LATE_PAYMENT, as_of),
            before_id=leads_at.latest_id(Target.NO_ORDER, before),
            ahead_hours=planned.hours(as_of),
            ahead_amount=planned.travel_amount(as_of),
        )
        .select_related("account")
        .order_by(
            F("until").asc(nulls_last=True),
            F("bid_until").asc(nulls_last=True),
            F("expected_loss_amount").desc(nulls_last=True),
            "pk",
        )[:CANDIDATES]
    )
    scores = scores_of(candidates, "order_id", "late_id", "before_id")
    hour_cost = FirmFigure.objects.at(FirmFigure.Kind.HOUR_COST, as_of) or Decimal(0)
    found = [
        reminders.told(_decision(lead, scores, hour_cost), lead, user=user, day=day)
        for lead in candidates
    ]
    found.sort(key=_urgency)
    shown = _shown_before(user, day)
    asked = [d for d in found if d.is_reminder]
    asked += [d for d in found if reminders.is_asked(d) and not is_worn_out(d, shown)]
    asked = sorted(asked[:MOST_DECISIONS], key=_urgency)
    return asked, max(0, flagged.count() - len(asked))


def _urgency(decision: Decision) -> tuple[date, Decimal, int]:
    return decision.until or date.max, -decision.loss, decision.lead_id


def _flagged(user: User, *, as_of: datetime, day: date) -> QuerySet[Lead, Any]:
    """Return running leads with a flag that nobody has answered yet."""
    leads = leads_at.open_leads(Lead.objects.visible_to(user), as_of).annotate(
        verdict_then=leads_at.verdict(as_of),
        mark_then=leads_at.mark(as_of),
        against_then=leads_at.chance_against(as_of),
        flagged_at=reminders.red_since(as_of),
        answered_until=reminders.answered_until(as_of, day),
    )
    flagged = leads.filter(Q(verdict_then__in=ALARMING) | Q(mark_then=Mark.HIGH))
    return flagged.exclude(reminders.is_answered(as_of, day))


def _next_deadline(as_of: datetime, day: date) -> Subquery:
    """Return the deadline of a bid that ends within days."""
    bids = Bid.objects.filter(lead=OuterRef("pk"), choice="", result="").known_at(as_of)
    soon = bids.filter(deadline_date__gte=day, deadline_date__lte=day + SOON)
    return Subquery(soon.order_by("deadline_date", "pk").values("deadline_date")[:1])


def scores_of(leads: Sequence[Any], *names: str) -> Mapping[int, Assessment]:
    """Return the stored scores whose ids the leads carry under the names."""
    ids = {getattr(lead, name) for lead in leads for name in names}
    return Assessment.objects.in_bulk(ids - {None})


def _decision(lead: Any, scores: Mapping[int, Assessment], hour_cost: Decimal) -> Decision:
    order = Score.of(scores.get(lead.order_id))
    known = [day for day in (lead.until, lead.bid_until) if day]
    spent = rules.exposure_amount(
        hours=lead.hours_then, hour_cost=hour_cost, travel_amount=lead.travel_then
    )
    ahead = rules.exposure_amount(
        hours=lead.ahead_hours, hour_cost=hour_cost, travel_amount=lead.ahead_amount
    )
    chance = 1 - order.probability if order else 0.0
    return Decision(
        lead_id=lead.pk,
        account=lead.account.name,
        title=lead.title,
        until=min(known, default=None),
        is_bid=bool(lead.bid_until) and lead.bid_until == min(known),
        order=order,
        order_before=Score.of(scores.get(lead.before_id)),
        late=Score.of(scores.get(lead.late_id)) if lead.mark_then == Mark.HIGH else None,
        is_low_intent=lead.verdict_then == Verdict.LOW,
        is_flagged_intent=lead.verdict_then in ALARMING,
        hours=leads_at.tenths(lead.hours_then),
        travel=lead.travel_then,
        loss=rules.expected_loss(order_chance=chance, spent=spent, planned=ahead),
    )


def _shown_before(user: User, day: date) -> list[Mapping[str, float]]:
    """Return what the mails of the last weeks asked for, the latest first."""
    before = weeks.weeks_before(day, WEEKS_SHOWN)
    mails = dict(
        Digest.objects.filter(
            recipient=user, kind=Digest.Kind.WEEKLY, period__in=before
        ).values_list("period", "shown")
    )
    return [mails.get(week, {}) for week in before]


def is_worn_out(decision: Decision, shown: Sequence[Mapping[str, float]]) -> bool:
    """Say whether the last two mails asked the same and its odds neither doubled nor halved."""
    asked = [week.get(str(decision.lead_id)) for week in shown]
    if len(asked) < WEEKS_SHOWN or None in asked:
        return False
    return abs(decision.points - (asked[0] or 0.0)) < POINTS_MOVED
