"""Keeps the cash curves that scoring computes, and asks for new ones."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from crm import wake
from crm.models import DealCash, FirmCash, Lead, PaymentMilestone, PaymentTerms
from crm.services import forecasts, leads

CASH_TASK = "scoring.compute_cash"
STALE = timedelta(days=7)
IDS_A_STATEMENT = 500


def mark_due(terms_ids: Sequence[int], *, now: datetime) -> None:
    """Ask for new curves of some terms in this transaction and wake the worker after it."""
    there = set(DealCash.objects.filter(terms__in=terms_ids).values_list("terms_id", flat=True))
    DealCash.objects.filter(terms__in=there).update(due_at=now)
    DealCash.objects.bulk_create(
        [DealCash(terms_id=pk, due_at=now) for pk in terms_ids if pk not in there],
        ignore_conflicts=True,
    )
    wake.after_commit(CASH_TASK)
    forecasts.ask(now=now)  # the firm's cash is made of the terms, too


def mark_leads(lead_ids: Sequence[int], *, now: datetime) -> None:
    """Ask for new curves of some leads' terms in this transaction, where there are any."""
    for start in range(0, len(lead_ids), IDS_A_STATEMENT):
        some = lead_ids[start : start + IDS_A_STATEMENT]
        DealCash.objects.filter(
            terms__in=PaymentTerms.objects.filter(lead__in=some, archived_at=None)
        ).update(due_at=now)
    wake.after_commit(CASH_TASK)


def ask_for_all(*, now: datetime) -> None:
    """Ask for the curves of all terms of open leads: the firm's cash or its burn changed."""
    running = PaymentTerms.objects.filter(archived_at=None, lead__in=Lead.objects.open())
    DealCash.objects.filter(terms__in=running).update(due_at=now)
    wake.after_commit(CASH_TASK)
    forecasts.ask(now=now)


def ask_for_stale(*, now: datetime) -> None:
    """Ask for the curves of open leads that are a week old: what others pay has moved them."""
    running = PaymentTerms.objects.filter(archived_at=None, lead__in=Lead.objects.open())
    DealCash.objects.filter(due_at=None, made_at__lte=now - STALE, terms__in=running).update(
        due_at=now
    )


def ask_for_missing(*, now: datetime) -> None:
    """Ask for the curves that were never made, such as those of imported terms.

    Those of open leads, and of contracts that have a milestone still to bill.
    """
    never = PaymentTerms.objects.filter(cash=None, archived_at=None, lead__archived_at=None)
    to_bill = PaymentMilestone.objects.filter(terms=OuterRef("pk"), archived_at=None, invoices=None)
    runs = Q(status=PaymentTerms.Status.AGREED) & Q(Exists(to_bill))
    wanted = never.filter(Q(lead__closed_at=None) | runs)
    DealCash.objects.bulk_create(
        [DealCash(terms_id=pk, due_at=now) for pk in wanted.values_list("pk", flat=True)],
        ignore_conflicts=True,
    )


def due(*, limit: int) -> list[PaymentTerms]:
    """Return terms that wait for a curve, the longest waiting first."""
    return list(
        PaymentTerms.objects.filter(~Q(cash__due_at=None), cash__isnull=False, archived_at=None)
        .select_related("lead__account", "cash")
        .prefetch_related("milestones", "costs")
        .order_by("cash__due_at", "pk")[:limit]
    )


@transaction.atomic
def store(
    terms: PaymentTerms,
    result: Mapping[str, Any],
    *,
    checksum: str,
    asked_at: datetime | None,
    now: datetime,
) -> None:
    """Store a curve; one that was asked for meanwhile stays due."""
    kept = DealCash.objects.select_for_update().filter(terms=terms)
    before = kept.values_list("result", flat=True).first()
    if before is not None and before != dict(result):
        leads.mark_for_scoring([terms.lead_id], now=now)  # the peak is part of the mark
    kept.update(result=dict(result), inputs_checksum=checksum, made_at=now)
    kept.filter(due_at=asked_at).update(due_at=None)


def store_firm(result: Mapping[str, Any], *, as_of_date: date, now: datetime) -> None:
    """Store the firm's cash of a day in place of what was computed for it before."""
    FirmCash.objects.update_or_create(
        as_of_date=as_of_date, defaults={"made_at": now, "result": dict(result)}
    )
