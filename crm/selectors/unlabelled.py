"""Leads that wait for a person to say how they ended: closed without an outcome, or stale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.functions import Coalesce

from crm import rules
from crm.models import Lead, Stage
from crm.models.assessment import DecisionKind
from crm.models.lead import LeadQuerySet

MOST_COUNTED = 100
MOST_NEXT = 5
REST = timedelta(days=30)  # how long a nudge about stale leads stays away once it was put off


@dataclass(frozen=True)
class Queue:
    """The lead to label now, a few after it, and how many wait (counted to a hundred)."""

    lead: Lead | None
    following: Sequence[Lead]
    closed_count: int
    stale_count: int

    @property
    def count(self) -> int:
        """Return how many leads wait."""
        return self.closed_count + self.stale_count


def without_outcome(leads: LeadQuerySet) -> LeadQuerySet:
    """Keep leads that were closed and of which nobody said how they ended."""
    return leads.filter(closed_at__isnull=False, outcome="", archived_at=None)


def stale(
    leads: LeadQuerySet, *, now: datetime, today: date, norms: Mapping[str, int]
) -> LeadQuerySet:
    """Keep open leads whose client has been quiet too long for their stage and that have no date.

    A next step or a decision that lies ahead is a date: such a lead rests, as one does that
    somebody paused.
    """
    limits = Case(
        *(
            When(stage=stage, then=Value(now - timedelta(days=norms.get(stage, days))))
            for stage, days in rules.STALE_AFTER_DAYS.items()
        ),
        default=Value(now - timedelta(days=rules.STALE_AFTER_DAYS[Stage.QUALIFIED])),
        output_field=DateTimeField(),
    )
    quiet: Any = leads.open().annotate(quiet_since=Coalesce("last_client_contact_at", "opened_at"))
    dated = Q(next_step_date__gte=today) | Q(decide_by_date__gte=today)
    dated |= Q(rest_kind=DecisionKind.PAUSE, rests_until_date__gt=today)
    found: LeadQuerySet = quiet.filter(quiet_since__lt=limits).exclude(dated)
    return found


def queue(
    leads: LeadQuerySet,
    *,
    now: datetime,
    today: date,
    norms: Mapping[str, int],
    skipped: Sequence[int] = (),
) -> Queue:
    """Return what to label: the leads that ended, the latest first; then the longest quiet."""
    closed = without_outcome(leads)
    quiet = stale(leads, now=now, today=today, norms=norms)
    most = MOST_NEXT + 1
    left = [each.exclude(pk__in=skipped).select_related("account") for each in (closed, quiet)]
    found = list(left[0].order_by("-closed_at", "-pk")[:most])
    if len(found) < most:
        found += left[1].order_by(F("quiet_since").asc(), "pk")[: most - len(found)]
    return Queue(
        lead=found[0] if found else None,
        following=found[1:],
        closed_count=closed[: MOST_COUNTED + 1].count(),
        stale_count=quiet[: MOST_COUNTED + 1].count(),
    )


def nudge_count(
    leads: LeadQuerySet,
    *,
    put_off_at: datetime | None,
    now: datetime,
    today: date,
    norms: Mapping[str, int],
) -> int:
    """Return how many stale leads to speak of; none for a month after the nudge was put off."""
    if put_off_at and now - put_off_at < REST:
        return 0
    return stale(leads, now=now, today=today, norms=norms)[: MOST_COUNTED + 1].count()
