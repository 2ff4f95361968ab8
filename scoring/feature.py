"""The form of a feature: the rows it looks at, and what it makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache

import polars as pl
from polars import Expr, col, when

from scoring.landmarks import AT, known
from scoring.vocabulary import Source

EVIDENCE, TOLD, IS = "__rows", "__told__", "__is"


class Risk(StrEnum):
    """Which way the risk goes when the value grows."""

    RISES = "RISES"
    FALLS = "FALLS"
    EITHER = "EITHER"


class Group(StrEnum):
    """What a signal speaks of; a verdict needs signals of two groups."""

    ASK = "ASK"
    PEOPLE = "PEOPLE"
    MONEY = "MONEY"
    TIME = "TIME"
    BID = "BID"
    NONE = "NONE"


@dataclass(frozen=True, eq=False)  # an Expr has no truth value and no hash
class Feature:
    """One named, signed, explained number of a lead at a moment.

    `rows` is the evidence; `of` the value, by default how many rows; `needs` the number of
    interactions before it may speak; `told` what its sentence says besides the value, which the
    sentence knows as `says`. A feature that the ledger cannot feed yet says why.
    """

    name: str
    reason_code: str
    unit: str
    risk: Risk
    group: Group = Group.NONE
    known_from: str = "D0"
    rows: Expr = field(default_factory=lambda: pl.lit(value=False))
    of: Expr | None = None
    needs: int = 0
    says: str = "n"
    told: Mapping[str, Expr] = field(default_factory=dict)
    not_fed: str = ""

    @cached_property
    def is_behind(self) -> Expr:
        """Return the mask of its rows as a column of its own."""
        return self.rows.alias(self.name + IS)

    @cached_property
    def looks_at(self) -> Expr:
        """Return what its value is made of: the rows alone, or what is made of some."""
        return self.rows if self.of is None else self.of

    @cached_property
    def value(self) -> Expr:
        """Return the value, empty where it may not speak."""
        of = col(self.name + IS).sum().cast(pl.Int64) if self.of is None else self.of
        enough = col("is_talk").sum() >= self.needs
        return (when(enough).then(of) if self.needs else of).alias(self.name)

    @cached_property
    def evidence(self) -> Expr:
        """Return the ids of the rows behind the value."""
        return col("row_id").filter(self.name + IS).alias(self.name + EVIDENCE)

    @cached_property
    def tells(self) -> list[Expr]:
        """Return what its sentence says besides the value."""
        return [expr.alias(f"{self.name}{TOLD}{key}") for key, expr in self.told.items()]


def fed(features: Sequence[Feature]) -> list[Feature]:
    """Keep the features that the ledger can answer."""
    return [feature for feature in features if not feature.not_fed]


@dataclass(frozen=True, eq=False)
class Marks:
    """What each row is: said of the row alone, then by its place among those of its landmark.

    A span may rest on those above it.
    Both are computed for all landmarks at once. Inside a group they would cost ten times as much.
    """

    rows: Mapping[str, Expr]
    spans: Mapping[str, Expr] = field(default_factory=dict)

    def roots(self, *exprs: Expr) -> set[str]:
        """Return the columns of the timeline and the marks of rows that expressions rest on."""
        spans = (self.spans[name] for name in self.spans_of(*exprs))
        return _names(*exprs, *spans) - set(self.spans)

    def spans_of(self, *exprs: Expr) -> list[str]:
        """Return the spans that expressions rest on, each behind those that it rests on itself."""
        wanted = _names(*exprs)
        for name in reversed(list(self.spans)):
            if name in wanted:
                wanted |= _names(self.spans[name])
        return [name for name in self.spans if name in wanted]


@lru_cache(maxsize=1_000)
def roots_of(feature: Feature, marks: Marks) -> set[str]:
    """Return the columns of the timeline and the marks of rows that a value rests on."""
    return marks.roots(feature.looks_at)


def _names(*exprs: Expr) -> set[str]:
    return {name for expr in exprs for name in expr.meta.root_names()}


def so_far(rows: Expr) -> Expr:
    """Count the rows of a mask up to each row; a span."""
    count = rows.cum_sum()
    return count - when("is_first").then(count - rows.cast(pl.UInt32)).forward_fill()


def to_come(rows: Expr) -> Expr:
    """Count the rows of a mask from each row on; a span."""
    count = rows.cum_sum(reverse=True)
    return count - when("is_last").then(count - rows.cast(pl.UInt32)).backward_fill()


def first(n: int, rows: Expr) -> Expr:
    """Keep the first rows of a mask; a span."""
    return rows & (so_far(rows) <= n)


def last(n: int, rows: Expr) -> Expr:
    """Keep the last rows of a mask; a span."""
    return rows & (to_come(rows) <= n)


def latest(rows: Expr) -> Expr:
    """Return when the last row of a mask happened."""
    return col("happened_at").filter(rows).max()


def of_lead(name: str) -> Expr:
    """Return a column of the landmark, the same on each of its rows."""
    return col(name).first()


def days(duration: Expr) -> Expr:
    """Return a span as days, with its fraction."""
    return duration.dt.total_seconds() / 86_400


def features_at(
    timeline: pl.DataFrame,
    landmarks: pl.DataFrame,
    *,
    catalogue: Sequence[Feature],
    marks: Marks,
) -> pl.DataFrame:
    """Return one row per landmark: each feature's value, its words and the rows behind it."""
    return features_of(marked(timeline, landmarks, marks), catalogue=catalogue, marks=marks)


def marked(timeline: pl.DataFrame, landmarks: pl.DataFrame, marks: Marks) -> pl.DataFrame:
    """Return the rows that were known at each landmark, each with what it is by itself."""
    is_talk = col("source") == Source.INTERACTION
    return known(timeline, landmarks).with_columns(is_talk=is_talk, **marks.rows)


def features_of(
    rows: pl.DataFrame, *, catalogue: Sequence[Feature], marks: Marks, is_bare: bool = False
) -> pl.DataFrame:
    """Return one row per landmark from marked rows; a bare one holds the values alone."""
    features = fed(catalogue)
    columns = [f.value for f in features]
    if not is_bare:
        columns += [f.evidence for f in features]
        columns += [tell for f in features for tell in f.tells]
    columns.append(col("is_talk").sum().cast(pl.Int64).alias("interactions"))
    masks = [f.is_behind for f in features if f.of is None or not is_bare]
    placed = rows.lazy()
    for name in marks.spans_of(*columns, *masks):
        placed = placed.with_columns(marks.spans[name].alias(name))
    placed = placed.with_columns(masks)
    return placed.group_by(*AT, maintain_order=True).agg(columns).collect()
