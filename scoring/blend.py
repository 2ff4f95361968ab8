"""The blend of experience and of a vendor's own outcomes: a linear model as plain numbers.

log-odds = share x (intercept + columns x coefficients)
         + (1 - share) x (log-odds of the usual rate + slope x points).
Scoring with it needs numpy and polars alone. What each feature adds is exact: the contributions
and the start add up to the log-odds.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import polars as pl

from scoring import scorecard
from scoring.blend_columns import Column, Kind, matrix
from scoring.scorecard import LOG_ODDS_PER_POINT, PRIOR_SD, Z_80, Numbers, Scorecard

FORMAT = 1


class BlendError(ValueError):
    """A stored blend cannot be used; the message says why."""


class Learner(StrEnum):
    """How the learned part was found."""

    BLEND = "BLEND"  # a penalised line, beside experience
    LINE = "LINE"  # the same line, experience left out
    BOOSTED = "BOOSTED"  # boosted trees of one signal each, beside experience


@dataclass(frozen=True)
class Outcomes:
    """What a blend learned from: leads by how they ended, each counted once."""

    deals: int = 0
    positives: int = 0
    negatives: int = 0

    @property
    def effective(self) -> int:
        """Return how many deals the outcomes are worth: the rarer class counts."""
        return min(2 * self.positives, 2 * self.negatives, self.deals)


@dataclass(frozen=True)
class Reading:
    """Values as a blend reads them: the points of the scorecard, and its own columns."""

    points: Numbers
    columns: Numbers


@dataclass(frozen=True)
class Blend:
    """One trained version."""

    target: str
    points_version: str
    trained_until: str
    outcomes: Outcomes = field(default_factory=Outcomes)
    share: float = 0.0
    slope: float = 1.0
    intercept: float = 0.0
    columns: tuple[Column, ...] = ()
    coefficients: tuple[float, ...] = ()
    covariance: tuple[tuple[float, ...], ...] = ()
    learner: Learner = Learner.BLEND

    def features(self, card: Scorecard) -> tuple[str, ...]:
        """Return the names that contributions are given for, the scorecard's first."""
        return tuple(dict.fromkeys([*card.features, *(each.feature for each in self.columns)]))

    def start(self, base_rate: Numbers) -> Numbers:
        """Return the log-odds of a lead of which nothing speaks."""
        odds = np.log(base_rate / (1 - base_rate))
        start: Numbers = self.share * self.intercept + (1 - self.share) * odds
        return start

    def read(self, values: pl.DataFrame, card: Scorecard) -> Reading:
        """Read values once for all that is said of them."""
        return Reading(scorecard.contributions(values, card), matrix(self.columns, values))

    def experience(self, values: pl.DataFrame, card: Scorecard) -> Numbers:
        """Return what experience adds, in points, by feature."""
        return self._experience(scorecard.contributions(values, card), card)

    def _experience(self, points: Numbers, card: Scorecard) -> Numbers:
        added = np.zeros((len(points), len(self.features(card))))
        added[:, : len(card.features)] = points
        return added * (1 - self.share) * self.slope

    def learned(self, values: pl.DataFrame, card: Scorecard) -> Numbers:
        """Return what the vendor's own outcomes add, in points, by feature."""
        return self._learned(matrix(self.columns, values), card)

    def _learned(self, columns: Numbers, card: Scorecard) -> Numbers:
        place = {name: index for index, name in enumerate(self.features(card))}
        added = np.zeros((len(columns), len(place)))
        each = columns * np.array(self.coefficients)
        for at, column in enumerate(self.columns):
            added[:, place[column.feature]] += each[:, at]
        return added * self.share / LOG_ODDS_PER_POINT

    def worth(self, values: pl.DataFrame, card: Scorecard) -> Numbers:
        """Return what each feature adds, in points: with the start they make the log-odds."""
        return self.worth_of(self.read(values, card), card)

    def worth_of(self, reading: Reading, card: Scorecard) -> Numbers:
        """Return what each feature adds, from values that were read."""
        return self._experience(reading.points, card) + self._learned(reading.columns, card)

    def chance(self, values: pl.DataFrame, card: Scorecard, *, base_rate: Numbers) -> Numbers:
        """Return the chance of the target."""
        return self.chance_of(self.worth(values, card), base_rate)

    def chance_of(self, worth: Numbers, base_rate: Numbers) -> Numbers:
        """Return the chance of the target from what each feature adds."""
        return expit(self._log_odds(worth, base_rate))

    def interval(
        self, values: pl.DataFrame, card: Scorecard, *, base_rate: Numbers
    ) -> tuple[Numbers, Numbers]:
        """Return the 80 % interval: of what was learned and of experience, by their shares."""
        reading = self.read(values, card)
        return self.interval_of(reading, self.worth_of(reading, card), base_rate)

    def interval_of(
        self, reading: Reading, worth: Numbers, base_rate: Numbers
    ) -> tuple[Numbers, Numbers]:
        """Return the 80 % interval, from values that were read and what they are worth."""
        middle = self._log_odds(worth, base_rate)
        active = (reading.points != 0).sum(axis=1)
        variance = (1 - self.share) ** 2 * PRIOR_SD**2 * active
        if self.covariance:
            known = np.column_stack([np.ones(len(worth)), reading.columns])
            spread = ((known @ np.array(self.covariance)) * known).sum(axis=1)
            variance = variance + self.share**2 * np.maximum(spread, 0)
        half = Z_80 * np.sqrt(variance)
        return expit(middle - half), expit(middle + half)

    def _log_odds(self, worth: Numbers, base_rate: Numbers) -> Numbers:
        total: Numbers = self.start(base_rate) + LOG_ODDS_PER_POINT * worth.sum(axis=1)
        return total

    def as_json(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return {"format": FORMAT, **asdict(self)}


def from_json(data: Mapping[str, Any]) -> Blend:
    """Return a stored blend; raise BlendError when it is of another form."""
    plain = dict(data)
    if plain.pop("format", None) != FORMAT:
        raise BlendError(f"The blend is of format {data.get('format')!r}, not {FORMAT}.")
    try:
        plain["columns"] = tuple(_column(each) for each in plain["columns"])
        plain["outcomes"] = Outcomes(**plain["outcomes"])
        plain["learner"] = Learner(plain.get("learner", Learner.BLEND))
        plain["coefficients"] = tuple(plain["coefficients"])
        plain["covariance"] = tuple(tuple(row) for row in plain["covariance"])
        found = Blend(**plain)
    except (KeyError, TypeError, ValueError) as error:
        raise BlendError(f"The blend cannot be read: {error}") from error
    size = len(found.columns)
    if len(found.coefficients) != size or len(found.covariance) not in {0, size + 1}:
        raise BlendError("The blend's numbers do not belong to its columns.")
    return found


def _column(data: Mapping[str, Any]) -> Column:
    plain = {**data, "kind": Kind(data["kind"])}
    plain |= {name: tuple(data[name]) for name in ("knots", "places")}
    return Column(**plain)


def expit(log_odds: Numbers) -> Numbers:
    """Return the chance of log-odds, never exactly 0 or 1."""
    bounded = np.clip(log_odds, -30, 30)
    chance: Numbers = 1 / (1 + np.exp(-bounded))
    return chance
