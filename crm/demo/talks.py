"""The talks of a pursuit: who was there, what was asked, given, said and spent."""

from datetime import datetime
from decimal import Decimal
from math import sqrt

from crm.demo import names
from crm.demo.pursuit import Pursuit, hours
from crm.models import Ask, BudgetStage, Contact, Interaction, InteractionEffort, Outcome
from crm.models.interaction import InteractionKind as Kind

Side, Gift, Role = Interaction.Side, Interaction.Gift, Contact.Role
BUDGET = tuple(BudgetStage)
EARLY = {
    Kind.WECHAT: 4,
    Kind.CALL: 4,
    Kind.ONLINE_MEETING: 4,
    Kind.VISIT_TO_CLIENT: 2,
    Kind.DEMO: 2,
}
MIDDLE = {
    Kind.WECHAT: 3, Kind.CALL: 3, Kind.ONLINE_MEETING: 4, Kind.VISIT_TO_CLIENT: 3, Kind.DEMO: 3,
    Kind.VISIT_TO_US: 1, Kind.INQUIRY: 1,
}  # fmt: skip
PROCESS = (
    Kind.BACKGROUND_CHECK, Kind.INTERNAL_REPORT, Kind.EVALUATION, Kind.BID_TALK, Kind.NEGOTIATION,
)  # fmt: skip
MEETINGS = {
    Kind.ONLINE_MEETING, Kind.VISIT_TO_CLIENT, Kind.VISIT_TO_US, Kind.DEMO, Kind.EVALUATION,
    Kind.BID_TALK, Kind.NEGOTIATION, Kind.INTERNAL_REPORT,
}  # fmt: skip
USUAL_HOURS = {
    Kind.WECHAT: 0.5, Kind.CALL: 0.5, Kind.ONLINE_MEETING: 1.5, Kind.VISIT_TO_CLIENT: 3,
    Kind.VISIT_TO_US: 2.5, Kind.DEMO: 2, Kind.SOLUTION_REQUEST: 1.5, Kind.INQUIRY: 1,
    Kind.BACKGROUND_CHECK: 1.5, Kind.INTERNAL_REPORT: 2.5, Kind.EVALUATION: 2, Kind.BID_TALK: 2,
    Kind.NEGOTIATION: 2,
}  # fmt: skip
LEARNING = (Ask.BASIC_KNOWLEDGE, Ask.BASIC_KNOWLEDGE, Ask.INDUSTRY_DATA)
SOLVING = (Ask.SOLUTION_DOC, Ask.SOLUTION_DOC, Ask.TECH_SELECTION, Ask.POC)
WRITING = (Ask.INTERNAL_REPORT, Ask.TENDER_TEXT)
NOTES = {
    Ask.BASIC_KNOWLEDGE: "对方希望先讲讲大模型的基础知识和常见做法。",
    Ask.INDUSTRY_DATA: "要同行业的应用数据和案例。",
    Ask.SOLUTION_DOC: "要一份完整解决方案，说明部署和成本。",
    Ask.TECH_SELECTION: "请我们给出技术选型和配置清单。",
    Ask.POC: "想先做一版 POC 看效果。",
    Ask.QUOTATION: "要分项报价。",
    Ask.INTERNAL_REPORT: "请我们代写内部汇报材料。",
    Ask.TENDER_TEXT: "请我们提供招标文件的技术部分。",
    Ask.PRODUCT: "了解产品功能、价格和交付方式。",
}
NEXT_STEPS = (
    "发送资料",
    "约产品演示",
    "提交方案",
    "确认预算口径",
    "技术交流",
    "电话跟进",
    "商务沟通",
)
FAR_KM = 50
NOT_LOGGED = 0.08


def talk(pursuit: Pursuit, number: int, moment: datetime, following: datetime) -> Interaction:
    """Tell one talk; what they agree on for the next is the moment that follows."""
    asks = _asks(pursuit, number)
    kind = _kind(pursuit, number, asks)
    people = _people(pursuit, number, kind, moment)
    interaction = Interaction(
        lead=pursuit.lead,
        kind=kind,
        happened_at=moment,
        recorded_at=pursuit.logged(moment),
        initiated_by=_side(pursuit, number),
        asks=None if pursuit.happens(NOT_LOGGED) else [str(ask) for ask in asks],
        client_gave=_gifts(pursuit),
        contact=people[0] if people else None,
        max_seniority=max((each.seniority or 1 for each in people), default=None),
        client_attendees=len(people) if kind in MEETINGS else None,
        budget_holder_present=_holder(pursuit, kind, people),
        budget_stage=_budget(pursuit),
        response_latency_days=_reply_days(pursuit),
        author=pursuit.lead.owner,
        note=NOTES.get(asks[0], "") if asks and pursuit.happens(0.6) else "",
    )
    _agree_next(pursuit, interaction, following)
    _name_rivals(pursuit, interaction)
    _spend(pursuit, interaction)
    pursuit.met.append(pursuit.sheet.add(interaction))
    pursuit.sheet.attend(interaction, people)
    _share_hours(pursuit, interaction)
    return interaction


def _asks(pursuit: Pursuit, number: int) -> list[Ask]:
    if number == 0 and pursuit.lead.first_ask:
        return [Ask(pursuit.lead.first_ask)]
    manner, rng = pursuit.manner, pursuit.rng
    late = number / max(1, pursuit.talks)
    asks: list[Ask] = []
    if pursuit.happens(manner.learns * (1 - 0.5 * late)):
        asks.append(rng.choice(LEARNING))
    if pursuit.happens(manner.solutions):
        asks.append(rng.choice(SOLVING))
    if pursuit.happens(manner.quotes * (0.4 + late)):
        asks.append(Ask.QUOTATION)
    if pursuit.happens(manner.writes):
        asks.append(rng.choice(WRITING))
    return asks


