"""The day on which a milestone of a contract was reached: noted, corrected, cleared.

A score counts a day from when it was noted; a corrected one counts from its correction on.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Firm, PaymentMilestone, PaymentTerms, SystemEvent, User
from crm.services import cash, forecasts, leads
from crm.services.errors import EditedMeanwhile, LedgerError


class AcceptanceRefused(LedgerError):
    """A day that cannot be; its text says what to correct."""


@transaction.atomic
def note(
    *, milestone: PaymentMilestone, version: int, on: date | None, now: datetime, by: User
) -> PaymentMilestone:
    """Note since when a milestone is reached, None once it is not after all.

    The same day again changes nothing. Raises AcceptanceRefused for a day ahead or a milestone
    of no contract, EditedMeanwhile when it is not the version that was read.
    """
    rows = PaymentMilestone.objects.select_for_update().filter(pk=milestone.pk, archived_at=None)
    locked = rows.first()
    if locked is None or (locked.version != version and locked.accepted_date != on):
        raise EditedMeanwhile
    if locked.accepted_date == on:
        return locked
    _check(milestone, on, now)
    locked.accepted_date = on
    dated(locked, now=now)
    locked.version += 1
    _store(locked, by)
    _follow(locked, now, by)
    return locked


def _store(row: Any, by: User) -> None:
    row._history_user = by  # the trail takes it from there
    row.save()


def dated(milestone: PaymentMilestone, *, now: datetime) -> None:
    """Write on a milestone since when its day is known."""
    milestone.accepted_recorded_at = now if milestone.accepted_date else None


def _check(milestone: PaymentMilestone, on: date | None, now: datetime) -> None:
    terms = milestone.terms
    if terms and (terms.archived_at or terms.status != PaymentTerms.Status.AGREED):
        raise AcceptanceRefused(_("These terms are not agreed yet. Note the signature first."))
    if on and on > now.astimezone(Firm.current().zone).date():
        raise AcceptanceRefused(_("This day is still to come. Write it once it has happened."))


def _follow(milestone: PaymentMilestone, now: datetime, by: User) -> None:
    """Leave a line in the lead's trail, and ask for its score, its curve and the firm's cash."""
    kinds, day = SystemEvent.Kind, milestone.accepted_date
    SystemEvent.objects.create(
        lead_id=milestone.lead_id,
        kind=kinds.MILESTONE_DATED if day else kinds.MILESTONE_UNDATED,
        what=f"{milestone.label} · {day.isoformat()}" if day else milestone.label,
        by=by,
        happened_at=now,
        recorded_at=now,
    )
    leads.mark_for_scoring([milestone.lead_id], now=now)
    if milestone.terms_id:
        cash.mark_due([milestone.terms_id], now=now)
    forecasts.ask(now=now)
