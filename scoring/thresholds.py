"""What stopping leads below a share of the usual rate would have cost: plain arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import log
from typing import Any

SHARES = (Fraction(1, 4), Fraction(1, 3), Fraction(1, 2), Fraction(2, 3), Fraction(1))
RED, AMBER = Fraction(1, 3), Fraction(2, 3)
LOWEST, HIGHEST = 10, 100
REVIEW_HOURS = 2
LEFT, RIGHT = 1 / 8, 2.0
DOT_WIDTH, MOST_DOTS = 1.6, 200


@dataclass(frozen=True)
class LaterLead:
    """One lead as it stood at its moment, and how it ended."""

    lead_id: int
    day: str
    chance: float
    usual: float
    no_order: int
    hours: float
    outcome: str

    @property
    def date(self) -> date:
        """Return the day of its moment."""
        return date.fromisoformat(self.day)

    @property
    def ratio(self) -> float:
        """Return its chance as a share of the usual rate of that day."""
        return self.chance / self.usual

    @property
    def mark(self) -> str:
        """Return the colour of a flag as shipped, by the chance alone."""
        return "red" if self.ratio < RED else "amber" if self.ratio < AMBER else ""

    @property
    def shape(self) -> str:
        """Return the word for how it is drawn."""
        if not self.no_order:
            return "won"
        return "free" if self.outcome == "FREE_CONSULTING" else "other"


@dataclass(frozen=True)
class Row:
    """One threshold: what lay below it."""

    share: Fraction
    chance: float
    flagged: int
    free_consulting: int
    orders_lost: int
    orders: int
    hours_saved: float
    hours: float

    @property
    def words(self) -> str:
        """Return the share as people write it."""
        named = {(1, 4): "¼", (1, 3): "⅓", (1, 2): "½", (2, 3): "⅔", (1, 1): "1"}
        pair = (self.share.numerator, self.share.denominator)
        return named.get(pair, f"{float(self.share):.2f}")

    @property
    def percent(self) -> int:
        """Return the share in per cent."""
        return round(self.share * 100)

    @property
    def saved_share(self) -> float:
        """Return the share of all hours on leads without an order."""
        return self.hours_saved / self.hours if self.hours else 0.0

    @property
    def review_hours(self) -> int:
        """Return the hours of needless review: two for each flagged lead that became an order."""
        return REVIEW_HOURS * self.orders_lost


def read(rows: Sequence[Sequence[Any]]) -> list[LaterLead]:
    """Return the leads that the training kept."""
    return [LaterLead(*row) for row in rows]


def asked(text: str, default: Fraction) -> Fraction:
    """Return a share that a reader asked for in per cent of usual, else the default."""
    if not text.isdecimal() or len(text) > 3:
        return default
    return _named(min(max(int(text), LOWEST), HIGHEST))


def share_of(text: str) -> Fraction | None:
    """Return the share of usual that a text names in per cent; None where it names none."""
    is_share = text.isdecimal() and len(text) <= 3 and LOWEST <= int(text) <= HIGHEST
    return _named(int(text)) if is_share else None


def _named(percent: int) -> Fraction:
    named = [share for share in SHARES if round(share * 100) == percent]
    return named[0] if named else Fraction(percent, 100)


def row(leads: Sequence[LaterLead], share: Fraction, *, usual: float) -> Row:
    """Count what lay below a share of the usual rate, as if every such lead had been dropped."""
    below = [lead for lead in leads if lead.ratio < share]
    return Row(
        share=share,
        chance=float(share) * usual,
        flagged=len(below),
        free_consulting=sum(lead.shape == "free" for lead in below),
        orders_lost=sum(not lead.no_order for lead in below),
        orders=sum(not lead.no_order for lead in leads),
        hours_saved=sum(lead.hours for lead in below if lead.no_order),
        hours=sum(lead.hours for lead in leads if lead.no_order),
    )


def place(ratio: float) -> float:
    """Return where a share of usual stands, in per cent of the width, on a log scale."""
    held = min(max(ratio, LEFT), RIGHT)
    return 2 + 96 * log(held / LEFT) / log(RIGHT / LEFT)


@dataclass(frozen=True)
class Dot:
    """One lead on the scale: where it stands, the how manieth of its place, its shape."""

    x: float
    level: int
    shape: str


def dots(leads: Sequence[LaterLead]) -> list[Dot]:
    """Return a dot for each lead, stacked where they touch; none when there are too many."""
    if len(leads) > MOST_DOTS:
        return []
    stacked: dict[int, int] = {}
    found = []
    for lead in sorted(leads, key=lambda each: each.ratio):
        column = round(place(lead.ratio) / DOT_WIDTH)
        level = stacked[column] = stacked.get(column, -1) + 1
        found.append(Dot(column * DOT_WIDTH, level, lead.shape))
    return found
