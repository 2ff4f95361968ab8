"""How a pursuit runs from its opening to its end, or to the end of the history."""

from datetime import datetime
from decimal import Decimal

from crm.demo import deals, handovers, talks, tenders
from crm.demo.pursuit import Pursuit
from crm.models import Bid, Lead, Outcome, PaymentTerms, Stage, StageChange
from crm.rules import looks_like_free_consulting

STAGES = tuple(Stage)
# The share of the way at which a lead reaches each stage.
REACHED_AT = (0.0, 0.12, 0.32, 0.56, 0.78)
FARTHEST = {
    Outcome.WON: (4,),
    Outcome.LOST: (3, 3, 4),
    Outcome.PREWIRED: (3,),
    Outcome.NO_DECISION: (1, 2, 2, 3),
    Outcome.FREE_CONSULTING: (2, 2, 2, 3),
    Outcome.WALKED_AWAY: (1, 2, 3),
    Outcome.INVALID: (0, 1),
}
DAYS_TO_THE_END = {
    Outcome.WON: (4, 28),
    Outcome.LOST: (4, 25),
    Outcome.PREWIRED: (3, 20),
    Outcome.NO_DECISION: (12, 45),
    Outcome.FREE_CONSULTING: (61, 72),
    Outcome.WALKED_AWAY: (3, 20),
    Outcome.INVALID: (1, 12),
}
BASES = {
    Outcome.WON: "合同已签",
    Outcome.LOST: "客户告知选择了其他供应商",
    Outcome.PREWIRED: "中标公告显示为在位供应商",
    Outcome.NO_DECISION: "客户称项目暂缓",
    Outcome.FREE_CONSULTING: "方案交付后 60 天以上没有任何回音",
    Outcome.WALKED_AWAY: "我方决定停止投入",
    Outcome.INVALID: "需求与我方业务无关",
}
LESSONS = {
    Outcome.WON: "预算负责人早期到场，推进很快。",
    Outcome.LOST: "价格和案例不占优势。",
    Outcome.PREWIRED: "公告前没有接触的投标不再参加。",
    Outcome.FREE_CONSULTING: "第二轮方案前应先提出小额付费。",
    Outcome.NO_DECISION: "没有截止时间的项目要尽早问清预算。",
}


class Course:
    """The telling of one pursuit."""

    def __init__(self, pursuit: Pursuit) -> None:
        """Prepare to tell it."""
        self.pursuit = pursuit
        self.farthest = pursuit.rng.choice(FARTHEST[Outcome(pursuit.ending)])
        self.facts = handovers.facts_to_come(pursuit)
        self.bid: Bid | None = None
        self.draft: PaymentTerms | None = None
        self.offered = False

    def run(self) -> None:
        """Tell talk after talk, and the end if it came before the history's."""
        pursuit = self.pursuit
        moment = pursuit.moments.after(pursuit.rng, pursuit.lead.opened_at, 0)
        self._change_stage(0, pursuit.lead.opened_at)
        if pursuit.lead.source == Lead.Source.TENDER_NOTICE:
            self.bid = tenders.notice(pursuit, pursuit.lead.opened_at)
        for number in range(pursuit.talks):
            if moment > pursuit.until:
                return
            following = pursuit.moments.after(pursuit.rng, moment, talks.gap_days(pursuit))
            self._meet(number, moment, following)
            last, moment = moment, following
        self._end(last)

    def _meet(self, number: int, moment: datetime, following: datetime) -> None:
        pursuit = self.pursuit
        talk = talks.talk(pursuit, number, moment, following)
        handovers.hand_over(pursuit, talk)
        handovers.note_facts(pursuit, self.facts, number, moment)
        if number >= 2 and not self.offered:
            self.offered = handovers.offer(pursuit, talk)
        way = (number + 1) / pursuit.talks
        stage = max(place for place, share in enumerate(REACHED_AT) if way >= share)
        self._change_stage(min(stage, self.farthest), moment)

    def _change_stage(self, place: int, moment: datetime) -> None:
        lead, stage = self.pursuit.lead, STAGES[place]
        if lead.stage == stage and place:
            return
        self.pursuit.sheet.add(
            StageChange(
                lead=lead,
                from_stage=lead.stage if place else "",
                to_stage=stage,
                by=lead.owner,
                happened_at=moment,
                recorded_at=self.pursuit.logged(moment),
            )
        )
        lead.stage = stage
        if stage == Stage.BID and self.bid is None and self.pursuit.happens(0.4):
            self.bid = tenders.notice(self.pursuit, moment)
        wants_terms = 0.35 if stage == Stage.BID else 0.9 if stage == Stage.CONTRACT else 0
        if self.draft is None and self.pursuit.happens(wants_terms):
            status = self.pursuit.rng.choice(
                [PaymentTerms.Status.PROPOSED_BY_CLIENT, PaymentTerms.Status.PROPOSED_BY_US]
            )
            self.draft = deals.terms(self.pursuit, moment, status)

    def _end(self, last: datetime) -> None:
        pursuit, lead = self.pursuit, self.pursuit.lead
        if pursuit.ending == Outcome.FREE_CONSULTING and not self._gave_much():
            pursuit.ending = Outcome.NO_DECISION
        days = pursuit.rng.randint(*DAYS_TO_THE_END[Outcome(pursuit.ending)])
        closed_at = pursuit.moments.after(pursuit.rng, last, days)
        if closed_at > pursuit.until:
            return
        lead.closed_at = closed_at
        if self.bid:
            tenders.result(pursuit, self.bid, closed_at)
        if pursuit.happens(0.02) and pursuit.ending != Outcome.WON:
            return
        lead.outcome, lead.outcome_by = pursuit.ending, lead.owner
        lead.outcome_recorded_at = pursuit.logged(closed_at)
        lead.outcome_is_guess = pursuit.happens(0.05 if pursuit.ending == Outcome.WON else 0.35)
        lead.outcome_basis = BASES[Outcome(pursuit.ending)]
        lead.outcome_lesson = LESSONS.get(Outcome(pursuit.ending), "")
        if pursuit.ending == Outcome.WON:
            agreed = deals.terms(pursuit, closed_at, PaymentTerms.Status.AGREED)
            deals.sign(pursuit, closed_at, agreed)

    def _gave_much(self) -> bool:
        """Say whether enough unpaid work was taken to call it free consulting."""
        given = [item for item in self.pursuit.given if not item.paid]
        spent = [talk.presales_hours for talk in self.pursuit.met if not talk.paid_by_client]
        hours = sum((each for each in spent if each), Decimal(0))
        return looks_like_free_consulting(
            revenue=Decimal(0),
            highest_unpaid_level=max((item.disclosure_level for item in given), default=0),
            unpaid_hours=hours + sum((item.hours or Decimal(0) for item in given), Decimal(0)),
            days_silent=DAYS_TO_THE_END[Outcome.FREE_CONSULTING][0],
            said_research_only=False,
        )
