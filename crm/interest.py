"""Statutory interest on late payments: five kinds, exact in Decimal; no database, no clock.

Days run from the first day after the due date to the day of payment, that day included.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

DAYS_A_YEAR = 365
MONTHS_A_YEAR = 12
CENT = Decimal("0.01")
PRECISION = 40

FIXED_DAILY = "FIXED_DAILY"  # principal x rate x days
FIXED_ANNUAL = "FIXED_ANNUAL"  # principal x rate x days / 365
REFERENCE_PLUS = "REFERENCE_PLUS"  # principal x (reference + rate) x days / 365
PUBLISHED = "PUBLISHED"  # principal x published rate x days / 365, for a year at most
MULTIPLE_COMPOUND = "MULTIPLE_COMPOUND"  # rate x reference, compounded monthly
COURT = "COURT"  # what a court sets: no claim by statute, the floor is the reference
KINDS = (FIXED_DAILY, FIXED_ANNUAL, REFERENCE_PLUS, PUBLISHED, MULTIPLE_COMPOUND)


class RateUnknown(LookupError):
    """No reference rate is known for a day; the message names the code and the day."""


@dataclass(frozen=True)
class Rates:
    """A reference rate over time: sorted days and the rate in force from each, 0.03 for 3 %."""

    code: str
    days: Sequence[date]
    rates: Sequence[Decimal]

    def on(self, day: date) -> Decimal:
        """Return the rate in force on a day; raise RateUnknown before the first."""
        place = bisect_right(self.days, day)
        if not place:
            raise RateUnknown(f"{self.code} {day:%Y-%m-%d}")
        return self.rates[place - 1]


@dataclass(frozen=True)
class Terms:
    """How interest runs: its kind, the rate (or multiple) and the reference that it follows."""

    kind: str
    rate: Decimal = Decimal(0)
    reference: Rates | None = None

    def on(self, day: date) -> Decimal:
        """Return the reference that counts on a day; frozen for a half-year but for compounding."""
        if self.reference is None:
            raise RateUnknown(f"{self.kind} {day:%Y-%m-%d}")
        return self.reference.on(day if self.kind == MULTIPLE_COMPOUND else half_year(day))


def interest(principal: Decimal, terms: Terms, *, due_date: date, until: date) -> Decimal:
    """Return the interest on a sum from the day after its due date to a day, to the cent.

    Raises RateUnknown where a reference is needed and not known, ValueError for another kind.
    """
    days = (until - due_date).days
    if days <= 0 or principal <= 0:
        return Decimal("0.00")
    with localcontext() as context:
        context.prec = PRECISION
        exact = _exact(principal, terms, due_date=due_date, until=until)
    return exact.quantize(CENT, ROUND_HALF_UP)


def floor(principal: Decimal, yearly_rate: Decimal, *, due_date: date, until: date) -> Decimal:
    """Return what a court grants at least: simple interest at a rate fixed at signature."""
    return interest(principal, Terms(FIXED_ANNUAL, yearly_rate), due_date=due_date, until=until)


def _exact(principal: Decimal, terms: Terms, *, due_date: date, until: date) -> Decimal:
    days = (until - due_date).days
    match terms.kind:
        case "FIXED_DAILY":
            return principal * terms.rate * days
        case "FIXED_ANNUAL":
            return principal * terms.rate * days / DAYS_A_YEAR
        case "REFERENCE_PLUS":
            weighted = sum(
                (terms.on(first) + terms.rate) * count for first, count in _spells(due_date, until)
            )
            return principal * weighted / DAYS_A_YEAR
        case "PUBLISHED":
            # The rate of the day on which it became due stays; it stops after a year.
            return principal * terms.on(due_date) * min(days, DAYS_A_YEAR) / DAYS_A_YEAR
        case "MULTIPLE_COMPOUND":
            return principal * (_grown(terms, due_date, until) - 1)
        case _:
            raise ValueError(terms.kind)


def _spells(due_date: date, until: date) -> Iterator[tuple[date, int]]:
    """Yield each half-year that a delay runs through: its first day late and the days in it."""
    first = due_date + timedelta(days=1)
    while first <= until:
        last = min(until, _next_half_year(first) - timedelta(days=1))
        yield first, (last - first).days + 1
        first = last + timedelta(days=1)


def _grown(terms: Terms, due_date: date, until: date) -> Decimal:
    """Return what one unit grows to with monthly rests; a month begun counts by its days."""
    grown, rest, months = Decimal(1), due_date, 0
    while rest < until:
        months += 1
        end = after_months(due_date, months)
        share = Decimal((min(end, until) - rest).days) / (end - rest).days
        grown *= 1 + terms.rate * terms.on(rest) / MONTHS_A_YEAR * share
        rest = end
    return grown


def half_year(day: date) -> date:
    """Return the first day of a day's half-year."""
    return day.replace(month=1 if day.month <= 6 else 7, day=1)


def _next_half_year(day: date) -> date:
    return date(day.year, 7, 1) if day.month <= 6 else date(day.year + 1, 1, 1)


def after_months(day: date, months: int) -> date:
    """Return the same day of a later month, its last day where the month is shorter."""
    month = day.month - 1 + months
    first = date(day.year + month // 12, month % 12 + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def fixed_sum(text: str, principal: Decimal) -> tuple[Decimal, str] | None:
    """Return the flat sum that a rule adds, as (amount, currency); None where it adds none.

    The text is "40 EUR", or steps by the debt: "40 GBP < 1000; 70 GBP < 10000; 100 GBP".
    Raises ValueError for anything else.
    """
    for step in filter(None, (part.strip() for part in text.split(";"))):
        said, _sign, below = step.partition("<")
        amount, currency = said.split()
        if not below.strip() or principal < Decimal(below.strip()):
            return Decimal(amount), currency
    return None


def rates_by_code(rows: Sequence[tuple[str, date, Decimal]]) -> Mapping[str, Rates]:
    """Return reference rates by code from rows of (code, valid from, rate)."""
    found: dict[str, list[tuple[date, Decimal]]] = {}
    for code, day, rate in sorted(rows):
        found.setdefault(code, []).append((day, rate))
    return {
        code: Rates(code, [day for day, _rate in steps], [rate for _day, rate in steps])
        for code, steps in found.items()
    }
