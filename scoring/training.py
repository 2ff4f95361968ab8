"""Learns from a vendor's own outcomes: the learner, its columns and its blend with experience.

The learner is a logistic regression under a fixed strong penalty, on the scorecard's own bins and
a few numbers, so that experience and data speak the same unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import polars as pl
from polars import col
from sklearn.linear_model import LogisticRegression

from scoring import labels, numbers
from scoring.blend import (
    POINTS_A_UNIT,
    Blend,
    Column,
    Kind,
    Outcomes,
    column_of_bin,
    column_of_scale,
    matrix,
)
from scoring.scorecard import LOG_ODDS_PER_POINT, Numbers, Scorecard, contributions

PENALTY_C = 0.05
HALF_SHARE_AT = 50
FEWEST_DEALS, FEWEST_OF_A_CLASS = 10, 3
SLOPE_WEIGHT = 30
REFITS = 200
QUANTILES = 11
FEWEST_NUMBERS = 5
MOST_ANSWERS = 20
MOST_OF_A_SCALE = 1.25


def outcomes_of(rows: pl.DataFrame) -> Outcomes:
    """Count the leads behind labelled rows."""
    leads = rows.group_by("lead_id").agg(col("label").max())
    positives = int(leads["label"].sum())
    return Outcomes(leads.height, positives, leads.height - positives)


def share_of(outcomes: Outcomes) -> float:
    """Return how much the vendor's own outcomes weigh beside experience."""
    too_few = outcomes.deals < FEWEST_DEALS
    if too_few or min(outcomes.positives, outcomes.negatives) < FEWEST_OF_A_CLASS:
        return 0.0
    return outcomes.effective / (outcomes.effective + HALF_SHARE_AT)


def train(
    rows: pl.DataFrame,
    *,
    card: Scorecard,
    cut: datetime,
    target: str = labels.NO_ORDER,
    fields: Sequence[str] = (),
    c: float = PENALTY_C,
    refits: int = REFITS,
) -> Blend:
    """Learn from rows of `past.labelled` and return the blend; too few leave experience alone."""
    outcomes = outcomes_of(rows)
    untrained = Blend(
        target=target,
        points_version=card.version,
        trained_until=cut.isoformat(),
        outcomes=outcomes,
    )
    share = share_of(outcomes)
    if not share:
        return untrained
    columns = columns_of(rows, card, fields=fields)
    sample = _Sample(
        x=matrix(columns, rows),
        y=rows["label"].to_numpy(),
        weight=rows["weight"].to_numpy(),
        accounts=rows["account_id"].to_numpy(),
    )
    intercept, *coefficients = _fit(sample, c).tolist()
    return replace(
        untrained,
        share=share,
        slope=slope_of(rows, card, outcomes),
        intercept=intercept,
        columns=columns,
        coefficients=tuple(map(_held, columns, coefficients)),
        covariance=_covariance(sample, c, refits=refits),
    )


