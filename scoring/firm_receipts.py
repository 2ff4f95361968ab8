"""What may come in for the firm: open invoices, what is signed, what is on the table."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from crm.models import Invoice, Lead, PaymentMilestone, PaymentTerms
from crm.payment_priors import read_priors
from scoring import bills, deal_cash
from scoring.deal_cash import Context, NotEnough
from scoring.firm_cash import Receipt
from scoring.tables import OWN_CURRENCY

AGREED = PaymentTerms.Status.AGREED
MOST_MILESTONES, MOST_DRAFTS = 2_000, 500


def waiting(known: Context, *, today: date) -> Iterator[Receipt]:
    """Yield what waits to be paid, each with the rest of its curve."""
    amounts, day = bills.open_amounts(), today.toordinal() + 1
    for bill in known.bills:
        if bill.key not in amounts or bill.is_paid_before(day) or bill.ended_day is not None:
            continue
        yield Receipt(
            amount=float(amounts[bill.key]),
            due_date=date.fromordinal(bill.due_day),
            delay=known.forecaster.curve(bill),
            unpaid_after=day - 1 - bill.due_day,
        )


def signed(known: Context, *, today: date) -> Iterator[Receipt]:
    """Yield the milestones of contracts that are not billed yet.

    Of a contract that another one replaced, only what was reached under it counts.
    """
    contracts = PaymentTerms.objects.filter(
        status=AGREED, archived_at=None, contract_amount__isnull=False, currency=OWN_CURRENCY
    )
    latest = _newest(contracts)
    billed = Invoice.objects.filter(milestone=OuterRef("pk"), archived_at=None)
    rows = (
        PaymentMilestone.objects.filter(
            ~Exists(billed), terms__in=contracts, archived_at=None, share_percent__isnull=False
        )
        .select_related("terms", "lead__account")
        .order_by("pk")[:MOST_MILESTONES]
    )
    for row in rows:
        if latest[row.lead_id].pk == row.terms_id or row.accepted_date:
            yield from _of_milestone(row, known, today=today, chance=1.0)


def pipeline(known: Context, *, today: date) -> Iterator[Receipt]:
    """Yield what terms on the table would bring, by their lead's chance of an order.

    The newest version of a lead's terms stands for it; without milestones, what it says in sum.
    """
    for terms in drafts():
        lead = terms.lead
        if lead.order_chance is None or lead.deal_type in Lead.EARN_NOTHING:
            continue
        rows = [row for row in terms.milestones.all() if row.archived_at is None]
        for row in rows:
            yield from _of_milestone(row, known, today=today, chance=lead.order_chance)
        if not rows:
            yield from _in_sum(terms, known, today=today, chance=lead.order_chance)


def drafts() -> list[PaymentTerms]:
    """Return the newest terms of running leads without a contract, the largest first."""
    contracts = PaymentTerms.objects.filter(status=AGREED, archived_at=None)
    running = Lead.objects.open().exclude(pk__in=contracts.values("lead_id"))
    rows = (
        PaymentTerms.objects.filter(
            lead__in=running,
            archived_at=None,
            contract_amount__isnull=False,
            currency=OWN_CURRENCY,
        )
        .select_related("lead__account")
        .prefetch_related("milestones__lead__account", "costs")
    )
    found = sorted(
        _newest(rows).values(), key=lambda terms: (-(terms.contract_amount or 0), terms.pk)
    )
    return found[:MOST_DRAFTS]


def _newest(rows: QuerySet[PaymentTerms]) -> Mapping[int, PaymentTerms]:
    """Return the newest version of each lead."""
    return {terms.lead_id: terms for terms in rows.order_by("happened_at", "pk")}


def _of_milestone(
    row: PaymentMilestone, known: Context, *, today: date, chance: float
) -> Iterator[Receipt]:
    terms, trigger = row.terms, _trigger_date(row, today=today)
    if terms is None or terms.contract_amount is None or trigger is None or not row.share_percent:
        return
    bill = deal_cash.bill_of(row.lead.account, is_advance=False)
    slip = read_priors()[bill.buyer].acceptance_slip_days if not row.accepted_date else 0.0
    # What should have been triggered before today waits for its trigger from today on.
    from_day = row.accepted_date or max(trigger, today)
    own_term = terms.term_days if row.term_days is None else row.term_days
    wait = timedelta(days=deal_cash.TERM_DAYS if own_term is None else own_term)
    vat = deal_cash.VAT_PERCENT if terms.vat_percent is None else terms.vat_percent
    amount = terms.contract_amount * row.share_percent / 100 * (1 + vat / Decimal(100))
    yield Receipt(
        amount=float(amount),
        due_date=from_day + wait,
        delay=known.forecaster.curve(bill),
        chance=chance,
        slip_median_days=slip if row.is_acceptance else 0.0,
    )


def _trigger_date(row: PaymentMilestone, *, today: date) -> date | None:
    """Return when a milestone is planned for; days after a signature still ahead count from today.

    None where neither is known.
    """
    if row.planned_date or row.trigger_day is None:
        return row.planned_date
    day = row.terms.signed_date if row.terms else None
    return (day or today) + timedelta(days=row.trigger_day)


def _in_sum(
    terms: PaymentTerms, known: Context, *, today: date, chance: float
) -> Iterator[Receipt]:
    """Yield what terms bring that say only in sum how they are paid."""
    try:
        deal = deal_cash.inputs_of(terms, known).deal
    except NotEnough:
        return
    day = max(terms.signed_date or today, today)
    usual = deal_cash.delay_of(terms, known)
    for one in deal.milestones:
        yield Receipt(
            amount=deal.value * (1 + deal.vat_rate) * one.share,
            due_date=day + timedelta(days=one.trigger_day + one.term_days),
            delay=one.delay or usual,
            chance=chance * (1 - one.loss_chance),
            slip_median_days=one.slip.median_days if one.slip else 0.0,
        )
