"""The money of a pursuit: terms, milestones, invoices, payments."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from crm.demo.pursuit import Pursuit, money
from crm.models import Account, Invoice, LeadFact, Payment, PaymentMilestone, PaymentTerms

Kind, Status = Account.Kind, PaymentTerms.Status
CENT = Decimal("0.01")


class Payer(NamedTuple):
    """How a kind of account usually pays; late days as a point at zero and a lognormal."""

    on_time: float
    late_days: float
    spread: float
    prepay: tuple[int, ...]
    terms: tuple[int, ...]
    slip_days: float
    by_audit: float


PAYERS = {
    Kind.GOVERNMENT: Payer(0.22, 72, 0.95, (0, 0, 10, 20, 30), (30, 60, 60, 90), 45, 0.45),
    Kind.PUBLIC_INSTITUTION: Payer(0.22, 66, 0.95, (0, 10, 20, 30), (30, 60, 60), 40, 0.35),
    Kind.SOE: Payer(0.30, 56, 0.90, (0, 10, 20, 30), (30, 60, 60, 90), 30, 0.25),
    Kind.LISTED: Payer(0.34, 44, 0.90, (10, 20, 30, 30), (30, 45, 60, 90), 25, 0.06),
    Kind.FORTUNE500_CN: Payer(0.42, 34, 0.85, (10, 20, 30), (60, 60, 90), 20, 0.03),
    Kind.FOREIGN: Payer(0.55, 18, 0.80, (30, 30, 40), (30, 45, 60), 10, 0.02),
    Kind.SME: Payer(0.45, 25, 0.90, (30, 40, 50, 50), (7, 15, 30), 8, 0.02),
    Kind.INTEGRATOR: Payer(0.28, 60, 0.90, (0, 20, 30), (30, 60), 30, 0.15),
}
NEVER_PAID, DISPUTED, BILLED_LATE, IN_TWO_PARTS = 0.012, 0.05, 0.12, 0.12
WRITTEN_OFF_AFTER = timedelta(days=420)


def terms(pursuit: Pursuit, moment: datetime, status: str) -> PaymentTerms:
    """Tell one version of the payment terms."""
    rng, account = pursuit.rng, pursuit.house.account
    payer = PAYERS[Kind(account.kind)]
    prepay = rng.choice(payer.prepay)
    amount = pursuit.lead.est_value_amount or money(rng.lognormvariate(12.7, 0.6))
    return pursuit.sheet.add(
        PaymentTerms(
            lead=pursuit.lead,
            status=status,
            contract_amount=amount,
            prepay_percent=Decimal(prepay),
            retention_percent=Decimal(rng.choice((0, 5, 5, 10))),
            retention_months=12,
            term_days=rng.choice(payer.terms),
            is_back_to_back=pursuit.unless_unknown(
                0.15, value=pursuit.happens(0.3 if account.kind == Kind.INTEGRATOR else 0.05)
            ),
            accepted_by_audit=pursuit.unless_unknown(0.1, value=pursuit.happens(payer.by_audit)),
            has_acceptance_criteria=pursuit.unless_unknown(0.2, value=pursuit.happens(0.65)),
            has_deemed_acceptance=pursuit.unless_unknown(0.25, value=pursuit.happens(0.35)),
            pays_by_bill=pursuit.unless_unknown(0.2, value=pursuit.happens(0.08)),
            is_onsite=pursuit.lead.deal_type == "ONSITE_PROJECT",
            onsite_person_days=(
                rng.choice((10, 20, 30, 40)) if pursuit.lead.deal_type == "ONSITE_PROJECT" else None
            ),
            vendor_funded_amount=money(rng.uniform(10_000, 80_000))
            if pursuit.happens(0.2)
            else None,
            sme_declared=pursuit.unless_unknown(0.3, value=pursuit.happens(0.5)),
            happened_at=moment,
            recorded_at=pursuit.logged(moment),
            author=pursuit.lead.owner,
        )
    )


def sign(pursuit: Pursuit, signed_at: datetime, agreed: PaymentTerms) -> None:
    """Tell the contract, the start of work, the milestones, and what was billed and paid."""
    early = pursuit.happens(0.06)
    started_at = signed_at - timedelta(days=9) if early else signed_at + timedelta(days=4)
    for kind, moment in (
        (LeadFact.Kind.CONTRACT_SIGNED, signed_at),
        (LeadFact.Kind.WORK_STARTED, max(started_at, pursuit.lead.opened_at)),
    ):
        if moment <= pursuit.until:
            pursuit.sheet.add(
                LeadFact(
                    lead=pursuit.lead,
                    kind=kind,
                    happened_at=moment,
                    recorded_at=pursuit.logged(moment),
                    author=pursuit.lead.owner,
                )
            )
    _milestones(pursuit, agreed, pursuit.moments.day_of(signed_at))


def shares(agreed: PaymentTerms) -> list[tuple[str, str, Decimal, int]]:
    """Return label, trigger, share in % and days from signature of each milestone."""
    prepay, retention = agreed.prepay_percent or Decimal(0), agreed.retention_percent or Decimal(0)
    rest = 100 - prepay - retention
    delivery = (rest * Decimal("0.4")).quantize(Decimal(1))
    parts = [
        ("预付款", "合同签订", prepay, 7),
        ("上线款", "系统上线", delivery, 75),
        ("验收款", "最终验收", rest - delivery, 130),
        ("质保金", "质保期满", retention, 130 + 30 * (agreed.retention_months or 12)),
    ]
    return [part for part in parts if part[2] > 0]


def _milestones(pursuit: Pursuit, agreed: PaymentTerms, signed: date) -> None:
    rng, payer = pursuit.rng, PAYERS[Kind(pursuit.house.account.kind)]
    slipped = 0
    for position, (label, trigger, share, days) in enumerate(shares(agreed)):
        planned = signed + timedelta(days=days)
        if position:
            slipped += round(rng.lognormvariate(0, 0.7) * payer.slip_days / 2)
        reached = planned + timedelta(days=slipped)
        milestone = pursuit.sheet.add(
            PaymentMilestone(
                lead=pursuit.lead,
                terms=agreed,
                label=label,
                position=position,
                share_percent=share,
                trigger=trigger,
                planned_date=planned,
                term_days=agreed.term_days,
                instrument="BILL" if agreed.pays_by_bill else "TRANSFER",
                is_retention=label == "质保金",
                is_acceptance=label == "验收款",
                recorded_at=agreed.recorded_at,
            )
        )
        if reached <= pursuit.moments.today:
            milestone.accepted_date = reached
            entered = pursuit.moments.on(reached, time(17))
            milestone.accepted_recorded_at = min(entered, pursuit.until)
            bill(pursuit, milestone, reached)


def bill(pursuit: Pursuit, milestone: PaymentMilestone, reached: date) -> None:
    """Tell the invoice of a milestone, and what came in for it up to now."""
    rng, today = pursuit.rng, pursuit.moments.today
    issued = reached + timedelta(days=rng.randint(18, 35) if pursuit.happens(BILLED_LATE) else
                                 rng.randint(0, 9))  # fmt: skip
    if issued > today or milestone.terms is None or milestone.terms.contract_amount is None:
        return
    amount = milestone.terms.contract_amount * (milestone.share_percent or 0) / 100
    invoice = pursuit.sheet.add(
        Invoice(
            account=pursuit.house.account,
            lead=pursuit.lead,
            milestone=milestone,
            milestone_label=milestone.label,
            amount=amount.quantize(CENT),
            issued_date=issued,
            due_date=issued + timedelta(days=milestone.term_days or 30),
            recorded_at=min(pursuit.moments.on(issued, time(17, 30)), pursuit.until),
        )
    )
    invoice.number = f"FP{issued:%y%m}-{invoice.ledger_id.rsplit('-', 1)[-1]}"
    disputed = issued + timedelta(days=rng.randint(5, 25))
    if pursuit.happens(DISPUTED) and disputed <= today:
        invoice.disputed_date = disputed
    _collect(pursuit, invoice)


def _collect(pursuit: Pursuit, invoice: Invoice) -> None:
    today = pursuit.moments.today
    if pursuit.happens(NEVER_PAID):
        given_up = invoice.due_date + WRITTEN_OFF_AFTER
        invoice.written_off_date = given_up if given_up <= today else None
        return
    days = _days_late(pursuit, invoice)
    paid_on = max(invoice.issued_date, invoice.due_date + timedelta(days=days))
    parts = [(paid_on, invoice.amount)]
    if pursuit.happens(IN_TWO_PARTS):
        first = (invoice.amount * Decimal("0.6")).quantize(CENT)
        parts = [(paid_on, first), (paid_on + timedelta(days=25), invoice.amount - first)]
    for day, amount in parts:
        if day <= today:
            receive(pursuit, invoice, day, amount)
    if invoice.paid_amount == invoice.amount:
        invoice.settled_date = parts[-1][0]


def _days_late(pursuit: Pursuit, invoice: Invoice) -> int:
    payer, rng = PAYERS[Kind(pursuit.house.account.kind)], pursuit.rng
    if pursuit.happens(payer.on_time):
        return -rng.randint(0, 6)
    days = payer.late_days * pursuit.house.slowness * rng.lognormvariate(0, payer.spread)
    if invoice.milestone_label == "预付款":
        days *= 0.3
    if invoice.disputed_date:
        days += 30
    return round(days)


def receive(pursuit: Pursuit, invoice: Invoice, day: date, amount: Decimal) -> None:
    """Tell one payment."""
    entered = pursuit.moments.on(day + timedelta(days=pursuit.rng.choice((0, 0, 1, 2))), time(10))
    pursuit.sheet.add(
        Payment(
            invoice=invoice,
            paid_date=day,
            amount=amount,
            recorded_at=min(entered, pursuit.until),
        )
    )
    invoice.paid_amount += amount
