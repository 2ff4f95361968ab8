"""The hand-written leads of the demo: those that every founder has met."""

from decimal import Decimal

from crm.demo import story_customers, story_giant, story_terms
from crm.demo.moments import Moments
from crm.demo.sheet import Sheet
from crm.demo.teller import Teller
from crm.demo.users import Staff
from crm.models import (
    Account,
    Ask,
    Bid,
    BudgetStage,
    Contact,
    Decision,
    Deliverable,
    Interaction,
    Lead,
    LeadFact,
    PaidStepOffer,
    PaymentTerms,
    Stage,
)

Kind, Role, Talk, Gift = Account.Kind, Contact.Role, Interaction.Kind, Interaction.Gift
Source, Deal, Handed, Fact = Lead.Source, Lead.DealType, Deliverable.Kind, LeadFact.Kind
CLIENT, US = Interaction.Side.CLIENT, Interaction.Side.US

TENDER, AUTHORITY, BUYER = "黛屿港务", "岫原新区政务中心", "筠禾教育"
NEWCOMER, ASKED, PATIENT, HEALTHY = "漪舟汽车", "渚岸银行", "苍岑冶金", "砚溯物流"
NAMES = (
    story_giant.GIANT, TENDER, AUTHORITY, BUYER, NEWCOMER, ASKED, PATIENT, HEALTHY,
    *story_customers.NAMES,
)  # fmt: skip


def tell(sheet: Sheet, moments: Moments, staff: Staff) -> Sheet:
    """Put the whole story on the sheet."""
    teller = Teller(sheet, moments, staff)
    story_giant.tell(teller)
    prewired_tender(teller)
    late_payer(teller)
    good_news(teller)
    two_talks(teller)
    paid_step(teller)
    motions(teller)
    on_its_way(teller)
    story_customers.tell(teller)
    return sheet


def prewired_tender(teller: Teller) -> None:
    """A tender that was written for somebody else, found by its notice six days before the end."""
    account = teller.account(
        TENDER, Kind.SOE, "宁波", 150, industry="港口", size_class="LARGE", is_big_name=False
    )
    lead = teller.lead(
        account, "堆场调度（公开招标）", teller.staff.manager, ago=4,
        source=Source.TENDER_NOTICE, first_ask=Ask.QUOTATION, deal_type=Deal.ONSITE_PROJECT,
        est_value_amount=Decimal(1_260_000), stage=Stage.BID, decide_by_date=teller.ahead(2),
    )  # fmt: skip
    buyer = teller.contact(
        account, "许卫东", "采购经理", Role.PROCUREMENT, level=2, part="采购部", ago=3
    )
    teller.sheet.add(
        Bid(
            lead=lead, kind=Bid.Kind.OPEN, happened_at=teller.at(4, 9), recorded_at=teller.at(4, 9),
            deadline_date=teller.ahead(2), prep_days=6, contact_before_notice=False,
            specification_fits_us=False, bidders_count=3, deposit_amount=Decimal(25_000),
            questions_asked_at=teller.at(3, 11), hours=Decimal("1.5"),
        )
    )  # fmt: skip
    teller.talk(lead, 3, Talk.INQUIRY, US, buyer, presales_hours=Decimal("1.5"),
                note="就参数提了五个问题，参数与我方产品对不上。")  # fmt: skip
    teller.talk(lead, 2, Talk.CALL, CLIENT, buyer, asks=[Ask.QUOTATION], presales_hours=Decimal(1),
                note="催报价，问题不答复。")  # fmt: skip
    teller.sheet.add(
        PaymentTerms(
            lead=lead, status=PaymentTerms.Status.PROPOSED_BY_CLIENT, prepay_percent=Decimal(10),
            retention_percent=Decimal(5), retention_months=12, term_days=90,
            has_acceptance_criteria=True, has_deemed_acceptance=True, pays_by_bill=False,
            happened_at=teller.at(3, 14), recorded_at=teller.at(3, 14), author=lead.owner,
        )
    )  # fmt: skip


