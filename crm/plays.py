"""Which play of the playbook a lead's reasons suggest; plain values in and out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Play:
    """One answer that the playbook knows: its id, the message that goes with it, its name."""

    code: str
    message: str
    # A lazy text hashes by the language that is active: two readers would see two plays.
    name: str | Promise = field(compare=False)
    condition: str | Promise = field(compare=False, default="")


PAID_STEP = Play(
    "P1",
    "M1",
    _("Offer a paid step"),
    _("Nothing of level 5 or above until they answer. No answer within 14 days counts as no."),
)
BUDGET_HOLDER = Play(
    "P2",
    "M2",
    _("Meet the budget holder"),
    _("At most two more meetings without the budget holder."),
)
GIVE_TO_GET = Play(
    "P3",
    "M4",
    _("Ask for inputs first"),
    _("The next version only against these inputs."),
)
ALLOWED_LEVEL = Play(
    "P4",
    "M3",
    _("Send what the ladder allows"),
    _("The general version instead of a tailored one; whoever goes above it says why."),
)
ONLINE_FIRST = Play(
    "P5",
    "M5",
    _("Meet online first"),
    _("A trip needs three of the five answers of the travel check."),
)
FREEZE = Play(
    "P6",
    "",
    _("Stop presales hours until someone decides"),
    _("Someone other than the owner looks at it before another hour is spent."),
)
FRAMEWORK = Play(
    "P7",
    "M6",
    _("Offer a framework licence"),
    _("Remote work and a small first milestone instead of people on site."),
)
RENEGOTIATE = Play(
    "P8",
    "M7",
    _("Renegotiate the terms"),
    _("30% prepayment or more, deemed acceptance, no back-to-back; a founder signs exceptions."),
)
LOGO_DEAL = Play(
    "P9",
    "M8",
    _("Make it a logo deal"),
    _("A cap on hours and date, the right in writing, no revenue in the forecast; two at a time."),
)
NO_BID = Play("P10", "M9", _("Do not bid"), _("Who bids all the same gives the reason by name."))
PAUSE = Play(
    "P11",
    "M10",
    _("Pause until a date"),
    _("Write down the day on which you will call again."),
)
REMIND = Play(
    "P12",
    "M11",
    _("Remind them of the invoice"),
    _("Reminder on day 3, a call on day 10, a formal letter on day 30; always friendly."),
)
INVEST = Play(
    "P13",
    "",
    _("Invest: the chance rose by half or more"),
    _("A senior visit and a tailored demo are worth their hours now."),
)
EVERY = (
    PAID_STEP,
    BUDGET_HOLDER,
    GIVE_TO_GET,
    ALLOWED_LEVEL,
    ONLINE_FIRST,
    FREEZE,
    FRAMEWORK,
    RENEGOTIATE,
    LOGO_DEAL,
    NO_BID,
    PAUSE,
    REMIND,
    INVEST,
)

BY_REASON: Mapping[str, Play] = {
    **dict.fromkeys(("F01", "F10", "F25"), PAID_STEP),
    **dict.fromkeys(("F06", "F08"), BUDGET_HOLDER),
    **dict.fromkeys(("F11", "F19"), GIVE_TO_GET),
    "F12": ONLINE_FIRST,
    **dict.fromkeys(("F03", "F22", "F23"), NO_BID),
    **dict.fromkeys(("R08", "R09"), FRAMEWORK),
    **dict.fromkeys(("R02", "R03", "R04", "R05", "R06", "R07"), RENEGOTIATE),
}
BY_PATTERN: Mapping[str, frozenset[Play]] = {
    "FREE_CONSULTING": frozenset({PAID_STEP, GIVE_TO_GET, BUDGET_HOLDER}),
    "COLUMN_FODDER": frozenset({NO_BID}),
    "GOING_THROUGH_THE_MOTIONS": frozenset({BUDGET_HOLDER, ONLINE_FIRST}),
}
REFUSED = frozenset({"REFUSED", "NO_ANSWER"})
FLAGGED = frozenset({"LOW", "WATCH"})
RISKY_MARKS = frozenset({"HIGH", "WATCH"})
ROSE_BY = 1.5


def for_intent(reasons: Sequence[Mapping[str, Any]], *, pattern: str = "") -> Play:
    """Return the play for a lead of low intent: the heaviest reason that fits the pattern.

    A paid step that was refused or left without an answer is not offered again.
    """
    plays = _against(reasons)
    is_refused = any(
        reason["params"].get("answer") in REFUSED for reason in reasons if reason["points"] > 0
    )
    if is_refused:
        plays = [play for play in plays if play != PAID_STEP]
    return next((play for play in plays if play in BY_PATTERN.get(pattern, plays)), PAUSE)


def for_payment(reasons: Sequence[Mapping[str, Any]]) -> Play:
    """Return the play for terms that will be paid late."""
    return next(iter(_against(reasons)), RENEGOTIATE)


def _against(reasons: Sequence[Mapping[str, Any]]) -> list[Play]:
    """Return the plays for what speaks against a deal, that of the heaviest reason first."""
    heavy = sorted(reasons, key=lambda reason: -reason["points"])
    return [
        BY_REASON[reason["code"]]
        for reason in heavy
        if reason["points"] > 0 and reason["code"] in BY_REASON
    ]


@dataclass(frozen=True)
class Situation:
    """What the playbook looks at beside the reasons of a lead."""

    verdict: str = ""
    pattern: str = ""
    chance: float | None = None
    chance_before: float | None = None
    is_near_cap: bool = False
    is_above_ladder: bool = False
    is_big_name: bool = False
    mark: str = ""


def fitting(
    intent: Sequence[Mapping[str, Any]],
    payment: Sequence[Mapping[str, Any]],
    situation: Situation,
) -> list[Play]:
    """Return the plays that fit a lead, the default first; none where nothing calls for one."""
    found: list[Play] = []
    if situation.verdict in FLAGGED:
        found.append(for_intent(intent, pattern=situation.pattern))
    elif _rose(situation):
        found.append(INVEST)
    if any("open" in reason["params"] for reason in payment if reason["code"] == "R13"):
        found.append(REMIND)
    if situation.mark in RISKY_MARKS:
        found.append(for_payment(payment))
    if situation.is_near_cap:
        found.append(FREEZE)
    if situation.is_above_ladder:
        found.append(ALLOWED_LEVEL)
    if situation.is_big_name and situation.verdict == "LOW":
        found.append(LOGO_DEAL)
    if situation.verdict == "LOW":
        found.append(PAUSE)
    return list(dict.fromkeys(found))


def _rose(situation: Situation) -> bool:
    now, before = situation.chance, situation.chance_before
    return now is not None and before is not None and before > 0 and now >= ROSE_BY * before
