"""Foresees the open invoices, and says what would have been foreseen of those of the past."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import numpy as np

from crm.models import Firm
from crm.services import forecasts
from scoring import bills, measures
from scoring.payments import (
    HORIZONS,
    LONG_DAYS,
    Bill,
    Forecast,
    Forecaster,
)

TEST_SHARE = 0.3
HIGHEST_STORED_DAYS = 32_000


class TooFewInvoices(Exception):
    """There is nothing to compare: no invoices on one side of the cut."""


def make(*, as_of: datetime, now: datetime) -> int:
    """Foresee all open invoices as of a moment, store it and return how many there are."""
    day = as_of.astimezone(Firm.current().zone).date()
    rows = [_row(said) for _bill, said in foreseen(as_of=as_of)]
    return forecasts.store(rows, as_of_date=day, now=now)


def foreseen(*, as_of: datetime) -> list[tuple[Bill, Forecast]]:
    """Return the invoices open at a moment with what was foreseen of each then."""
    known = bills.read(known_at=as_of)
    # A payment of today counts today: the day after is the first that knows of it.
    day = as_of.astimezone(Firm.current().zone).toordinal() + 1
    forecaster = Forecaster(known, bills.priors(), day=day)
    waiting = [
        bill
        for bill in known
        if bill.issued_day < day and not bill.is_paid_before(day) and bill.ended_day is None
    ]
    return [(bill, forecaster.forecast(bill)) for bill in waiting]


def _row(said: Forecast) -> tuple[float | int | None, ...]:
    days = (min(day, HIGHEST_STORED_DAYS) for day in said.days)
    counts = (said.own_count, said.own_median, said.pool_count)
    return (said.key, *said.late, said.long, *days, *counts)


@dataclass(frozen=True)
class Told:
    """One later invoice: what was foreseen on its day of issue, and how it came (None = open)."""

    bill: Bill
    said: Forecast
    label: tuple[bool | None, ...]  # late > 0, 30, 60, 90, and over 120 days after its issue
    days_late: int | None


@dataclass(frozen=True)
class PaymentBacktest:
    """What would have been foreseen of later invoices."""

    told: Sequence[Told]
    cut: date
    trained_on: int

    def chance(self, place: int) -> dict[str, Any]:
        """Return the measures of one chance, with intervals, beside the base rate's Brier score.

        Places: late > 0, 30, 60, 90 days, then over 120 days after its issue.
        """
        rows = [one for one in self.told if one.label[place] is not None]
        label = np.array([float(bool(one.label[place])) for one in rows])
        said = np.array([(*one.said.late, one.said.long)[place] for one in rows])
        accounts = np.array([one.bill.account for one in rows], dtype=np.int64)
        base = float(label.mean()) if rows else None
        return {
            "n": len(rows),
            "late": int(label.sum()),
            "base_rate_brier": None if base is None else base * (1 - base),
            **{
                name: asdict(figure)
                for name, figure in measures.measured(label, said, accounts).items()
            },
        }

    def as_json(self) -> dict[str, Any]:
        """Return all measures as plain values."""
        names = (*(f"late_{days}" for days in HORIZONS), "long")
        return {
            "target": "late_payment",
            "later_invoices": len(self.told),
            "trained_on": self.trained_on,
            "cut": f"{self.cut:%Y-%m-%d}",
            "chances": {name: self.chance(place) for place, name in enumerate(names)},
            "days": self.days(),
        }

    def days(self) -> dict[str, float | int | None]:
        """Return how far the median was off, and how often the 80 % interval held it."""
        rows = [one for one in self.told if one.days_late is not None]
        if not rows:
            return {"n": 0, "mae": None, "coverage": None}
        late = np.array([one.days_late for one in rows], dtype=np.float64)
        p10, p50, _p80, p90 = np.array([one.said.days for one in rows], dtype=np.float64).T
        return {
            "n": len(rows),
            "mae": float(np.abs(p50 - late).mean()),
            "coverage": float(((late >= p10) & (late <= p90)).mean()),
        }


def backtest(*, now: datetime, test_share: float = TEST_SHARE) -> PaymentBacktest:
    """Foresee each later invoice on its day of issue from payments before, and compare.

    The later ones are the last share by day of issue. Raises TooFewInvoices.
    """
    known = sorted(bills.read(known_at=now), key=lambda bill: (bill.issued_day, bill.key))
    today = now.astimezone(Firm.current().zone).toordinal()
    if len(known) < 2:
        raise TooFewInvoices
    cut = float(np.quantile([bill.issued_day for bill in known], 1 - test_share))
    later = [bill for bill in known if bill.issued_day > cut]
    if not later or len(later) == len(known):
        raise TooFewInvoices
    by_day: dict[int, Forecaster] = {}
    told = []
    for bill in later:
        day = bill.issued_day
        if day not in by_day:
            by_day = {day: Forecaster(known, bills.priors(), day=day)}  # days come in order
        told.append(_told(bill, by_day[day].forecast(bill), today))
    return PaymentBacktest(told, date.fromordinal(int(cut)), len(known) - len(later))


def _told(bill: Bill, said: Forecast, today: int) -> Told:
    """Label an invoice by what is known today; what cannot be known yet is None."""
    paid = bill.paid_day
    ended = bill.ended_day
    until = min(today, ended if ended is not None else today)
    late = (paid if paid is not None and paid <= until else until) - bill.due_day
    is_paid = paid is not None and paid <= until
    limits = (*HORIZONS, bill.issued_day + LONG_DAYS - bill.due_day)
    label = tuple(late > limit if is_paid or late > limit else None for limit in limits)
    return Told(bill, said, label, late if is_paid else None)
