"""The learned forecast of payments beside the curve, on the same later invoices.

Each is foreseen on its day of issue. What is not known of an invoice yet decides nothing: a chance
counts where its day has passed, a quantile as far as the invoice could be watched (both are taken
as at most the days since it fell due), so that quick payers do not speak for all.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import measures
from scoring.payments import HORIZONS, LATEST, LONG_DAYS, SHARES, Bill, Floats, Forecast

SHADOW_FROM, ACTIVE_FROM = 400, 1_500  # paid invoices
WINS_FROM, STAYS_FROM = 0.9, 0.5
DRAWS = 500
FEWEST_LATER = 40


@dataclass(frozen=True)
class Contest:
    """How both did: lower is better; wins are shares of draws of accounts in which what was
    learned erred less. Brier: mean of five chances; pinball: mean of four quantiles, in days.
    """

    invoices: int
    brier_curve: float
    brier_learned: float
    brier_wins: float
    pinball_curve: float
    pinball_learned: float
    pinball_wins: float

    @property
    def wins(self) -> float:
        """Return in which share of draws it did better by the measure that favours it least."""
        return min(self.brier_wins, self.pinball_wins)

    def favours(self, *, in_use: bool) -> bool:
        """Say whether what was learned foresees; what does so already stays while it is ahead."""
        enough = self.invoices >= FEWEST_LATER
        return enough and self.wins >= (STAYS_FROM if in_use else WINS_FROM)

    def as_json(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return asdict(self)


def judge(
    later: Sequence[Bill],
    curve: Sequence[Forecast],
    learned: Sequence[Forecast],
    *,
    until: int,
) -> Contest:
    """Compare two forecasts of later invoices by what was known of them on a day."""
    found = _Later.of(later, until=until)
    brier = [found.brier(said) for said in (curve, learned)]
    pinball = [found.pinball(said) for said in (curve, learned)]
    accounts = np.array([bill.account for bill in later], dtype=np.int64)
    samples = measures.drawn_rows(accounts, draws=DRAWS)

    def wins(errors: Sequence[Floats]) -> float:
        better = errors[0] - errors[1]
        return float(np.mean([better[drawn].sum() > 0 for drawn in samples]))

    told = max(int(found.told.sum()), 1)
    return Contest(
        invoices=len(later),
        brier_curve=float(brier[0].sum() / told),
        brier_learned=float(brier[1].sum() / told),
        brier_wins=wins(brier),
        pinball_curve=float(pinball[0].mean()),
        pinball_learned=float(pinball[1].mean()),
        pinball_wins=wins(pinball),
    )


@dataclass(frozen=True)
class _Later:
    """What is known of later invoices: days watched, days late, which chances came to be known."""

    watched: Floats
    late: Floats
    limits: Floats
    told: NDArray[np.bool_]

    @classmethod
    def of(cls, later: Sequence[Bill], *, until: int) -> "_Later":
        ends = [until if bill.ended_day is None else min(bill.ended_day, until) for bill in later]
        late = [
            bill.paid_day - bill.due_day
            if bill.paid_day is not None and bill.is_paid_before(end + 1)
            else LATEST
            for bill, end in zip(later, ends, strict=True)
        ]
        due = np.array([bill.due_day for bill in later])
        watched = np.array(ends) - due
        long = np.array([bill.issued_day for bill in later]) + LONG_DAYS - due
        limits = np.column_stack([*(np.full(len(later), days) for days in HORIZONS), long])
        return cls(
            watched.astype(float), np.array(late, dtype=float), limits, watched[:, None] >= limits
        )

    def brier(self, said: Sequence[Forecast]) -> Floats:
        """Return each invoice's squared errors, summed over the chances that are known."""
        chances = np.array([(*one.late, one.long) for one in said])
        errors = (chances - (self.late[:, None] > self.limits)) ** 2
        summed: Floats = np.where(self.told, errors, 0.0).sum(axis=1)
        return summed

    def pinball(self, said: Sequence[Forecast]) -> Floats:
        """Return each invoice's pinball loss, the mean over the quantiles."""
        days = np.array([one.days for one in said], dtype=float)
        came = np.minimum(self.late, self.watched)[:, None]
        off = came - np.minimum(days, self.watched[:, None])
        shares = np.array(SHARES)
        losses: Floats = np.where(off >= 0, shares * off, (shares - 1) * off).mean(axis=1)
        return losses
