"""What a lead has cost and what was disclosed, against what is allowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from crm import rules
from crm.models import Deliverable

LEVELS = range(7)


@dataclass(frozen=True)
class Exposure:
    """Hours and money spent against their caps, and the loss to expect."""

    hours: Decimal
    cap_hours: Decimal | None
    cap_is_default: bool
    budget_known: bool
    travel_amount: Decimal
    hour_cost: Decimal | None
    spent_amount: Decimal
    cap_amount: Decimal | None
    loss_amount: Decimal | None
    chance_of_none: float | None

    @property
    def is_near_cap(self) -> bool:
        """Say whether somebody other than the owner should look."""
        return self.share >= float(rules.CAP_WARNING_SHARE)

    @property
    def is_frozen(self) -> bool:
        """Say whether the cap is used up."""
        return self.share >= 1

    @property
    def share(self) -> float:
        """Return the share of the cap that is used."""
        cap = rules.Cap(self.cap_hours, self.cap_amount)
        return rules.effort_share(hours=self.hours, amount=self.spent_amount, cap=cap)


@dataclass(frozen=True)
class Step:
    """One cell of the disclosure ladder."""

    level: int
    is_allowed: bool
    is_given: bool

    @property
    def state(self) -> str:
        """Return how the cell is drawn."""
        if self.is_given and not self.is_allowed:
            return "above"
        return "allowed" if self.is_allowed else ""


@dataclass(frozen=True)
class Ladder:
    """The levels given and allowed, and what opens the next one."""

    allowed: int
    given: int | None
    steps: Sequence[Step]
    conditions: Sequence[tuple[str, bool]]

    @property
    def next_level(self) -> int | None:
        """Return the level that the conditions open."""
        return self.allowed + 1 if self.allowed < LEVELS[-1] else None


def exposure(
    *,
    hours: Decimal,
    travel_amount: Decimal,
    hour_cost: Decimal | None,
    cap_hours: Decimal | None,
    cap_amount: Decimal | None,
    value_amount: Decimal | None,
    budget_known: bool,
    terms_known: bool,
    order_chance: float | None,
    usual: rules.Caps,
) -> Exposure:
    """Return what is spent against the caps; the firm's cap where the lead has none."""
    cap = rules.cap_of(
        usual,
        cap_hours=cap_hours,
        cap_amount=cap_amount,
        value=value_amount,
        budget_known=budget_known,
        terms_known=terms_known,
    )
    spent = rules.exposure_amount(
        hours=hours, hour_cost=hour_cost or Decimal(0), travel_amount=travel_amount
    )
    loss = None
    if order_chance is not None:
        loss = rules.expected_loss(order_chance=order_chance, spent=spent, planned=Decimal(0))
    return Exposure(
        hours=hours,
        cap_hours=cap.hours,
        cap_is_default=cap_hours is None,
        budget_known=budget_known,
        travel_amount=travel_amount,
        hour_cost=hour_cost,
        spent_amount=spent,
        cap_amount=cap.amount,
        loss_amount=loss,
        chance_of_none=None if order_chance is None else 1 - order_chance,
    )


def ladder(facts: rules.LadderFacts, given: Sequence[Deliverable]) -> Ladder:
    """Return the ladder with what was given without pay and what opens its next level."""
    allowed = rules.allowed_disclosure_level(facts)
    levels = {item.disclosure_level for item in given if not item.paid}
    conditions = {
        1: [(_("a contact is known"), facts.contact_verified)],
        2: [(_("need and department are named"), facts.need_named)],
        3: [(_("the client gave something back"), facts.client_gave)],
        4: [
            (_("budget stage is known"), facts.budget_known),
            (_("business owner met"), facts.business_owner_met),
        ],
        5: [
            (_("budget holder met"), facts.budget_holder_met),
            (_("paid discovery, or NDA and a dated decision"), facts.paid_or_nda_with_date),
        ],
        6: [(_("contract or paid discovery"), facts.contract_or_paid)],
    }
    return Ladder(
        allowed=allowed,
        given=max(levels, default=None),
        steps=[Step(level, level <= allowed, level in levels) for level in LEVELS],
        conditions=conditions.get(allowed + 1, ()),
    )
