"""The decisions that a digest asks for: flagged leads, the most urgent first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, F, OuterRef, Q, QuerySet, Subquery, When

from crm import rules, weeks
from crm.models import Assessment, Bid, Digest, Lead, Mark, Target, User, Verdict
from crm.models.lead import LeadQuerySet
from crm.selectors import decide, leads_at, planned, reminders
from crm.selectors.digest_cash import CashLow
from crm.selectors.digest_parts import Decision, Score
from crm.selectors.digest_readers import OF_LEAD, Span, kept, leads_of

MOST_DECISIONS, MOST_DATES_FIRST, CANDIDATES = 5, 2, 60
WEEKS_SHOWN, POINTS_MOVED = 2, 10
SOON = timedelta(days=7)
ALARMING = (Verdict.LOW, Verdict.WATCH)


@dataclass(frozen=True)
class Waiting:
    """What waits for a reader: the leads that may be asked about, and how many carry a flag.

    `today_ids` are those that Today asks about.
    """

    leads: Sequence[Any]
    flagged_count: int
    today_ids: frozenset[int]


def waiting(readers: Sequence[User], span: Span) -> dict[int, Waiting]:
    """Return for each reader the flagged leads that nobody has answered, the most urgent first.

    Two queries, however many readers there are: all flagged leads by their owners, then what
    can be asked about, with all that is told of it.
    """
    flagged = _in_order(_flagged(leads_of(readers), span), span)
    rows = list(flagged.annotate(on_today=_on_today(span)).values("pk", "on_today", **OF_LEAD))
    mine = {user.pk: kept(rows, user) for user in readers}
    first = {pk: [row["pk"] for row in rows[:CANDIDATES]] for pk, rows in mine.items()}
    leads = _with_facts({pk for pks in first.values() for pk in pks}, span)
    return {
        pk: Waiting(
            [leads[lead] for lead in pks if lead in leads],
            len(mine[pk]),
            frozenset(row["pk"] for row in mine[pk] if row["on_today"]),
        )
        for pk, pks in first.items()
    }


def asked(
    waiting: Waiting,
    *,
    user: User,
    span: Span,
    scores: Mapping[int, Assessment],
    lows: Mapping[int, CashLow],
    hour_cost: Decimal,
    shown: Sequence[Mapping[str, float]],
) -> tuple[Sequence[Decision], int]:
    """Return the most urgent decisions for a reader, and how many more leads carry a flag."""
    found = [
        reminders.told(_decision(lead, scores, lows, hour_cost), lead, user=user, day=span.day)
        for lead in waiting.leads
    ]
    found.sort(key=_urgency)
    asked = [
        d for d in found if d.is_reminder or (reminders.is_asked(d) and not is_worn_out(d, shown))
    ]
    asked = in_turn(asked)[:MOST_DECISIONS]
    return asked, max(0, waiting.flagged_count - len(asked))


def in_turn(decisions: Sequence[Decision]) -> list[Decision]:
    """Return decisions so that neither a date nor a flag that waits too long crowds the other out.

    A mail may have room for three: first two with a date, then those that nobody has answered
    for weeks, then the other dates, then the rest.
    """
    dated = [d for d in decisions if d.until]
    waiting = [d for d in decisions if d.is_reminder and not d.until]
    rest = [d for d in decisions if not (d.until or d.is_reminder)]
    return dated[:MOST_DATES_FIRST] + waiting + dated[MOST_DATES_FIRST:] + rest


def _urgency(decision: Decision) -> tuple[date, Decimal, int]:
    return decision.until or date.max, -decision.loss, decision.lead_id


def _flagged(leads: LeadQuerySet, span: Span) -> QuerySet[Lead, Any]:
    """Return running leads with a flag that nobody has answered yet."""
    as_of, day = span.as_of, span.day
    running = leads_at.running(leads, as_of).annotate(
        verdict_then=leads_at.verdict(as_of),
        mark_then=leads_at.mark(as_of),
        against_then=leads_at.chance_against(as_of),
    )
    flagged = running.filter(Q(verdict_then__in=ALARMING) | Q(mark_then=Mark.HIGH))
    return flagged.exclude(reminders.is_answered(as_of, day))


def _on_today(span: Span) -> Case:
    """Say whether Today asks about a flagged lead, by its rules."""
    urgent = decide.is_urgent(until=span.day + SOON, verdict="verdict_then", mark="mark_then")
    ignored = Q(reminders.red_for_a_week(span.as_of, span.day))
    return Case(When(urgent | ignored, then=True), default=False, output_field=BooleanField())


def _in_order(leads: QuerySet[Lead, Any], span: Span) -> QuerySet[Lead, Any]:
    """Return leads with the days that make them urgent, the most urgent first."""
    return leads.annotate(
        until=Case(When(decide_by_date__lte=span.day + SOON, then=F("decide_by_date"))),
        bid_until=_next_deadline(span.as_of, span.day),
    ).order_by(
        F("until").asc(nulls_last=True),
        F("bid_until").asc(nulls_last=True),
        F("expected_loss_amount").desc(nulls_last=True),
        "pk",
    )


def _with_facts(ids: Collection[int], span: Span) -> Mapping[int, Any]:
    """Return leads with what was scored, spent and planned by then."""
    as_of = span.as_of
    leads = leads_at.open_leads(Lead.objects.filter(pk__in=ids), as_of).annotate(
        verdict_then=leads_at.verdict(as_of),
        mark_then=leads_at.mark(as_of),
        flagged_at=reminders.red_since(as_of),
        answered_until=reminders.answered_until(as_of, span.day),
        order_id=leads_at.latest_id(Target.NO_ORDER, as_of),
        late_id=leads_at.latest_id(Target.LATE_PAYMENT, as_of),
        before_id=leads_at.latest_id(Target.NO_ORDER, span.before),
        ahead_hours=planned.hours(as_of),
        ahead_amount=planned.travel_amount(as_of),
    )
    ordered = _in_order(leads, span).select_related("account").order_by()
    return {lead.pk: lead for lead in ordered}


def _next_deadline(as_of: datetime, day: date) -> Subquery:
    """Return the deadline of a bid that ends within days."""
    bids = Bid.objects.filter(lead=OuterRef("pk"), choice="", result="").known_at(as_of)
    soon = bids.filter(deadline_date__gte=day, deadline_date__lte=day + SOON)
    return Subquery(soon.order_by("deadline_date", "pk").values("deadline_date")[:1])


def scores_of(leads: Iterable[Any], *names: str) -> Mapping[int, Assessment]:
    """Return the stored scores whose ids the leads carry under the names."""
    told = (getattr(lead, name, None) for lead in leads for name in names)
    ids: set[int] = {pk for pk in told if pk}
    found = Assessment.objects.filter(pk__in=ids).defer("what_if")
    return {score.pk: score for score in found}


def _decision(
    lead: Any,
    scores: Mapping[int, Assessment],
    lows: Mapping[int, CashLow],
    hour_cost: Decimal,
) -> Decision:
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
        cash_low=lows.get(lead.pk),
    )


def shown_before(readers: Sequence[User], day: date) -> dict[int, list[Mapping[str, float]]]:
    """Return what the mails of the last weeks asked each reader for, the latest first."""
    before = weeks.weeks_before(day, WEEKS_SHOWN)
    mails = Digest.objects.filter(
        recipient__in=readers, kind=Digest.Kind.WEEKLY, period__in=before
    ).values_list("recipient", "period", "shown")
    told = {(reader, period): shown for reader, period, shown in mails}
    return {user.pk: [told.get((user.pk, week), {}) for week in before] for user in readers}


def is_worn_out(decision: Decision, shown: Sequence[Mapping[str, float]]) -> bool:
    """Say whether the last two mails asked the same and its odds neither doubled nor halved."""
    asked = [week.get(str(decision.lead_id)) for week in shown]
    if len(asked) < WEEKS_SHOWN or None in asked:
        return False
    return abs(decision.points - (asked[0] or 0.0)) < POINTS_MOVED
