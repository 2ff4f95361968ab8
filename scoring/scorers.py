"""Who scores what: the two targets, and what holds at the moment of a score."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import polars as pl
from polars import Expr, col

from crm.models import Firm, Target
from scoring import (
    active,
    features,
    history,
    marks,
    own_values,
    points_versions,
    reader,
    receivable,
    scorecard,
)
from scoring.active import InUse
from scoring.feature import Feature, Marks, fed
from scoring.scorecard import Scorecard
from scoring.usual import late_rate, order_rate


@dataclass(frozen=True)
class Scorer:
    """A catalogue with its points: all that turns a timeline into scores of one target."""

    target: str
    points: str
    catalogue: Sequence[Feature]
    marks: Marks
    timeline: Callable[..., pl.DataFrame]
    base_rate: Expr
    outcomes: str


INTENT = Scorer(
    target=Target.NO_ORDER.value,
    points="points_v1",
    catalogue=features.FEATURES,
    marks=marks.INTENT_MARKS,
    timeline=reader.intent_timeline,
    base_rate=1 - order_rate(col("usual_orders"), col("usual_closed")),
    outcomes="usual_closed",
)
MONEY = Scorer(
    target=Target.LATE_PAYMENT.value,
    points="receivable_v1",
    catalogue=receivable.FEATURES,
    marks=marks.MONEY_MARKS,
    timeline=reader.money_timeline,
    base_rate=late_rate(col("usual_late_invoices"), col("usual_invoices")),
    outcomes="usual_invoices",
)


@dataclass(frozen=True)
class Moment:
    """When leads are scored, and what holds then."""

    as_of: datetime
    zone: ZoneInfo
    usual: pl.DataFrame
    calendar: pl.DataFrame
    learned: InUse | None
    cards: Mapping[str, Scorecard]

    @property
    def own_names(self) -> set[str]:
        """Return the vendor's own fields that speak of an order."""
        learned = own_values.told(self.learned.blend) if self.learned else set()
        names = self.cards[INTENT.target].features
        return learned | {name for name in names if name.startswith(own_values.PREFIX)}


@lru_cache(maxsize=4)
def points_of(scorer_points: str) -> Scorecard:
    """Return one of the shipped scorecards, checked against its catalogue."""
    scorer = INTENT if scorer_points == INTENT.points else MONEY
    names = [feature.name for feature in fed(scorer.catalogue)]
    loaded = scorecard.read_scorecard(scorer_points, features=names)
    scorecard.check_covers(loaded, fed=names)
    return loaded


def moment(as_of: datetime, *, refresh_usual: bool = False) -> Moment:
    """Return what holds at a moment for the firm."""
    firm = Firm.current()
    return Moment(
        as_of=as_of.astimezone(UTC),
        zone=firm.zone,
        usual=history.usual_at(as_of, zone=firm.zone, refresh=refresh_usual),
        calendar=reader.calendar(firm.holiday_country, as_of.year + 1),
        learned=active.in_use(INTENT.target, as_of=as_of),
        cards={
            target: points_versions.card_at(target, as_of=as_of)
            for target in (INTENT.target, MONEY.target)
        },
    )
