"""Writes about leads: open, log what happened, move, close."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from crm import wake
from crm.models import (
    Account,
    Contact,
    Deliverable,
    Firm,
    Interaction,
    Lead,
    LeadFact,
    Outcome,
    Stage,
    StageChange,
    SystemEvent,
    User,
)
from crm.selectors import evidence
from crm.services import figures, quotas
from crm.services.errors import EditedMeanwhile, EvidenceMissing, LeadIsClosed

SCORE_TASK = "scoring.score_due"
IDS_A_STATEMENT = 500


def mark_for_scoring(lead_ids: Sequence[int], *, now: datetime) -> None:
    """Mark leads for a new score in this transaction and wake the worker after it."""
    for start in range(0, len(lead_ids), IDS_A_STATEMENT):
        chunk = lead_ids[start : start + IDS_A_STATEMENT]
        Lead.objects.filter(pk__in=chunk).update(assessment_due_at=now)
    wake.after_commit(SCORE_TASK)


@transaction.atomic
def open_lead(*, account: Account, owner: User | None, now: datetime, **facts: Any) -> Lead:
    """Open a lead; `facts` are its own fields. `opened_at` is now unless given."""
    quotas.refuse_one_too_many(facts.get("deal_type", ""))
    facts.setdefault("opened_at", now)
    lead = Lead(account=account, owner=owner, recorded_at=now, **facts)
    lead.save()
    StageChange.objects.create(
        lead=lead, to_stage=lead.stage, by=owner, happened_at=lead.opened_at, recorded_at=now
    )
    mark_for_scoring([lead.pk], now=now)
    return lead


@transaction.atomic
def log_interaction(
    *,
    lead: Lead,
    kind: str,
    happened_at: datetime,
    now: datetime,
    author: User | None,
    token: UUID | None = None,
    attendees: Sequence[Contact] = (),
    **facts: Any,
) -> Interaction:
    """Record one interaction; raise LeadIsClosed when the lead already has an end.

    The same token again returns the row that it made the first time: a double tap on a bad
    network is one interaction.
    """
    locked = Lead.objects.select_for_update().get(pk=lead.pk)
    if token and (logged := Interaction.objects.filter(client_token=token).first()):
        return logged
    if locked.closed_at:
        raise LeadIsClosed(locked.closed_at)
    if facts.get("next_step_date"):
        facts["has_dated_next_step"] = True
    seniority = [person.seniority for person in attendees if person.seniority]
    facts.setdefault("max_seniority", max(seniority, default=None))
    facts.setdefault("contact", attendees[0] if attendees else None)
    interaction = Interaction.objects.create(
        lead=locked,
        kind=kind,
        happened_at=happened_at,
        recorded_at=now,
        author=author,
        client_token=token,
        **facts,
    )
    interaction.attendees.set(attendees)
    figures.refresh([lead.pk], now=now)
    mark_for_scoring([lead.pk], now=now)
    return interaction


@transaction.atomic
def hand_over(
    *,
    lead: Lead,
    kind: str,
    disclosure_level: int,
    happened_at: datetime,
    now: datetime,
    author: User | None,
    **facts: Any,
) -> Deliverable:
    """Record something handed over to the client."""
    deliverable = Deliverable.objects.create(
        lead=lead,
        kind=kind,
        disclosure_level=disclosure_level,
        happened_at=happened_at,
        recorded_at=now,
        author=author,
        **facts,
    )
    figures.refresh([lead.pk], now=now)
    mark_for_scoring([lead.pk], now=now)
    return deliverable


@transaction.atomic
def note_fact(
    *,
    lead: Lead,
    kind: str,
    happened_at: datetime,
    now: datetime,
    author: User | None,
    value: str = "",
    due_date: date | None = None,
    who: str = "",
    note: str = "",
) -> LeadFact:
    """Record a dated fact about a lead."""
    fact = LeadFact.objects.create(
        lead=lead,
        kind=kind,
        value=value,
        due_date=due_date,
        who=who,
        note=note,
        happened_at=happened_at,
        recorded_at=now,
        author=author,
    )
    figures.refresh([lead.pk], now=now)
    mark_for_scoring([lead.pk], now=now)
    return fact


@transaction.atomic
def edit(*, lead: Lead, version: int, now: datetime, **changes: Any) -> Lead:
    """Change fields of a lead; raise EditedMeanwhile when `version` is not the current one.

    Raises TooManyAtATime for one logo or learning deal more than the firm allows itself.
    """
    locked = claim_version(lead, version)
    if changes.get("deal_type", locked.deal_type) != locked.deal_type:
        quotas.refuse_one_too_many(changes["deal_type"], but=locked.pk)
    for field, value in changes.items():
        setattr(locked, field, value)
    locked.save()
    figures.refresh([locked.pk], now=now)
    mark_for_scoring([locked.pk], now=now)
    return locked


@dataclass(frozen=True)
class Moved:
    """A lead that moved, and the evidence that it moved without."""

    lead: Lead
    gaps: Sequence[str] = ()


@transaction.atomic
def move(
    *, lead: Lead, to_stage: str, version: int, now: datetime, by: User, despite: bool = False
) -> Moved:
    """Move a lead to a stage and keep the dated row of it.

    Raises EvidenceMissing for a move onwards without what the stage asks for; with `despite` it
    goes on and keeps a row that says so, unless the firm wants no such moves.
    """
    locked = claim_version(lead, version)
    if locked.closed_at:
        raise LeadIsClosed(locked.closed_at)
    gaps: Mapping[int, Sequence[str]] = {}
    if locked.stage != to_stage:
        gaps = ask_for_evidence([locked], to_stage, now=now, by=by, despite=despite)
        StageChange.objects.create(
            lead=locked,
            from_stage=locked.stage,
            to_stage=Stage(to_stage),
            by=by,
            happened_at=now,
            recorded_at=now,
        )
        locked.stage = to_stage
    locked.save()
    mark_for_scoring([locked.pk], now=now)
    return Moved(locked, gaps.get(locked.pk, ()))


def ask_for_evidence(
    moved: Sequence[Lead], to_stage: str, *, now: datetime, by: User, despite: bool
) -> Mapping[int, Sequence[str]]:
    """Keep that leads move on with gaps, and return these; raise EvidenceMissing for a refusal."""
    firm = Firm.current()
    today = now.astimezone(firm.zone).date()
    gaps = evidence.missing(moved, to_stage=to_stage, moment=now, today=today)
    if not gaps:
        return {}
    if firm.evidence_is_required or not despite:
        every = dict.fromkeys(item for items in gaps.values() for item in items)
        raise EvidenceMissing(list(every), may_go_on=not firm.evidence_is_required)
    SystemEvent.objects.bulk_create(
        [
            SystemEvent(
                lead_id=lead_id,
                kind=SystemEvent.Kind.MOVED_WITH_GAPS,
                what=" ".join(items),
                by=by,
                happened_at=now,
                recorded_at=now,
            )
            for lead_id, items in gaps.items()
        ],
        batch_size=IDS_A_STATEMENT,
    )
    return gaps


@transaction.atomic
def close(
    *,
    lead: Lead,
    outcome: str,
    version: int,
    now: datetime,
    by: User,
    is_guess: bool,
    reason: str = "",
    basis: str = "",
    lesson: str = "",
    closed_at: datetime | None = None,
) -> Lead:
    """Close a lead with its outcome, judged by a named person."""
    locked = claim_version(lead, version)
    if locked.closed_at:
        raise LeadIsClosed(locked.closed_at)
    locked.closed_at = closed_at or now
    locked.outcome, locked.outcome_recorded_at = Outcome(outcome), now
    locked.outcome_by, locked.outcome_is_guess = by, is_guess
    locked.outcome_reason, locked.outcome_basis, locked.outcome_lesson = reason, basis, lesson
    locked.save()
    mark_for_scoring([locked.pk], now=now)
    return locked


@transaction.atomic
def reopen(*, lead: Lead, version: int, now: datetime) -> Lead:
    """Take a close back; the history keeps what it said."""
    locked = claim_version(lead, version)
    locked.closed_at = locked.outcome_recorded_at = locked.outcome_by = None
    locked.outcome = locked.outcome_basis = locked.outcome_lesson = locked.outcome_reason = ""
    locked.outcome_is_guess = None
    locked.save()
    mark_for_scoring([locked.pk], now=now)
    return locked


def claim_version(lead: Lead, version: int) -> Lead:
    """Lock a lead and count its version up; raise EditedMeanwhile when someone was faster."""
    locked = Lead.objects.select_for_update().filter(pk=lead.pk, version=version).first()
    if locked is None:
        raise EditedMeanwhile
    locked.version += 1
    return locked
