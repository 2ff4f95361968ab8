"""The columns of what a blend learned: numbers read off the features of a lead."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import polars as pl
from polars import col

from scoring.scorecard import Bin, Numbers, Scale

POINTS_A_UNIT = 10.0


class Kind(StrEnum):
    """How a column is read off its feature."""

    ANSWER = "ANSWER"  # 1 for this answer
    SPAN = "SPAN"  # 1 from a start to an end
    SCALE = "SCALE"  # the scorecard's measure, in tens of points
    NUMBER = "NUMBER"  # the value's place among the values seen in training, about -1.5 to 1.5
    MISSING = "MISSING"  # 1 where the value is not known
    STEPS = "STEPS"  # what the value adds: a place per span, the first up to the first knot


@dataclass(frozen=True)
class Column:
    """One number of the learned part; bins are not centred, so no bin adds nothing.

    `n` is of how many leads a column of an own field was learned.
    """

    feature: str
    kind: Kind
    answer: str = ""
    start: float | None = None
    end: float | None = None
    is_above: bool = False
    times: float = 1.0
    knots: tuple[float, ...] = ()
    places: tuple[float, ...] = ()
    mean: float = 0.0
    n: int = 0

    @cached_property
    def expr(self) -> pl.Expr:
        """Return the column as it is read off the features; a number not yet placed."""
        value = col(self.feature)
        if self.kind in {Kind.NUMBER, Kind.STEPS}:
            return value.cast(pl.Float64)
        if self.kind is Kind.MISSING:
            return value.is_null().cast(pl.Float64)
        if self.kind is Kind.SCALE:
            low, high = _open(self.start, self.end)
            return Scale(self.feature, self.times, low, high).points / POINTS_A_UNIT
        if self.kind is Kind.ANSWER:
            holds = value.cast(pl.String) == self.answer
        else:
            low, high = _open(self.start, self.end)
            holds = Bin(self.feature, 0, start=low, end=high, is_above=self.is_above).holds
        return holds.fill_null(value=False).cast(pl.Float64)

    def placed(self, read: Numbers) -> Numbers:
        """Place a number among those seen; one that is not known stands in the middle.

        On steps that are not built yet it stays as it is; one that is not known adds nothing.
        """
        if self.kind is Kind.STEPS and self.places:
            stepped: Numbers = np.array(self.places)[np.searchsorted(self.knots, read)]
            stepped[np.isnan(read)] = 0
            return stepped
        if self.kind is not Kind.NUMBER:
            return read
        found: Numbers = np.interp(read, self.knots, self.places)
        found[np.isnan(read)] = self.mean
        return found


def _open(start: float | None, end: float | None) -> tuple[float, float]:
    return -math.inf if start is None else start, math.inf if end is None else end


def _closed(number: float) -> float | None:
    return None if math.isinf(number) else number


def column_of_bin(each: Bin) -> Column:
    """Return the column that holds where a bin of the scorecard holds."""
    if each.answer:
        return Column(each.feature, Kind.ANSWER, answer=each.answer)
    start, end = _closed(each.start), _closed(each.end)
    return Column(each.feature, Kind.SPAN, start=start, end=end, is_above=each.is_above)


def column_of_scale(scale: Scale) -> Column:
    """Return the column that measures what a scale of the scorecard measures."""
    return Column(scale.feature, Kind.SCALE, start=scale.low, end=scale.high, times=scale.times)


def matrix(columns: Sequence[Column], values: pl.DataFrame) -> Numbers:
    """Return a row per landmark and a number per column, centred.

    An answer to an own field that was not seen in training stands in the middle of its columns.
    """
    means: Numbers = np.array([column.mean for column in columns])
    raw = raw_matrix(columns, values)
    found: Numbers = raw - means
    for places in _answers_of_own(columns):
        unseen = ~raw[:, places].any(axis=1)
        for at in places:
            found[unseen, at] = 0
    return found


def _answers_of_own(columns: Sequence[Column]) -> list[list[int]]:
    """Return the places of the columns of each own field that is read by its answers."""
    centred = {each.feature for each in columns if each.kind is Kind.ANSWER and each.mean}
    return [[at for at, each in enumerate(columns) if each.feature == name] for name in centred]


def raw_matrix(columns: Sequence[Column], values: pl.DataFrame) -> Numbers:
    """Return a row per landmark and a number per column."""
    read = values.select(column.expr.alias(str(at)) for at, column in enumerate(columns))
    found: Numbers = np.empty((values.height, len(columns)))
    for at, column in enumerate(columns):
        found[:, at] = column.placed(read.to_series(at).to_numpy())
    return found
