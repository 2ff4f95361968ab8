"""Meetings ahead: planned, moved, cancelled, and at last a talk. A plan is no fact of contact."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from crm.models import Contact, Interaction, Lead, PlannedMeeting, TravelCheck, User
from crm.services import effort, leads
from crm.services.errors import EditedMeanwhile, LeadIsClosed

Status, Choice = PlannedMeeting.Status, TravelCheck.Choice


@transaction.atomic
def plan(
    *,
    lead: Lead,
    now: datetime,
    author: User,
    token: UUID,
    attendees: Sequence[Contact] = (),
    **facts: Any,
) -> PlannedMeeting:
    """Plan a meeting, once for a token; raise LeadIsClosed when the lead already has an end.

    A trip on a lead whose cap is used up waits for a decision: raises LeadIsFrozen.
    """
    locked = Lead.objects.select_for_update().get(pk=lead.pk)
    if planned := PlannedMeeting.objects.filter(ledger_id=token.hex).first():
        return planned
    if locked.closed_at:
        raise LeadIsClosed(locked.closed_at)
    planned = PlannedMeeting(
        lead=locked, author=author, recorded_at=now, ledger_id=token.hex, **facts
    )
    if planned.goes_to_client:
        effort.refuse_if_frozen(locked, today=timezone.localdate(now))
    planned.save()
    planned.attendees.set(attendees)
    leads.mark_for_scoring([lead.pk], now=now)  # the loss to expect counts what is planned
    return planned


@transaction.atomic
def change(
    *,
    plan: PlannedMeeting,
    version: int,
    now: datetime,
    attendees: Sequence[Contact] | None = None,
    **changes: Any,
) -> PlannedMeeting:
    """Move a meeting or change what is known of it.

    Raises EditedMeanwhile for an old version, LeadIsFrozen where it would become a trip that waits
    for a decision.
    """
    locked = _claim(plan, version)
    went_before = locked.goes_to_client
    for field, value in changes.items():
        setattr(locked, field, value)
    if locked.goes_to_client and not went_before:
        effort.refuse_if_frozen(locked.lead, today=timezone.localdate(now))
    locked.save()
    if attendees is not None:
        locked.attendees.set(attendees)
    leads.mark_for_scoring([locked.lead_id], now=now)
    return locked


@transaction.atomic
def cancel(*, plan: PlannedMeeting, version: int, now: datetime, reason: str = "") -> None:
    """Cancel a meeting; raise EditedMeanwhile for an old version."""
    locked = _claim(plan, version)
    locked.status, locked.status_at, locked.cancel_reason = Status.CANCELLED, now, reason
    locked.save()
    leads.mark_for_scoring([locked.lead_id], now=now)


def note_talk(*, plan: PlannedMeeting, talk: Interaction, now: datetime) -> None:
    """Let a plan be the talk that came of it; one that waits no longer stays as it is."""
    locked = PlannedMeeting.objects.select_for_update().get(pk=plan.pk)
    if locked.status != Status.PLANNED:
        return
    locked.status, locked.status_at, locked.interaction = Status.DONE, now, talk
    locked.version += 1
    locked.save()


@transaction.atomic
def check_travel(
    *,
    plan: PlannedMeeting,
    version: int,
    choice: str,
    reason: str,
    hours_before: Decimal,
    travel_amount_before: Decimal,
    until: date | None,
    now: datetime,
    author: User,
    **answers: Any,
) -> TravelCheck:
    """Keep the answers before a trip and what was chosen, and let the plan follow the choice."""
    changes: dict[str, Any] = {
        "travel_hours": answers.get("trip_hours"),
        "travel_amount": answers.get("trip_amount"),
    }
    if choice == Choice.ONLINE:
        changes = {"is_online": True, "travel_hours": None, "travel_amount": None}
    elif choice == Choice.POSTPONE and until:
        changes["meeting_date"] = until
    moved = change(plan=plan, version=version, now=now, **changes)
    return TravelCheck.objects.create(
        lead_id=moved.lead_id,
        plan=moved,
        choice=choice,
        reason=reason,
        hours_before=hours_before,
        travel_amount_before=travel_amount_before,
        author=author,
        happened_at=now,
        recorded_at=now,
        **answers,
    )


def _claim(plan: PlannedMeeting, version: int) -> PlannedMeeting:
    waiting = PlannedMeeting.objects.select_for_update().filter(
        pk=plan.pk, version=version, status=Status.PLANNED, archived_at=None
    )
    locked = waiting.first()
    if locked is None:
        raise EditedMeanwhile
    locked.version += 1
    return locked
