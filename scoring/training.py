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
from scoring.blend import Blend, Outcomes, expit
from scoring.blend_columns import (
    POINTS_A_UNIT,
    Column,
    Kind,
    column_of_bin,
    column_of_scale,
    matrix,
    raw_matrix,
)
from scoring.feature import Risk
from scoring.scorecard import LOG_ODDS_PER_POINT, Numbers, Scorecard, contributions

PENALTY_C = 0.05
HALF_SHARE_AT = 50
FEWEST_DEALS, FEWEST_OF_A_CLASS = 10, 3
SLOPE_WEIGHT = 30
QUANTILES = 11
WIDTH = 3.0
FEWEST_LIKE = 2
MOST_ANSWERS = 20
MOST_OF_A_SCALE, MOST_OF_A_KIND = 1.25, 5.0
STRENGTH_OF_A_KIND, STRENGTH_OF_SILENCE = 3.0, 2.0
MOST_STOOD_FOR, HALF_WAY = 20.0, 0.5
OF_A_NUMBER = 0.2
NEWTON_STEPS, NEARLY = 25, 1e-9
KIND, LEAN = numbers.ACCOUNT_KIND.name, "account_kind_lean"


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
    slope = slope_of(rows, card, outcomes)
    sample = sample_of(rows, columns)
    fitted, covariance = _fit(sample, expected(columns, card, slope=slope), penalties(columns, c))
    intercept, *coefficients = levelled(fitted, sample).tolist()
    return replace(
        untrained,
        share=share,
        slope=slope,
        intercept=intercept,
        columns=columns,
        coefficients=_held(columns, coefficients),
        covariance=plain(covariance),
    )


