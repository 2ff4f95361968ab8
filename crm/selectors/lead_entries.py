"""The rows of a lead's timeline, made of talks, hand-overs and other dated rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm import formats, reason_texts
from crm.models import (
    Ask,
    Bid,
    Contact,
    Contest,
    Decision,
    Deliverable,
    Interaction,
    Lead,
    LeadFact,
    PaidStepOffer,
    QualificationNote,
    Stage,
    SystemEvent,
    TravelCheck,
)
from crm.selectors.lead_events import Event

LETTERS = {
    "STAGE": "S",
    "FACT": "F",
    "OFFER": "O",
    "DECISION": "X",
    "BID": "B",
    "EVIDENCE": "Q",
    "CONTEST": "C",
    "SYSTEM": "Y",
    "TRIP": "R",
}
SYSTEM = frozenset({"STAGE", "CONTEST", "SYSTEM", "TRIP"})
CORRECTABLE = frozenset("IDBF")


@dataclass(frozen=True)
class Entry:
    """One row of the timeline; `key` is the row's name in reasons: I:12 or D:5."""

    key: str
    happened_at: datetime
    what: str
    by_client: bool | None = None
    has_side: bool = True
    asked: str = ""
    people: Sequence[Contact] = ()
    budget: str = ""
    next_step: str = ""
    next_step_date: date | None = None
    note: str = ""
    hours: Decimal | None = None
    travel_amount: Decimal | None = None
    gave: str = ""
    level: int | None = None
    is_evidence: bool = False
    points: float | None = None

    @property
    def has_words(self) -> bool:
        """Say whether there is more to tell than what it was."""
        told = (
            self.people,
            self.budget,
            self.gave,
            self.next_step,
            self.next_step_date,
            self.note,
            self.travel_amount,
        )
        return any(told)

    @property
    def names(self) -> str:
        """Return who was there, as a list in words."""
        return listed(person.name for person in self.people)

    @property
    def anchor(self) -> str:
        """Return the row's name within the page."""
        return self.key.replace(":", "-")

    @property
    def letter(self) -> str:
        """Return what kind of row it is, as reasons write it."""
        return self.key[0]

    @property
    def pk(self) -> int:
        """Return the key of the row in its table."""
        return int(self.key[2:])

    @property
    def is_correctable(self) -> bool:
        """Say whether a form opens the row."""
        return self.letter in CORRECTABLE

    def behind(self, rows: frozenset[str], points: Mapping[str, float]) -> "Entry":
        """Return the row with what it is worth, marked when it stands behind a reason."""
        share = points.get(self.key)
        shown = share if share is not None and abs(share) >= reason_texts.LEAST_POINTS else None
        return replace(self, is_evidence=self.key in rows, points=shown)


def talk(row: Interaction) -> Entry:
    """Return a talk as an entry."""
    return Entry(
        key=f"I:{row.pk}",
        happened_at=row.happened_at,
        by_client=row.initiated_by == Interaction.Side.CLIENT if row.initiated_by else None,
        what=str(row.get_kind_display()),
        asked=listed(Ask(code).label for code in row.asks or () if code != Ask.NONE),
        people=list(row.attendees.all()),
        budget=str(row.get_budget_stage_display()) if row.budget_stage else "",
        next_step=_next_step(row),
        next_step_date=row.next_step_date,
        note=row.note,
        hours=_added(row.presales_hours, row.travel_hours),
        travel_amount=row.travel_amount,
        gave=listed(Interaction.Gift(code).label for code in row.client_gave or ()),
    )


def hand_over(item: Deliverable) -> Entry:
    """Return something handed over as an entry."""
    return Entry(
        key=f"D:{item.pk}",
        happened_at=item.happened_at,
        by_client=False,
        what=_("%(item)s handed over") % {"item": item},
        note=item.override_reason,
        hours=item.hours,
        level=item.disclosure_level,
    )


