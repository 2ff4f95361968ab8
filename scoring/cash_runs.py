"""Computes the curves that were asked for, and the firm's cash; any run may come twice."""

import hashlib
import json
from datetime import datetime
from typing import Any

from crm.models import Firm, FirmFigure, PaymentTerms
from crm.services import cash
from crm.services import forecasts as marks
from scoring import (
    cash_summary,
    deal_cash,
    firm_cash,
    firm_drafts,
    firm_receipts,
    forecasts,
)
from scoring.deal_cash import NotEnough
from scoring.firm_cash import Projection
from scoring.sweeps import held

TERMS_A_SWEEP = 20
JOB, FORECAST_JOB = "compute_cash", "forecast_payments"


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
    known = deal_cash.context(now=now)
    waiting = list(firm_receipts.waiting(known, today=start))
    signed = list(firm_receipts.signed(known, today=start))
    pipeline = list(firm_receipts.pipeline(known, today=start))
    found = {
        name: firm_cash.project(
            receipts, start=start, cash_at_hand=float(at_hand), monthly_burn=float(burn)
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
            **{name: _told(projection) for name, projection in found.items()},
            "drafts": firm_drafts.effects(found["base"], known),
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