def late_payer(teller: Teller) -> None:
    """A real buyer with terms that a small firm cannot live on."""
    account = teller.account(AUTHORITY, Kind.GOVERNMENT, "南京", 270, industry="政务")
    lin = teller.contact(
        account, "林国栋", "中心副主任", Role.BUDGET_HOLDER, level=4, part="中心办公室", ago=96
    )
    he = teller.contact(
        account, "何丽华", "热线业务科长", Role.BUSINESS_OWNER, level=3, part="热线业务科", ago=118
    )
    tang = teller.contact(account, "唐博", "信息科长", Role.IT, level=2, part="信息科", ago=104)
    lead = teller.lead(
        account, "热线分派", teller.staff.sellers[0], ago=120,
        source=Source.REFERRAL, first_ask=Ask.PRODUCT, deal_type=Deal.ONSITE_PROJECT,
        est_value_amount=Decimal(960_000), decide_by_date=teller.ahead(4),
    )  # fmt: skip
    for ago, kind, by, people, budget, next_in in (
        (118, Talk.CALL, CLIENT, (he,), BudgetStage.PLANNED, -104),
        (104, Talk.DEMO, US, (he, tang), "", -96),
        (96, Talk.VISIT_TO_CLIENT, US, (lin, he, tang), BudgetStage.APPLIED, -70),
        (70, Talk.EVALUATION, CLIENT, (he, tang), BudgetStage.APPROVED, -45),
        (45, Talk.BID_TALK, CLIENT, (lin, he), "", -12),
        (12, Talk.NEGOTIATION, CLIENT, (lin, he), "", -3),
        (3, Talk.CALL, CLIENT, (he,), "", 4),
    ):
        teller.talk(lead, ago, kind, by, *people, budget_stage=budget, next_in=next_in,
                    presales_hours=Decimal(2), response_latency_days=Decimal(2),
                    budget_holder_present=lin in people if len(people) > 1 else None)  # fmt: skip
    teller.give(lead, 90, Handed.SOLUTION_DOC, level=5, hours="8", title="热线分派方案")
    for stage, ago in (
        (Stage.QUALIFIED, 104), (Stage.SOLUTION, 96), (Stage.BID, 60), (Stage.CONTRACT, 12),
    ):  # fmt: skip
        teller.reach(lead, stage, ago)
    story_terms.ours(teller, lead)
    story_terms.theirs(teller, lead)


def good_news(teller: Teller) -> None:
    """A lead that turned last week: the budget is approved and its holder came along."""
    account = teller.account(BUYER, Kind.SME, "苏州", 160, industry="教育", size_class="MEDIUM")
    pan = teller.contact(account, "潘雨桐", "教研主管", Role.USER, level=2, part="教研组", ago=66)
    qian = teller.contact(
        account, "钱永康", "总经理", Role.BUDGET_HOLDER, level=5, part="总经办", ago=3
    )
    lead = teller.lead(
        account, "教研助手", teller.staff.sellers[1], ago=68,
        source=Source.EVENT, first_ask=Ask.PRODUCT, deal_type=Deal.LICENCE,
        est_value_amount=Decimal(420_000), decide_by_date=teller.ahead(9),
    )  # fmt: skip
    for ago, kind, by, budget, next_in in (
        (66, Talk.ONLINE_MEETING, US, "", -52),
        (52, Talk.DEMO, CLIENT, BudgetStage.PLANNED, -34),
        (34, Talk.CALL, CLIENT, "", -20),
        (20, Talk.ONLINE_MEETING, US, "", None),
    ):
        teller.talk(lead, ago, kind, by, pan, budget_stage=budget, next_in=next_in,
                    presales_hours=Decimal("1.5"), response_latency_days=Decimal(2))  # fmt: skip
    teller.give(
        lead, 50, Handed.REDACTED_CASE, level=3, hours="1", title="两家培训机构案例（脱敏）"
    )
    teller.talk(
        lead, 3, Talk.ONLINE_MEETING, CLIENT, qian, pan, budget_stage=BudgetStage.APPROVED,
        budget_holder_present=True, client_gave=[Gift.REQUIREMENTS], presales_hours=Decimal("1.5"),
        next_in=4, next_step="合同沟通（对方总经理到我方）", note="总经理到会，预算已批 42 万。",
    )  # fmt: skip
    teller.reach(lead, Stage.QUALIFIED, 52)
    teller.reach(lead, Stage.SOLUTION, 20)


def two_talks(teller: Teller) -> None:
    """A lead of which too little is known for a verdict."""
    account = teller.account(
        NEWCOMER, Kind.LISTED, "上海", 170, industry="汽车", size_class="LARGE"
    )
    song = teller.contact(account, "宋明远", "产品经理", "", level=2, part="座舱研发部", ago=9)
    lead = teller.lead(
        account, "座舱问答", teller.staff.sellers[2], ago=10,
        source=Source.OUTBOUND, first_ask=Ask.PRODUCT,
    )  # fmt: skip
    teller.talk(lead, 9, Talk.CALL, US, song, presales_hours=Decimal("0.5"), next_in=-3)
    teller.talk(lead, 3, Talk.CALL, CLIENT, song, presales_hours=Decimal("0.5"), next_in=2,
                next_step="线上演示", asks=None, client_gave=None)  # fmt: skip


