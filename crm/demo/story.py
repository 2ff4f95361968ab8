"""The hand-written leads of the demo: those that every founder has met."""

from decimal import Decimal

from crm.demo import story_customers
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

GIANT, TENDER, AUTHORITY, BUYER = "穹川电网", "黛屿港务", "岫原新区政务中心", "筠禾教育"
NEWCOMER, ASKED, PATIENT, HEALTHY = "漪舟汽车", "渚岸银行", "苍岑冶金", "砚溯物流"
NAMES = (
    GIANT, TENDER, AUTHORITY, BUYER, NEWCOMER, ASKED, PATIENT, HEALTHY, *story_customers.NAMES,
)  # fmt: skip


def tell(sheet: Sheet, moments: Moments, staff: Staff) -> Sheet:
    """Put the whole story on the sheet."""
    teller = Teller(sheet, moments, staff)
    free_consulting(teller)
    prewired_tender(teller)
    late_payer(teller)
    good_news(teller)
    two_talks(teller)
    paid_step(teller)
    motions(teller)
    on_its_way(teller)
    story_customers.tell(teller)
    return sheet


def free_consulting(teller: Teller) -> None:
    """A giant learns all it can: three rounds of solutions, no budget, then silence."""
    sent = teller.days_since_workday(12)
    account = teller.account(
        GIANT, Kind.LISTED, "合肥", 420, industry="电力", size_class="LARGE", is_big_name=True
    )
    gu = teller.contact(
        account, "顾承志", "数字化处长", "", level=3, part="数字化部", ago=sent + 56
    )
    zhou = teller.contact(
        account,
        "周敏",
        "检修业务主管",
        Role.BUSINESS_OWNER,
        level=2,
        part="生产业务部",
        ago=sent + 38,
    )
    chen = teller.contact(
        account, "陈博", "工程师", Role.IT, level=1, part="信息中心", ago=sent + 35
    )
    lead = teller.lead(
        account, "运维知识助手", teller.staff.founder, ago=sent + 56,
        source=Source.INBOUND_WECHAT, first_ask=Ask.BASIC_KNOWLEDGE, deal_type=Deal.ONSITE_PROJECT,
        stated_purpose="提高检修效率", est_value_amount=Decimal(1_800_000), cap_hours=Decimal(40),
        cap_amount=Decimal(10_000), decide_by_date=teller.ahead(4),
    )  # fmt: skip
    talk, give = teller.talk, teller.give
    talk(lead, sent + 56, Talk.WECHAT, CLIENT, gu, asks=[Ask.BASIC_KNOWLEDGE],
         presales_hours=Decimal("0.5"), next_in=-(sent + 52), next_step="线上讲解",
         note="顾处长加微信，想先了解大模型能做什么。")  # fmt: skip
    talk(lead, sent + 52, Talk.ONLINE_MEETING, US, gu,
         asks=[Ask.BASIC_KNOWLEDGE, Ask.INDUSTRY_DATA], presales_hours=Decimal("1.5"),
         response_latency_days=Decimal(1), next_in=-(sent + 38),
         note="给十几位同事讲了一个多小时基础知识。")  # fmt: skip
    give(lead, sent + 48, Handed.INDUSTRY_DATA, level=3, hours="1.5", title="电力行业应用数据")
    talk(lead, sent + 38, Talk.VISIT_TO_CLIENT, US, zhou, gu, presales_hours=Decimal(2),
         client_gave=[Gift.NAMES, Gift.REQUIREMENTS], travel_hours=Decimal(5),
         travel_amount=Decimal(2_430), budget_holder_present=False, next_in=-(sent + 35),
         note="到合肥现场演示，第一次见到业务主管，拿到两页需求清单。")  # fmt: skip
    give(lead, sent + 38, Handed.DEMO, level=2, hours="1")
    teller.reach(lead, Stage.QUALIFIED, sent + 38)
    talk(lead, sent + 35, Talk.SOLUTION_REQUEST, CLIENT, chen, asks=[Ask.SOLUTION_DOC],
         presales_hours=Decimal(1), response_latency_days=Decimal(1),
         client_gave=[Gift.DATA], next_in=-(sent + 31))  # fmt: skip
    give(lead, sent + 31, Handed.SOLUTION_DOC, level=5, hours="4.5", title="解决方案 v1")
    teller.reach(lead, Stage.SOLUTION, sent + 31)
    teller.note(lead, sent + 28, Fact.LEADERSHIP_STANCE, LeadFact.Value.MANDATE, who="分管副总",
                note="2027 年检修知识覆盖率指标")  # fmt: skip
    teller.note(lead, sent + 28, Fact.COMPELLING_EVENT, due_date=teller.ahead(70),
                note="集团年度科技项目申报截止")  # fmt: skip
    talk(lead, sent + 19, Talk.SOLUTION_REQUEST, CLIENT, chen, asks=[Ask.SOLUTION_DOC],
         presales_hours=Decimal(1), response_latency_days=Decimal(6),
         next_in=-(sent + 10))  # fmt: skip
    give(lead, sent + 16, Handed.ARCHITECTURE, level=4, hours="2.5", title="架构概要")
    teller.decide(lead, sent + 12, Decision.Kind.CONTINUE, teller.staff.manager,
                  "指标是真的，再等一轮预算", handling=Decision.Handling.ACCEPT,
                  review_date=teller.day(sent - 2))  # fmt: skip
    teller.decide(lead, sent + 12, Decision.Kind.REVIEW_EFFORT, teller.staff.manager,
                  "预算一轮后再看，工时上限从 12 提到 40 小时",
                  shown={"before": {"cap_hours": "12.0"}, "after": {"cap_hours": "40.0"}},
                  )  # fmt: skip
    talk(lead, sent + 10, Talk.VISIT_TO_CLIENT, US, zhou, chen, presales_hours=Decimal(2),
         travel_hours=Decimal(5), travel_amount=Decimal(2_430), budget_holder_present=False,
         next_in=-(sent + 2), note="追问预算，答复“领导在看”。")  # fmt: skip
    talk(lead, sent + 2, Talk.SOLUTION_REQUEST, CLIENT, chen, asks=[Ask.TECH_SELECTION],
         presales_hours=Decimal(1), response_latency_days=Decimal(9),
         note="第三轮，要部署设计和配置清单。预算没说。")  # fmt: skip
    give(lead, sent, Handed.SOLUTION_DOC, level=5, hours="8", title="解决方案 v2")
    teller.decide(lead, sent, Decision.Kind.HAND_OVER_ABOVE_LEVEL, teller.staff.founder,
                  "对方处长当面要求，当天必须给", shown={"allowed": 3, "given": 5})  # fmt: skip
    talk(lead, 8, Talk.WECHAT, US, presales_hours=Decimal("0.5"), note="问方案意见，没有回复。")


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
    teller.sheet.add(
        PaymentTerms(
            lead=lead, status=PaymentTerms.Status.PROPOSED_BY_CLIENT, prepay_percent=Decimal(0),
            contract_amount=Decimal(960_000), retention_percent=Decimal(5), retention_months=12,
            term_days=90, accepted_by_audit=True, has_acceptance_criteria=True,
            has_deemed_acceptance=False, is_onsite=True, onsite_person_days=40,
            sme_declared=False, note="以审计结果为准；无预付款",
            happened_at=teller.at(10), recorded_at=teller.at(10), author=lead.owner,
        )
    )  # fmt: skip


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
