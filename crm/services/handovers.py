"""Material that is handed over in a talk: above the allowed level by a named person's word."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import rules
from crm.models import Decision, Deliverable, Interaction, Lead, User
from crm.selectors import effort, lead_page
from crm.services import decisions, leads
from crm.services.errors import LedgerError


@dataclass(frozen=True)
class HandedOver:
    """What was handed over; the reason, where it is above the allowed level, says who and why."""

    kind: str
    disclosure_level: int
    override_reason: str = field(default="", compare=False)


class AboveAllowedLevel(LedgerError):
    """Material above the level that the ladder allows now, without a reason."""

    def __init__(self, *, allowed: int, is_frozen: bool) -> None:
        """Say what is allowed and how to record it all the same."""
        self.allowed = allowed
        if is_frozen:
            words = _(
                "The cap on this lead is used up: up to level %(n)s until somebody decides."
                " If it was handed over, tick and say who asked and why."
            )
        else:
            words = _(
                "Allowed now is up to level %(n)s. If it was handed over, tick and say who asked"
                " and why: it is recorded, not blocked."
            )
        super().__init__(words % {"n": allowed})


def allowed_level(lead: Lead, *, user: User, now: datetime) -> tuple[int, bool]:
    """Return the level that may be handed over now, and whether a used-up cap holds it down."""
    found = lead_page.lead_of(user, lead.pk, now).first()
    if found is None:  # who does not see a lead any more hands nothing over
        return 0, False
    allowed = lead_page.ladder_of(found, now).allowed
    today = timezone.localdate(now)
    is_frozen = effort.state_of(found, today=today) == rules.Effort.FROZEN
    return (min(allowed, rules.LEVEL_WHILE_FROZEN) if is_frozen else allowed), is_frozen


@transaction.atomic
def hand_over(
    *,
    lead: Lead,
    given: HandedOver,
    interaction: Interaction,
    happened_at: datetime,
    now: datetime,
    author: User,
) -> Deliverable:
    """Record what a talk handed over, and by whose word where it is above the allowed level.

    Raises AboveAllowedLevel without a reason, ReasonIsMissing with one that says too little.
    """
    allowed, is_frozen = allowed_level(lead, user=author, now=now)
    is_above = given.disclosure_level > allowed
    if is_above and not given.override_reason:
        raise AboveAllowedLevel(allowed=allowed, is_frozen=is_frozen)
    made = leads.hand_over(
        lead=lead,
        interaction=interaction,
        kind=given.kind,
        disclosure_level=given.disclosure_level,
        happened_at=happened_at,
        now=now,
        author=author,
        override_reason=given.override_reason[:300] if is_above else "",
    )
    if is_above:
        more = {"allowed": allowed, "given": given.disclosure_level, "is_frozen": is_frozen}
        decisions.record(
            lead=lead,
            kind=Decision.Kind.HAND_OVER_ABOVE_LEVEL,
            by=author,
            now=now,
            reason=given.override_reason,
            more=more | {"deliverable": made.ledger_id},
        )
    return made
