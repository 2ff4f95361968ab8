"""What happened with a lead, the newest first: a page at a time, or the rows behind a reason."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime

from crm.models import Deliverable, Interaction
from crm.selectors import lead_entries
from crm.selectors.lead_entries import Entry

ENTRIES_A_PAGE = 10
MOST_DELIVERABLES = 60
MOST_ROWS = 40
ROW = re.compile(r"[A-Z]:\d{1,15}")
PLACE = re.compile(r"(?P<at>[0-9T:.+\-]{19,40})~(?P<pk>\d{1,15})~(?P<seen>\d{1,6})")


@dataclass(frozen=True)
class Place:
    """Where a page of the timeline begins: below a talk, after so many that were seen."""

    at: datetime
    pk: int
    seen: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.pk}~{self.seen}"


@dataclass(frozen=True)
class Asked:
    """Which part of the timeline a reader asks for."""

    rows: frozenset[str] = frozenset()
    place: Place | None = None
    with_system: bool = False

    @classmethod
    def of(cls, rows: str, place: str, system: str) -> "Asked":
        """Return what an address asks for; what it says wrongly counts as nothing."""
        named = ROW.findall(rows)[:MOST_ROWS]
        return cls(frozenset(named), _place(place), bool(system))


@dataclass(frozen=True)
class Timeline:
    """Some entries, and from where on the earlier ones go."""

    entries: Sequence[Entry]
    next_place: Place | None = None
    earlier: int = 0
    asked: Asked = field(default_factory=Asked)


@dataclass(frozen=True)
class Rows:
    """What a timeline is made of; all but the talks are few and already read."""

    talks: QuerySet[Interaction]
    others: Sequence[Entry]
    total: int
    points: Mapping[str, float] = field(default_factory=dict)


def deliverables(lead_id: int, moment: datetime) -> list[Deliverable]:
    """Return what was handed over by a moment, the newest first."""
    given = Deliverable.objects.filter(lead=lead_id).known_at(moment)
    return list(given.order_by("-happened_at", "-pk")[:MOST_DELIVERABLES])


def timeline(rows: Rows, asked: Asked) -> Timeline:
    """Return a page of the timeline, or just the rows that were asked for."""
    talks = rows.talks.order_by("-happened_at", "-pk").prefetch_related("attendees")
    if asked.rows:
        ids = [int(row[2:]) for row in asked.rows if row.startswith("I:")]
        found = [lead_entries.talk(row) for row in talks.filter(pk__in=ids)[:MOST_ROWS]]
        found += [entry for entry in rows.others if entry.key in asked.rows]
        return Timeline(_told(found, rows, asked), asked=asked)
    place = asked.place
    if place:
        later = Q(happened_at__lt=place.at) | Q(happened_at=place.at, pk__lt=place.pk)
        talks = talks.filter(later)
    found_talks = list(talks[: ENTRIES_A_PAGE + 1])
    more = len(found_talks) > ENTRIES_A_PAGE
    page = found_talks[:ENTRIES_A_PAGE]
    until = page[-1].happened_at if more else None
    beside = [
        entry
        for entry in rows.others
        if (place is None or entry.happened_at < place.at)
        and (until is None or entry.happened_at >= until)
    ]
    seen = (place.seen if place else 0) + len(page)
    return Timeline(
        entries=_told([*(lead_entries.talk(row) for row in page), *beside], rows, asked),
        next_place=Place(page[-1].happened_at, page[-1].pk, seen) if more else None,
        earlier=max(0, rows.total - seen),
        asked=asked,
    )


def _told(entries: Iterable[Entry], rows: Rows, asked: Asked) -> list[Entry]:
    ordered = sorted(entries, key=lambda entry: (entry.happened_at, entry.key), reverse=True)
    return [entry.behind(asked.rows, rows.points) for entry in ordered]


def _place(said: str) -> Place | None:
    found = PLACE.fullmatch(said.replace(" ", "+"))
    if found is None:
        return None
    try:
        at = parse_datetime(found["at"])
    except ValueError:
        return None
    if at is None or at.tzinfo is None:
        return None
    return Place(at, int(found["pk"]), int(found["seen"]))
