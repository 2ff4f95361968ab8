"""The four answers that tell most of a lead on which too little is known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.models import Ask, BudgetStage, LeadFact, QualificationNote
from crm.selectors.lead_events import Event

Item, Answer = QualificationNote.Item, QualificationNote.Answer
# Expert points of the worst and the best answer; a test holds them to the points as shipped.
WORTH = {"BUDGET": (8, -10), "OWNER": (4, -5), "FIRST_ASK": (8, 0), "EVENT": (4, -5)}
BUDGETS = (
    BudgetStage.NO_BUDGET,
    BudgetStage.PLANNED,
    BudgetStage.APPLIED,
    BudgetStage.APPROVED,
)
ASKS = (Ask.PRODUCT, Ask.BASIC_KNOWLEDGE, Ask.TECH_SELECTION, Ask.INDUSTRY_DATA)


@dataclass(frozen=True)
class Choice:
    """One answer to tap."""

    code: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Question:
    """One question with its answers and what the worst and the best of them are worth."""

    code: str
    text: str
    choices: Sequence[Choice]
    said: str = ""
    asks_name: bool = False
    asks_date: bool = False

    @property
    def against(self) -> int:
        """Return the points of the worst answer."""
        return WORTH[self.code][0]

    @property
    def in_favour(self) -> int:
        """Return the points of the best answer."""
        return WORTH[self.code][1]


def questions(lead: Any, *, budget: str, events: Iterable[Event]) -> list[Question]:
    """Return the four questions with what was answered already."""
    notes: dict[str, str] = {}
    facts: dict[str, Event] = {}
    for each in events:  # the newest first
        if each.kind == "EVIDENCE":
            notes.setdefault(each.code, each.other)
        elif each.kind == "FACT":
            facts.setdefault(each.code, each)
    first = [Choice(ask, str(ask.label), lead.first_ask == ask) for ask in ASKS]
    return [
        _of_budget(budget or notes.get(Item.BUDGET, "")),
        _of_owner(facts.get(LeadFact.Kind.BUSINESS_OWNER), is_asked=bool(notes.get(Item.PAIN))),
        Question("FIRST_ASK", _("What did they ask for first?"), first),
        _of_event(facts.get(LeadFact.Kind.COMPELLING_EVENT), notes),
    ]


def _of_budget(now: str) -> Question:
    choices = [Choice(code, str(_budget(code)), now == code) for code in BUDGETS]
    unknown = Choice(Answer.UNKNOWN, _("Don’t know"), now == Answer.UNKNOWN)
    return Question("BUDGET", _("How far is the budget?"), [*choices, unknown])


def _of_owner(owner: Event | None, *, is_asked: bool) -> Question:
    return Question(
        "OWNER",
        _("Who owns the problem on the business side?"),
        [Choice(Answer.UNKNOWN, _("Don’t know"), not owner and is_asked)],
        said=(owner.who or _("named")) if owner else "",
        asks_name=True,
    )


def _of_event(event: Event | None, notes: dict[str, str]) -> Question:
    return Question(
        "EVENT",
        _("Does a date force a decision?"),
        [
            Choice(Answer.NO, pgettext("answer", "No"), _is(notes, Answer.NO, event)),
            Choice(Answer.UNKNOWN, _("Don’t know"), _is(notes, Answer.UNKNOWN, event)),
        ],
        said=event.until.isoformat() if event and event.until else "",
        asks_date=True,
    )


def _is(notes: dict[str, str], answer: str, event: Event | None) -> bool:
    return event is None and notes.get(Item.TIMING) == answer


def _budget(stage: BudgetStage) -> Any:
    if stage == BudgetStage.NO_BUDGET:
        return pgettext("answer about the budget", "None")
    return stage.label
