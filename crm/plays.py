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


PAID_STEP = Play("P1", "M1", _("Offer a paid step"))
BUDGET_HOLDER = Play("P2", "M2", _("Meet the budget holder"))
GIVE_TO_GET = Play("P3", "M4", _("Ask for inputs first"))
ONLINE_FIRST = Play("P5", "M5", _("Meet online first"))
FRAMEWORK = Play("P7", "M6", _("Offer a framework licence"))
RENEGOTIATE = Play("P8", "M7", _("Renegotiate the terms"))
NO_BID = Play("P10", "M9", _("Do not bid"))
PAUSE = Play("P11", "M10", _("Pause until a date"))

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


def for_intent(reasons: Sequence[Mapping[str, Any]], *, pattern: str = "") -> Play:
    """Return the play for a lead of low intent: the heaviest reason that fits the pattern.

    A paid step that was refused or left without an answer is not offered again.
    """
    against = sorted(
        (reason for reason in reasons if reason["points"] > 0),
        key=lambda reason: -reason["points"],
    )
    plays = [BY_REASON[reason["code"]] for reason in against if reason["code"] in BY_REASON]
    if any(reason["params"].get("answer") in REFUSED for reason in against):
        plays = [play for play in plays if play != PAID_STEP]
    return next((play for play in plays if play in BY_PATTERN.get(pattern, plays)), PAUSE)


def for_payment(reasons: Sequence[Mapping[str, Any]]) -> Play:
    """Return the play for terms that will be paid late."""
    against = sorted(
        (reason for reason in reasons if reason["points"] > 0),
        key=lambda reason: -reason["points"],
    )
    plays = [BY_REASON[reason["code"]] for reason in against if reason["code"] in BY_REASON]
    return next(iter(plays), RENEGOTIATE)
