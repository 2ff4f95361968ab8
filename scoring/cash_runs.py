"""Computes the curves that were asked for, and the firm's cash; any run may come twice."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import structlog

from crm.models import Firm, FirmFigure, Lead, PaymentMilestone, PaymentTerms
from crm.payment_priors import read_priors
from crm.services import cash
from crm.services import forecasts as marks
from scoring import bills, cash_summary, deal_cash, firm_cash, forecasts
from scoring.deal_cash import NotEnough
from scoring.firm_cash import Projection, Receipt
from scoring.payments import Bill, Forecaster
from scoring.sweeps import held

TERMS_A_SWEEP = 20
JOB, FORECAST_JOB = "compute_cash", "forecast_payments"
MOST_PIPELINE = 2_000
log = structlog.get_logger(__name__)


def compute_due(*, now: datetime) -> int:
    """Compute the curves that wait and return how many; another run meanwhile gives way."""
    done = 0
    with held(JOB) as job:
        if job is None:
            return done
        cash.ask_for_missing(now=now)
        cash.ask_for_stale(now=now)
        found = deal_cash.context(now=now)
        while job.take() and (waiting := cash.due(limit=TERMS_A_SWEEP)):
            for terms in waiting:
                _compute(terms, found, now=now)
            done += len(waiting)
    return done


def _compute(terms: PaymentTerms, found: deal_cash.Context, *, now: datetime) -> None:
    kept = terms.cash
    try:
        checksum = deal_cash.checksum(terms, found)
        result = (
            cash_summary.beside_cash(kept.result, found)
            if kept.inputs_checksum == checksum and "peak" in kept.result
            else deal_cash.compute(terms, found)
        )
    except NotEnough as missing:
        result = {"format": deal_cash.FORMAT, "missing": str(missing)}
        checksum = hashlib.sha256(json.dumps(result).encode()).hexdigest()
    cash.store(terms, result, checksum=checksum, asked_at=kept.due_at, now=now)


def foresee_due(*, now: datetime) -> int | None:
    """Foresee anew where something was billed, paid or agreed since; None where nothing was."""
    return foresee(now=now) if marks.asked(now=now) else None


def foresee(*, now: datetime) -> int | None:
    """Foresee open invoices and the firm's cash as of now; say how many, None of another's run.

    A mark set meanwhile stays for the next run.
    """
    with held(FORECAST_JOB) as job:
        if job is None:
            return None
        waiting = marks.asked(now=now)
        count = forecasts.make(as_of=now, now=now)
        compute_firm(now=now)
        marks.answered(waiting)
        return count


def compute_firm(*, now: datetime) -> bool:
    """Project the firm's cash and store it; say no where cash or burn is not known."""
    figures = FirmFigure.objects
    at_hand = figures.at(FirmFigure.Kind.CASH, now)
    burn = figures.at(FirmFigure.Kind.MONTHLY_BURN, now)
    start = now.astimezone(Firm.current().zone).date()
    if at_hand is None or burn is None:
        return False
    day = start.toordinal() + 1
    known = bills.read(known_at=now)
    forecaster = Forecaster(known, bills.priors(), day=day)
    waiting = list(open_receipts(known, forecaster, day=day))
    signed = list(signed_receipts(forecaster, today=start))
    pipeline = list(pipeline_receipts(forecaster, today=start))
    found = {
        name: _told(
            firm_cash.project(
                receipts, start=start, cash_at_hand=float(at_hand), monthly_burn=float(burn)
            )
        )
        for name, receipts in (
            ("base", [*waiting, *signed]),
            ("with_pipeline", [*waiting, *signed, *pipeline]),
        )
    }
    cash.store_firm(
        {
            "cash": float(at_hand),
            "burn": float(burn),
            "counts": {"open": len(waiting), "signed": len(signed), "pipeline": len(pipeline)},
            "quarters": {
                "signed": firm_cash.by_quarter([*waiting, *signed], start=start),
                "weighted": firm_cash.by_quarter(pipeline, start=start),
            },
            **found,
        },
        as_of_date=start,
        now=now,
    )
    return True


def _told(found: Projection) -> dict[str, Any]:
    lines = {
        "base": found.base,
        "base_low": found.base_low,
        "later": found.later,
        "none": found.none,
    }
    told: dict[str, Any] = {}
    for name, values in lines.items():
        amount, day = found.lowest(values)
        empty = found.empty_on(values)
        told[name] = {
            "weeks": found.weekly(values),
            "low": amount,
            "low_date": day.isoformat(),
            "empty_date": empty.isoformat() if empty else None,
        }
    return told


