"""Arithmetic and thresholds of the ledger: plain values in and out; no database, no clock."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

HOURS_A_PERSON_DAY = Decimal(8)
CAP_HOURS_UNTIL_BUDGET_KNOWN = Decimal(12)
CAP_HOURS_UNTIL_TERMS_KNOWN = Decimal(40)
CAP_SHARE_OF_VALUE = Decimal("0.03")
CAP_WARNING_SHARE = Decimal("0.8")
STALE_AFTER_DAYS = {"NEW": 7, "QUALIFIED": 21, "SOLUTION": 21, "BID": 30, "CONTRACT": 21}
FREE_CONSULTING_LEVEL, FREE_CONSULTING_HOURS, FREE_CONSULTING_SILENCE_DAYS = 4, Decimal(20), 60


def days_overdue(*, due_date: date, paid_date: date | None, as_of: date) -> int:
    """Return how many days an invoice ran, or is running, past its due date."""
    return max(0, ((paid_date or as_of) - due_date).days)


def lateness_level(days_late: int) -> str:
    """Return the mark of overdue days: LOW to 30 days, WATCH to 60, HIGH above; "" when in time."""
    if days_late <= 0:
        return ""
    if days_late <= 30:
        return "LOW"
    return "WATCH" if days_late <= 60 else "HIGH"


def days_between(earlier: datetime | None, later: datetime) -> int | None:
    """Return whole days from one moment to another, None where the first is not known."""
    return None if earlier is None else max(0, (later - earlier).days)


def exposure_amount(*, hours: Decimal, hour_cost: Decimal, travel_amount: Decimal) -> Decimal:
    """Return what a lead has cost in money: hours at their cost plus travel."""
    return (hours * hour_cost + travel_amount).quantize(Decimal("0.01"))


def expected_loss(*, order_chance: float, spent: Decimal, planned: Decimal) -> Decimal:
    """Return (1 - chance of an order) x (spent + planned), to the cent."""
    share = Decimal(str(round(1 - order_chance, 6)))
    return (share * (spent + planned)).quantize(Decimal("0.01"))


def default_cap_hours(*, budget_known: bool, terms_known: bool) -> Decimal | None:
    """Return the default cap on unpaid hours; None once terms are on the table."""
    if terms_known:
        return None
    return CAP_HOURS_UNTIL_TERMS_KNOWN if budget_known else CAP_HOURS_UNTIL_BUDGET_KNOWN


@dataclass(frozen=True)
class LadderFacts:
    """What the disclosure ladder asks for; None is "not known"."""

    contact_verified: bool
    need_named: bool
    client_gave: bool
    budget_known: bool
    business_owner_met: bool
    budget_holder_met: bool
    paid_or_nda_with_date: bool
    contract_or_paid: bool


def allowed_disclosure_level(facts: LadderFacts) -> int:
    """Return the highest level that may be handed over now (the ladder of the user guide)."""
    steps = (
        (1, facts.contact_verified),
        (2, facts.need_named),
        (3, facts.client_gave),
        (4, facts.budget_known and facts.business_owner_met),
        (5, facts.budget_holder_met and facts.paid_or_nda_with_date),
        (6, facts.contract_or_paid),
    )
    allowed = 0
    for level, holds in steps:
        if not holds:
            break
        allowed = level
    return 6 if facts.contract_or_paid else allowed


def looks_like_free_consulting(
    *,
    revenue: Decimal,
    highest_unpaid_level: int,
    unpaid_hours: Decimal,
    days_silent: int,
    said_research_only: bool,
) -> bool:
    """Say whether a closed lead meets the testable rule of the outcome FREE_CONSULTING."""
    took = highest_unpaid_level >= FREE_CONSULTING_LEVEL or unpaid_hours >= FREE_CONSULTING_HOURS
    went = days_silent >= FREE_CONSULTING_SILENCE_DAYS or said_research_only
    return revenue == 0 and took and went
