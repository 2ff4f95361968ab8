"""Ready reasons for a decision: one tap instead of five words; codes are stored, not texts."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.models.assessment import DecisionKind as Kind

REASONS: Mapping[str, str | Promise] = {
    "CLIENT_STEP_DATED": _("The client has agreed on a dated step"),
    "MANDATE_IS_REAL": _("Their leadership has given a mandate"),
    "BUDGET_ROUND_NEAR": _("Their budget round is near"),
    "COSTS_LITTLE": _("It costs us little"),
    "REFERENCE": _("We want them as a reference"),
    "SHOWS_IF_REAL": _("Shows whether they can approve money"),
    "ENOUGH_GIVEN": _("We have given enough for free"),
    "BUDGET_LATER": _("The budget comes later"),
    "THEY_ARE_BUSY": _("They are busy with something else"),
    "NO_ANSWER": _("They do not answer"),
    "RESEARCH_ONLY": _("They only wanted to learn"),
    "DECIDED_BEFOREHAND": _("It was decided before we came"),
    "NO_BUDGET": _("There is no budget"),
    "TERMS_CHANGED": _("The terms are being renegotiated"),
    "PREPAID": _("A prepayment covers it"),
    "OTHER_PAYS": _("A partner carries the cost"),
    "BUDGET_NOW_KNOWN": _("The budget is known now"),
    "ONE_LAST_STEP": _("One last step, then it ends"),
    "ASKED_BY_LEADER": _("A leader of theirs asked for it"),
    "REUSED": _("It was made for others before"),
}
FOR: Mapping[str, Sequence[str]] = {
    Kind.CONTINUE: (
        "CLIENT_STEP_DATED",
        "MANDATE_IS_REAL",
        "BUDGET_ROUND_NEAR",
        "COSTS_LITTLE",
        "REFERENCE",
    ),
    Kind.OFFER_PAID_STEP: ("SHOWS_IF_REAL", "ENOUGH_GIVEN"),
    Kind.PAUSE: ("BUDGET_LATER", "THEY_ARE_BUSY", "NO_ANSWER", "RESEARCH_ONLY"),
    Kind.WALK_AWAY: ("NO_BUDGET", "RESEARCH_ONLY", "DECIDED_BEFOREHAND", "NO_ANSWER"),
    Kind.ACCEPT_RISK: (
        "MANDATE_IS_REAL",
        "COSTS_LITTLE",
        "TERMS_CHANGED",
        "PREPAID",
        "OTHER_PAYS",
        "REFERENCE",
    ),
    Kind.REVIEW_EFFORT: (
        "BUDGET_NOW_KNOWN",
        "CLIENT_STEP_DATED",
        "ONE_LAST_STEP",
        "ENOUGH_GIVEN",
    ),
    Kind.HAND_OVER_ABOVE_LEVEL: ("ASKED_BY_LEADER", "CLIENT_STEP_DATED", "REUSED"),
}


def choices(kind: str) -> list[tuple[str, str | Promise]]:
    """Return the ready reasons for a kind of decision."""
    return [(code, REASONS[code]) for code in FOR.get(kind, ())]
