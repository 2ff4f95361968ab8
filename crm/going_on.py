"""Whether going on pays: plain values in and out."""

from dataclasses import dataclass
from decimal import Decimal

from crm import formats


@dataclass(frozen=True)
class GoingOn:
    """The expected value of going on with a lead, with all that it is made of."""

    chance: float
    value_amount: Decimal
    margin_percent: Decimal
    cost_amount: Decimal
    is_planned: bool  # the cost of meetings planned, else the rest of the cap on hours

    @property
    def amount(self) -> Decimal:
        """Return chance x value x margin - cost to go, each rounded as the page shows it."""
        chance_percent = Decimal(f"{self.chance * 100:.1f}")
        margin_percent = formats.rounded(self.margin_percent, 1)
        expected = chance_percent * round(self.value_amount) * margin_percent / 10_000
        return formats.rounded(expected - round(self.cost_amount), 0)

    @property
    def pays(self) -> bool:
        """Say whether more is to be expected than it costs."""
        return self.amount > 0


def cost_to_go(
    *,
    hour_cost: Decimal | None,
    planned_hours: Decimal,
    planned_travel_amount: Decimal,
    hours_left: Decimal | None,
) -> tuple[Decimal, bool] | None:
    """Return what is still to be spent, and whether meetings planned say so; None if unknown."""
    if hour_cost is None:
        return None
    if planned_hours or planned_travel_amount:
        return planned_hours * hour_cost + planned_travel_amount, True
    if hours_left is None:
        return None
    return max(hours_left, Decimal(0)) * hour_cost, False
