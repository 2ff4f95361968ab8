"""Arithmetic and thresholds of the ledger: plain values in and out; no database, no clock."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

CAP_HOURS_UNTIL_BUDGET_KNOWN = Decimal(12)
CAP_HOURS_UNTIL_TERMS_KNOWN = Decimal(40)
CAP_SHARE_OF_VALUE = Decimal("0.03")
CAP_WARNING_SHARE = Decimal("0.8")
STALE_AFTER_DAYS = {"NEW": 7, "QUALIFIED": 21, "SOLUTION": 21, "BID": 30, "CONTRACT": 21}
TOO_WIDE = 0.40  # an interval wider than this hides the per cent
ADVANCE_WORDS = ("预付", "首付", "定金", "prepay", "advance", "down payment", "deposit")
FREE_CONSULTING_LEVEL, FREE_CONSULTING_HOURS, FREE_CONSULTING_SILENCE_DAYS = 4, Decimal(20), 60
REASON_WORDS, REASON_CHARACTERS = 5, 8
CHINESE = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"\w+(?:[’'-]\w+)*")
REVIEW_WITHIN_DAYS, ASKED_AGAIN_SHARE = 30, 2 / 3
OWNER_REMINDED_DAY, FOUNDER_REMINDED_DAY, NAGGING_ENDS_DAY = 7, 14, 21
FEE_SHARES, USUAL_FEE_SHARE = (Decimal("0.01"), Decimal("0.03")), Decimal("0.015")
FEE_WITHOUT_VALUE = Decimal(28_000)
ANSWER_WITHIN_DAYS = 14  # of an offered paid step
LOGO_DEALS_AT_A_TIME = 2
LEVEL_WHILE_FROZEN = 1


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


def is_advance(*, label: str, position: int | None, trigger_day: int | None) -> bool:
    """Say whether money is due before the work: first and on signature, or called so."""
    if trigger_day is not None:
        return position in {0, None} and trigger_day <= 0
    said = label.casefold()
    return any(word in said for word in ADVANCE_WORDS)


def days_between(earlier: datetime | None, later: datetime) -> int | None:
    """Return whole days from one moment to another, None where the first is not known."""
    return None if earlier is None else max(0, (later - earlier).days)


def is_too_wide(low: float | None, high: float | None) -> bool:
    """Say whether an interval is too wide for a single figure: then the word stands alone."""
    return low is not None and high is not None and high - low > TOO_WIDE


def exposure_amount(*, hours: Decimal, hour_cost: Decimal, travel_amount: Decimal) -> Decimal:
    """Return what a lead has cost in money: hours at their cost plus travel."""
    return (hours * hour_cost + travel_amount).quantize(Decimal("0.01"))


def expected_loss(*, order_chance: float, spent: Decimal, planned: Decimal) -> Decimal:
    """Return (1 - chance of an order) x (spent + planned), to the cent."""
    share = Decimal(str(round(1 - order_chance, 6)))
    return (share * (spent + planned)).quantize(Decimal("0.01"))


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


def says_why(reason: str, codes: Sequence[str]) -> bool:
    """Say whether a decision has its why: a code, five words, or eight Chinese characters.

    Mixed text counts by shares: a word is a fifth of what is needed, a character an eighth.
    """
    if codes:
        return True
    characters = len(CHINESE.findall(reason))
    words = len(WORD.findall(CHINESE.sub(" ", reason)))
    return words * REASON_CHARACTERS + characters * REASON_WORDS >= REASON_WORDS * REASON_CHARACTERS


def is_asked_again(*, below: float | None, chance_now: float | None) -> bool:
    """Say whether the chance of an order fell below where a risk that was taken is asked about."""
    return below is not None and chance_now is not None and chance_now < below


def asked_again_below(chance_then: float) -> float:
    """Return the chance of an order below which a risk that was taken is asked about again."""
    return chance_then * ASKED_AGAIN_SHARE


class Reminder(StrEnum):
    """Who is reminded of a red flag that nobody has answered."""

    NEW = "NEW"
    OWNER = "OWNER"
    FOUNDER = "FOUNDER"
    SILENCE = "SILENCE"


def reminder(days_unanswered: int) -> Reminder:
    """Return who is reminded: the owner from day 7, a founder from day 14, nobody from day 21."""
    if days_unanswered < OWNER_REMINDED_DAY:
        return Reminder.NEW
    if days_unanswered < FOUNDER_REMINDED_DAY:
        return Reminder.OWNER
    return Reminder.FOUNDER if days_unanswered < NAGGING_ENDS_DAY else Reminder.SILENCE


def suggested_fee(value: Decimal | None) -> Decimal:
    """Return the fee of a paid step: 1.5 % of the deal in round figures, within 1 to 3 %."""
    if value is None:
        return FEE_WITHOUT_VALUE
    low, high = (value * share for share in FEE_SHARES)
    usual = value * USUAL_FEE_SHARE
    step = Decimal(1000) if usual >= 10_000 else Decimal(100)
    rounded = (usual / step).quantize(Decimal(1)) * step
    return min(max(rounded, low), high).quantize(Decimal(1))


@dataclass(frozen=True)
class Caps:
    """The firm's default caps on unpaid effort."""

    hours_until_budget: Decimal = CAP_HOURS_UNTIL_BUDGET_KNOWN
    hours_until_terms: Decimal = CAP_HOURS_UNTIL_TERMS_KNOWN
    share_of_value: Decimal = CAP_SHARE_OF_VALUE


@dataclass(frozen=True)
class Cap:
    """The cap of one lead; None where hours or cost have none."""

    hours: Decimal | None
    amount: Decimal | None


def cap_of(
    usual: Caps,
    *,
    cap_hours: Decimal | None,
    cap_amount: Decimal | None,
    value: Decimal | None,
    budget_known: bool,
    terms_known: bool,
) -> Cap:
    """Return the cap of a lead: its own, else the firm's.

    Without a cap of its own: hours until the budget is known, then until terms are, then a share
    of the value in cost.
    """
    if cap_hours is None and not terms_known:
        cap_hours = usual.hours_until_terms if budget_known else usual.hours_until_budget
    if cap_amount is None and terms_known and value is not None:
        cap_amount = value * usual.share_of_value
    return Cap(cap_hours, cap_amount)


def effort_share(*, hours: Decimal, amount: Decimal, cap: Cap) -> float:
    """Return the share of the cap that is used, by hours or by cost, whichever is more."""
    shares = [
        float(used / limit) if limit else float(used > 0)
        for used, limit in ((hours, cap.hours), (amount, cap.amount))
        if limit is not None
    ]
    return max(shares, default=0.0)


class Effort(StrEnum):
    """How the effort in a lead stands to its cap."""

    WITHIN = "WITHIN"
    REVIEW = "REVIEW"
    FROZEN = "FROZEN"


def effort_state(share: float, *, cap_date: date | None, today: date) -> Effort:
    """Return the state: 80 % of a cap asks for a review, all of it or its day over freezes."""
    if share >= 1 or (cap_date is not None and cap_date < today):
        return Effort.FROZEN
    return Effort.REVIEW if share >= float(CAP_WARNING_SHARE) else Effort.WITHIN
