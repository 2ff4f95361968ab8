"""Expert points as data: load and check them, and say what a lead's facts are worth.

+10 points double the odds of the target. The points of one lead are clipped to +-40 by scaling
each of them, so that they still add up.
"""

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars import col

Numbers = NDArray[np.float64]

LOG_ODDS_PER_POINT = math.log(2) / 10
PRIOR_SD = 0.3
Z_80 = 1.2815515655446004
DATA = Path(__file__).parent / "data"


class ScorecardError(ValueError):
    """The points file cannot be used; the message says where and what to write instead."""


@dataclass(frozen=True)
class Bin:
    """One answer or one span of a feature, and the points it is worth."""

    feature: str
    points: float
    answer: str = ""
    start: float = -math.inf
    end: float = math.inf
    is_above: bool = False

    @cached_property
    def holds(self) -> pl.Expr:
        """Return whether a lead's value lies in the bin; an unknown value lies in none."""
        value = col(self.feature)
        if self.answer:
            return value == self.answer
        return value.is_between(self.start, self.end, closed="right" if self.is_above else "left")

    def has(self, value: Any) -> bool:
        """Say the same of one plain value."""
        if value is None or self.answer or isinstance(value, str):
            return bool(self.answer) and value == self.answer
        if self.is_above:
            return bool(self.start < value <= self.end)
        return bool(self.start <= value < self.end)


@dataclass(frozen=True)
class Scale:
    """A feature that is worth points by the measure of its value."""

    feature: str
    times: float
    low: float
    high: float

    @cached_property
    def points(self) -> pl.Expr:
        """Return the points, to one decimal."""
        return (col(self.feature) * self.times).clip(self.low, self.high).round(1).fill_null(0)

    def of(self, value: float | None) -> float:
        """Say the same of one plain value."""
        return 0.0 if value is None else round(min(max(value * self.times, self.low), self.high), 1)


@dataclass(frozen=True)
class Scorecard:
    """One version of the points."""

    version: str
    target: str
    clip: float
    bins: tuple[Bin, ...]
    scales: tuple[Scale, ...]

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Return the names of the features that are worth points."""
        named = [each.feature for each in self.bins] + [each.feature for each in self.scales]
        return tuple(dict.fromkeys(named))

    @cached_property
    def reads(self) -> tuple["Read", ...]:
        """Return what all bins and scales read off their features."""
        found = [
            (each.feature, each.holds.fill_null(value=False), each.points) for each in self.bins
        ]
        found += [(each.feature, each.points, 1.0) for each in self.scales]
        return tuple(
            Read(feature, expr.alias(str(at)), times)
            for at, (feature, expr, times) in enumerate(found)
        )


@dataclass(frozen=True, eq=False)
class Read:
    """What is read off a feature, and how many points one of it is worth."""

    feature: str
    expr: pl.Expr
    times: float


def read_scorecard(name: str, *, features: Iterable[str]) -> Scorecard:
    """Load one of the shipped versions; raise ScorecardError when it cannot be used."""
    return scorecard_of(read_data(name), features=features)


def read_data(name: str) -> dict[str, Any]:
    """Return one of the shipped versions as it is written."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


def scorecard_of(data: Mapping[str, Any], *, features: Iterable[str]) -> Scorecard:
    """Read points as data; raise ScorecardError naming the entry that cannot be used."""
    missing = [key for key in ("version", "target", "clip", "points") if key not in data]
    if missing:
        raise ScorecardError(f"The points file lacks: {', '.join(missing)}")
    if not isinstance(data["points"], dict):
        raise ScorecardError("points is not a table: write one [points.NAME] for each feature")
    known, bins, scales = set(features), [], []
    for feature, entry in data["points"].items():
        if feature not in known:
            raise ScorecardError(f"points.{feature}: there is no such feature in the catalogue")
        if "times" in entry:
            scales.append(_scale(feature, entry))
        else:
            bins += _bins(feature, entry)
    return Scorecard(
        data["version"], data["target"], float(data["clip"]), tuple(bins), tuple(scales)
    )


