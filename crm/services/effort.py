"""Caps on the effort in a lead: set by its people, reviewed by somebody other than its owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from crm import rules
from crm.models import Decision, Firm, Lead, User
from crm.selectors import effort
from crm.services import answers, decision_rows, decisions, figures, firm, leads
from crm.services.errors import LeadIsClosed, LedgerError

MOST_NAMED = 3


@dataclass(frozen=True)
class NewCap:
    """A cap of a lead's own; nothing means that the firm's holds."""

    hours: Decimal | None = None
    amount: Decimal | None = None
    day: date | None = None

    def as_columns(self) -> dict[str, Any]:
        """Return it as the columns of a lead."""
        return {"cap_hours": self.hours, "cap_amount": self.amount, "cap_date": self.day}


class OwnerCannotReview(LedgerError):
    """The owner would review the effort in his own lead."""

    def __init__(self, others: Sequence[User]) -> None:
        """Name the people who may."""
        names = _(", ").join(str(user) for user in others[:MOST_NAMED])
        super().__init__(
            _("You own this lead, so somebody else reviews its effort: %(names)s.")
            % {"names": names}
        )


class ReviewIsNeeded(LedgerError):
    """A cap that would be raised without a review once most of it is used."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("Most of the cap is used: it is changed by a review, with a reason."))


class LeadIsFrozen(LedgerError):
    """New presales work on a lead whose cap is used up."""

    def __init__(self) -> None:
        """Say what comes first."""
        super().__init__(
            _("The cap on this lead is used up. Somebody decides first how to go on with it.")
        )


def refuse_if_frozen(lead: Lead, *, today: date) -> None:
    """Raise LeadIsFrozen where new presales work waits for a decision; facts are always logged."""
    if effort.state_of(lead, today=today) == rules.Effort.FROZEN:
        raise LeadIsFrozen


@transaction.atomic
def set_cap(*, lead: Lead, cap: NewCap, version: int, now: datetime, today: date) -> Lead:
    """Set the cap of a lead while there is room in it; raise ReviewIsNeeded, EditedMeanwhile."""
    if effort.state_of(lead, today=today) != rules.Effort.WITHIN:
        raise ReviewIsNeeded
    return leads.edit(lead=lead, version=version, now=now, **cap.as_columns())


@transaction.atomic
def review(
    *,
    lead: Lead,
    cap: NewCap,
    by: User,
    now: datetime,
    reason: str,
    reason_codes: Sequence[str] = (),
    token: UUID | None = None,
) -> Decision:
    """Record a review of the effort with the cap that holds from now on.

    Where nobody else could, the owner reviews it: a firm of one. Raises OwnerCannotReview,
    ReasonIsMissing, LeadIsClosed.
    """
    locked = Lead.objects.select_for_update(of=("self",)).select_related("owner").get(pk=lead.pk)
    if token and (made := Decision.objects.filter(client_token=token).first()):
        return made
    if locked.closed_at:
        raise LeadIsClosed(locked.closed_at)
    others = effort.reviewers(locked)
    if by.pk == locked.owner_id and (named := list(others[:MOST_NAMED])):
        raise OwnerCannotReview(named)
    made = decisions.record(
        lead=locked,
        kind=Decision.Kind.REVIEW_EFFORT,
        by=by,
        now=now,
        reason=reason or answers.in_words(reason_codes),
        reason_codes=reason_codes,
        more=_said(locked, cap),
        token=token,
    )
    for name, value in cap.as_columns().items():
        setattr(locked, name, value)
    locked.effort_reviewed_at, locked.version = now, locked.version + 1
    locked.save()
    figures.refresh([lead.pk], now=now)
    return made


def _said(lead: Lead, cap: NewCap) -> dict[str, Any]:
    """Return what a review keeps: the effort as it stood, the cap before and after."""
    columns = cap.as_columns()
    return {
        "effort": {
            "hours": str(lead.unpaid_hours),
            "travel": str(lead.travel_amount),
            "share": lead.effort_share,
        },
        "before": {name: decision_rows.plain(getattr(lead, name)) for name in columns},
        "after": {name: decision_rows.plain(value) for name, value in columns.items()},
    }


@transaction.atomic
def set_limits(*, limits: dict[str, Any], now: datetime) -> Firm:
    """Set the firm's caps and how many logo deals may run; every lead is weighed anew."""
    changed = firm.change(facts={"limits": limits})
    figures.refresh(None, now=now)
    return changed
