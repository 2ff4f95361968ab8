"""Shares of a price in money: to the cent, and always adding up to the whole."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

CENT, WHOLE = Decimal("0.01"), Decimal(100)


def difference(shares: Sequence[Decimal]) -> Decimal:
    """Return what the shares lack to 100 %, below zero for what they have too much."""
    return WHOLE - sum(shares, Decimal(0))


def amounts(total: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """Return each share of a total in cents; where they are 100 % they add up to the total.

    The cents that rounding down leaves go to the largest remainders, the first ones first.
    """
    exact = [total * share / WHOLE for share in shares]
    found = [value.quantize(CENT, ROUND_FLOOR) for value in exact]
    goal = sum(exact, Decimal(0)).quantize(CENT, ROUND_HALF_UP)
    left = int((goal - sum(found, Decimal(0))) / CENT)
    by_remainder = sorted(range(len(found)), key=lambda place: found[place] - exact[place])
    for place in by_remainder[:left]:
        found[place] += CENT
    return found


def tax(total: Decimal, percent: Decimal) -> Decimal:
    """Return the VAT on an amount, to the cent."""
    return (total * percent / WHOLE).quantize(CENT, ROUND_HALF_UP)


def even(count: int) -> list[Decimal]:
    """Return equal shares in hundredths of a per cent that add up to 100."""
    return amounts(WHOLE, [WHOLE / count] * count)
