"""How good a chance was: ranking, calibration and what stopping at it would have meant.

All measures take labels (1 = the target came true) and chances of the same leads.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.scorecard import Numbers

DRAWS = 300
SMALLEST = 1e-6
Measure = Callable[[Numbers, Numbers], float]


@dataclass(frozen=True)
class Measured:
    """A figure with its 95 % interval over drawn accounts; empty where it has no meaning."""

    value: float | None
    low: float | None = None
    high: float | None = None


def auc(label: Numbers, chance: Numbers) -> float:
    """Return how often a lead with the target is ranked above one without; ties count half."""
    positives, negatives = label.sum(), (1 - label).sum()
    if not positives or not negatives:
        return float("nan")
    _, place, count = np.unique(chance, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    above: float = (ranks[label == 1].sum() - positives * (positives + 1) / 2).item()
    return above / float(positives * negatives)


def average_precision(label: Numbers, chance: Numbers) -> float:
    """Return the precision at each lead with the target, averaged, the likeliest first."""
    if not label.sum():
        return float("nan")
    levels, place = np.unique(-chance, return_inverse=True)
    hits = np.bincount(place, weights=label, minlength=len(levels))
    sizes = np.bincount(place, minlength=len(levels))
    precision = np.cumsum(hits) / np.cumsum(sizes)
    return float((precision * hits).sum() / label.sum())


def brier(label: Numbers, chance: Numbers) -> float:
    """Return the mean squared distance between chance and end."""
    return float(((chance - label) ** 2).mean())


def log_losses(label: Numbers, chance: Numbers) -> Numbers:
    """Return each lead's log loss."""
    bounded = np.clip(chance, SMALLEST, 1 - SMALLEST)
    losses: Numbers = -np.where(label == 1, np.log(bounded), np.log(1 - bounded))
    return losses


def log_loss(label: Numbers, chance: Numbers) -> float:
    """Return the mean log loss."""
    return float(log_losses(label, chance).mean())


def calibration_slope(label: Numbers, chance: Numbers) -> float:
    """Return how much of the chances' spread came true: below 1 they were too bold."""
    bounded = np.clip(chance, SMALLEST, 1 - SMALLEST)
    odds = np.log(bounded / (1 - bounded))
    if np.ptp(odds) < SMALLEST or not 0 < label.sum() < len(label):
        return float("nan")
    columns = np.column_stack([np.ones(len(odds)), odds - odds.mean()])
    found = np.zeros(2)
    for _ in range(25):
        said = 1 / (1 + np.exp(-np.clip(columns @ found, -30, 30)))
        bend = (columns * (said * (1 - said))[:, None]).T @ columns + SMALLEST * np.eye(2)
        step = np.linalg.solve(bend, columns.T @ (label - said))
        found += np.clip(step, -5, 5)
        if np.abs(step).max() < SMALLEST:
            break
    return float(found[1])


MEASURES: dict[str, Measure] = {
    "auc": auc,
    "average_precision": average_precision,
    "brier": brier,
    "log_loss": log_loss,
    "calibration_slope": calibration_slope,
}


def drawn_rows(accounts: NDArray[np.int64], *, draws: int) -> list[NDArray[np.int64]]:
    """Return the rows of accounts drawn with replacement, draw by draw; the same each time."""
    rng = np.random.default_rng(0)
    _, group = np.unique(accounts, return_inverse=True)
    size = int(group.max()) + 1
    rows = np.arange(len(accounts))
    even = np.full(size, 1 / size)
    return [np.repeat(rows, rng.multinomial(size, even)[group]) for _ in range(draws)]


def measured(
    label: Numbers,
    chance: Numbers,
    accounts: NDArray[np.int64],
    *,
    of: Iterable[str] = tuple(MEASURES),
    draws: int = DRAWS,
) -> dict[str, Measured]:
    """Return measures, by name or all of them, with their intervals."""
    if not len(label):
        return {name: Measured(None) for name in of}
    samples = drawn_rows(accounts, draws=draws)
    return {
        name: _with_interval(
            MEASURES[name](label, chance),
            [MEASURES[name](label[rows], chance[rows]) for rows in samples],
        )
        for name in of
    }


def _with_interval(value: float, drawn: Sequence[float]) -> Measured:
    if np.isnan(value):
        return Measured(None)
    told = [each for each in drawn if not np.isnan(each)]
    low, high = np.quantile(told, [0.025, 0.975]) if told else (value, value)
    return Measured(value, float(low), float(high))


@dataclass(frozen=True)
class Stop:
    """What stopping some leads would have meant: hours saved against orders lost."""

    leads: int
    orders_lost: int
    orders: int
    hours_saved: float
    hours: float

    @property
    def lost_share(self) -> float:
        """Return the share of the orders that would have been lost."""
        return self.orders_lost / self.orders if self.orders else 0.0

    @property
    def saved_share(self) -> float:
        """Return the share of the hours that leads without an order cost."""
        return self.hours_saved / self.hours if self.hours else 0.0


def stop(label: Numbers, hours: Numbers, stopped: NDArray[np.bool_]) -> Stop:
    """Count what stopping the leads named would have meant; the label is that of no order."""
    return Stop(
        leads=int(stopped.sum()),
        orders_lost=int((1 - label)[stopped].sum()),
        orders=int((1 - label).sum()),
        hours_saved=float((label * hours)[stopped].sum()),
        hours=float((label * hours).sum()),
    )


def best_stop(label: Numbers, chance: Numbers, hours: Numbers, *, lost_share: float) -> Stop:
    """Stop the likeliest leads of no order for as long as at most a share of orders is lost."""
    levels = np.unique(chance)[::-1]
    lost = np.cumsum([(1 - label)[chance == level].sum() for level in levels])
    allowed = levels[lost <= lost_share * (1 - label).sum()]
    return stop(label, hours, np.isin(chance, allowed))
