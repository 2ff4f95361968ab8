"""The hours of the weeks that a digest covers, and how many planned meetings were logged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models import Sum as SqlSum

from crm.models import Bid, Deliverable, Interaction, Lead, PlannedMeeting, User, Verdict
from crm.selectors import leads_at
from crm.selectors.digest_parts import Effort
from crm.selectors.digest_readers import BESIDE_LEAD, Span, kept, rows_of

Status = PlannedMeeting.Status
MOST_LEADS, MOST_MEETINGS = 200, 200


@dataclass(frozen=True)
class LeadHours:
    """The unpaid hours that a lead took in some weeks."""

    lead: Lead
    hours: Decimal
    red_hours: Decimal


@dataclass(frozen=True)
class WeekHours:
    """What the line of a mail about hours and meetings is made of."""

    effort: Effort
    leads: Sequence[LeadHours]
    lead_count: int
    meetings: Sequence[PlannedMeeting]


def efforts(readers: Sequence[User], span: Span) -> dict[int, Effort]:
    """Return each reader's presales hours, those on leads that are red now, and the meetings.

    Four queries, however many readers there are.
    """
    spent = [row for rows in of_weeks(readers, span) for row in rows]
    met = list(
        meetings(readers, span)
        .values(**BESIDE_LEAD)
        .annotate(planned=Count("pk"), logged=Count("pk", filter=was_logged(span)))
    )
    return {
        user.pk: Effort(
            hours=_sum(kept(spent, user), "spent"),
            red_hours=_sum(kept(spent, user), "red"),
            planned_meetings=sum(row["planned"] for row in kept(met, user)),
            logged_meetings=sum(row["logged"] for row in kept(met, user)),
        )
        for user in readers
    }


def week_hours(user: User, span: Span) -> WeekHours:
    """Return a reader's hours of some weeks lead by lead, the most first, and the meetings."""
    spent: dict[int, list[Decimal]] = {}
    for rows in of_weeks([user], span, "lead_id"):
        for row in rows:
            sums = spent.setdefault(row["lead_id"], [Decimal(0), Decimal(0)])
            sums[0] += row["spent"] or 0
            sums[1] += row["red"] or 0
    most = sorted(spent, key=lambda pk: (-spent[pk][0], pk))[:MOST_LEADS]
    leads = {
        one.pk: one for one in Lead.objects.filter(pk__in=most).select_related("account", "owner")
    }
    planned = meetings([user], span).select_related("lead__account")
    return WeekHours(
        effort=efforts([user], span)[user.pk],
        leads=[LeadHours(leads[pk], *spent[pk]) for pk in most if spent[pk][0]],
        lead_count=sum(1 for sums in spent.values() if sums[0]),
        meetings=list(planned.order_by("meeting_date", "meeting_time", "pk")[:MOST_MEETINGS]),
    )


def of_weeks(readers: Sequence[User], span: Span, *beside: str) -> Iterable[QuerySet[Any, Any]]:
    """Yield the unpaid hours of talks, hand-overs and bids of the weeks covered, by owner."""
    parts: list[tuple[QuerySet[Any], str]] = [
        (Interaction.objects.filter(paid_by_client=False), "presales_hours"),
        (Deliverable.objects.exclude(paid=True), "hours"),
        (Bid.objects.all(), "hours"),
    ]
    for rows, hours in parts:
        known: Any = rows_of(rows, readers)
        yield (
            known.known_at(span.as_of)
            .filter(happened_at__gte=span.start, happened_at__lt=span.end)
            .annotate(verdict_then=leads_at.verdict(span.as_of, "lead_id"))
            .order_by()
            .values(*beside, **BESIDE_LEAD)
            .annotate(spent=SqlSum(hours), red=SqlSum(hours, filter=Q(verdict_then=Verdict.LOW)))
        )


def meetings(readers: Sequence[User], span: Span) -> QuerySet[PlannedMeeting]:
    """Return the meetings that were planned for the weeks covered and not cancelled."""
    called_off = Q(status=Status.CANCELLED, status_at__lte=span.as_of)
    planned = PlannedMeeting.objects.between(span.first_date, span.last_date)
    known = planned.filter(recorded_at__lte=span.as_of, archived_at=None).exclude(called_off)
    return rows_of(known, readers).order_by()


def was_logged(span: Span) -> Q:
    """Say of a planned meeting that somebody had logged it by then."""
    return Q(status=Status.DONE, status_at__lte=span.as_of)


def _sum(rows: Iterable[Any], name: str) -> Decimal:
    return sum((row[name] or Decimal(0) for row in rows), Decimal(0))