def _number(feature: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ScorecardError(f"points.{feature}: {value!r} is not a number")
    return float(value)


def _pair(feature: str, key: str, value: Any) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise ScorecardError(f"points.{feature}: write `{key}` as pairs of numbers")
    return _number(feature, value[0]), _number(feature, value[1])


def _scale(feature: str, entry: Mapping[str, Any]) -> Scale:
    low, high = _pair(feature, "between", entry.get("between"))
    if low > high:
        raise ScorecardError(f"points.{feature}: between [{low}, {high}] is empty")
    return Scale(feature, _number(feature, entry["times"]), low, high)


def _bins(feature: str, entry: Mapping[str, Any]) -> list[Bin]:
    unknown = set(entry) - {"is", "from", "over"}
    if unknown or not entry or {"from", "over"} <= set(entry):
        raise ScorecardError(
            f"points.{feature}: write `is`, or one of `from`, `over`, `times`;"
            f" found {', '.join(sorted(entry)) or 'nothing'}"
        )
    bins = [
        Bin(feature, _number(feature, points), answer=answer)
        for answer, points in entry.get("is", {}).items()
    ]
    key = "over" if "over" in entry else "from"
    steps = [_pair(feature, key, step) for step in entry.get(key, [])]
    starts = [start for start, _ in steps]
    if starts != sorted(set(starts)):
        raise ScorecardError(f"points.{feature}: the starts {starts} do not rise")
    ends = [*starts[1:], math.inf]
    for (start, points), end in zip(steps, ends, strict=False):
        bins.append(Bin(feature, points, start=start, end=end, is_above=key == "over"))
    return bins


def contributions(values: pl.DataFrame, scorecard: Scorecard) -> Numbers:
    """Return a row per landmark and a column per feature of the scorecard: its points.

    A field of the vendor's own of which the landmarks say nothing is worth nothing.
    """
    place = {name: index for index, name in enumerate(scorecard.features)}
    total = np.zeros((values.height, len(place)))
    columns = set(values.columns)
    known = [read for read in scorecard.reads if read.feature in columns]
    held = values.select(read.expr for read in known)
    for at, read in enumerate(known):
        total[:, place[read.feature]] += held.to_series(at).to_numpy() * read.times
    sums = np.abs(total.sum(axis=1))
    return total * np.where(sums > scorecard.clip, scorecard.clip / np.maximum(sums, 1), 1)[:, None]


def points(facts: Mapping[str, Any], scorecard: Scorecard) -> dict[str, float]:
    """Return what plain facts are worth, by feature; a page may call this for a preview."""
    worth = dict.fromkeys(scorecard.features, 0.0)
    for each in scorecard.bins:
        if each.has(facts.get(each.feature)):
            worth[each.feature] += each.points
    for scale in scorecard.scales:
        worth[scale.feature] += scale.of(facts.get(scale.feature))
    total = abs(sum(worth.values()))
    share = scorecard.clip / total if total > scorecard.clip else 1.0
    return {name: value * share for name, value in worth.items() if value}


def chance(base_rate: Numbers, worth: Numbers) -> Numbers:
    """Return the chance of the target from its base rate and the points of each feature."""
    return _expit(_logit(base_rate) + LOG_ODDS_PER_POINT * worth.sum(axis=1))


def interval(base_rate: Numbers, worth: Numbers) -> tuple[Numbers, Numbers]:
    """Return the 80 % interval of experience alone: sd 0.3 of log-odds for each active feature."""
    middle = _logit(base_rate) + LOG_ODDS_PER_POINT * worth.sum(axis=1)
    spread = Z_80 * PRIOR_SD * np.sqrt((worth != 0).sum(axis=1))
    return _expit(middle - spread), _expit(middle + spread)


def _logit(chance_of: Numbers) -> Numbers:
    odds: Numbers = np.log(chance_of / (1 - chance_of))
    return odds


def _expit(log_odds: Numbers) -> Numbers:
    chance_of: Numbers = 1 / (1 + np.exp(-log_odds))
    return chance_of


def check_covers(scorecard: Scorecard, *, fed: Sequence[str]) -> None:
    """Raise ScorecardError when a feature that the ledger feeds has no points at all."""
    silent = sorted(set(fed) - set(scorecard.features))
    if silent:
        raise ScorecardError(f"No points for: {', '.join(silent)}")
