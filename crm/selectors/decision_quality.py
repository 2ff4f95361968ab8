"""How good the decisions against flags were: risks that were taken, and how those leads ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm.models import Decision, Outcome
from crm.models.lead import LeadQuerySet

QUARTERS_SHOWN, MOST_ROWS = 6, 2_000
TAKES_RISK = (Decision.Kind.ACCEPT_RISK, Decision.Kind.CONTINUE)


@dataclass(frozen=True)
class Quarter:
    """The leads whose flag was overridden in a quarter, and what became of them."""

    year: int
    number: int
    leads: int
    won: int
    lost: int
    running: int
    usual: float | None

    @property
    def ended(self) -> int:
        """Return how many of them have ended with an outcome."""
        return self.won + self.lost

    @property
    def share(self) -> float | None:
        """Return the share of orders among those that ended."""
        return self.won / self.ended if self.ended else None


def quarters(leads: LeadQuerySet, *, today: date, zone: ZoneInfo) -> Sequence[Quarter]:
    """Return the last quarters, the latest first; a lead counts once in each, by its first."""
    starts = _starts(today)
    since = datetime.combine(starts[-1], time(), tzinfo=zone)
    taken = (
        Decision.objects.standing()
        .filter(kind__in=TAKES_RISK, lead__in=leads, happened_at__gte=since, archived_at=None)
        .order_by("happened_at", "pk")
        .values_list("lead", "happened_at", "lead__outcome", "lead__closed_at", "shown")[:MOST_ROWS]
    )
    found: dict[date, dict[int, tuple[Any, ...]]] = {start: {} for start in starts}
    for lead, at, *rest in taken:
        day = at.astimezone(zone).date()
        start = next(each for each in starts if each <= day)
        found[start].setdefault(lead, tuple(rest))
    return [_quarter(start, list(found[start].values())) for start in starts]


def _quarter(start: date, rows: Sequence[tuple[Any, ...]]) -> Quarter:
    out = (Outcome.WALKED_AWAY, Outcome.INVALID)
    won = sum(outcome == Outcome.WON for outcome, *_ in rows)
    lost = sum(
        bool(outcome) and outcome != Outcome.WON and outcome not in out for outcome, *_ in rows
    )
    usual = [shown["order"]["base_rate"] for *_, shown in rows if shown.get("order")]
    return Quarter(
        year=start.year,
        number=(start.month + 2) // 3,
        leads=len(rows),
        won=won,
        lost=lost,
        running=sum(closed is None for _, closed, _ in rows),
        usual=1 - sum(usual) / len(usual) if usual else None,
    )


def _starts(today: date) -> list[date]:
    """Return the first days of the last quarters, the latest first."""
    start = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    starts = [start]
    while len(starts) < QUARTERS_SHOWN:
        before = starts[-1] - timedelta(days=1)
        starts.append(date(before.year, 3 * ((before.month - 1) // 3) + 1, 1))
    return starts
