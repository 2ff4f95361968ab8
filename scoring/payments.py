"""When invoices are paid: shrunk Kaplan-Meier curves of days late, from paid and open invoices.

A curve is the posterior mean of a beta-Stacy process: the experience of `weight` pseudo-invoices
updated by counting. At each day, hazard = (weight x the prior's mass + paid that day) /
(weight x the prior's survival + still open that day). An open invoice says "later than today" and
nothing else: it is never dropped and never taken as paid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erf, log, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Days = NDArray[np.int64]

EARLIEST, LATEST = -180, 1095  # days late that a curve tells apart
LONG_DAYS = 120  # days after its issue from which an invoice counts as paid late or never
POOL_WEIGHT = 10.0  # the prior's say against the vendor's own invoices, in invoices
KIND_WEIGHT = 20.0  # the vendor's say against its invoices to the same kind of buyer
ACCOUNT_WEIGHT = 2.0  # the kind's say against the account's own invoices
DEEP_WEIGHT = 4.0  # the same for questions about deep delay, which few invoices answer
DEEP_FROM_DAYS = 60
KEPT_INVOICES = 100  # of an account, the latest
EVERYONE, KIND, ACCOUNT = "everyone", "kind", "account"
Group = tuple[str, str | int, bool]
HORIZONS = (0, 30, 60, 90)
SHARES = (0.1, 0.5, 0.8, 0.9)


@dataclass(frozen=True)
class Prior:
    """What is assumed of a kind of buyer: a share in time, the rest lognormally late."""

    on_time_share: float
    median_days: float
    sigma: float

    def late_chance(self, days: float) -> float:
        """Return the chance of being paid more than so many days late."""
        if days < 0:
            return 1.0
        if days == 0:
            return 1 - self.on_time_share
        place = log(days / self.median_days) / (self.sigma * sqrt(2))
        return (1 - self.on_time_share) * (1 - erf(place)) / 2


@dataclass(frozen=True)
class Curve:
    """The chance of being paid later than each day, from EARLIEST to LATEST days late."""

    survival: Floats

    def late_chance(self, days: int, *, unpaid_after: int | None = None) -> float:
        """Return P(more than `days` late), given that it was not paid `unpaid_after` days late."""
        known = 1.0 if unpaid_after is None else self.at(unpaid_after)
        if unpaid_after is not None and days <= unpaid_after:
            return 1.0
        return float(self.at(days) / known) if known > 0 else 1.0

    def quantile(self, share: float, *, unpaid_after: int | None = None) -> int:
        """Return the first day late by which a share is paid; LATEST where it never is."""
        known = 1.0 if unpaid_after is None else self.at(unpaid_after)
        paid = np.nonzero(self.survival <= (1 - share) * known + 1e-12)[0]
        first = int(paid[0]) + EARLIEST if len(paid) else LATEST
        return first if unpaid_after is None else min(max(first, unpaid_after + 1), LATEST)

    def draw(self, uniform: Floats) -> Floats:
        """Return days late for draws from 0 to 1; above the curve's last chance: LATEST."""
        places = np.searchsorted(-self.survival, -(1 - uniform), side="left")
        return np.minimum(places + EARLIEST, LATEST).astype(np.float64)

    def at(self, days: int) -> float:
        """Return the chance of being paid later than a day."""
        if days < EARLIEST:
            return 1.0
        return float(self.survival[min(days, LATEST) - EARLIEST])


@dataclass(frozen=True)
class Bill:
    """One invoice as plain values; days are ordinals of dates.

    `ended_day` is when it stopped to say anything more (disputed or written off); what is open
    and not ended still waits. `paid_day` is the day since which 95 % of it was in. What was written
    down later than it took place is known from then on only.
    """

    key: int
    account: int
    buyer: str
    issued_day: int
    due_day: int
    paid_day: int | None = None
    ended_day: int | None = None
    known_day: int = 0  # since when we know of the invoice
    paid_known_day: int = 0  # since when we know that it was paid
    is_advance: bool = False  # due before the work: paid soon, and no word on what follows
    amount: float | None = None
    is_retention: bool = False
    terms_known_day: int = 0  # since when we know what its terms say
    is_back_to_back: bool | None = None
    is_by_audit: bool | None = None
    is_by_bill: bool | None = None

    def is_paid_before(self, day: int) -> bool:
        """Say whether it was paid, and known to be, before a day."""
        return self.paid_day is not None and max(self.paid_day, self.paid_known_day) < day


@dataclass(frozen=True)
class Forecast:
    """What is foreseen of one invoice at a moment; days are days late, shares are chances."""

    key: int
    late: tuple[float, ...]  # P(late > 0, 30, 60, 90)
    long: float  # P(paid > 120 days after its issue, or never)
    days: tuple[int, ...]  # 10, 50, 80 and 90 % are paid by then
    own_count: int  # paid invoices of the account
    own_median: float | None
    pool_count: int  # paid invoices of the vendor


def curve_of(prior: Prior) -> Curve:
    """Return the curve of a prior alone."""
    days = range(EARLIEST, LATEST + 1)
    return Curve(np.array([prior.late_chance(day) for day in days], dtype=np.float64))


