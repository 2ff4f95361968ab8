"""The lead of the demo that a vendor remembers: a giant learns all it can, then is silent."""

from dataclasses import dataclass
from decimal import Decimal

from crm.demo.teller import Teller
from crm.models import (
    Account,
    Ask,
    Contact,
    Decision,
    Deliverable,
    Interaction,
    Lead,
    LeadFact,
    Stage,
)

Kind, Role, Talk, Gift = Account.Kind, Contact.Role, Interaction.Kind, Interaction.Gift
Source, Deal, Handed, Fact = Lead.Source, Lead.DealType, Deliverable.Kind, LeadFact.Kind
CLIENT, US = Interaction.Side.CLIENT, Interaction.Side.US
GIANT = "穹川电网"


@dataclass(frozen=True)
class People:
    """Who of the giant takes part."""

    head: Contact
    owner: Contact
    engineer: Contact


def tell(teller: Teller) -> None:
    """Three rounds of solutions, no budget, then silence."""
    sent = teller.days_since_workday(12)
    account, people = _people(teller, sent)
    lead = teller.lead(
        account, "运维知识助手", teller.staff.founder, ago=sent + 56,
        source=Source.INBOUND_WECHAT, first_ask=Ask.BASIC_KNOWLEDGE, deal_type=Deal.ONSITE_PROJECT,
        stated_purpose="提高检修效率", est_value_amount=Decimal(1_800_000), cap_hours=Decimal(40),
        cap_amount=Decimal(10_000), decide_by_date=teller.ahead(4),
    )  # fmt: skip
    _learns(teller, lead, people, sent)
    _asks_for_a_solution(teller, lead, people, sent)
    _asks_again(teller, lead, people, sent)


def _people(teller: Teller, sent: int) -> tuple[Account, People]:
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
    return account, People(gu, zhou, chen)


def _learns(teller: Teller, lead: Lead, people: People, sent: int) -> None:
    """Tell how it is taught the basics, and how a visit brings the business owner."""
    talk, give, gu, zhou = teller.talk, teller.give, people.head, people.owner
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


def _asks_for_a_solution(teller: Teller, lead: Lead, people: People, sent: int) -> None:
    """Tell of the first round, and of what the client let know of its aims."""
    talk, give, chen = teller.talk, teller.give, people.engineer
    talk(lead, sent + 35, Talk.SOLUTION_REQUEST, CLIENT, chen, asks=[Ask.SOLUTION_DOC],
         presales_hours=Decimal(1), response_latency_days=Decimal(1),
         client_gave=[Gift.DATA], next_in=-(sent + 31))  # fmt: skip
    give(lead, sent + 31, Handed.SOLUTION_DOC, level=5, hours="4.5", title="解决方案 v1")
    teller.reach(lead, Stage.SOLUTION, sent + 31)
    teller.note(lead, sent + 28, Fact.LEADERSHIP_STANCE, LeadFact.Value.MANDATE, who="分管副总",
                note="2027 年检修知识覆盖率指标")  # fmt: skip
    teller.note(lead, sent + 28, Fact.COMPELLING_EVENT, due_date=teller.ahead(70),
                note="集团年度科技项目申报截止")  # fmt: skip


def _asks_again(teller: Teller, lead: Lead, people: People, sent: int) -> None:
    """Tell of the second and third round, of what was decided, and of the silence."""
    talk, give, zhou, chen = teller.talk, teller.give, people.owner, people.engineer
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