def _kind(pursuit: Pursuit, number: int, asks: list[Ask]) -> Kind:
    rng, last = pursuit.rng, number == pursuit.talks - 1
    if last and pursuit.ending == Outcome.WON:
        return Kind.NEGOTIATION
    if number >= 2 and pursuit.happens(pursuit.manner.process):
        return rng.choice(PROCESS)
    if any(ask in SOLVING for ask in asks) and pursuit.happens(0.6):
        return Kind.SOLUTION_REQUEST
    if number >= 3 and number / pursuit.talks > 0.6 and pursuit.happens(0.25):
        return rng.choice([Kind.BID_TALK, Kind.NEGOTIATION])
    kinds = EARLY if number < 2 else MIDDLE
    return rng.choices(list(kinds), list(kinds.values()))[0]


def _people(pursuit: Pursuit, number: int, kind: Kind, moment: datetime) -> list[Contact]:
    """Say who was there; another part of the house joins when the client widens the circle."""
    if number and pursuit.parts and pursuit.happens(pursuit.manner.widens):
        pursuit.engaged.append(pursuit.parts.pop(0))
    if number and pursuit.happens(pursuit.manner.holder) and kind in MEETINGS:
        roles = [Role.BUDGET_HOLDER.value, pursuit.engaged[-1]]
    elif kind in MEETINGS:
        roles = pursuit.engaged[-3:]
    else:
        roles = [pursuit.engaged[0] if pursuit.happens(0.6) else pursuit.engaged[-1]]
    return [] if pursuit.happens(0.06) else [pursuit.meet(role, moment) for role in roles]


def _side(pursuit: Pursuit, number: int) -> str:
    if pursuit.happens(0.05):
        return ""
    starts = pursuit.manner.starts - 0.02 * pursuit.manner.slows * 10 * number
    return Side.CLIENT if pursuit.happens(max(0.12, starts)) else Side.US


def _gifts(pursuit: Pursuit) -> list[str] | None:
    if pursuit.happens(pursuit.manner.gives):
        return [
            pursuit.rng.choice([Gift.REQUIREMENTS, Gift.DATA, Gift.NAMES, Gift.NDA, Gift.ACCESS])
        ]
    return None if pursuit.happens(0.3) else []


def _holder(pursuit: Pursuit, kind: Kind, people: list[Contact]) -> bool | None:
    if pursuit.house.people.get(Role.BUDGET_HOLDER) in people:
        return True
    return False if kind in MEETINGS and pursuit.happens(0.55) else None


def _budget(pursuit: Pursuit) -> str:
    if pursuit.happens(pursuit.manner.budget_moves):
        pursuit.budget = min(len(BUDGET) - 1, pursuit.budget + 1)
    return str(BUDGET[int(pursuit.budget)]) if pursuit.happens(pursuit.manner.says_budget) else ""


def _reply_days(pursuit: Pursuit) -> Decimal | None:
    pursuit.slowness *= 1 + pursuit.manner.slows
    if pursuit.happens(0.34):
        return None
    days = pursuit.manner.reply_days * pursuit.slowness * pursuit.rng.lognormvariate(0, 0.8)
    return Decimal(round(min(days, 40) * 10) or 1) / 10


def _agree_next(pursuit: Pursuit, talk: Interaction, following: datetime) -> None:
    draw = pursuit.rng.random()
    if draw < pursuit.manner.dates:
        talk.next_step_date = pursuit.moments.day_of(following)
        talk.has_dated_next_step = True
        talk.next_step = pursuit.rng.choice(NEXT_STEPS)
    elif draw < 0.92:
        talk.has_dated_next_step = False


def _name_rivals(pursuit: Pursuit, talk: Interaction) -> None:
    if pursuit.happens(0.42):
        rivals = min(4, round(pursuit.rng.expovariate(1 / (pursuit.manner.rivals + 0.05))))
        talk.competitors_count = rivals
        talk.competitors = "、".join(pursuit.rng.sample(names.RIVALS, rivals))
        if rivals and pursuit.happens(pursuit.manner.incumbent * 0.4):
            talk.incumbent = talk.competitors.split("、")[0]


def _spend(pursuit: Pursuit, talk: Interaction) -> None:
    rng = pursuit.rng
    usual = USUAL_HOURS[Kind(talk.kind)]
    if not pursuit.happens(0.06):
        talk.presales_hours = hours(usual * rng.uniform(0.7, 1.5))
    distance = pursuit.house.account.distance_km or 0
    if talk.kind == Kind.VISIT_TO_CLIENT and distance > FAR_KM:
        talk.travel_hours = hours(2 + distance / 160)
        talk.travel_amount = Decimal(round(distance * rng.uniform(0.9, 1.4) + 250, -1))
    talk.paid_by_client = pursuit.paid_step_taken and pursuit.happens(0.5)


def _share_hours(pursuit: Pursuit, talk: Interaction) -> None:
    """Name whose hours they were where two of us went along."""
    if talk.presales_hours and talk.presales_hours >= 2 and talk.author and pursuit.happens(0.4):
        pursuit.sheet.add(
            InteractionEffort(interaction=talk, person=talk.author, hours=talk.presales_hours)
        )


def gap_days(pursuit: Pursuit) -> float:
    """Return the days until the next talk; they grow where a client slows down."""
    return pursuit.rng.lognormvariate(2.1, 0.65) * sqrt(pursuit.slowness) * pursuit.pace
