"""What is kept of a deal's cash curve, as plain values for pages: its figures, its band by week."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Protocol

from scoring import cash
from scoring.cash import CashCurve, Deal, Range

WEEK = 7
LAST_WEEK_DAY = 546  # eighteen months, as the page shows them


class Beside(Protocol):
    """The firm's cash and burn, None where nobody noted them."""

    @property
    def cash_at_hand(self) -> Decimal | None: ...
    @property
    def monthly_burn(self) -> Decimal | None: ...


def beside_cash(result: Mapping[str, Any], money: Beside) -> dict[str, Any]:
    """Return a curve with its peak, and those of its levers, beside today's cash and burn."""
    levers_now = [{**row, **_beside(row["peak"]["p90"], money)} for row in result.get("levers", ())]
    return {**result, **_beside(result["peak"]["p90"], money), "levers": levers_now}


def _beside(peak: float, money: Beside) -> dict[str, float | None]:
    burn = float(money.monthly_burn) if money.monthly_burn else None
    at_hand = float(money.cash_at_hand) if money.cash_at_hand else None
    return {
        "runway_months": round(peak / burn, 2) if burn else None,
        "share_of_cash": round(peak / at_hand, 3) if at_hand else None,
        "low_point": round(at_hand - peak) if at_hand else None,
        "low_point_months": round((at_hand - peak) / burn, 2) if at_hand and burn else None,
    }


def summary(curve: CashCurve, deal: Deal, money: Beside) -> dict[str, Any]:
    """Return the figures of a curve in whole units and days."""
    outflow = sum(cost.monthly_amount * (cost.end_day - cost.first_day) for cost in deal.costs)
    spent = outflow / cash.MONTH_DAYS + sum(lump.amount for lump in deal.lumps)
    return {
        "peak": _told(curve.peak),
        "peak_day": _told(curve.peak_day),
        "financing": _told(curve.financing),
        "present_value": _told(curve.present_value),
        "days_to_cash": _told(curve.days_to_cash),
        "last_negative_day": _told(curve.last_negative_day),
        "expected_loss": round(curve.expected_loss),
        "margin": round(deal.value - spent),
        **_beside(round(curve.peak.p90), money),
        "price_of_30_days": round(deal.value * deal.yearly_rate / 12),
    }


def _told(spread: Range) -> dict[str, int]:
    return {name: round(value) for name, value in asdict(spread).items()}


def weekly(curve: CashCurve) -> dict[str, list[int]]:
    """Return the band by week from the first outflow on."""
    moved = (curve.daily_mean != 0).argmax()
    first = max(0, int(moved) - WEEK)
    last = LAST_WEEK_DAY - cash.FIRST_DAY
    places = range(first, last, WEEK)
    return {
        "day": [int(curve.days[place]) for place in places],
        **{
            name: [round(float(row[place])) for place in places]
            for name, row in zip(("p10", "p50", "p90"), curve.band, strict=True)
        },
    }
