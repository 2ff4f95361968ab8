"""The answers that a flagged lead offers, the suggested one first; plain values in and out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm import plays
from crm.models.assessment import DecisionKind as Kind
from crm.plays import Play


@dataclass(frozen=True)
class Button:
    """One answer: `opens` a small form, or acts at once; a play goes on with what it names."""

    kind: str
    label: str | Promise
    opens: bool = True
    is_suggested: bool = False
    play: str = ""


OFFER = Button(Kind.OFFER_PAID_STEP, _("Offer a paid step…"))
PAUSE = Button(Kind.PAUSE, pgettext_lazy("decide", "Pause…"))
CONTINUE = Button(Kind.CONTINUE, pgettext_lazy("decide", "Continue…"))
ACCEPT = Button(Kind.ACCEPT_RISK, _("Accept the risk…"))
WALK_AWAY = Button(Kind.WALK_AWAY, _("Walk away…"))
BY_PLAY: Mapping[Play, Button] = {
    plays.PAID_STEP: OFFER,
    plays.PAUSE: PAUSE,
    plays.NO_BID: Button(Kind.WALK_AWAY, _("Do not bid…")),
}
# What a play that acts at once does about the risk: it goes on, and makes the risk smaller.
PLAYS = {
    play.code: play
    for play in (
        plays.BUDGET_HOLDER,
        plays.GIVE_TO_GET,
        plays.ONLINE_FIRST,
        plays.FRAMEWORK,
        plays.RENEGOTIATE,
    )
}


def buttons(play: Play | None, *, short: bool = False) -> list[Button]:
    """Return the answers to a flag; `short` leaves out those that the small form offers too."""
    first = [] if play is None else [_suggested(play)]
    rest = (PAUSE, CONTINUE) if short else (OFFER, PAUSE, CONTINUE, ACCEPT, WALK_AWAY)
    taken = {button.kind for button in first if button.opens}
    return first + [button for button in rest if button.kind not in taken]


def _suggested(play: Play) -> Button:
    known = BY_PLAY.get(play)
    if known is None:
        return Button(Kind.CONTINUE, play.name, opens=False, is_suggested=True, play=play.code)
    return Button(known.kind, known.label, is_suggested=True)


def codes_behind(play: Play, reasons: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the reasons that suggest a play: the why of a decision that follows it."""
    return [
        reason["code"]
        for reason in reasons
        if reason["points"] > 0 and plays.BY_REASON.get(reason["code"]) == play
    ]


def suggested(
    *, verdict: str, pattern: str, order: Sequence[Mapping[str, Any]], late: Sequence[Any]
) -> Play:
    """Return the play for a lead as its flags stand: the intent comes first."""
    if verdict in {"LOW", "WATCH"}:
        return plays.for_intent(order, pattern=pattern)
    return plays.for_payment(late)
