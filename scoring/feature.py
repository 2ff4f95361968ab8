"""The form of a feature: the rows it looks at, and what it makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache

import polars as pl
from polars import Expr, col, when

from scoring.landmarks import AT, known
from scoring.vocabulary import Source

TOLD, IS = "__told__", "__is"
IS_TALK = col("source") == Source.INTERACTION


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

    def layers_of(self, *exprs: Expr) -> list[list[Expr]]:
        """Return the spans that expressions rest on, those together that need no other one."""
        layers: list[list[Expr]] = []
        depths: dict[str, int] = {}
        for name in self.spans_of(*exprs):
            below = [depths[each] for each in _names(self.spans[name]) if each in depths]
            depths[name] = max(below, default=-1) + 1
            if depths[name] == len(layers):
                layers.append([])
            layers[depths[name]].append(self.spans[name].alias(name))
        return layers


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
    """Return a span as days, with its fraction.

    Polars divides one value by a constant, but multiplies many by its inverse, which may differ
    in the last digit: multiplied, a lead alone is scored just as among others.
    """
    return duration.dt.total_seconds() * (1 / 86_400)


def features_at(
    timeline: pl.DataFrame,
    landmarks: pl.DataFrame,
    *,
    catalogue: Sequence[Feature],
    marks: Marks,
) -> pl.DataFrame:
    """Return one row per landmark with the value of each feature."""
    return features_of(marked(timeline, landmarks, marks), catalogue=catalogue, marks=marks)


def marked(timeline: pl.DataFrame, landmarks: pl.DataFrame, marks: Marks) -> pl.DataFrame:
    """Return the rows that were known at each landmark, each with what it is by itself.

    Columns come in one piece: of different pieces they are put together anew for every query.
    """
    rows = known(timeline, landmarks).rechunk()
    return rows.with_columns(is_talk=IS_TALK, **marks.rows).rechunk()


def features_of(rows: pl.DataFrame, *, catalogue: Sequence[Feature], marks: Marks) -> pl.DataFrame:
    """Return one row per landmark from marked rows, with the value of each feature."""
    plan = _plan(tuple(fed(catalogue)), marks, is_told=False)
    return plan.grouped(plan.placed(rows))


def told_of(
    rows: pl.DataFrame, *, catalogue: Sequence[Feature], marks: Marks
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one row per landmark from marked rows, with the value and the words of each feature;
    and the rows, with the word behind which features each stands.
    """
    plan = _plan(tuple(fed(catalogue)), marks, is_told=True)
    placed = plan.placed(rows)
    return plan.grouped(placed), placed


def rests_on(catalogue: Sequence[Feature], marks: Marks) -> Sequence[str]:
    """Return the columns of marked rows that the values of features rest on."""
    return _plan(tuple(fed(catalogue)), marks, is_told=False).rests_on


@dataclass(frozen=True, eq=False)
class _Plan:
    """How some features are computed: masks of rows, on spans of rows, and columns of both.

    Step by step: to optimise a query of so many columns takes longer than to run it.
    """

    layers: Sequence[Sequence[Expr]]
    masks: Sequence[Expr]
    columns: Sequence[Expr]
    needed: Sequence[Expr]
    rests_on: Sequence[str]

    def placed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add the masks to rows, and what they and the columns rest on."""
        for layer in self.layers:
            rows = rows.with_columns(layer).rechunk()
        return rows.with_columns(self.masks).select(self.needed).rechunk()

    def grouped(self, placed: pl.DataFrame) -> pl.DataFrame:
        """Return the columns for each landmark."""
        groups = placed.group_by("place", maintain_order=True)
        keys = [col(name).first() for name in AT]
        talks = col("is_talk").sum().cast(pl.Int64).alias("interactions")
        return groups.agg(*keys, *self.columns, talks).drop("place")


@lru_cache(maxsize=100)
def _plan(features: tuple[Feature, ...], marks: Marks, *, is_told: bool) -> _Plan:
    """Return how features are computed; told ones have words, and say what stands behind them."""
    columns = [f.value for f in features]
    columns += [tell for f in features for tell in f.tells if is_told]
    masks = [f.is_behind for f in features if is_told or f.of is None]
    keys = ["place", *AT, "is_talk", *(["is_first", "row_id"] if is_told else [])]
    named = _names(*columns) | {mask.meta.output_name() for mask in masks}
    needed = [col(name) for name in [*keys, *sorted(named - set(keys))]]
    roots = marks.roots(*columns, *masks) - {mask.meta.output_name() for mask in masks}
    return _Plan(marks.layers_of(*columns, *masks), masks, columns, needed, sorted(roots))
