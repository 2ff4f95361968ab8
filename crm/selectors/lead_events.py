"""The dated rows of a lead that are not talks: stages, facts, offers, decisions, bids."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, JSONObject

from crm.models import (
    Bid,
    Contest,
    Decision,
    Interaction,
    LeadFact,
    PaidStepOffer,
    QualificationNote,
    Stage,
    StageChange,
    SystemEvent,
    TravelCheck,
)

MOST_EVENTS = 300
LAST_LEFT, ENOUGH_LEFT = 50, 5
EMPTY, NEVER = Value(""), Value(None, output_field=DateField())
TOLD = {name: name for name in ("amount", "answer", "answered_at", "answer_recorded_at")}
COLUMNS = (
    "row_kind",
    "pk",
    "happened_at",
    "row_code",
    "row_other",
    "row_until",
    "row_note",
    "row_who",
)


def _name(of: str) -> Coalesce:
    return Coalesce(f"{of}__display_name", EMPTY)


# What says what in the tables whose rows say the same at any moment.
SAID: Mapping[str, tuple[Any, Mapping[str, Any]]] = {
    "STAGE": (
        StageChange, {"code": F("to_stage"), "other": F("from_stage"), "who": _name("by")},
    ),
    "FACT": (
        LeadFact,
        {"code": F("kind"), "other": F("value"), "until": F("due_date"), "note": F("note"),
         "who": F("who")},
    ),
    "DECISION": (
        Decision,
        {"code": F("kind"), "other": _name("decided_by"), "until": F("review_date"),
         "note": F("reason")},
    ),
    "BID": (
        Bid,
        {"code": F("kind"), "other": F("choice"), "until": F("deadline_date"), "note": F("result")},
    ),
    "EVIDENCE": (
        QualificationNote,
        {"code": F("item"), "other": F("answer"), "note": F("evidence"), "who": F("said_by")},
    ),
    "CONTEST": (
        Contest,
        {"code": F("reason_code"), "other": F("why"), "note": F("note"), "who": _name("by")},
    ),
    "SYSTEM": (SystemEvent, {"code": F("kind"), "note": F("what"), "who": _name("by")}),
    "TRIP": (TravelCheck, {"code": F("choice"), "note": F("reason"), "who": _name("author")}),
}  # fmt: skip


@dataclass(frozen=True)
class Event:
    """A dated row that is not a talk: a stage, a fact, an offer, a decision, a bid."""

    kind: str
    pk: int
    happened_at: datetime
    code: str
    other: str
    until: date | None
    note: str
    who: str = ""


@dataclass(frozen=True)
class Passed:
    """One stage of the stepper."""

    stage: str
    days: int | None
    is_now: bool
    usual_days: int | None = None


def events_of(lead_id: int, moment: datetime, stage: str = "") -> list[Event]:
    """Return the dated rows of a lead in eight tables with one query.

    With them come the talks in which the client gave something, and the latest moves of other
    leads out of a stage: they tell how long leads usually stay there.
    """
    of_lead = {
        kind: (found.filter(lead=lead_id), columns)
        for kind, (found, columns) in _tables(moment).items()
    }
    left = (_left(stage, moment), {"note": F("came_at")})
    rows = [_rows(kind, *each, moment) for kind, each in {**of_lead, "LEFT": left}.items()]
    first, *others = rows
    found = first.union(*others, all=True).order_by("-happened_at", "-pk")
    return [Event(*row) for row in found[:MOST_EVENTS]]


def _tables(moment: datetime) -> dict[str, tuple[Any, Mapping[str, Any]]]:
    """Return the rows of each kind, and which of their columns say what."""
    answer = Case(
        When(answered_at__lte=moment, answer_recorded_at__lte=moment, then=F("answer")),
        default=EMPTY,
    )
    offer = {"code": answer, "other": F("what"), "note": JSONObject(**TOLD)}
    gifts = Interaction.objects.annotate(gifts=Cast("client_gave", TextField()))
    return {
        **{kind: (table.objects, columns) for kind, (table, columns) in SAID.items()},
        "OFFER": (PaidStepOffer.objects, offer),
        "GIFT": (gifts.filter(gifts__contains='"'), {"code": F("gifts")}),
    }


def _rows(kind: str, found: Any, columns: Mapping[str, Any], moment: datetime) -> Any:
    said = {name: columns.get(name, EMPTY) for name in ("code", "other", "note", "who")}
    return (
        found.known_at(moment)
        .order_by()
        .annotate(
            row_kind=Value(kind, output_field=CharField()),
            row_until=Cast(columns.get("until", NEVER), DateField()),
            **{f"row_{name}": Cast(value, CharField()) for name, value in said.items()},
        )
        .values_list(*COLUMNS)
    )


def steps(events: Sequence[Event], lead: Any, moment: datetime) -> list[Passed]:
    """Return the stepper: the days in each stage that was really passed."""
    changes = sorted((e for e in events if e.kind == "STAGE"), key=lambda e: (e.happened_at, e.pk))
    until = min(moment, lead.closed_at or moment)
    days: dict[str, int] = {}
    for place, change in enumerate(changes):
        end = changes[place + 1].happened_at if place + 1 < len(changes) else until
        days[change.code] = days.get(change.code, 0) + max(0, (end - change.happened_at).days)
    return [
        Passed(
            stage,
            days.get(stage),
            stage == lead.stage_then,
            usual_days(events) if stage == lead.stage_then else None,
        )
        for stage in Stage.values
    ]


def usual_days(events: Sequence[Event]) -> int | None:
    """Return how long leads usually stayed in the stage of this one; None for too few of them."""
    stays = [(event.happened_at, datetime.fromisoformat(event.note)) for event in of_left(events)]
    days = [(left - _aware(came, left)).days for left, came in stays]
    return round(median(days)) if len(days) >= ENOUGH_LEFT else None


def of_left(events: Sequence[Event]) -> list[Event]:
    """Return the rows of other leads that left the stage of this one."""
    return [event for event in events if event.kind == "LEFT" and event.note]


def _aware(moment: datetime, like: datetime) -> datetime:
    """Return a moment that a database wrote as text; SQLite leaves out that it is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=like.tzinfo)


