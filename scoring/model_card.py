"""What the score page shows: who scores, what came of it, and what was decided. It only reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, Q

from crm.models import Firm, Lead, User
from crm.models.lead import LeadQuerySet
from scoring.models import ModelCard, Promotion, TrainedModel, UsualFigure

ORDERS, PRIOR_LEADS, PRIOR_ORDERS = "WON", 10, 2
CENSORED, DROPPED = "WALKED_AWAY", "INVALID"
HALF_SHARE_AT = 50
FEWEST_TO_RANK, FEWEST_TO_SHOW, FEWEST_TO_CLAIM = 5, 10, 10
HARDLY_ABOVE_GUESSING, SHIFT_FROM = 0.55, 0.25
STATES = ((0, 10), (10, 40), (40, 100), (100, None))
LOG_ROWS = 20
MORE = 20


@dataclass(frozen=True)
class Outcomes:
    """How the closed leads ended, and how many run on past the horizon."""

    counts: Mapping[str, int]
    overdue: int

    @property
    def closed(self) -> int:
        """Return all leads with an outcome."""
        return sum(self.counts.values())

    @property
    def orders(self) -> int:
        """Return the won ones."""
        return self.counts.get(ORDERS, 0)

    @property
    def usable(self) -> int:
        """Return those that count: all but the censored and dropped, and the overdue ones."""
        left_out = self.counts.get(CENSORED, 0) + self.counts.get(DROPPED, 0)
        return self.closed - left_out + self.overdue

    @property
    def without_order(self) -> int:
        """Return those that count as no order."""
        return self.usable - self.orders

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return a row per outcome, the orders first, with the length of its bar."""
        most = max([*self.counts.values(), self.overdue, 1])
        found = []
        for code, label in Lead.Outcome.choices:
            n = self.counts.get(code, 0)
            found.append({"code": code, "label": label, "n": n, "width": f"{100 * n / most:.1f}%"})
        return found

    @property
    def overdue_width(self) -> str:
        """Return the length of the bar of those that run on."""
        return f"{100 * self.overdue / max([*self.counts.values(), self.overdue, 1]):.1f}%"


@dataclass(frozen=True)
class Usual:
    """The usual order rate with its sum written out."""

    orders: int = 0
    closed: int = 0

    @property
    def rate(self) -> float:
        """Return the share of orders, shrunk to 20 % by the weight of ten leads."""
        return (self.orders + PRIOR_ORDERS) / (self.closed + PRIOR_LEADS)


