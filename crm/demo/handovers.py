"""What a pursuit makes us hand over, offer and note down as facts."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from crm.demo.pursuit import Pursuit, hours, money
from crm.models import Ask, Deliverable, Interaction, LeadFact, PaidStepOffer

Kind, Fact, Value = Deliverable.Kind, LeadFact.Kind, LeadFact.Value
Facts = dict[int, list[tuple[str, str]]]


class Handed(NamedTuple):
    """What an ask makes us hand over: its kind, disclosure level and usual hours."""

    kind: str
    level: int
    hours: float


HANDED = {
    Ask.PRODUCT: Handed(Kind.GENERIC_DECK, 1, 0.5),
    Ask.BASIC_KNOWLEDGE: Handed(Kind.GENERIC_DECK, 1, 1.5),
    Ask.INDUSTRY_DATA: Handed(Kind.INDUSTRY_DATA, 3, 2.5),
    Ask.SOLUTION_DOC: Handed(Kind.SOLUTION_DOC, 5, 7),
    Ask.TECH_SELECTION: Handed(Kind.TECH_SELECTION, 6, 6),
    Ask.POC: Handed(Kind.POC_BUILD, 5, 12),
    Ask.QUOTATION: Handed(Kind.ITEMISED_QUOTE, 4, 2.5),
    Ask.INTERNAL_REPORT: Handed(Kind.INTERNAL_REPORT, 4, 4),
    Ask.TENDER_TEXT: Handed(Kind.TENDER_TEXT, 4, 5),
}
INSTEAD = Handed(Kind.REDACTED_CASE, 3, 1)
SHOWN = Handed(Kind.DEMO, 2, 1)
TAILORED = 5
EVENTS = ("年度预算关闭", "集团考核节点", "旧系统维保到期", "监管检查", "新厂区投产")
STEPS = ("两周诊断", "数据评估", "小范围试点")
HANDED_OVER, KEPT_GENERIC, OFFERED = 0.72, 0.25, 0.13


def hand_over(pursuit: Pursuit, talk: Interaction) -> None:
    """Tell what the talk made us hand over, a few days later."""
    handed = [HANDED[Ask(ask)] for ask in talk.asks or () if pursuit.happens(HANDED_OVER)]
    if talk.kind == Interaction.Kind.DEMO:
        handed.append(SHOWN)
    for item in handed:
        is_generic = item.level >= TAILORED and pursuit.happens(KEPT_GENERIC)
        _hand_over(pursuit, talk, INSTEAD if is_generic else item)


def _hand_over(pursuit: Pursuit, talk: Interaction, item: Handed) -> None:
    days = 0 if item is SHOWN else pursuit.rng.randint(1, 5)
    moment = pursuit.moments.after(pursuit.rng, talk.happened_at, days)
    if moment > pursuit.until:
        return
    deliverable = pursuit.sheet.add(
        Deliverable(
            lead=pursuit.lead,
            interaction=talk,
            kind=item.kind,
            title=next(pursuit.titles) if item.kind == Kind.SOLUTION_DOC else "",
            disclosure_level=item.level,
            hours=hours(item.hours * pursuit.rng.uniform(0.6, 1.5)),
            requested_by_client=pursuit.unless_unknown(0.15, value=item is not SHOWN),
            nda_signed=pursuit.unless_unknown(0.3, value=pursuit.happens(0.25)),
            paid=pursuit.paid_step_taken and item.level >= TAILORED,
            reusable=pursuit.unless_unknown(0.5, value=item.level < TAILORED),
            happened_at=moment,
            recorded_at=pursuit.logged(moment),
            author=pursuit.lead.owner,
        )
    )
    pursuit.given.append(deliverable)


def offer(pursuit: Pursuit, talk: Interaction) -> bool:
    """Offer a small paid step after some talks; say whether we did."""
    if not pursuit.happens(OFFERED):
        return False
    rng = pursuit.rng
    made = PaidStepOffer(
        lead=pursuit.lead,
        what=rng.choice(STEPS),
        amount=money(rng.uniform(15_000, 60_000)),
        happened_at=talk.happened_at,
        recorded_at=talk.recorded_at,
        author=pursuit.lead.owner,
    )
    answered = pursuit.moments.after(rng, talk.happened_at, rng.randint(2, 13))
    accepts = pursuit.happens(pursuit.manner.accepts)
    if (accepts or pursuit.happens(0.55)) and answered <= pursuit.until:
        made.answer = PaidStepOffer.Answer.ACCEPTED if accepts else PaidStepOffer.Answer.REFUSED
        made.answered_at, made.answer_recorded_at = answered, pursuit.logged(answered)
        pursuit.paid_step_taken = accepts
    pursuit.sheet.add(made)
    return True


def facts_to_come(pursuit: Pursuit) -> Facts:
    """Draw which facts will be noted at which talk."""
    manner, facts = pursuit.manner, defaultdict(list)

    def note(kind: str, value: str = "", *, within: float = 1.0) -> None:
        talks = max(1, round((pursuit.talks - 1) * within))
        facts[pursuit.rng.randrange(talks)].append((str(kind), str(value)))

    if pursuit.happens(manner.mandate):
        note(Fact.LEADERSHIP_STANCE, Value.MANDATE)
    elif pursuit.happens(manner.watches):
        note(Fact.LEADERSHIP_STANCE, Value.WATCHING if pursuit.happens(0.75) else Value.VETO)
    if pursuit.happens(manner.ours):
        note(Fact.REQUIREMENT_AUTHOR, Value.US)
    elif pursuit.happens(0.4):
        note(Fact.REQUIREMENT_AUTHOR, Value.CLIENT)
    for _ in range(2):
        if pursuit.happens(manner.ours * 0.6):
            note(Fact.SCOPE_CHANGE)
    if pursuit.happens(manner.event):
        note(Fact.COMPELLING_EVENT, within=0.5)
    if pursuit.happens(manner.owner * 0.45):
        note(Fact.BUSINESS_OWNER, within=0.5)
    return facts


def note_facts(pursuit: Pursuit, facts: Facts, number: int, moment: datetime) -> None:
    """Note the facts of one talk."""
    for kind, value in facts.get(number, ()):
        due = None
        if kind == Fact.COMPELLING_EVENT:
            due = pursuit.moments.day_of(moment) + timedelta(days=pursuit.rng.randint(40, 150))
        pursuit.sheet.add(
            LeadFact(
                lead=pursuit.lead,
                kind=kind,
                value=value,
                due_date=due,
                note=pursuit.rng.choice(EVENTS) if due else "",
                happened_at=moment,
                recorded_at=pursuit.logged(moment),
                author=pursuit.lead.owner,
            )
        )