def updated(curve: Curve, weight: float, *, paid: Days, waiting: Days) -> Curve:
    """Return a curve after seeing invoices: days late of the paid, days waited of the others.

    One that waits is known to be later than its days; it is at risk on all days up to them.
    """
    if not len(paid) and not len(waiting):
        return curve
    before = np.concatenate(([1.0], curve.survival[:-1]))
    events, gone = _counts(paid), _counts(waiting)
    at_risk = (events + gone)[::-1].cumsum()[::-1]
    mass = weight * (before - curve.survival) + events
    exposed = weight * before + at_risk
    hazard = np.divide(mass, exposed, out=np.zeros_like(mass), where=exposed > 0)
    return Curve(np.cumprod(1 - np.clip(hazard, 0, 1)))


def _counts(days: Days) -> Floats:
    places = np.clip(days, EARLIEST, LATEST) - EARLIEST
    return np.bincount(places, minlength=LATEST - EARLIEST + 1).astype(np.float64)


class Forecaster:
    """Forecasts from all that was known of a vendor's invoices at a day.

    What was paid on the day itself or later is not known yet: such an invoice waits. Advance
    payments are foreseen from advance payments, the rest from the rest.
    """

    def __init__(self, bills: Sequence[Bill], priors: Mapping[str, Curve], *, day: int) -> None:
        """Take the invoices issued before a day; `priors` names each buyer kind and "unknown"."""
        self.day, self._priors = day, priors
        self._rows: dict[Group, list[Bill]] = {}
        for bill in sorted(bills, key=lambda one: (one.issued_day, one.key)):
            if max(bill.issued_day, bill.known_day) < day:
                for group in _groups(bill):
                    self._rows.setdefault(group, []).append(bill)
        self._days: dict[Group, tuple[Days, Days]] = {}
        self._curves: dict[tuple[Group, str, float], Curve] = {}

    def curve(self, bill: Bill, *, weight: float = ACCOUNT_WEIGHT) -> Curve:
        """Return the curve of an invoice: prior of its kind, all, those to its kind, its account's.

        `weight` is the kind's say against the account's own invoices.
        """
        every, kind, account = _groups(bill)
        start = self._priors.get(bill.buyer) or self._priors["unknown"]
        start = self._updated(start, every, bill.buyer, POOL_WEIGHT)
        # Where every invoice goes to one kind of buyer, its level would count them twice.
        if len(self._rows.get(kind, ())) < len(self._rows.get(every, ())):
            start = self._updated(start, kind, bill.buyer, KIND_WEIGHT)
        return self._updated(start, account, bill.buyer, weight)

    def own(self, bill: Bill) -> tuple[Days, Days]:
        """Return days late of what the account had paid, days waited of what it had not."""
        return self._seen(_groups(bill)[2])

    def forecast(self, bill: Bill, *, learned: Curve | None = None) -> Forecast:
        """Return what is foreseen of an invoice that is not paid by the day.

        `learned` is a curve from elsewhere that stands in for this one's.
        """
        usual = learned or self.curve(bill)
        deep = learned or self.curve(bill, weight=DEEP_WEIGHT)
        unpaid_after = max(self.day, bill.issued_day) - bill.due_day - 1
        long_days = bill.issued_day + LONG_DAYS - bill.due_day
        every, _kind, account = _groups(bill)
        paid, _waiting = self._seen(account)
        return Forecast(
            key=bill.key,
            late=tuple(
                (deep if days >= DEEP_FROM_DAYS else usual).late_chance(
                    days, unpaid_after=unpaid_after
                )
                for days in HORIZONS
            ),
            long=deep.late_chance(long_days, unpaid_after=unpaid_after),
            days=tuple(usual.quantile(share, unpaid_after=unpaid_after) for share in SHARES),
            own_count=len(paid),
            own_median=float(np.median(paid)) if len(paid) else None,
            pool_count=len(self._seen(every)[0]),
        )

    def _updated(self, start: Curve, group: Group, buyer: str, weight: float) -> Curve:
        key = (group, buyer, weight)
        if key not in self._curves:
            paid, waiting = self._seen(group)
            self._curves[key] = updated(start, weight, paid=paid, waiting=waiting)
        return self._curves[key]

    def _seen(self, group: Group) -> tuple[Days, Days]:
        """Return days late of what was paid before the day, days waited of the rest."""
        if group not in self._days:
            rows = self._rows.get(group, [])
            paid, waiting = [], []
            for bill in rows[-KEPT_INVOICES:] if group[0] == ACCOUNT else rows:
                until = min(bill.ended_day if bill.ended_day is not None else self.day, self.day)
                if bill.paid_day is not None and bill.is_paid_before(until):
                    paid.append(bill.paid_day - bill.due_day)
                else:
                    waiting.append(until - 1 - bill.due_day)
            found = np.array(paid, dtype=np.int64), np.array(waiting, dtype=np.int64)
            self._days[group] = found
        return self._days[group]


def _groups(bill: Bill) -> tuple[Group, Group, Group]:
    """Return whose invoices tell of one: everyone's, those to its kind, its account's."""
    return (
        (EVERYONE, "", bill.is_advance),
        (KIND, bill.buyer, bill.is_advance),
        (ACCOUNT, bill.account, bill.is_advance),
    )
