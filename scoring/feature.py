"""The form of a feature: the rows it looks at, and what it makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl
from polars import Expr, col, when

from scoring.landmarks import AT, known
from scoring.vocabulary import Source

EVIDENCE, TOLD = "__rows", "__told__"


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

    @property
    def value(self) -> Expr:
        """Return the value, empty where it may not speak."""
        of = self.rows.sum().cast(pl.Int64) if self.of is None else self.of
        enough = (col("source") == Source.INTERACTION).sum() >= self.needs
        return (when(enough).then(of) if self.needs else of).alias(self.name)

    @property
    def evidence(self) -> Expr:
        """Return the ids of the rows behind the value."""
        return col("row_id").filter(self.rows).alias(self.name + EVIDENCE)

    @property
    def tells(self) -> list[Expr]:
        """Return what its sentence says besides the value."""
        return [expr.alias(f"{self.name}{TOLD}{key}") for key, expr in self.told.items()]


def fed(features: Sequence[Feature]) -> list[Feature]:
    """Keep the features that the ledger can answer."""
    return [feature for feature in features if not feature.not_fed]


def first(n: int, rows: Expr) -> Expr:
    """Keep the first rows of a mask."""
    return rows & (rows.cum_sum() <= n)


def last(n: int, rows: Expr) -> Expr:
    """Keep the last rows of a mask."""
    return rows & (rows.cum_sum(reverse=True) <= n)


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
    marks: Mapping[str, Expr],
    is_bare: bool = False,
) -> pl.DataFrame:
    """Return one row per landmark: each feature's value, its words and the rows behind it.

    Bare rows hold the values alone.
    """
    features = fed(catalogue)
    columns = [f.value for f in features]
    if not is_bare:
        columns += [f.evidence for f in features]
        columns += [tell for f in features for tell in f.tells]
    columns.append((col("source") == Source.INTERACTION).sum().cast(pl.Int64).alias("interactions"))
    rows = known(timeline.lazy(), landmarks.lazy()).with_columns(**marks)
    return rows.group_by(*AT, maintain_order=True).agg(columns).collect()