def paid_step(teller: Teller) -> None:
    """A lead that was offered a small paid step a week ago; the answer is due."""
    account = teller.account(ASKED, Kind.LISTED, "上海", 170, industry="银行", size_class="LARGE")
    deng = teller.contact(
        account, "邓佳宁", "创新经理", Role.SPONSOR, level=2, part="创新中心", ago=58
    )
    shen = teller.contact(account, "沈立群", "法务业务主管", Role.BUSINESS_OWNER, level=3,
                          part="法务业务部", ago=30)  # fmt: skip
    lead = teller.lead(
        account, "合同审阅", teller.staff.sellers[0], ago=60, source=Source.EVENT,
        first_ask=Ask.PRODUCT, deal_type=Deal.POC_FIRST, est_value_amount=Decimal(780_000),
        decide_by_date=teller.ahead(8),
    )  # fmt: skip
    for ago, kind, by, person, asks, next_in in (
        (58, Talk.ONLINE_MEETING, CLIENT, deng, [], -44),
        (44, Talk.DEMO, US, deng, [], -30),
        (30, Talk.ONLINE_MEETING, CLIENT, shen, [Ask.SOLUTION_DOC], -16),
        (16, Talk.SOLUTION_REQUEST, CLIENT, deng, [Ask.POC], -7),
        (7, Talk.ONLINE_MEETING, US, shen, [], 7),
    ):
        teller.talk(lead, ago, kind, by, person, asks=asks, next_in=next_in,
                    presales_hours=Decimal("1.5"), response_latency_days=Decimal(2))  # fmt: skip
    teller.give(lead, 28, Handed.REDACTED_CASE, level=3, hours="1.5", title="合同审阅案例（脱敏）")
    teller.sheet.add(
        PaidStepOffer(
            lead=lead, what="两周诊断", amount=Decimal(28_000), author=lead.owner,
            happened_at=teller.at(7, 17), recorded_at=teller.at(7, 17),
        )
    )  # fmt: skip
    teller.decide(lead, 7, Decision.Kind.OFFER_PAID_STEP, teller.staff.sellers[0],
                  "看对方能否批下一笔小钱",
                  handling=Decision.Handling.REDUCE, review_date=teller.ahead(7))  # fmt: skip
    teller.reach(lead, Stage.QUALIFIED, 44)
    teller.reach(lead, Stage.SOLUTION, 30)


def motions(teller: Teller) -> None:
    """A house that goes through all its steps while its budget never moves."""
    account = teller.account(
        PATIENT, Kind.SOE, "郑州", 900, industry="冶金", size_class="LARGE", is_big_name=False
    )
    cao = teller.contact(account, "曹建国", "信息主管", Role.IT, level=2, part="信息中心", ago=128)
    lead = teller.lead(
        account, "公文写作助手", teller.staff.sellers[1], ago=130, source=Source.OUTBOUND,
        first_ask=Ask.PRODUCT, deal_type=Deal.ONSITE_PROJECT, est_value_amount=Decimal(650_000),
        decide_by_date=teller.ahead(11),
    )  # fmt: skip
    for ago, kind, by, budget, next_in in (
        (128, Talk.CALL, US, "", -120),
        (118, Talk.ONLINE_MEETING, CLIENT, BudgetStage.PLANNED, None),
        (96, Talk.BACKGROUND_CHECK, CLIENT, "", None),
        (74, Talk.INTERNAL_REPORT, CLIENT, "", None),
        (52, Talk.EVALUATION, CLIENT, "", None),
        (34, Talk.EVALUATION, CLIENT, "", None),
        (12, Talk.BID_TALK, CLIENT, BudgetStage.PLANNED, None),
    ):
        teller.talk(lead, ago, kind, by, cao, budget_stage=budget, next_in=next_in,
                    presales_hours=Decimal(2), response_latency_days=Decimal(4),
                    budget_holder_present=False if kind != Talk.CALL else None)  # fmt: skip
    teller.reach(lead, Stage.QUALIFIED, 118)
    teller.reach(lead, Stage.SOLUTION, 74)
    teller.decide(lead, 4, Decision.Kind.ACCEPT_RISK, teller.staff.manager,
                  "老关系介绍，只留线上沟通，不再出差", handling=Decision.Handling.REDUCE,
                  review_date=teller.ahead(11))  # fmt: skip


def on_its_way(teller: Teller) -> None:
    """A lead that simply goes well, with a demo tomorrow."""
    account = teller.account(HEALTHY, Kind.SME, "杭州", 0, industry="物流", size_class="MEDIUM")
    lu = teller.contact(
        account, "吕晓峰", "运营总监", Role.BUSINESS_OWNER, level=3, part="运营业务部", ago=24
    )
    lead = teller.lead(
        account, "工单分派", teller.staff.sellers[2], ago=25, source=Source.REFERRAL,
        first_ask=Ask.PRODUCT, deal_type=Deal.LICENCE, est_value_amount=Decimal(260_000),
    )  # fmt: skip
    for ago, kind, by, budget, next_in in (
        (24, Talk.CALL, CLIENT, "", -17),
        (17, Talk.ONLINE_MEETING, CLIENT, BudgetStage.APPLIED, -6),
        (6, Talk.CALL, CLIENT, "", 1),
    ):
        teller.talk(lead, ago, kind, by, lu, budget_stage=budget, next_in=next_in,
                    next_step="产品演示", client_gave=[Gift.REQUIREMENTS],
                    presales_hours=Decimal(1), response_latency_days=Decimal(1))  # fmt: skip
    teller.reach(lead, Stage.QUALIFIED, 17)
