"""What would have been foreseen of later invoices, each on its day of issue, and how it came."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from crm.models import Firm
from scoring import bills, hazard, hazard_contest, measures
from scoring.hazard_contest import Contest
from scoring.hazard_rows import Viewer, moments, views
from scoring.payments import HORIZONS, LONG_DAYS, Bill, Curve, Forecast, Forecaster

TEST_SHARE = 0.3


class TooFewInvoices(Exception):
    """There is nothing to compare: no invoices on one side of the cut."""


@dataclass(frozen=True)
class Later:
    """A later invoice and what was foreseen of it, by the curve and by what was learned."""

    bill: Bill
    curve: Forecast
    learned: Forecast | None


@dataclass(frozen=True)
class Told:
    """One later invoice: what was foreseen on its day of issue, and how it came (None = open)."""

    bill: Bill
    said: Forecast
    label: tuple[bool | None, ...]  # late > 0, 30, 60, 90, and over 120 days after its issue
    days_late: int | None


@dataclass(frozen=True)
class Foreseen:
    """What one forecaster said of later invoices."""

    told: Sequence[Told]

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

    def as_json(self) -> dict[str, Any]:
        """Return all measures as plain values."""
        names = (*(f"late_{days}" for days in HORIZONS), "long")
        return {
            "chances": {name: self.chance(place) for place, name in enumerate(names)},
            "days": self.days(),
        }


@dataclass(frozen=True)
class PaymentBacktest:
    """What the curve would have said of later invoices and, from 400 paid on, what was learned."""

    curve: Foreseen
    cut: date
    trained_on: int
    learned: Foreseen | None = None
    contest: Contest | None = None

    @property
    def told(self) -> Sequence[Told]:
        """Return what the curve said."""
        return self.curve.told

    def as_json(self) -> dict[str, Any]:
        """Return all measures as plain values."""
        learned = None
        if self.learned and self.contest:
            learned = {**self.learned.as_json(), "contest": self.contest.as_json()}
        return {
            "target": "late_payment",
            "later_invoices": len(self.told),
            "trained_on": self.trained_on,
            "cut": f"{self.cut:%Y-%m-%d}",
            **self.curve.as_json(),
            "hazard": learned,
        }


def backtest(*, now: datetime, test_share: float = TEST_SHARE) -> PaymentBacktest:
    """Foresee each later invoice on its day of issue from payments before, and compare.

    The later ones are the last share by day of issue. Raises TooFewInvoices.
    """
    known, priors = bills.read(known_at=now), bills.priors()
    today = now.astimezone(Firm.current().zone).toordinal()
    if len(known) < 2:
        raise TooFewInvoices
    cut = cut_of(known, test_share)
    model = None
    if paid_count(known, day=today + 1) >= hazard_contest.SHADOW_FROM:
        seen = [view for view, _ in views(known, priors, moments(known, until=cut + 1))]
        model = hazard.fit(seen, until=cut + 1)
    later = list(foresee(known, priors, cut=cut, model=model))
    if not later or len(later) == len(known):
        raise TooFewInvoices
    return PaymentBacktest(
        curve=Foreseen([_told(one.bill, one.curve, today) for one in later]),
        cut=date.fromordinal(cut),
        trained_on=len(known) - len(later),
        learned=Foreseen([_told(one.bill, one.learned, today) for one in later if one.learned])
        if model
        else None,
        contest=judged(later, until=today) if model else None,
    )


def cut_of(known: Sequence[Bill], test_share: float) -> int:
    """Return the day of issue after which invoices are later ones."""
    return int(np.quantile([bill.issued_day for bill in known], 1 - test_share))


def paid_count(known: Sequence[Bill], *, day: int) -> int:
    """Return how many invoices were known to be paid before a day."""
    return sum(bill.is_paid_before(day) for bill in known)


def foresee(
    known: Sequence[Bill],
    priors: Mapping[str, Curve],
    *,
    cut: int,
    model: HistGradientBoostingClassifier | None,
    rest: Callable[[], object] | None = None,
) -> Iterator[Later]:
    """Foresee each invoice issued after a cut on its day of issue, from payments before.

    `rest` is called at each new day, for whoever holds a lease meanwhile.
    """
    later = [bill for bill in known if bill.issued_day > cut]
    later.sort(key=lambda bill: (bill.issued_day, bill.key))
    for day, group in groupby(later, key=lambda bill: bill.issued_day):
        if rest:
            rest()
        forecaster, issued = Forecaster(known, priors, day=day), list(group)
        curves: Sequence[Curve | None] = [None] * len(issued)
        if model is not None:
            viewer = Viewer(forecaster)
            curves = hazard.curves(model, [viewer.view(bill) for bill in issued])
        for bill, curve in zip(issued, curves, strict=True):
            learned = forecaster.forecast(bill, learned=curve) if curve else None
            yield Later(bill, forecaster.forecast(bill), learned)


def judged(later: Sequence[Later], *, until: int) -> Contest:
    """Compare what both said of later invoices by what was known at the end of a day."""
    return hazard_contest.judge(
        [one.bill for one in later],
        [one.curve for one in later],
        [one.learned or one.curve for one in later],
        until=until,
    )


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
