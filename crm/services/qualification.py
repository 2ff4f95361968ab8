"""Keeps what was found out about a lead: evidence, and answers given with one tap.

Each raises LeadIsClosed once the lead has an end: what comes after it opens the lead again.
"""

from datetime import date, datetime, time

from django.db import transaction

from crm.models import Firm, Lead, LeadFact, QualificationNote, User
from crm.services import leads
from crm.services.errors import LeadIsClosed

Item, Answer = QualificationNote.Item, QualificationNote.Answer
NOT_KNOWN, NONE = "UNKNOWN", "NO"


@transaction.atomic
def note(
    *,
    lead: Lead,
    item: str,
    answer: str,
    happened_at: datetime,
    now: datetime,
    by: User,
    evidence: str = "",
    said_by: str = "",
) -> QualificationNote:
    """Keep what is known of an item; earlier notes stay, and no score reads any of them."""
    _refuse_closed(lead)
    return QualificationNote.objects.create(
        lead=lead,
        item=item,
        answer=answer,
        evidence=evidence,
        said_by=said_by,
        author=by,
        happened_at=happened_at,
        recorded_at=now,
    )


@transaction.atomic
def tell_budget(*, lead: Lead, stage: str, now: datetime, by: User) -> None:
    """Keep how far the budget is, as a dated fact that scores read; or that nobody knows."""
    if stage == NOT_KNOWN:
        _asked(lead, Item.BUDGET, Answer.UNKNOWN, now, by)
        return
    _refuse_closed(lead)
    leads.note_fact(
        lead=lead,
        kind=LeadFact.Kind.BUDGET_STAGE,
        value=stage,
        happened_at=now,
        now=now,
        author=by,
    )


@transaction.atomic
def tell_owner(*, lead: Lead, name: str, now: datetime, by: User) -> None:
    """Keep who owns the problem on the business side; or that nobody knows."""
    if not name:
        _asked(lead, Item.PAIN, Answer.UNKNOWN, now, by)
        return
    _refuse_closed(lead)
    leads.note_fact(
        lead=lead,
        kind=LeadFact.Kind.BUSINESS_OWNER,
        who=name,
        happened_at=now,
        now=now,
        author=by,
    )


@transaction.atomic
def tell_date(*, lead: Lead, due_date: date | None, answer: str, now: datetime, by: User) -> None:
    """Keep the day that forces a decision; or that none does, or that nobody knows."""
    if due_date is None:
        _asked(lead, Item.TIMING, answer, now, by)
        return
    _refuse_closed(lead)
    leads.note_fact(
        lead=lead,
        kind=LeadFact.Kind.COMPELLING_EVENT,
        due_date=due_date,
        happened_at=now,
        now=now,
        author=by,
    )


@transaction.atomic
def tell_first_ask(*, lead: Lead, ask: str, version: int, now: datetime) -> None:
    """Keep what they asked for first; raise EditedMeanwhile when the lead was edited since."""
    _refuse_closed(lead)
    leads.edit(lead=lead, version=version, now=now, first_ask=ask)


def _asked(lead: Lead, item: str, answer: str, now: datetime, by: User) -> None:
    note(lead=lead, item=item, answer=answer, happened_at=now, now=now, by=by)


def _refuse_closed(lead: Lead) -> None:
    locked = Lead.objects.select_for_update().get(pk=lead.pk)
    if locked.closed_at:
        raise LeadIsClosed(locked.closed_at)


def noon_of(day: date, firm: Firm, *, now: datetime) -> datetime:
    """Return a moment of a day in the vendor's zone: now for today, noon for another."""
    if day == now.astimezone(firm.zone).date():
        return now
    return datetime.combine(day, time(12), tzinfo=firm.zone)