def columns_of(rows: pl.DataFrame, card: Scorecard, *, fields: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns that vary in the rows: bins, scales and numbers."""
    binned = [column_of_bin(each) for each in card.bins]
    binned += [column_of_scale(each) for each in card.scales]
    names = [*_unscaled(card), *(each.name for each in numbers.NUMBERS), *fields]
    placed = [
        column
        for name in names
        if rows.schema[name].is_numeric()
        for column in _numbers(rows, name)
    ]
    answered = [column for name in fields for column in _answers(rows, name)]
    return tuple(column for column in [*binned, *placed, *answered] if np.ptp(column.raw(rows)) > 0)


def _unscaled(card: Scorecard) -> list[str]:
    scaled = {each.feature for each in card.scales}
    return [name for name in card.features if name not in scaled]


def _numbers(rows: pl.DataFrame, name: str) -> list[Column]:
    """Return a number by its place among those seen, and whether it is known."""
    known = rows.get_column(name).cast(pl.Float64).drop_nulls().to_numpy()
    if len(np.unique(known)) < FEWEST_NUMBERS:
        return []
    grid = np.linspace(0, 1, QUANTILES)
    knots, index = np.unique(np.quantile(known, grid), return_inverse=True)
    places = np.array([grid[index == each].mean() for each in range(len(knots))]) * 2 - 1
    placed = Column(name, Kind.NUMBER, knots=tuple(knots.tolist()), places=tuple(places.tolist()))
    missing = Column(name, Kind.MISSING)
    mean = float(np.interp(known, knots, places).mean())
    return [replace(placed, mean=mean), replace(missing, mean=float(missing.raw(rows).mean()))]


def _answers(rows: pl.DataFrame, name: str) -> list[Column]:
    """Return a column for each answer that a few leads gave, the commonest first."""
    if rows.schema[name].is_numeric():
        return []
    said = rows.select("lead_id", answer=col(name).cast(pl.String)).unique().drop_nulls()
    common = (
        said.group_by("answer")
        .len()
        .filter(col("len") >= FEWEST_NUMBERS)
        .sort("len", "answer", descending=[True, False])
    )
    found = [
        Column(name, Kind.ANSWER, answer=answer)
        for answer in common.get_column("answer").head(MOST_ANSWERS)
    ]
    if rows.get_column(name).null_count():
        found.append(Column(name, Kind.MISSING))
    return [replace(each, mean=float(each.raw(rows).mean())) for each in found]


def _held(column: Column, coefficient: float) -> float:
    """Keep a scale of the scorecard from growing: the kind of account informs, never convicts."""
    if column.kind is not Kind.SCALE:
        return coefficient
    most = MOST_OF_A_SCALE * LOG_ODDS_PER_POINT * POINTS_A_UNIT
    return min(max(coefficient, -most), most)


@dataclass(frozen=True)
class _Sample:
    """The rows that are fitted."""

    x: Numbers
    y: Numbers
    weight: Numbers
    accounts: Numbers


def _fit(sample: _Sample, c: float) -> Numbers:
    model = LogisticRegression(C=c, max_iter=500)
    model.fit(sample.x, sample.y, sample_weight=sample.weight)
    found: Numbers = np.r_[model.intercept_, model.coef_[0]]
    return found


def _covariance(sample: _Sample, c: float, *, refits: int) -> tuple[tuple[float, ...], ...]:
    """Return how the numbers vary when other accounts had been met: refits on drawn accounts."""
    rng = np.random.default_rng(0)
    _, group = np.unique(sample.accounts, return_inverse=True)
    size = int(group.max()) + 1
    model = LogisticRegression(C=c, max_iter=200, warm_start=True, tol=1e-3)
    drawn = []
    for _ in range(refits):
        weight = rng.multinomial(size, np.full(size, 1 / size))[group] * sample.weight
        if min(weight[sample.y == 0].sum(), weight[sample.y == 1].sum()) > 0:
            model.fit(sample.x, sample.y, sample_weight=weight)
            drawn.append(np.r_[model.intercept_, model.coef_[0]])
    if len(drawn) < 2:
        return ()
    return tuple(
        tuple(float(f"{number:.6g}") for number in row) for row in np.cov(np.array(drawn).T)
    )


def slope_of(rows: pl.DataFrame, card: Scorecard, outcomes: Outcomes) -> float:
    """Return how much the points say of own outcomes: 0 to 1, held to 1 by 30 deals."""
    points = LOG_ODDS_PER_POINT * contributions(rows, card).sum(axis=1)
    if np.ptp(points) == 0:
        return 1.0
    free = LogisticRegression(C=np.inf, max_iter=500)
    free.fit(points[:, None], rows["label"].to_numpy(), sample_weight=rows["weight"].to_numpy())
    own = min(max(float(free.coef_[0, 0]), 0.0), 1.0)
    return (outcomes.effective * own + SLOPE_WEIGHT) / (outcomes.effective + SLOPE_WEIGHT)
