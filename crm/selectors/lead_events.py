"""The dated rows of a lead that are not talks: stages, facts, offers, decisions, bids."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, CharField, DateField, F, Value, When
from django.db.models.functions import Cast, Coalesce

from crm.models import (
    Bid,
    Contest,
    Decision,
    LeadFact,
    PaidStepOffer,
    QualificationNote,
    Stage,
    StageChange,
    SystemEvent,
)

MOST_EVENTS = 200
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


def events_of(lead_id: int, moment: datetime) -> list[Event]:
    """Return the dated rows of eight tables with one query."""
    empty, never = Value(""), Value(None, output_field=DateField())
    answer = Case(
        When(answered_at__lte=moment, answer_recorded_at__lte=moment, then=F("answer")),
        default=empty,
    )

    def name(of: str) -> Coalesce:
        return Coalesce(f"{of}__display_name", empty)

    def rows(
        of: Any,
        kind: str,
        *,
        code: Any,
        other: Any,
        until: Any = never,
        note: Any = empty,
        who: Any = empty,
    ) -> Any:
        known = of.objects.filter(lead=lead_id).known_at(moment).order_by()
        return known.annotate(
            row_kind=Value(kind, output_field=CharField()),
            row_code=Cast(code, CharField()),
            row_other=Cast(other, CharField()),
            row_until=Cast(until, DateField()),
            row_note=Cast(note, CharField()),
            row_who=Cast(who, CharField()),
        ).values_list(*COLUMNS)

    all_rows = rows(
        StageChange, "STAGE", code=F("to_stage"), other=F("from_stage"), who=name("by")
    ).union(
        rows(
            LeadFact,
            "FACT",
            code=F("kind"),
            other=F("value"),
            until=F("due_date"),
            note=F("note"),
            who=F("who"),
        ),
        rows(PaidStepOffer, "OFFER", code=answer, other=F("what")),
        rows(
            Decision,
            "DECISION",
            code=F("kind"),
            other=name("decided_by"),
            until=F("review_date"),
            note=F("reason"),
        ),
        rows(
            Bid,
            "BID",
            code=F("kind"),
            other=F("choice"),
            until=F("deadline_date"),
            note=F("result"),
        ),
        rows(
            QualificationNote,
            "EVIDENCE",
            code=F("item"),
            other=F("answer"),
            note=F("evidence"),
            who=F("said_by"),
        ),
        rows(
            Contest,
            "CONTEST",
            code=F("reason_code"),
            other=F("why"),
            note=F("note"),
            who=name("by"),
        ),
        rows(SystemEvent, "SYSTEM", code=F("kind"), other=empty, note=F("what"), who=name("by")),
        all=True,
    )
    return [Event(*row) for row in all_rows.order_by("-happened_at", "-pk")[:MOST_EVENTS]]


def steps(events: Sequence[Event], lead: Any, moment: datetime) -> list[Passed]:
    """Return the stepper: the days in each stage that was really passed."""
    changes = sorted((e for e in events if e.kind == "STAGE"), key=lambda e: (e.happened_at, e.pk))
    until = min(moment, lead.closed_at or moment)
    days: dict[str, int] = {}
    for place, change in enumerate(changes):
        end = changes[place + 1].happened_at if place + 1 < len(changes) else until
        days[change.code] = days.get(change.code, 0) + max(0, (end - change.happened_at).days)
    return [Passed(stage, days.get(stage), stage == lead.stage_then) for stage in Stage.values]
