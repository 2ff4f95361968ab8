"""The cash of terms as they stand: from the ledger's rows to a deal, its curve and its levers."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from crm import payment_law, rules
from crm.models import Account, DealCost, Firm, FirmFigure, PaymentMilestone, PaymentTerms
from crm.payment_priors import BuyerPrior, read_priors
from scoring import bills, cash, cash_summary, levers
from scoring.cash import Cost, Deal, Delay, Lump, Milestone, Slip
from scoring.levers import Inputs
from scoring.payments import Bill, Forecaster

FORMAT = 1
VAT_PERCENT = Decimal(6)
TERM_DAYS = 30
SLIP_SIGMA = 0.7
ACCEPTANCE_DAY = 120  # where neither a plan nor a milestone says when
BOND_BEFORE_DAYS, BOND_BACK_DAYS = 5, 20
RETENTION_MONTHS = 12
PRE_SALES_DAY = -30  # what was spent so far was spent before the signature


class NotEnough(Exception):
    """The terms say too little for a curve: the message names the field to fill."""


@dataclass(frozen=True)
class Context:
    """What the curve of a deal needs beside its terms."""

    bills: Sequence[Bill]
    forecaster: Forecaster
    cash_at_hand: Decimal | None
    monthly_burn: Decimal | None
    hour_cost: Decimal | None


def context(*, now: datetime) -> Context:
    """Read what is the same for every deal."""
    figures = FirmFigure.objects
    day = now.astimezone(Firm.current().zone).toordinal() + 1
    known = bills.read(known_at=now)
    return Context(
        bills=known,
        forecaster=Forecaster(known, bills.priors(), day=day),
        cash_at_hand=figures.at(FirmFigure.Kind.CASH, now),
        monthly_burn=figures.at(FirmFigure.Kind.MONTHLY_BURN, now),
        hour_cost=figures.at(FirmFigure.Kind.HOUR_COST, now),
    )


def compute(terms: PaymentTerms, found: Context) -> dict[str, Any]:
    """Return the curve of some terms and what each lever does, as plain values for pages.

    Raises NotEnough where the contract value or the shares are not known.
    """
    inputs = inputs_of(terms, found)
    delay = delay_of(terms, found)
    curve = cash.simulate(inputs.deal, delay)
    base = cash_summary.summary(curve, inputs.deal, found)
    changed = [
        {"code": code, **cash_summary.summary(cash.simulate(deal, delay), deal, found)}
        for code, deal in levers.levers(inputs)
    ]
    changed.sort(key=lambda row: row["peak"]["p90"])
    return {"format": FORMAT, **base, "curve": cash_summary.weekly(curve), "levers": changed}


def checksum(terms: PaymentTerms, found: Context) -> str:
    """Return what changes whenever the inputs of a curve do."""
    inputs = inputs_of(terms, found)
    curve = found.forecaster.curve(bill_of(terms.lead.account, is_advance=False)).survival
    plain = json.dumps([FORMAT, _plain(inputs), [round(float(p), 6) for p in curve[::30]]])
    return hashlib.sha256(plain.encode()).hexdigest()


def _plain(inputs: Inputs) -> Any:
    without = replace(
        inputs.deal,
        milestones=tuple(replace(one, delay=None) for one in inputs.deal.milestones),
    )
    return asdict(replace(inputs, deal=without))


def inputs_of(terms: PaymentTerms, found: Context) -> Inputs:
    """Return the deal of some terms; milestones first, the summary of the terms where none are."""
    if terms.contract_amount is None:
        raise NotEnough("contract_amount")
    prior = _prior(terms)
    rows = [row for row in terms.milestones.all() if row.archived_at is None]
    planned = _from_rows(terms, rows, prior) if rows else _from_summary(terms, prior)
    early = delay_of(terms, found, is_advance=True)
    milestones = tuple(
        replace(one, delay=early) if one.trigger_day <= 0 else one for one in planned
    )
    acceptance = next((n for n, one in enumerate(milestones) if one.slip and one.slip.sigma), None)
    last = len(milestones) - 1
    retention = last if last > 0 and milestones[last].loss_chance > 0 else None
    value = float(terms.contract_amount)
    costs, on_site, lumps, pre_sales = _costs(terms, found, value, milestones, acceptance)
    vat = VAT_PERCENT if terms.vat_percent is None else terms.vat_percent
    deal = Deal(value, float(vat / 100), milestones, costs, lumps)
    return Inputs(deal, acceptance, retention, on_site, pre_sales)


def _prior(terms: PaymentTerms) -> BuyerPrior:
    account = terms.lead.account
    name = payment_law.prior_of(
        kind=account.kind, size_class=account.size_class, country=account.country
    )
    return read_priors()[name]


def _from_rows(
    terms: PaymentTerms, rows: Sequence[PaymentMilestone], prior: BuyerPrior
) -> list[Milestone]:
    if any(row.share_percent is None for row in rows):
        raise NotEnough("share_percent")
    ordered = sorted(rows, key=lambda row: (row.position, row.pk))
    return [_milestone(terms, row, prior, is_last=row is ordered[-1]) for row in ordered]


def _milestone(
    terms: PaymentTerms, row: PaymentMilestone, prior: BuyerPrior, *, is_last: bool
) -> Milestone:
    trigger_day = _trigger_day(terms, row)
    own_term = row.term_days if row.term_days is not None else terms.term_days
    pays_by_bill = row.instrument == PaymentMilestone.Instrument.BILL or (
        not row.instrument and bool(terms.pays_by_bill)
    )
    wait = (TERM_DAYS if own_term is None else own_term) + (
        (terms.bill_days or 0) if pays_by_bill else 0
    )
    received = trigger_day - (1 if trigger_day <= 0 else 0)
    planned = trigger_day + ((terms.inspection_days or 0) if row.is_acceptance else 0)
    slip = _slip(terms, prior) if row.is_acceptance else None
    if row.accepted_date and terms.signed_date:
        # What has happened varies no more; coming late, it pushes what is still ahead.
        reached = (row.accepted_date - terms.signed_date).days
        slip = Slip(reached - planned, 0.0) if reached > planned else None
        planned = min(planned, reached)
    return Milestone(
        share=float(row.share_percent or 0) / 100,
        trigger_day=planned,
        term_days=wait,
        slip=slip,
        loss_chance=prior.final_loss_percent / 100 if row.is_retention and is_last else 0.0,
        received_day=received if row.gates_work else None,
    )


def _trigger_day(terms: PaymentTerms, row: PaymentMilestone) -> int:
    if row.trigger_day is not None:
        return row.trigger_day
    if row.planned_date and terms.signed_date:
        return (row.planned_date - terms.signed_date).days
    if rules.is_advance(label=row.label, position=row.position, trigger_day=None):
        return 0
    raise NotEnough("trigger_day")


def _slip(terms: PaymentTerms, prior: BuyerPrior) -> Slip:
    """Return how an acceptance slips; one that counts as given after some days slips little."""
    slip = levers.DEEMED if terms.has_deemed_acceptance else None
    return slip or Slip(prior.acceptance_slip_days, SLIP_SIGMA)


def _from_summary(terms: PaymentTerms, prior: BuyerPrior) -> list[Milestone]:
    """Return advance, acceptance and retention from what the terms say in sum."""
    if terms.prepay_percent is None:
        raise NotEnough("prepay_percent")
    advance = float(terms.prepay_percent) / 100
    kept = float(terms.retention_percent or 0) / 100
    if advance + kept > 1:
        raise NotEnough("retention_percent")
    wait = (TERM_DAYS if terms.term_days is None else terms.term_days) + (
        (terms.bill_days or 0) if terms.pays_by_bill else 0
    )
    months = RETENTION_MONTHS if terms.retention_months is None else terms.retention_months
    found = [
        Milestone(advance, 0, min(wait, TERM_DAYS)),
        Milestone(
            1 - advance - kept,
            ACCEPTANCE_DAY + (terms.inspection_days or 0),
            wait,
            _slip(terms, prior),
        ),
        Milestone(
            kept,
            ACCEPTANCE_DAY + months * cash.MONTH_DAYS,
            TERM_DAYS,
            None,
            prior.final_loss_percent / 100,
        ),
    ]
    return [one for one in found if one.share > 0]


def _costs(
    terms: PaymentTerms,
    found: Context,
    value: float,
    milestones: Sequence[Milestone],
    acceptance: int | None,
) -> tuple[tuple[Cost, ...], list[int], tuple[Lump, ...], list[int]]:
    """Return monthly costs with the places of those on site, lumps with those of pre-sales."""
    rows = [row for row in terms.costs.all() if row.archived_at is None]
    costs = [
        Cost(row.from_day, row.to_day, float(row.amount))
        for row in rows
        if row.is_monthly and row.to_day is not None
    ]
    monthly: list[DealCost] = [row for row in rows if row.is_monthly and row.to_day is not None]
    on_site = [n for n, row in enumerate(monthly) if terms.is_onsite and row.from_day >= 0]
    lumps = [Lump(row.from_day, float(row.amount)) for row in rows if not row.is_monthly]
    if terms.vendor_funded_amount:
        lumps.append(Lump(0, float(terms.vendor_funded_amount)))
    if terms.performance_bond_percent:
        bond = value * float(terms.performance_bond_percent) / 100
        done = milestones[acceptance].trigger_day if acceptance is not None else ACCEPTANCE_DAY
        lumps += [Lump(-BOND_BEFORE_DAYS, bond), Lump(done + BOND_BACK_DAYS, -bond)]
    pre_sales: list[int] = []
    if spent := _spent(terms, found):
        pre_sales.append(len(lumps))
        lumps.append(Lump(PRE_SALES_DAY, spent))
    return tuple(costs), on_site, tuple(lumps), pre_sales


def _spent(terms: PaymentTerms, found: Context) -> float:
    """Return what the lead has cost so far, unpaid."""
    lead = terms.lead
    if found.hour_cost is None:
        return float(lead.travel_amount)
    return float(
        rules.exposure_amount(
            hours=lead.unpaid_hours, hour_cost=found.hour_cost, travel_amount=lead.travel_amount
        )
    )


def bill_of(account: Account, *, is_advance: bool) -> Bill:
    """Return an invoice to an account that is still to be written."""
    buyer = payment_law.prior_of(
        kind=account.kind, size_class=account.size_class, country=account.country
    )
    return Bill(0, account.pk, buyer, 0, 0, is_advance=is_advance)


def delay_of(terms: PaymentTerms, found: Context, *, is_advance: bool = False) -> Delay:
    """Return how late the client of some terms pays."""
    return found.forecaster.curve(bill_of(terms.lead.account, is_advance=is_advance))
