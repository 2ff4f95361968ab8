"""What would change a lead's chance of an order, as the page of the lead says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Assessment

LABELS = {
    "BUDGET_APPROVED": gettext_lazy("Budget approved"),
    "PAID_STEP_ACCEPTED": gettext_lazy("Paid step accepted"),
    "PAID_STEP_REFUSED": gettext_lazy("Paid step refused"),
    "CLIENT_CALLS": gettext_lazy("They contact us first"),
    "BUDGET_HOLDER_JOINS": gettext_lazy("Budget holder joins"),
    "NEXT_STEP_DATED": gettext_lazy("Next step with a date"),
    "BUSINESS_OWNER_NAMED": gettext_lazy("Business owner named"),
}
TOPICS = {
    "F06": gettext_lazy("budget unknown"),
    "F07": gettext_lazy("budget stage"),
    "F08": gettext_lazy("budget holder"),
    "F13": gettext_lazy("dates of next steps"),
    "F15": gettext_lazy("silence after the hand-over"),
    "F16": gettext_lazy("silence of the client"),
    "F17": gettext_lazy("steps without movement"),
    "F20": gettext_lazy("business owner"),
    "F21": gettext_lazy("people met"),
    "F22": gettext_lazy("rivals"),
    "F24": gettext_lazy("paid step"),
}


@dataclass(frozen=True)
class Move:
    """What a topic is worth now, and what it would be."""

    topic: str
    was: float
    becomes: float


@dataclass(frozen=True)
class WhatIf:
    """Something to bring about, with the chance of an order it would make."""

    code: str
    label: str
    chance: float
    verdict: str
    points: float
    sum_points: float
    moves: Sequence[Move]


def what_ifs(stored: Assessment) -> list[WhatIf]:
    """Return what a stored score says of that, the best first; unknown codes are left out."""
    return [
        WhatIf(
            code=each["code"],
            label=str(LABELS[each["code"]]),
            chance=1 - each["probability"],
            verdict=each["verdict"],
            points=each["points"],
            sum_points=stored.points + each["points"],
            moves=_moves(each["moves"]),
        )
        for each in stored.what_if
        if each["code"] in LABELS
    ]


def _moves(stored: Sequence[Mapping[str, Any]]) -> list[Move]:
    """Return the topics that move; those without a name of their own together."""
    named = [
        Move(str(TOPICS[move["code"]]), move["was"], move["becomes"])
        for move in stored
        if move["code"] in TOPICS
    ]
    rest = [move for move in stored if move["code"] not in TOPICS]
    if not rest:
        return named
    was, becomes = (sum(move[end] for move in rest) for end in ("was", "becomes"))
    return [*named, Move(_("all else"), was, becomes)]
