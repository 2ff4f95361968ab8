"""Corrects rows of a lead: who, when and what was there before stays in the trail."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from crm.models import Bid, Deliverable, Interaction, LeadFact, SystemEvent, User
from crm.services import attendance, figures, history, leads
from crm.services.errors import EditedMeanwhile

Row = Interaction | Deliverable | Bid | LeadFact
Kind = SystemEvent.Kind


@transaction.atomic
def correct(*, row: Row, version: int, now: datetime, by: User, **changes: Any) -> Row:
    """Change a row; raise EditedMeanwhile when it is not the version that was read.

    A dated fact carries no version: it is put away, and what is right takes its place.
    """
    if isinstance(row, LeadFact):
        corrected: Row = _replace(row, now=now, by=by, **changes)
    else:
        corrected = _change(row, version, now, by, changes)
    _follow(corrected, Kind.ROW_CORRECTED, now, by)
    return corrected


@transaction.atomic
def take_back(*, row: Row, version: int, now: datetime, by: User) -> None:
    """Put a row away: nothing is deleted, and no later score uses it."""
    _archive(row, version, now, by)
    _follow(row, Kind.ROW_TAKEN_BACK, now, by)


@transaction.atomic
def bring_back(*, row: Row, version: int, now: datetime, by: User) -> None:
    """Bring a row back that was put away."""
    _archive(row, version, None, by)
    _follow(row, Kind.ROW_CORRECTED, now, by)


def _change(
    row: Interaction | Deliverable | Bid, version: int, now: datetime, by: User, changes: Any
) -> Row:
    locked = type(row)._default_manager.select_for_update().filter(pk=row.pk, version=version)
    current = locked.first()
    if current is None:
        raise EditedMeanwhile
    history.begin(current)
    people = changes.pop("attendees", None)
    for name, value in changes.items():
        setattr(current, name, value)
    before: attendance.Presence = {}
    if people is not None and isinstance(current, Interaction):
        before = attendance.there([current.pk])
        current.attendees.set(people)
        known = [person.seniority for person in people if person.seniority]
        current.max_seniority = max(known, default=None)
        current.contact = people[0] if people else None
    current.version += 1
    _store(current, by)
    attendance.keep(before, now=now)
    return current


def _replace(fact: LeadFact, *, now: datetime, by: User, **changes: Any) -> LeadFact:
    current = LeadFact.objects.select_for_update().filter(pk=fact.pk, archived_at=None).first()
    if current is None:
        raise EditedMeanwhile
    LeadFact.objects.filter(pk=fact.pk).update(archived_at=now)
    kept = {
        name: getattr(current, name)
        for name in ("lead", "kind", "value", "due_date", "who", "note", "happened_at")
    }
    return LeadFact.objects.create(author=by, recorded_at=now, **(kept | changes))


def _archive(row: Row, version: int, at: datetime | None, by: User) -> None:
    rows: QuerySet[Any] = type(row)._default_manager.select_for_update().filter(pk=row.pk)
    if not isinstance(row, LeadFact):
        rows = rows.filter(version=version)
    current: Row | None = rows.filter(archived_at__isnull=at is not None).first()
    if current is None:
        raise EditedMeanwhile
    current.archived_at = at
    if not isinstance(current, LeadFact):
        current.version += 1
    _store(current, by)


def _store(row: Any, by: User) -> None:
    row._history_user = by  # the trail takes it from there
    row.save()


def _follow(row: Row, kind: str, now: datetime, by: User) -> None:
    SystemEvent.objects.create(
        lead_id=row.lead_id, kind=kind, what=str(row)[:300], by=by, happened_at=now, recorded_at=now
    )
    figures.refresh([row.lead_id], now=now)
    leads.mark_for_scoring([row.lead_id], now=now)
