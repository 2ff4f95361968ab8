"""What a digest says, as plain values: decisions, money, good news, hours, what scores rest on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from math import log2
from typing import Any

from crm import plays
from crm.models import Assessment
from crm.plays import Play
from crm.selectors.digest_cash import CashLow


@dataclass(frozen=True)
class Score:
    """What a stored score says; the chance is that of its own target."""

    probability: float
    usual: float
    verdict: str
    pattern: str
    reasons: Sequence[Mapping[str, Any]]
    is_too_wide: bool = False

    @classmethod
    def of(cls, stored: Assessment | None) -> "Score | None":
        """Return what a stored score says; nothing where it names no chance."""
        if stored is None or stored.probability is None:
            return None
        return cls(
            probability=stored.probability,
            usual=stored.base_rate,
            verdict=stored.verdict,
            pattern=stored.pattern,
            reasons=stored.reasons,
            is_too_wide=stored.is_too_wide,
        )

    @property
    def points(self) -> float:
        """Return the odds of the bad end on the scale where 10 points double them."""
        return 10 * log2(self.probability / (1 - self.probability))


@dataclass(frozen=True)
class Decision:
    """One lead about which somebody should decide."""

    lead_id: int
    account: str
    title: str
    until: date | None
    is_bid: bool
    order: Score | None
    order_before: Score | None
    late: Score | None
    is_low_intent: bool
    is_flagged_intent: bool
    hours: Decimal
    travel: Decimal
    loss: Decimal
    unanswered_days: int = 0
    is_reminder: bool = False
    cash_low: CashLow | None = None

    @property
    def reasons(self) -> Sequence[Mapping[str, Any]]:
        """Return the reasons of the score that asks for the decision."""
        score = self.order if self.is_flagged_intent else self.late
        return score.reasons if score else ()

    @property
    def play(self) -> Play:
        """Return what the playbook suggests."""
        if self.is_flagged_intent:
            return plays.for_intent(self.reasons, pattern=self.order.pattern if self.order else "")
        return plays.for_payment(self.reasons)

    @property
    def points(self) -> float:
        """Return how bad it stands, to tell next week whether it moved."""
        score = self.order if self.is_flagged_intent else self.late
        return round(score.points, 2) if score else 0.0


@dataclass(frozen=True)
class Sum:
    """Money in one or more currencies, and how many invoices it is made of."""

    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    count: int = 0

    @property
    def main(self) -> Decimal:
        """Return the amount in the vendor's own currency."""
        return self.amounts.get("CNY", Decimal(0))


@dataclass(frozen=True)
class Money:
    """What should come in."""

    due: Sum = field(default_factory=Sum)
    overdue: Sum = field(default_factory=Sum)
    oldest_days: int = 0
    oldest_account: str = ""
    oldest_id: int | None = None
    oldest_lead_id: int | None = None

    def __bool__(self) -> bool:
        return bool(self.due.count or self.overdue.count)


@dataclass(frozen=True)
class News:
    """A client's costly step."""

    lead_id: int
    account: str
    won: bool
    paid_step: bool
    budget_approved: bool
    holder_joined: bool
    next_step_date: date | None
    order: Score | None
    order_before: Score | None


@dataclass(frozen=True)
class Effort:
    """Presales hours of the weeks covered, those on leads marked red, and the meetings."""

    hours: Decimal = Decimal(0)
    red_hours: Decimal = Decimal(0)
    planned_meetings: int = 0
    logged_meetings: int = 0

    @property
    def red_share(self) -> float:
        """Return the share of the hours that went to red leads."""
        return float(self.red_hours / self.hours) if self.hours else 0.0


@dataclass(frozen=True)
class Content:
    """All of one mail; `more` flags wait beside its decisions, `today_ids` are the leads that
    Today asks about."""

    as_of: datetime
    day: date
    weeks: int
    reads_leads: bool
    reads_scores: bool = False
    decisions: Sequence[Decision] = ()
    more: int = 0
    today_ids: frozenset[int] = frozenset()
    money: Money = field(default_factory=Money)
    news: Sequence[News] = ()
    effort: Effort = field(default_factory=Effort)
    outcomes: int = 0
    is_learned: bool = False
    is_alone: bool = False
    is_demo: bool = False

    @property
    def hours_at_risk(self) -> Decimal:
        """Return the unpaid hours in the decisions about leads of low intent."""
        return sum((d.hours for d in self.decisions if d.is_low_intent), Decimal(0))

    @property
    def is_quiet(self) -> bool:
        """Say whether there is nothing to decide and nothing to tell."""
        return not (self.decisions or self.money or self.news)
