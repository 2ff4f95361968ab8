"""The paying customers of the demo's story: three owe us money, two pay this week."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from crm.demo.teller import Teller
from crm.models import (
    Account,
    Ask,
    BudgetStage,
    Contact,
    Interaction,
    Invoice,
    Lead,
    LeadFact,
    Outcome,
    Payment,
    PaymentMilestone,
    PaymentTerms,
    Stage,
)

Kind, Talk, Role = Account.Kind, Interaction.Kind, Contact.Role
CLIENT, US = Interaction.Side.CLIENT, Interaction.Side.US


class Customer(NamedTuple):
    """A customer with one invoice that is not paid yet."""

    name: str
    kind: str
    city: str
    km: int
    industry: str
    subject: str
    won_ago: int  # days since the contract
    contract: int
    open_label: str
    open_amount: int
    overdue_days: int  # below zero: due so many days ahead
    term_days: int


CUSTOMERS = (
    Customer(
        "栖岭能源", Kind.SOE, "合肥", 420, "电力", "设备巡检问答", won_ago=330, contract=320_000,
        open_label="验收款", open_amount=96_000, overdue_days=94, term_days=60,
    ),
    Customer(
        "鹭川水务", Kind.PUBLIC_INSTITUTION, "南昌", 510, "水务", "热线分析", won_ago=290,
        contract=290_000, open_label="尾款", open_amount=58_000, overdue_days=37, term_days=30,
    ),
    Customer(
        "遥枫家居", Kind.SME, "宁波", 150, "家居", "客服质检", won_ago=150, contract=128_000,
        open_label="上线款", open_amount=32_000, overdue_days=8, term_days=30,
    ),
    Customer(
        "昱原零售", Kind.SME, "上海", 170, "零售", "排班优化", won_ago=32, contract=120_000,
        open_label="预付款", open_amount=36_000, overdue_days=-2, term_days=30,
    ),
    Customer(
        "槐泽医械", Kind.FOREIGN, "苏州", 160, "医疗器械", "文档检索", won_ago=70, contract=80_000,
        open_label="授权费", open_amount=16_000, overdue_days=-4, term_days=30,
    ),
)  # fmt: skip
NAMES = tuple(customer.name for customer in CUSTOMERS)


def tell(teller: Teller) -> None:
    """Put the customers on the sheet."""
    for place, customer in enumerate(CUSTOMERS):
        lead = _won(teller, customer, place)
        _billed(teller, customer, lead)


def _won(teller: Teller, customer: Customer, place: int) -> Lead:
    account = teller.account(
        customer.name, customer.kind, customer.city, customer.km, industry=customer.industry
    )
    won = customer.won_ago
    owner = teller.staff.sellers[place % len(teller.staff.sellers)]
    boss = teller.contact(
        account, "冯志强", "副总经理", Role.BUDGET_HOLDER, level=4, part="总经办", ago=won + 40
    )
    user = teller.contact(
        account, "蒋若曦", "业务主管", Role.BUSINESS_OWNER, level=2, part="业务部", ago=won + 58
    )
    lead = teller.lead(
        account, customer.subject, owner, ago=won + 60, source=Lead.Source.REFERRAL,
        first_ask=Ask.PRODUCT, deal_type=Lead.DealType.LICENCE,
        est_value_amount=Decimal(customer.contract),
    )  # fmt: skip
    for ago, kind, by, people, budget in (
        (58, Talk.CALL, CLIENT, (user,), ""),
        (50, Talk.DEMO, US, (user,), BudgetStage.PLANNED),
        (40, Talk.ONLINE_MEETING, CLIENT, (boss, user), BudgetStage.APPLIED),
        (22, Talk.CALL, CLIENT, (user,), BudgetStage.APPROVED),
        (5, Talk.NEGOTIATION, CLIENT, (boss, user), ""),
    ):
        teller.talk(lead, won + ago, kind, by, *people, budget_stage=budget,
                    next_in=-(won + max(ago - 10, 0)), presales_hours=Decimal("1.5"),
                    budget_holder_present=boss in people or None)  # fmt: skip
    for stage, ago in (
        (Stage.QUALIFIED, 50),
        (Stage.SOLUTION, 40),
        (Stage.BID, 22),
        (Stage.CONTRACT, 5),
    ):
        teller.reach(lead, stage, won + ago)
    lead.closed_at, lead.outcome = teller.at(won, 15), Outcome.WON
    lead.outcome_recorded_at, lead.outcome_by = lead.closed_at, owner
    lead.outcome_is_guess, lead.outcome_basis = False, "合同已签"
    teller.note(lead, won, LeadFact.Kind.CONTRACT_SIGNED)
    return lead


def _billed(teller: Teller, customer: Customer, lead: Lead) -> None:
    """Tell the contract, what was paid of it, and the invoice that is open."""
    terms = teller.sheet.add(
        PaymentTerms(
            lead=lead, status=PaymentTerms.Status.AGREED, prepay_percent=Decimal(30),
            contract_amount=Decimal(customer.contract), retention_percent=Decimal(0),
            term_days=customer.term_days,
            accepted_by_audit=False, has_acceptance_criteria=True, has_deemed_acceptance=False,
            happened_at=teller.at(customer.won_ago), recorded_at=teller.at(customer.won_ago),
            author=lead.owner,
        )
    )  # fmt: skip
    today = teller.moments.today
    due = today - timedelta(days=customer.overdue_days)
    issued = due - timedelta(days=customer.term_days)
    paid_before = customer.contract - customer.open_amount
    if customer.open_label != "预付款":
        signed = teller.day(customer.won_ago)
        early = _invoice(
            teller, lead, terms, label="预付款", amount=paid_before,
            issued=signed + timedelta(days=3), place=0,
        )  # fmt: skip
        paid_on = early.due_date + timedelta(days=6)
        teller.sheet.add(
            Payment(
                invoice=early, paid_date=paid_on, amount=early.amount,
                recorded_at=min(teller.moments.on(paid_on, time(10)), teller.moments.until),
            )
        )  # fmt: skip
        early.paid_amount, early.settled_date = early.amount, paid_on
    _invoice(
        teller, lead, terms, label=customer.open_label, amount=customer.open_amount,
        issued=issued, place=1,
    )  # fmt: skip


def _invoice(
    teller: Teller,
    lead: Lead,
    terms: PaymentTerms,
    *,
    label: str,
    amount: int,
    issued: date,
    place: int,
) -> Invoice:
    """Bill a milestone that was reached the day before."""
    reached = issued - timedelta(days=1)
    recorded_at = min(teller.moments.on(issued, time(17)), teller.moments.until)
    days = terms.term_days or 30
    milestone = teller.sheet.add(
        PaymentMilestone(
            lead=lead, terms=terms, label=label, position=place, term_days=days,
            share_percent=round(Decimal(100 * amount) / (terms.contract_amount or 1), 2),
            planned_date=reached, accepted_date=reached, accepted_recorded_at=recorded_at,
            recorded_at=terms.recorded_at,
        )
    )  # fmt: skip
    invoice = teller.sheet.add(
        Invoice(
            account=lead.account, lead=lead, milestone=milestone, milestone_label=label,
            amount=Decimal(amount), issued_date=issued, due_date=issued + timedelta(days=days),
            recorded_at=recorded_at,
        )
    )  # fmt: skip
    invoice.number = f"FP{issued:%y%m}-{invoice.ledger_id.rsplit('-', 1)[-1]}"
    return invoice