def open_receipts(known: list[Bill], forecaster: Forecaster, *, day: int) -> Iterator[Receipt]:
    """Yield what waits to be paid, each with the rest of its curve."""
    amounts = bills.open_amounts()
    for bill in known:
        if bill.key not in amounts or bill.is_paid_before(day) or bill.ended_day is not None:
            continue
        yield Receipt(
            amount=float(amounts[bill.key]),
            due_date=date.fromordinal(bill.due_day),
            delay=forecaster.curve(bill),
            unpaid_after=day - 1 - bill.due_day,
        )


def signed_receipts(forecaster: Forecaster, *, today: date) -> Iterator[Receipt]:
    """Yield the milestones of agreed terms that are not billed yet."""
    rows = (
        PaymentMilestone.objects.filter(
            terms__status=PaymentTerms.Status.AGREED,
            terms__archived_at=None,
            archived_at=None,
            invoices=None,
            share_percent__isnull=False,
            terms__contract_amount__isnull=False,
        )
        .select_related("terms", "lead__account")
        .order_by("pk")[:MOST_PIPELINE]
    )
    for row in rows:
        trigger = _trigger_date(row, today=today)
        if row.terms and row.terms.contract_amount and trigger and row.share_percent:
            amount = row.terms.contract_amount * row.share_percent / 100
            yield _receipt(forecaster, row, amount, trigger, today=today, chance=1.0)


def _trigger_date(row: PaymentMilestone, *, today: date) -> date | None:
    """Return when a milestone is planned for; days after a signature still ahead count from today.

    None where neither is known.
    """
    if row.planned_date or row.trigger_day is None:
        return row.planned_date
    signed = row.terms.signed_date if row.terms else None
    return (signed or today) + timedelta(days=row.trigger_day)


def _receipt(
    forecaster: Forecaster,
    row: PaymentMilestone,
    amount: Decimal,
    trigger: date,
    *,
    today: date,
    chance: float,
) -> Receipt:
    terms = row.terms
    vat = deal_cash.VAT_PERCENT
    term_days = row.term_days
    if terms is not None:
        vat = vat if terms.vat_percent is None else terms.vat_percent
        term_days = terms.term_days if term_days is None else term_days
    bill = deal_cash.bill_of(row.lead.account, is_advance=False)
    slip = read_priors()[bill.buyer].acceptance_slip_days if not row.accepted_date else 0.0
    # What should have been triggered before today waits for its trigger from today on.
    from_day = row.accepted_date or max(trigger, today)
    wait = timedelta(days=deal_cash.TERM_DAYS if term_days is None else term_days)
    return Receipt(
        amount=float(amount * (1 + vat / 100)),
        due_date=from_day + wait,
        delay=forecaster.curve(bill),
        chance=chance,
        slip_median_days=slip if row.is_acceptance else 0.0,
    )


def pipeline_receipts(forecaster: Forecaster, *, today: date) -> Iterator[Receipt]:
    """Yield the milestones of terms still on the table, by their lead's chance of an order."""
    leads = Lead.objects.open().exclude(order_chance=None).exclude(deal_type=Lead.DealType.LOGO)
    rows = (
        PaymentMilestone.objects.filter(
            lead__in=leads,
            archived_at=None,
            terms__archived_at=None,
            share_percent__isnull=False,
            terms__contract_amount__isnull=False,
        )
        .exclude(terms__status=PaymentTerms.Status.AGREED)
        .exclude(lead__payment_terms__status=PaymentTerms.Status.AGREED)
        .select_related("terms", "lead__account")
        .order_by("lead", "-terms__happened_at", "position", "pk")[:MOST_PIPELINE]
    )
    latest: dict[int, int] = {}
    for row in rows:
        trigger = _trigger_date(row, today=today)
        if row.terms is None or row.terms.contract_amount is None or trigger is None:
            continue
        if latest.setdefault(row.lead_id, row.terms.pk) != row.terms.pk:
            continue  # the newest version of a lead's terms stands for it
        amount = row.terms.contract_amount * (row.share_percent or 0) / 100
        chance = row.lead.order_chance or 0.0
        yield _receipt(forecaster, row, amount, trigger, today=today, chance=chance)