@dataclass(frozen=True)
class Weight:
    """How much own outcomes weigh beside experience, with its sum."""

    model: TrainedModel | None
    known: Mapping[str, int] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Return the weight of own outcomes in the version that scores."""
        return self.model.share if self.model else 0.0

    @property
    def experience(self) -> float:
        """Return the weight of experience."""
        return 1 - self.share

    @property
    def experience_width(self) -> str:
        """Return the length of its bar."""
        return f"{100 * self.experience:.1f}%"

    @property
    def deals(self) -> int:
        """Return how many outcomes the latest training knew."""
        return self.known.get("deals", 0)

    @property
    def positives(self) -> int:
        """Return how many of them had no order."""
        return self.known.get("positives", 0)

    @property
    def orders(self) -> int:
        """Return how many of them were orders."""
        return self.known.get("negatives", 0)

    @property
    def rarer(self) -> int:
        """Return the size of the rarer class, which decides."""
        return min(self.positives, self.orders)

    @property
    def effective(self) -> int:
        """Return how many deals the outcomes are worth."""
        return min(2 * self.rarer, self.deals)

    @property
    def next_share(self) -> float:
        """Return what the outcomes known would weigh."""
        return self.effective / (self.effective + HALF_SHARE_AT) if self.effective else 0.0

    @property
    def state(self) -> int:
        """Return which of the four states of trust holds, from 0."""
        return sum(self.rarer >= start for start, _end in STATES) - 1


@dataclass(frozen=True)
class Page:
    """All that the page needs."""

    weight: Weight
    outcomes: Outcomes
    usual: Usual
    card: ModelCard | None
    log: Sequence[Promotion]
    unlabelled: int

    @property
    def facts(self) -> Mapping[str, Any]:
        """Return the figures that the latest training kept."""
        return self.card.facts if self.card else {}

    @property
    def n(self) -> int:
        """Return how many later leads the figures rest on."""
        return int(self.facts.get("n", 0))

    @property
    def orders(self) -> int:
        """Return how many of them became orders."""
        return int(self.facts.get("orders", 0))

    @property
    def may_rank(self) -> bool:
        """Say whether enough later leads of both kinds are known to rank them."""
        return min(self.orders, self.n - self.orders) >= FEWEST_TO_RANK

    @property
    def may_count(self) -> bool:
        """Say whether enough later leads are known to count them by chance."""
        return self.n >= FEWEST_TO_SHOW

    @cached_property
    def blend(self) -> Mapping[str, Any]:
        """Return the measures of what scores."""
        found: Mapping[str, Any] = self.facts["scorers"]["blend"]
        return found

    @property
    def claims(self) -> bool:
        """Say whether the page may claim that the scores rank better than guessing."""
        few = min(self.orders, self.n - self.orders) < FEWEST_TO_CLAIM
        low = None if few or not self.may_rank else self.blend["auc"]["low"]
        return low is not None and low > HARDLY_ABOVE_GUESSING

    @property
    def shifted(self) -> bool:
        """Say whether the latest scores are spread otherwise than those before."""
        found = self.facts.get("shift")
        return bool(found and found["index"] > SHIFT_FROM)

    @property
    def red_below(self) -> float:
        """Return the chance below which a lead is red as shipped."""
        return self.usual.rate / 3

    @property
    def amber_below(self) -> float:
        """Return the chance below which a lead is amber as shipped."""
        return self.usual.rate * 2 / 3

    @property
    def latest(self) -> Promotion | None:
        """Return what was decided last."""
        return self.log[0] if self.log else None

    @property
    def is_refused(self) -> bool:
        """Say whether the gate withdrew what was learned."""
        return bool(self.latest and self.latest.decision == Promotion.Decision.REFUSED)

    @property
    def passes_gate(self) -> bool:
        """Say whether what was learned was judged on enough later leads and errs less there."""
        return bool(self.weight.model) and not self.is_unproven and self.errs_less

    @property
    def errs_less(self) -> bool:
        """Say whether what scores errs less on later leads than the usual rate alone."""
        brier = {name: each["brier"]["value"] for name, each in self.facts["scorers"].items()}
        errs_less: bool = brier["blend"] < brier["base_rate"]
        return errs_less

    @property
    def points_fail(self) -> bool:
        """Say whether the points did worse than the usual rate when something was last learned."""
        fails = (row.numbers.get("points_fail") for row in self.log if "outcomes" in row.numbers)
        return bool(next(fails, False))

    @property
    def is_unproven(self) -> bool:
        """Say whether too few later outcomes were known to judge what was learned."""
        return bool(self.latest and self.latest.numbers.get("is_unproven"))


def page(target: str, *, as_of: datetime) -> Page:
    """Return the page of a target at a moment: seven queries, however long the past."""
    log = list(
        Promotion.objects.filter(target=target, decided_at__lte=as_of).select_related(
            "model", "decided_by"
        )[:LOG_ROWS]
    )
    horizon = timedelta(days=Firm.current().horizon_days)
    known = log[0].numbers.get("outcomes") if log else None
    return Page(
        weight=Weight(in_use(log), known or _known_of(log)),
        outcomes=outcomes(as_of, horizon=horizon),
        usual=usual(as_of),
        card=ModelCard.objects.filter(target=target).first(),
        log=log,
        unlabelled=without_label(as_of, horizon=horizon).count(),
    )


def in_use(log: Sequence[Promotion]) -> TrainedModel | None:
    """Return the version that scores, as the log says it; None when experience scores alone."""
    for promotion in log:
        if promotion.decision == Promotion.Decision.TOO_FEW:
            continue
        refused = promotion.decision == Promotion.Decision.REFUSED
        return None if refused else promotion.model
    return None


def _known_of(log: Sequence[Promotion]) -> Mapping[str, int]:
    """Return what the latest training knew, when a person decided since."""
    return next((row.numbers["outcomes"] for row in log if "outcomes" in row.numbers), {})


def outcomes(as_of: datetime, *, horizon: timedelta) -> Outcomes:
    """Count how the leads ended that were known to have ended."""
    ended = Lead.objects.filter(archived_at=None, outcome_recorded_at__lte=as_of)
    counts = ended.exclude(outcome="").values_list("outcome").annotate(n=Count("pk")).order_by()
    return Outcomes(dict(counts), _overdue(as_of, horizon).count())


def _overdue(as_of: datetime, horizon: timedelta) -> LeadQuerySet:
    return Lead.objects.filter(archived_at=None, outcome="", opened_at__lte=as_of - horizon)


def without_label(as_of: datetime, *, horizon: timedelta) -> LeadQuerySet:
    """Return leads that should have an outcome: closed without one, or running past the horizon."""
    nameless = Q(closed_at__lte=as_of) | Q(opened_at__lte=as_of - horizon)
    return Lead.objects.filter(nameless, archived_at=None, outcome="")


def usual(as_of: datetime) -> Usual:
    """Return the usual rate that scores stand beside: the latest stored figure."""
    figures = UsualFigure.objects.filter(from_at__lte=as_of, account_kind="*")
    latest = figures.order_by("-from_at").values_list("orders", "closed").first()
    return Usual(*latest) if latest else Usual()


def visible_ids(lead_ids: Sequence[int], user: User) -> set[int]:
    """Return which of the leads the user may see."""
    return set(Lead.objects.visible_to(user).filter(pk__in=lead_ids).values_list("pk", flat=True))
