"""Keeps figures, marks and trail right when a founder edits records in the back office."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models, transaction

from crm.models import (
    Account,
    Bid,
    Contact,
    Deliverable,
    Interaction,
    Invoice,
    Lead,
    LeadFact,
    PaidStepOffer,
    Payment,
    PaymentMilestone,
    PaymentTerms,
    StageChange,
    User,
)
from crm.services import acceptances, cash, figures, forecasts, history, leads, payments
from crm.services.accounts import with_search_keys
from crm.services.errors import EditedMeanwhile

Record = (
    Account
    | Contact
    | Lead
    | Interaction
    | Deliverable
    | Bid
    | LeadFact
    | PaidStepOffer
    | PaymentTerms
    | PaymentMilestone
    | Invoice
    | Payment
)


def claim(row: models.Model, version: int | None) -> None:
    """Lock a row for this transaction; raise EditedMeanwhile when `version` is not the current."""
    current = type(row)._default_manager.select_for_update().filter(pk=row.pk)
    if current.values_list("version", flat=True).first() != version:
        raise EditedMeanwhile


@transaction.atomic
def store(row: Record, *, now: datetime, by: User) -> None:
    """Write a record that was added or edited, and all that follows from it."""
    if row.recorded_at is None:
        row.recorded_at = now
    if row.pk and not isinstance(row, (LeadFact, PaidStepOffer, Payment)):
        row.version += 1
    if row.pk and hasattr(type(row), "history"):
        history.begin(row)
    match row:
        case Account():
            with_search_keys(row)
        case Contact():
            with_search_keys(row)
        case Lead():
            _store_lead(row, now, by)
        case PaymentMilestone():
            _date_milestone(row, now)
    before = _concerned_before(row)
    row.save()
    _follow(row, now, before)


def _concerned_before(row: Record) -> list[int]:
    """Return the leads that a record speaks about as it still stands: it may go to another."""
    stored = type(row)._default_manager.filter(pk=row.pk).first() if row.pk else None
    return concerned_leads(stored) if stored else []


def _store_lead(lead: Lead, now: datetime, by: User) -> None:
    """Write the dated row of a stage, and who judged an outcome when."""
    before = Lead.objects.filter(pk=lead.pk).values("stage", "outcome").first()
    if before is None:
        lead.save()
        before = {"stage": "", "outcome": ""}
    if lead.stage != before["stage"]:
        StageChange.objects.create(
            lead=lead,
            from_stage=before["stage"],
            to_stage=lead.stage,
            by=by,
            happened_at=now if before["stage"] else lead.opened_at,
            recorded_at=now,
        )
    if lead.outcome != before["outcome"]:
        lead.outcome_recorded_at = now if lead.outcome else None
        lead.outcome_by = by if lead.outcome else None


def _date_milestone(milestone: PaymentMilestone, now: datetime) -> None:
    """Write since when the day of a milestone is known, wherever that day changed."""
    before = PaymentMilestone.objects.filter(pk=milestone.pk).values_list("accepted_date")
    if before.first() != (milestone.accepted_date,):
        acceptances.dated(milestone, now=now)


def _follow(row: Record, now: datetime, before: Iterable[int] = ()) -> None:
    """Recount what other rows say of this one, and mark the leads it speaks about, or did."""
    if isinstance(row, Payment):
        payments.settle(row.invoice, now=now)
    elif isinstance(row, Invoice):
        payments.settle(row, now=now)
    elif isinstance(row, (PaymentTerms, PaymentMilestone)):
        cash.mark_leads([row.lead_id], now=now)
        forecasts.ask(now=now)
    concerned = sorted({*before, *concerned_leads(row)})
    figures.refresh(concerned, now=now)
    leads.mark_for_scoring(concerned, now=now)


def concerned_leads(row: Record) -> list[int]:
    """Return the leads whose figures or scores follow from a record."""
    match row:
        case Lead():
            return [row.pk]
        case Account():
            return list(row.leads.values_list("pk", flat=True))
        case Contact():
            return list(row.account.leads.values_list("pk", flat=True))
        case Payment():
            return [row.invoice.lead_id] if row.invoice.lead_id else []
        case _:
            return [row.lead_id] if row.lead_id else []


@transaction.atomic
def put_away(rows: Iterable[Record], *, now: datetime) -> int:
    """Put records away and return how many; nothing is deleted, and no score uses them now."""
    return _archive(rows, now, now)


@transaction.atomic
def bring_back(rows: Iterable[Record], *, now: datetime) -> int:
    """Bring records back and return how many."""
    return _archive(rows, None, now)


def _archive(rows: Iterable[Record], archived_at: datetime | None, now: datetime) -> int:
    count = 0
    for row in rows:
        if (row.archived_at is None) == (archived_at is None):
            continue
        row.archived_at = archived_at
        if not isinstance(row, (LeadFact, PaidStepOffer, Payment)):
            row.version += 1
        row.save()
        _follow(row, now)
        count += 1
    return count
