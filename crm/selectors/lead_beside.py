"""What stands beside a lead's score: play, questions, evidence, give and get, its worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from crm import going_on
from crm.going_on import GoingOn
from crm.models import Firm
from crm.selectors import evidence, give_and_get, lead_play, lead_questions
from crm.selectors.evidence import Evidence
from crm.selectors.give_and_get import Ledger
from crm.selectors.lead_events import gifts_of
from crm.selectors.lead_page import LeadPage
from crm.selectors.lead_play import Suggestion
from crm.selectors.lead_questions import Question

OWN_CURRENCY = "CNY"


@dataclass(frozen=True)
class Beside:
    """The cards of a lead page that follow from what it has read already."""

    play: Suggestion | None
    questions: Sequence[Question]
    evidence: Sequence[Evidence]
    ledger: Ledger
    going_on: GoingOn | None

    @property
    def gaps_count(self) -> int:
        """Return how many items have no evidence."""
        return sum(not each.is_known for each in self.evidence)


def beside(
    found: Any, page: LeadPage, *, firm: Firm, moment: datetime, today: date, chosen: str = ""
) -> Beside:
    """Return the cards of a lead that `lead_of` found, without another query."""
    gifts = gifts_of(page.events)
    told = evidence.told_of(found, budget=page.budget_stage, events=page.of("FACT"), today=today)
    known = lead_play.Known(
        lead=found,
        people=[person for _role, people, _code in page.parts for person in people if person.talks],
        gave=frozenset(gifts),
        is_near_cap=page.exposure.is_near_cap,
        is_above_ladder=any(step.state == "above" for step in page.ladder.steps),
        cap_hours=page.exposure.cap_hours,
        today=today,
        country=firm.holiday_country,
    )
    play = lead_play.suggestion(
        known, score=page.score, before=page.before, late=page.late, chosen=chosen
    )
    return Beside(
        play=play if page.is_open else None,
        questions=lead_questions.questions(found, budget=page.budget_stage, events=page.events),
        evidence=evidence.card(told, page.of("EVIDENCE")),
        ledger=give_and_get.ledger(page.deliverables, gifts, moment=moment),
        going_on=_going_on(found, page),
    )


def _going_on(found: Any, page: LeadPage) -> GoingOn | None:
    """Return what going on is worth, where chance, value, margin and hourly cost are known."""
    score = page.score
    if score is None or not score.is_judged or score.is_too_wide or score.chance is None:
        return None
    value, margin = found.est_value_amount, found.margin_percent
    if not page.is_open or value is None or margin is None or found.currency != OWN_CURRENCY:
        return None
    spent = page.exposure
    left = None if spent.cap_hours is None else spent.cap_hours - spent.hours
    cost = going_on.cost_to_go(
        hour_cost=found.hour_cost,
        planned_hours=Decimal(found.ahead_hours),
        planned_travel_amount=Decimal(found.ahead_amount),
        hours_left=left,
    )
    if cost is None:
        return None
    return GoingOn(score.chance, value, margin, cost_amount=cost[0], is_planned=cost[1])
