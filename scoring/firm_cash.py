"""The firm's cash of the next 26 weeks: what waits, what is signed, what may come; drawn often.

Each receipt is drawn from its own curve; the monthly burn leaves on one day of each month, so that
the saw-tooth of payroll stays. What is not signed counts by its chance of an order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from scoring.cash import Delay, Floats

DRAWS = 1_000
WEEKS, WEEK = 26, 7
LATER_DAYS = 90
PAYROLL_DAY = 10
LOW, MIDDLE = 0.1, 0.5


@dataclass(frozen=True)
class Receipt:
    """Money that may come in: its amount, the day it falls due and how late it may be.

    `unpaid_after` is how many days late it is already (an open invoice), `chance` that it comes at
    all, `slip_median_days` how far its trigger may move.
    """

    amount: float
    due_date: date
    delay: Delay
    unpaid_after: int | None = None
    chance: float = 1.0
    slip_median_days: float = 0.0
    slip_sigma: float = 0.7


@dataclass(frozen=True)
class Projection:
    """Cash at the end of each day, from the day after the start."""

    start: date
    at_hand: float
    base_low: Floats  # the 10 % point
    base: Floats
    later: Floats  # every receipt 90 days later, the 50 % point
    none: Floats  # without any receipt
    paths: Floats = field(repr=False)  # of the base, draw by draw

    def weekly(self, values: Floats) -> list[int]:
        """Return the values at the end of each week."""
        return [round(float(value)) for value in values[WEEK - 1 :: WEEK]]

    def lowest(self, values: Floats) -> tuple[int, date]:
        """Return the lowest value and its day: the start itself where cash only grows."""
        place = int(values.argmin())
        if self.at_hand <= values[place]:
            return round(self.at_hand), self.start
        return round(float(values[place])), self.start + timedelta(days=place + 1)

    def with_flow(self, flow: Floats) -> Floats:
        """Return the base's 50 % point with what else flows on each day, draw by draw."""
        middle: Floats = np.quantile(self.paths + flow.cumsum(axis=1), MIDDLE, axis=0)
        return middle

    def empty_on(self, values: Floats) -> date | None:
        """Return the first day on which cash is below zero, None where it holds."""
        below = np.nonzero(values < 0)[0]
        return self.start + timedelta(days=int(below[0]) + 1) if len(below) else None


def project(
    receipts: Sequence[Receipt],
    *,
    start: date,
    cash_at_hand: float,
    monthly_burn: float,
    draws: int = DRAWS,
    seed: int = 0,
) -> Projection:
    """Return the firm's cash of the next 26 weeks under three assumptions."""
    days = WEEKS * WEEK
    burn = _burn(start, days, monthly_burn)
    soon, later = np.zeros((draws, days)), np.zeros((draws, days))
    generator = np.random.default_rng(seed)
    for one in receipts:
        paid_after = _paid_after(one, start, generator, draws)
        comes = generator.random(draws) < one.chance
        _add(soon, paid_after, one.amount, comes)
        _add(later, paid_after + LATER_DAYS, one.amount, comes)
    base = cash_at_hand + (soon - burn).cumsum(axis=1)
    return Projection(
        start=start,
        at_hand=cash_at_hand,
        base_low=np.quantile(base, LOW, axis=0),
        base=np.quantile(base, MIDDLE, axis=0),
        later=np.quantile(cash_at_hand + (later - burn).cumsum(axis=1), MIDDLE, axis=0),
        none=cash_at_hand - burn.cumsum(),
        paths=base,
    )


def _burn(start: date, days: int, monthly_burn: float) -> Floats:
    return np.array(
        [
            monthly_burn if (start + timedelta(days=after)).day == PAYROLL_DAY else 0.0
            for after in range(1, days + 1)
        ]
    )


def _paid_after(one: Receipt, start: date, generator: np.random.Generator, draws: int) -> Floats:
    """Return how many days after the start a receipt is paid, draw by draw."""
    uniform, slip = generator.random(draws), generator.standard_normal(draws)
    if one.unpaid_after is not None:
        # What is known not to be paid yet is drawn from the rest of its curve.
        uniform = _given_unpaid(one, uniform)
    late = one.delay.draw(uniform)
    if one.unpaid_after is not None:
        late = np.maximum(late, one.unpaid_after + 1)
    due_after = (one.due_date - start).days
    slipped = one.slip_median_days * np.exp(one.slip_sigma * slip)
    return np.maximum(due_after + slipped + late, 1)


def _given_unpaid(one: Receipt, uniform: Floats) -> Floats:
    """Return draws from the part of the curve that lies after the days already late."""
    grid = np.linspace(0, 1, 2_001)
    days = one.delay.draw(grid)
    after = np.searchsorted(days, (one.unpaid_after or 0) + 1, side="left")
    first = grid[min(int(after), len(grid) - 1)]
    known: Floats = first + uniform * (1 - first)
    return known


def _add(flow: Floats, days: Floats, amount: float, comes: NDArray[np.bool_]) -> None:
    places = np.rint(days).astype(np.int64) - 1
    rows = np.nonzero(comes & (places >= 0) & (places < flow.shape[1]))[0]
    np.add.at(flow, (rows, places[rows]), amount)


def by_quarter(receipts: Sequence[Receipt], *, start: date, seed: int = 0) -> dict[str, int]:
    """Return what is expected in each quarter: each receipt on its median day, by its chance."""
    generator = np.random.default_rng(seed)
    found: dict[str, float] = {}
    for one in receipts:
        after = float(np.median(_paid_after(one, start, generator, DRAWS)))
        day = start + timedelta(days=round(after))
        name = f"{day.year}-Q{(day.month + 2) // 3}"
        found[name] = found.get(name, 0.0) + one.amount * one.chance
    return {name: round(amount) for name, amount in sorted(found.items())}