def _left(stage: str, moment: datetime) -> "QuerySet[StageChange]":
    """Return the latest moves out of a stage, each with when its lead had come to it."""
    latest = StageChange.objects.known_at(moment).filter(from_stage=stage)
    came = StageChange.objects.filter(
        lead=OuterRef("lead"), to_stage=stage, happened_at__lte=OuterRef("happened_at")
    ).exclude(pk=OuterRef("pk"))
    return StageChange.objects.filter(
        pk__in=latest.order_by("-happened_at").values("pk")[:LAST_LEFT]
    ).annotate(came_at=Subquery(came.order_by("-happened_at").values("happened_at")[:1]))


def offers_of(events: Sequence[Event]) -> list[PaidStepOffer]:
    """Return the paid steps that were offered, as far as a page needs them."""
    return [_offer(event) for event in events if event.kind == "OFFER"]


def _offer(event: Event) -> PaidStepOffer:
    told = json.loads(event.note)
    moments = {
        name: _aware(datetime.fromisoformat(told[name]), event.happened_at) if told[name] else None
        for name in ("answered_at", "answer_recorded_at")
    }
    amount = None if told["amount"] is None else Decimal(str(told["amount"]))
    return PaidStepOffer(
        pk=event.pk,
        what=event.other,
        amount=amount,
        answer=told["answer"],
        happened_at=event.happened_at,
        **moments,
    )


def gifts_of(events: Sequence[Event]) -> dict[str, list[datetime]]:
    """Return when the client gave what, by code."""
    found: dict[str, list[datetime]] = {}
    for event in events:
        if event.kind == "GIFT":
            for code in json.loads(event.code):
                found.setdefault(code, []).append(event.happened_at)
    return found