def columns_of(rows: pl.DataFrame, card: Scorecard, *, fields: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns that vary in the rows: bins, scales, numbers and answers."""
    binned = [column_of_bin(each) for each in card.bins if each.feature in rows.columns]
    binned += [column_of_scale(each) for each in card.scales]
    placed = [
        column
        for name in [*(each.name for each in numbers.NUMBERS), *fields]
        if rows.schema[name].is_numeric()
        for column in _numbers(rows, name, with_missing=name in fields)
    ]
    with_points = {(column.feature, column.answer) for column in binned}
    answered = [
        column
        for name in fields
        for column in _answers(rows, name)
        if (name, column.answer) not in with_points
    ]
    found = [*binned, *placed, *_common_answers(rows, KIND), *answered]
    varies = np.ptp(raw_matrix(found, rows), axis=0) > 0
    return tuple(column for column, each in zip(found, varies, strict=True) if each)


def _numbers(rows: pl.DataFrame, name: str, *, with_missing: bool) -> list[Column]:
    """Return a number by its place among those seen and, of an own field, whether it is known."""
    known = rows.get_column(name).cast(pl.Float64).drop_nulls().to_numpy()
    if len(np.unique(known)) < FEWEST_LIKE:
        return []
    grid = np.linspace(0, 1, QUANTILES)
    knots, index = np.unique(np.quantile(known, grid), return_inverse=True)
    places = WIDTH * np.array([grid[index == each].mean() - 0.5 for each in range(len(knots))])
    placed = Column(name, Kind.NUMBER, knots=tuple(knots.tolist()), places=tuple(places.tolist()))
    if not with_missing:
        return [replace(placed, mean=float(np.interp(known, knots, places).mean()))]
    told = rows.filter(col(name).is_not_null()).get_column("lead_id").n_unique()
    placed = replace(placed, mean=float(np.interp(known, knots, places).mean()), n=told)
    return [placed, *_centred([_unknown(name, rows)], rows)]


def _unknown(name: str, rows: pl.DataFrame) -> Column:
    silent = rows.filter(col(name).is_null()).get_column("lead_id").n_unique()
    return Column(name, Kind.MISSING, n=silent)


def _answers(rows: pl.DataFrame, name: str) -> list[Column]:
    """Return a column for each answer that a few leads gave, the commonest first."""
    if rows.schema[name].is_numeric():
        return []
    found = _common_answers(rows, name)
    if rows.get_column(name).null_count():
        found.append(_unknown(name, rows))
    return _centred(found, rows)


def _common_answers(rows: pl.DataFrame, name: str) -> list[Column]:
    said = rows.select("lead_id", answer=col(name).cast(pl.String)).unique().drop_nulls()
    common = (
        said.group_by("answer")
        .len()
        .filter(col("len") >= FEWEST_LIKE)
        .sort("len", "answer", descending=[True, False])
    )
    return [
        Column(name, Kind.ANSWER, answer=answer, n=count)
        for answer, count in common.head(MOST_ANSWERS).iter_rows()
    ]


def _centred(columns: Sequence[Column], rows: pl.DataFrame) -> list[Column]:
    if not columns:
        return []
    means = raw_matrix(columns, rows).mean(axis=0).tolist()
    return [replace(column, mean=mean) for column, mean in zip(columns, means, strict=True)]


def _held(columns: Sequence[Column], coefficients: Sequence[float]) -> tuple[float, ...]:
    """Keep scales from growing, and the kind of account within its points: it never convicts.

    Its scale and the answer that a lead gives come to no more than those points together.
    """
    most = MOST_OF_A_SCALE * LOG_ODDS_PER_POINT * POINTS_A_UNIT
    found = [
        _within(each, most) if column.kind is Kind.SCALE else each
        for column, each in zip(columns, coefficients, strict=True)
    ]
    left = MOST_OF_A_KIND * LOG_ODDS_PER_POINT - sum(
        abs(each) * max(abs(column.start or 0), abs(column.end or 0)) / POINTS_A_UNIT
        for column, each in zip(columns, found, strict=True)
        if column.feature == LEAN
    )
    return tuple(
        _within(each, max(left, 0.0)) if column.feature == KIND else each
        for column, each in zip(columns, found, strict=True)
    )


def _within(number: float, most: float) -> float:
    return min(max(number, -most), most)


def penalties(columns: Sequence[Column], c: float = PENALTY_C) -> Numbers:
    """Return how strongly each coefficient is held to what is expected of it.

    The kind of account less than others, since what it may say is bounded anyway; and less,
    too, whether an own field was filled in at all, which often says more than what stands in it.
    """
    found: Numbers = 1 / (c * np.square([_strength(column) for column in columns]))
    return found


def _strength(column: Column) -> float:
    if column.feature == KIND:
        return STRENGTH_OF_A_KIND
    return STRENGTH_OF_SILENCE if column.kind is Kind.MISSING else 1.0


def expected(columns: Sequence[Column], card: Scorecard, *, slope: float) -> Numbers:
    """Return what experience expects of each coefficient: half its points, a number its sign."""
    risks = {each.name: each.risk for each in numbers.NUMBERS}
    binned = {column_of_bin(each): each.points for each in card.bins}
    binned |= {column_of_scale(each): POINTS_A_UNIT for each in card.scales}
    worth = HALF_WAY * slope * LOG_ODDS_PER_POINT
    signs = {Risk.RISES: OF_A_NUMBER, Risk.FALLS: -OF_A_NUMBER}
    return np.array(
        [
            signs.get(risks.get(column.feature, Risk.EITHER), 0.0)
            if column.kind is Kind.NUMBER
            else worth * binned.get(column, 0.0)
            for column in columns
        ]
    )


@dataclass(frozen=True)
class Sample:
    """The rows that are fitted; the first column is 1."""

    x: Numbers
    y: Numbers
    weight: Numbers
    stands_for: Numbers


def sample_of(rows: pl.DataFrame, columns: Sequence[Column]) -> Sample:
    """Return labelled rows as numbers."""
    return Sample(
        x=np.column_stack([np.ones(rows.height), matrix(columns, rows)]),
        y=rows["label"].to_numpy().astype(float),
        weight=rows["weight"].to_numpy(),
        stands_for=rows["stands_for"].to_numpy(),
    )


def plain(covariance: Numbers) -> tuple[tuple[float, ...], ...]:
    """Return a covariance as it is stored."""
    return tuple(tuple(float(f"{number:.6g}") for number in row) for row in covariance.tolist())


def _fit(sample: Sample, prior: Numbers, held: Numbers) -> tuple[Numbers, Numbers]:
    """Return the likeliest start and coefficients beside what was expected, and their covariance.

    The penalty is that of a logistic regression, on the distance from the prior.
    """
    rate = np.average(sample.y, weights=sample.weight)
    centre = np.r_[np.log(rate / (1 - rate)), prior]
    penalty = np.r_[0.0, held]
    found = centre
    for _ in range(NEWTON_STEPS):
        said = expit(sample.x @ found)
        slope = sample.x.T @ (sample.weight * (said - sample.y)) + penalty * (found - centre)
        bend = (sample.x * (sample.weight * said * (1 - said))[:, None]).T @ sample.x
        step = np.linalg.solve(bend + np.diag(penalty), slope)
        found = found - step
        if np.abs(step).max() < NEARLY:
            break
    return found, np.linalg.inv(bend + np.diag(penalty))


def levelled(fitted: Numbers, sample: Sample) -> Numbers:
    """Shift the start half way to where the chances add up to all ends, unknown ones included.

    Orders are known sooner than leads that fade, so a young past looks too good; but those whose
    end is known are the oldest, and what was usual then need not be now.
    """
    odds = sample.x @ fitted
    weight = sample.weight * np.minimum(sample.stands_for, MOST_STOOD_FOR)
    shift = 0.0
    for _ in range(NEWTON_STEPS):
        said = expit(odds + shift)
        shift += (weight * (sample.y - said)).sum() / (weight * said * (1 - said)).sum()
    levelled: Numbers = np.r_[fitted[0] + HALF_WAY * shift, fitted[1:]]
    return levelled


def slope_of(rows: pl.DataFrame, card: Scorecard, outcomes: Outcomes) -> float:
    """Return how much the points say of own outcomes: 0 to 1, held to 1 by 30 deals."""
    points = LOG_ODDS_PER_POINT * contributions(rows, card).sum(axis=1)
    if np.ptp(points) == 0:
        return 1.0
    free = LogisticRegression(C=np.inf, max_iter=500)
    free.fit(points[:, None], rows["label"].to_numpy(), sample_weight=rows["weight"].to_numpy())
    own = min(max(float(free.coef_[0, 0]), 0.0), 1.0)
    return (outcomes.effective * own + SLOPE_WEIGHT) / (outcomes.effective + SLOPE_WEIGHT)
