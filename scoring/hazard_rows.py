"""What the learned forecast of payments sees: an invoice on a day, and its wait in periods.

A row is one period of days late in which an invoice may be paid, with what was known on the day
it is looked at from: its issue, or some months later while it still waits. An open invoice has a
row for each period that it has outlived, and none that says "paid".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log

import numpy as np
from numpy.typing import NDArray

from scoring.payments import (
    EARLIEST,
    HORIZONS,
    LATEST,
    LONG_DAYS,
    Bill,
    Curve,
    Days,
    Floats,
    Forecaster,
)

# Days late at which a period begins: short ones around the due day, long ones far from it.
STARTS = np.array(
    [
        *(EARLIEST, -120, -90, -60, -45),
        *range(-30, 60, 3),
        *range(60, 180, 10),
        *range(180, 365, 30),
        *range(365, LATEST + 1, 182),
    ]
)
LASTS = np.r_[STARTS[1:] - 1, LATEST]
LENGTHS = LASTS - STARTS + 1
PERIODS = len(STARTS)
AGES = (0, 30, 60, 90, 120)  # days after its issue on which an invoice is looked at
SMALLEST = 1e-4
NOT_KNOWN = -1_000.0
LATEST_OWN = 3


@dataclass(frozen=True)
class View:
    """An invoice as seen on a day; `first` is the first period in which it may be paid."""

    bill: Bill
    day: int
    first: int
    facts: Floats
    curve_odds: Floats  # of being paid in each period, by the curve


class Viewer:
    """Sees invoices as a forecaster of a day does."""

    def __init__(self, forecaster: Forecaster) -> None:
        """Keep what is the same for many invoices."""
        self.forecaster = forecaster
        self._odds: dict[int, tuple[Curve, Floats]] = {}
        self._own: dict[tuple[int, bool], list[float]] = {}

    def view(self, bill: Bill) -> View:
        """Return an invoice that is not paid by the day, as it is seen then."""
        curve = self.forecaster.curve(bill)
        term, day = bill.due_day - bill.issued_day, self.forecaster.day
        facts = [
            float(term),
            float(bill.is_advance),
            *(curve.at(days) for days in (*HORIZONS, LONG_DAYS - term)),
            *self._of_account(bill),
            *_of_bill(bill, day),
        ]
        earliest = max(day, bill.issued_day) - bill.due_day
        return View(bill, day, period_of(earliest), np.array(facts), self._odds_of(curve))

    def _odds_of(self, curve: Curve) -> Floats:
        if id(curve) not in self._odds:  # the curve is kept beside: its id stays its own
            before = np.concatenate(([1.0], curve.survival))[STARTS - EARLIEST]
            after = curve.survival[LASTS - EARLIEST]
            chance = 1 - np.divide(after, before, out=np.zeros(PERIODS), where=before > 0)
            chance = np.clip(chance, SMALLEST, 1 - SMALLEST)
            self._odds[id(curve)] = curve, np.log(chance / (1 - chance))
        return self._odds[id(curve)][1]

    def _of_account(self, bill: Bill) -> list[float]:
        key = bill.account, bill.is_advance
        if key not in self._own:
            self._own[key] = list(_of_account(*self.forecaster.own(bill)))
        return self._own[key]


def _of_account(paid: Days, waiting: Days) -> Iterator[float]:
    """Yield how late the account paid, always and lately, and what waits how long."""
    yield float(len(paid))
    for figure in (np.median, _late_share, _latest):
        yield float(figure(paid)) if len(paid) else NOT_KNOWN
    yield float(len(waiting))
    yield float(waiting.max()) if len(waiting) else NOT_KNOWN


def _late_share(paid: Days) -> float:
    return float((paid > 0).mean())


def _latest(paid: Days) -> float:
    return float(paid[-LATEST_OWN:].mean())


def _of_bill(bill: Bill, day: int) -> Iterator[float]:
    """Yield what the invoice says itself, and its terms as far as they were known."""
    yield log(bill.amount) if bill.amount and bill.amount > 0 else NOT_KNOWN
    yield float(bill.is_retention)
    for clause in (bill.is_back_to_back, bill.is_by_audit, bill.is_by_bill):
        knows = clause is not None and bill.terms_known_day < day
        yield float(clause) if knows and clause is not None else NOT_KNOWN
    yield float(date.fromordinal(bill.issued_day).month)


def period_of(days_late: int) -> int:
    """Return the place of the period that a day lies in."""
    bounded = min(max(days_late, EARLIEST), LATEST)
    return int(np.searchsorted(STARTS, bounded, side="right")) - 1


def views(
    known: Sequence[Bill],
    priors: Mapping[str, Curve],
    moments: Iterable[tuple[Bill, int]],
    *,
    rest: Callable[[], object] = lambda: None,
) -> Iterator[tuple[View, Forecaster]]:
    """Yield each invoice as seen on its day, by day, with the forecaster of that day.

    `rest` is called at each new day, for whoever holds a lease meanwhile.
    """
    viewer: Viewer | None = None
    for bill, day in sorted(moments, key=lambda each: (each[1], each[0].issued_day, each[0].key)):
        if viewer is None or viewer.forecaster.day != day:
            rest()
            viewer = Viewer(Forecaster(known, priors, day=day))
        yield viewer.view(bill), viewer.forecaster


def moments(known: Iterable[Bill], *, until: int) -> Iterator[tuple[Bill, int]]:
    """Yield the invoices with the days before `until` on which each waited and is learned from."""
    for bill in known:
        for age in AGES:
            day = bill.issued_day + age
            ended = bill.ended_day is not None and bill.ended_day <= day
            if max(day, bill.known_day) < until and not bill.is_paid_before(day) and not ended:
                yield bill, day


def rows(seen: Sequence[View], first: Sequence[int]) -> Floats:
    """Return the rows of some views, each from a period of its own to the last one."""
    counts = PERIODS - np.asarray(first)
    which = np.repeat(np.arange(len(seen)), counts)
    places = np.concatenate([np.arange(start, PERIODS) for start in first])
    return _matrix(seen, which, places)


def _matrix(seen: Sequence[View], which: NDArray[np.int64], places: NDArray[np.int64]) -> Floats:
    terms = np.array([view.bill.due_day - view.bill.issued_day for view in seen])
    odds = np.array([view.curve_odds for view in seen])
    facts = np.array([view.facts for view in seen])
    starts = STARTS[places]
    return np.column_stack(
        [starts, starts + terms[which], odds[which, places], facts[which]]
    ).astype(np.float64)


def lives(seen: Sequence[View], *, until: int) -> tuple[Floats, NDArray[np.int64]]:
    """Return the rows of what invoices had lived through by a day, and whether each was paid in it.

    What was paid on the day or later, or not known to be, still waits; a dispute ends the wait.
    """
    which, places, paid = [], [], []
    for place, view in enumerate(seen):
        last, is_paid = _last_period(view.bill, until)
        own = list(range(view.first, last + 1))
        which += [place] * len(own)
        places += own
        paid += [0] * len(own)
        if own and is_paid:
            paid[-1] = 1
    return _matrix(seen, np.array(which), np.array(places)), np.array(paid, dtype=np.int64)


def _last_period(bill: Bill, until: int) -> tuple[int, bool]:
    """Return the last period that says something, and whether it was paid in it."""
    end = until if bill.ended_day is None else min(bill.ended_day, until)
    if bill.paid_day is not None and bill.is_paid_before(end):
        return period_of(bill.paid_day - bill.due_day), True
    waited = end - 1 - bill.due_day
    return int(np.searchsorted(LASTS, waited, side="right")) - 1, False
