"""The receivable mark: the chance of a late payment, the cash that a deal ties up, and its clauses.

Plain values in and out: red says which of them made it so.
"""

from collections.abc import Iterable
from typing import NamedTuple

from scoring.vocabulary import Mark

LATE_WATCH, LATE_HIGH = 0.30, 0.50
PEAK_WATCH, PEAK_HIGH = 0.25, 0.50
BROKEN = frozenset({"UNLAWFUL", "VOID"})
UNUSUAL = "UNUSUAL"
CLAUSE, CASH, LOSS, CHANCE = "CLAUSE", "CASH", "LOSS", ""


class Marked(NamedTuple):
    """A mark and what made it so: a clause, the cash it ties up, a loss, or just the chance."""

    mark: Mark
    cause: str = CHANCE


def marked(
    chance: float | None,
    *,
    statuses: Iterable[str] = (),
    peak_share: float | None = None,
    worst_value: float | None = None,
) -> Marked:
    """Return the mark of terms; without a chance there are none.

    `peak_share` is the P90 of the peak need over today's cash, `worst_value` the P10 of the net
    present value; what is not known marks nothing.
    """
    if chance is None:
        return Marked(Mark.UNKNOWN)
    found, peak = set(statuses), peak_share or 0.0
    red = (
        (chance >= LATE_HIGH, CHANCE),
        (bool(found & BROKEN), CLAUSE),
        (peak > PEAK_HIGH, CASH),
        (worst_value is not None and worst_value < 0, LOSS),
    )
    amber = (
        (chance >= LATE_WATCH, CHANCE),
        (UNUSUAL in found, CLAUSE),
        (peak > PEAK_WATCH, CASH),
    )
    for mark, reasons in ((Mark.HIGH, red), (Mark.WATCH, amber)):
        cause = next((cause for holds, cause in reasons if holds), None)
        if cause is not None:
            return Marked(mark, cause)
    return Marked(Mark.LOW)
