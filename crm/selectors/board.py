"""The board: open leads by stage, with what each column sums up to; bounded whatever the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from crm import rules
from crm.models import Decision, Lead, Outcome, Stage, User, Verdict
from crm.models.lead import LeadQuerySet
from crm.selectors import lead_list

STAGES: Sequence[str] = tuple(Stage.values)
COLUMN_CARDS, WHOLE_COLUMN_CARDS = 20, 100
MOST_RESTING, MOST_ENDED = 200, 1000
SOON = timedelta(days=7)
SORTS = ("decide", "-loss", "-value", "-hours", "quiet", "chance")
NO_STEP_TO_COME, STALE, RESTS, STEP = "none", "stale", "rests", "step"


@dataclass(frozen=True)
class Card:
    """One lead as the board shows it; `foot` says what its last line speaks of."""

    lead: Lead
    quiet_days: int | None
    silent_days: int
    limit_days: int
    foot: str
    why_it_rests: str


@dataclass(frozen=True)
class Column:
    """One stage: its first cards, how many leads it holds, their value and unpaid hours.

    Cards are None where only the sums were asked for.
    """

    stage: str
    cards: Sequence[Card] | None
    count: int
    value: Decimal
    hours: Decimal

    @property
    def is_whole(self) -> bool:
        """Say whether the column shows as many cards as it ever does."""
        return len(self.cards or ()) > COLUMN_CARDS

    @property
    def more(self) -> int:
        """Return how many leads of the stage are not shown."""
        return max(0, self.count - len(self.cards or ()))


@dataclass(frozen=True)
class Ended:
    """How many leads were won and how many ended otherwise; counted to a thousand."""

    won: int
    otherwise: int


def columns(
    leads: LeadQuerySet,
    stages: Sequence[str],
    *,
    sort: str,
    whole: str,
    now: datetime,
    today: date,
    norms: Mapping[str, int],
) -> list[Column]:
    """Return every column, cards in those of `stages`; `whole` names one that shows more cards."""
    ordered = lead_list.ordered(leads, sort).select_related("account", "owner")
    resting = list(ordered.filter(stage__in=stages).resting_at(today)[:MOST_RESTING])
    awake = ordered.awake_at(today)
    reasons, sums = _reasons(resting), _sums(leads)
    found = []
    for stage in STAGES:
        cards = None
        if stage in stages:
            most = WHOLE_COLUMN_CARDS if stage == whole else COLUMN_CARDS
            shown = [*awake.filter(stage=stage)[:most], *(x for x in resting if x.stage == stage)]
            cards = [_card(lead, reasons, now, today, norms) for lead in shown[:most]]
        found.append(Column(stage, cards, **sums.get(stage, _sum_of({}))))
    return found


def _reasons(resting: Sequence[Lead]) -> dict[int, str]:
    """Return why each resting lead was paused."""
    pauses = Decision.objects.filter(
        lead__in=resting, kind=Decision.Kind.PAUSE, review_date=F("lead__rests_until_date")
    )
    rows = pauses.order_by("happened_at", "pk").values_list("lead_id", "reason")
    return dict(rows)


def _card(
    lead: Lead, reasons: Mapping[int, str], now: datetime, today: date, norms: Mapping[str, int]
) -> Card:
    quiet = rules.days_between(lead.last_client_contact_at, now)
    silent = quiet if quiet is not None else rules.days_between(lead.opened_at, now) or 0
    limit = norms.get(lead.stage, rules.STALE_AFTER_DAYS[lead.stage])
    pause = lead.rest_kind == Decision.Kind.PAUSE and lead.rests_until_date
    if pause and pause > today:
        foot = RESTS
    elif silent > limit:
        foot = STALE
    else:
        ahead = lead.next_step_date is not None and lead.next_step_date >= today
        foot = STEP if ahead else NO_STEP_TO_COME
    return Card(lead, quiet, silent, limit, foot, reasons.get(lead.pk, ""))


def _sums(leads: LeadQuerySet) -> dict[str, dict[str, Any]]:
    every: Any = leads.order_by().values("stage")
    rows = every.annotate(
        n=Count("pk"),
        value=Sum("est_value_amount", filter=Q(currency="CNY")),
        hours=Sum("unpaid_hours"),
    )
    return {row["stage"]: _sum_of(row) for row in rows}


def _sum_of(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "count": row.get("n", 0),
        "value": row.get("value") or Decimal(0),
        "hours": row.get("hours") or Decimal(0),
    }


def views(leads: LeadQuerySet, user: User, *, today: date) -> dict[str, int]:
    """Return how many open leads each ready-made view holds."""
    return leads.order_by().aggregate(
        all=Count("pk"),
        week=Count("pk", filter=Q(decide_by_date__lte=today + SOON)),
        mine=Count("pk", filter=Q(owner=user)),
        flagged=Count("pk", filter=Q(verdict__in=[Verdict.LOW, Verdict.WATCH])),
    )


def ended(leads: LeadQuerySet) -> Ended:
    """Count what was won and what ended without an order."""
    closed = leads.filter(closed_at__isnull=False, archived_at=None).order_by()
    won, otherwise = closed.filter(outcome=Outcome.WON), closed.exclude(outcome=Outcome.WON)
    return Ended(won[:MOST_ENDED].count(), otherwise[:MOST_ENDED].count())


def changed_since(lead: Lead, version: int, fields: Sequence[str]) -> "Meanwhile":
    """Return who saved a lead last, and its fields as they stood in a version and stand now."""
    trail: Any = lead.history
    seen = trail.filter(version=version).order_by("-history_date", "-history_id").first()
    last = trail.select_related("history_user").order_by("-history_date", "-history_id").first()
    differing = [
        (field, getattr(seen, field), getattr(lead, field))
        for field in fields
        if seen is not None and getattr(seen, field) != getattr(lead, field)
    ]
    return Meanwhile(last and last.history_user, last and last.history_date, differing)


@dataclass(frozen=True)
class Meanwhile:
    """What somebody else saved since a reader looked: who, when, and each field then and now."""

    by: User | None
    at: datetime | None
    fields: Sequence[tuple[str, Any, Any]]