def opening(lead: Lead) -> Entry:
    """Return how the lead came up, as the first entry of its timeline."""
    told = [lead.get_source_display(), lead.get_first_ask_display()]
    return Entry(
        key=f"L:{lead.pk}",
        happened_at=lead.opened_at,
        what=_("Lead opened"),
        has_side=False,
        note=" · ".join(str(word) for word in told if word),
    )


def other(event: Event) -> Entry:
    """Return a dated row that is neither a talk nor a hand-over as an entry."""
    what, note = SAYINGS[event.kind](event)
    return Entry(
        key=f"{LETTERS[event.kind]}:{event.pk}",
        happened_at=event.happened_at,
        what=what,
        has_side=False,
        note=note,
    )


def _stage(event: Event) -> tuple[str, str]:
    stage = _label(Stage, event.code)
    return _("Moved to “%(stage)s”") % {"stage": stage}, event.who


def _fact(event: Event) -> tuple[str, str]:
    value = _label(LeadFact.Value, event.other) if event.other else ""
    day = _day(event.until)
    said = listed(word for word in (value, event.who, day) if word)
    return _named(_label(LeadFact.Kind, event.code), said), event.note


def _offer(event: Event) -> tuple[str, str]:
    answer = _label(PaidStepOffer.Answer, event.code) if event.code else _("no answer yet")
    return _named(_("Paid step offered"), event.other), answer


def _decision(event: Event) -> tuple[str, str]:
    return f"{_label(Decision.Kind, event.code)} · {event.other}", event.note


def _bid(event: Event) -> tuple[str, str]:
    kind = _label(Bid.Kind, event.code) if event.code else _("Bid")
    day = _day(event.until)
    return kind, _("Deadline %(day)s") % {"day": day} if day else ""


def _evidence(event: Event) -> tuple[str, str]:
    answer = _label(QualificationNote.Answer, event.other)
    said = listed(word for word in (event.note, event.who) if word)
    return _named(_label(QualificationNote.Item, event.code), answer), said


def _contest(event: Event) -> tuple[str, str]:
    words = _("%(who)s disagrees with a reason (%(code)s)")
    why = _label(Contest.Why, event.other)
    said = listed(word for word in (why, event.note) if word)
    return words % {"who": event.who, "code": event.code}, said


def _system(event: Event) -> tuple[str, str]:
    note = event.note
    if event.code == SystemEvent.Kind.MOVED_WITH_GAPS:
        note = listed(_label(QualificationNote.Item, code) for code in note.split())
    kind = _label(SystemEvent.Kind, event.code)
    return f"{kind} · {event.who}" if event.who else kind, note


def _trip(event: Event) -> tuple[str, str]:
    choice = _label(TravelCheck.Choice, event.code)
    return _("Travel check: %(choice)s") % {"choice": choice}, listed(
        word for word in (event.who, event.note) if word
    )


SAYINGS = {
    "STAGE": _stage,
    "FACT": _fact,
    "OFFER": _offer,
    "DECISION": _decision,
    "BID": _bid,
    "EVIDENCE": _evidence,
    "CONTEST": _contest,
    "SYSTEM": _system,
    "TRIP": _trip,
}


def listed(words: Iterable[str | Promise]) -> str:
    """Return words one after the other."""
    return pgettext("between two words", ", ").join(str(word) for word in words)


def _label(choices: Any, code: str) -> str:
    return str(dict(choices.choices).get(code, code))


def _named(name: str, said: str) -> str:
    return (
        pgettext("a name and what is said of it", "%(name)s: %(said)s")
        % {
            "name": name,
            "said": said,
        }
        if said
        else name
    )


def _day(day: date | None) -> str:
    return formats.day(day) if day else ""


def _next_step(row: Interaction) -> str:
    """Return what was agreed as the next step, or that nothing was."""
    if row.next_step:
        return row.next_step
    if row.next_step_date:
        return ""
    if row.has_dated_next_step:
        return _("a day was agreed")
    return _("nothing agreed") if row.has_dated_next_step is False else ""


def _added(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    if first is None and second is None:
        return None
    return (first or Decimal(0)) + (second or Decimal(0))
