"""What is proved of leads: what people noted, and what the ledger says by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import evidence
from crm.evidence import Item
from crm.models import BudgetStage, Interaction, Lead, LeadFact, QualificationNote
from crm.selectors.lead_events import Event

Answer = QualificationNote.Answer
QUESTIONS = {
    Item.BUDGET: gettext_lazy("Is there money for it, and how far is it?"),
    Item.AUTHORITY: gettext_lazy("Who can say yes, and have we met?"),
    Item.NEED: gettext_lazy("What do they need it for?"),
    Item.TIMING: gettext_lazy("What forces a decision by a date?"),
    Item.METRICS: gettext_lazy("Which figure should it change, from what to what?"),
    Item.ECONOMIC_BUYER: gettext_lazy("Who pays from which pot?"),
    Item.DECISION_CRITERIA: gettext_lazy("By what will they choose?"),
    Item.DECISION_PROCESS: gettext_lazy("Which steps lead to a yes, and who takes each?"),
    Item.PAPER_PROCESS: gettext_lazy("Which papers, seals and committees until the contract?"),
    Item.PAIN: gettext_lazy("Whose problem is it, and what does it cost them?"),
    Item.CHAMPION: gettext_lazy("Who speaks for us when we are not there?"),
    Item.COMPETITION: gettext_lazy("Who else is asked, and who is there already?"),
}


@dataclass(frozen=True)
class Evidence:
    """One item with what is known of it, who said it and when."""

    item: str
    question: str
    answer: str
    text: str
    said_by: str
    said_at: datetime | None
    is_from_ledger: bool = False

    @property
    def label(self) -> str:
        """Return the name of the item."""
        return str(Item(self.item).label)

    @property
    def is_known(self) -> bool:
        """Say whether there is evidence, not just an answer."""
        return self.answer == Answer.KNOWN


@dataclass(frozen=True)
class Told:
    """What the ledger itself says of a lead, without anybody noting it as evidence."""

    budget: str = ""
    holder_met: bool = False
    need: str = ""
    decides_by: date | None = None


def told_of(found: Any, *, budget: str, events: Iterable[Event], today: date) -> Told:
    """Return that for a lead of which the page has read the rest already."""
    dates = [e.until for e in events if e.code == LeadFact.Kind.COMPELLING_EVENT and e.until]
    ahead = [each for each in dates if each >= today]
    return Told(
        budget=budget,
        holder_met=found.holder_met,
        need=found.stated_purpose or found.use_case,
        decides_by=min(ahead, default=None),
    )


def card(told: Told, notes: Iterable[Event]) -> list[Evidence]:
    """Return every item in order, with the newest note on it or what the ledger says."""
    newest: dict[str, Event] = {}
    for note in notes:  # the newest first
        newest.setdefault(note.code, note)
    by_ledger = _by_ledger(told)
    return [_evidence(item, newest.get(item), by_ledger.get(item, "")) for item in Item.values]


def _evidence(item: str, note: Event | None, by_ledger: str) -> Evidence:
    question = str(QUESTIONS[Item(item)])
    if note and (note.other == Answer.KNOWN or not by_ledger):
        return Evidence(item, question, note.other, note.note, note.who, note.happened_at)
    answer = Answer.KNOWN if by_ledger else ""
    return Evidence(item, question, answer, by_ledger, "", None, is_from_ledger=bool(by_ledger))


def _by_ledger(told: Told) -> dict[str, str]:
    found: dict[str, str] = {}
    if told.budget and told.budget != BudgetStage.NO_BUDGET:
        stage = BudgetStage(told.budget).label
        found[Item.BUDGET] = _("Budget stage: %(stage)s") % {"stage": stage}
    if told.holder_met:
        found[Item.AUTHORITY] = found[Item.ECONOMIC_BUYER] = _("The budget holder joined a talk")
    if told.need:
        found[Item.NEED] = told.need
    if told.decides_by:
        found[Item.TIMING] = _("A date forces a decision")
    return found


def known_items(lead_ids: Sequence[int], moment: datetime, today: date) -> dict[int, set[str]]:
    """Return the items that have evidence, by lead, in two queries for any number of leads."""
    met = Interaction.objects.filter(lead=OuterRef("pk")).known_at(moment)
    facts = LeadFact.objects.filter(lead=OuterRef("pk")).known_at(moment)
    told_facts = facts.filter(kind=LeadFact.Kind.BUDGET_STAGE)
    rows: Any = Lead.objects.filter(pk__in=lead_ids).annotate(
        has_budget=Exists(met.exclude(budget_stage__in=["", BudgetStage.NO_BUDGET]))
        | Exists(told_facts.exclude(value__in=["", BudgetStage.NO_BUDGET])),
        holder_came=Exists(met.filter(budget_holder_present=True)),
        has_date=Exists(facts.filter(kind=LeadFact.Kind.COMPELLING_EVENT, due_date__gte=today)),
    )
    known: dict[int, set[str]] = {}
    for lead in rows:
        by_ledger = {
            Item.BUDGET: lead.has_budget,
            Item.AUTHORITY: lead.holder_came,
            Item.ECONOMIC_BUYER: lead.holder_came,
            Item.NEED: bool(lead.stated_purpose or lead.use_case),
            Item.TIMING: lead.has_date,
        }
        known[lead.pk] = {str(item) for item, holds in by_ledger.items() if holds}
    notes = QualificationNote.objects.filter(lead__in=lead_ids).known_at(moment)
    newest: dict[tuple[int, str], str] = {}
    for lead_id, item, answer in notes.order_by("-happened_at", "-pk").values_list(
        "lead_id", "item", "answer"
    ):
        newest.setdefault((lead_id, item), answer)
    for (lead_id, item), answer in newest.items():
        if answer == Answer.KNOWN and lead_id in known:
            known[lead_id].add(item)
    return known


def missing(
    leads: Sequence[Lead], *, to_stage: str, moment: datetime, today: date
) -> dict[int, list[str]]:
    """Return the items without evidence for a move onwards, of the leads that lack some."""
    asked = {
        lead.pk: lead.stage
        for lead in leads
        if evidence.gaps((), from_stage=lead.stage, to_stage=to_stage)
    }
    known = known_items(list(asked), moment, today) if asked else {}
    gaps = {
        pk: evidence.gaps(known.get(pk, set()), from_stage=stage, to_stage=to_stage)
        for pk, stage in asked.items()
    }
    return {pk: items for pk, items in gaps.items() if items}
