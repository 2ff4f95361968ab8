"""What happened with a lead, the newest first: talks and hand-overs, a page at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.models import Ask, Contact, Deliverable, Interaction

ENTRIES_A_PAGE = 10
MOST_DELIVERABLES = 60
MOST_EVIDENCE = 40


@dataclass(frozen=True)
class Entry:
    """One row of the timeline; `key` is the row's name in reasons: I:12 or D:5."""

    key: str
    happened_at: datetime
    by_client: bool | None
    what: str
    asked: str
    people: Sequence[Contact]
    budget: str
    next_step: str
    next_step_date: date | None
    note: str
    hours: Decimal | None
    travel_amount: Decimal | None
    gave: str
    level: int | None = None
    is_evidence: bool = False

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
        return _listed(person.name for person in self.people)

    @property
    def anchor(self) -> str:
        """Return the row's name within the page."""
        return self.key.replace(":", "-")


@dataclass(frozen=True)
class Timeline:
    """Some entries, and from where on the earlier ones go."""

    entries: Sequence[Entry]
    next_skip: int | None
    earlier: int
    reason: str = ""


def deliverables(lead_id: int, moment: datetime) -> list[Deliverable]:
    """Return what was handed over by a moment, the newest first."""
    given = Deliverable.objects.filter(lead=lead_id).known_at(moment)
    return list(given.order_by("-happened_at", "-pk")[:MOST_DELIVERABLES])


def timeline(
    talks: QuerySet[Interaction],
    given: Iterable[Deliverable],
    *,
    skip: int,
    total: int,
    reason: str = "",
    rows: frozenset[str] = frozenset(),
) -> Timeline:
    """Return a page of the timeline, or just the rows behind a reason."""
    ordered = talks.order_by("-happened_at", "-pk").prefetch_related("attendees")
    if reason and rows:
        ids = [int(row[2:]) for row in rows if row.startswith("I:")]
        shown = [_talk(talk, rows) for talk in ordered.filter(pk__in=ids)[:MOST_EVIDENCE]]
        shown += [_given(item, rows) for item in given if f"D:{item.pk}" in rows]
        return Timeline(_sorted(shown), None, 0, reason)
    # One before the page tells which hand-overs an earlier page has shown.
    start = max(0, skip - 1)
    found = list(ordered[start : skip + ENTRIES_A_PAGE + 1])
    above = found.pop(0).happened_at if skip and found else None
    more = len(found) > ENTRIES_A_PAGE
    page = found[:ENTRIES_A_PAGE]
    until = page[-1].happened_at if more and page else None
    beside = [
        _given(item, rows)
        for item in given
        if (above is None or item.happened_at < above)
        and (until is None or item.happened_at >= until)
    ]
    entries = _sorted([*(_talk(talk, rows) for talk in page), *beside])
    next_skip = skip + ENTRIES_A_PAGE if more else None
    return Timeline(entries, next_skip, max(0, total - skip - len(page)))


def _sorted(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.happened_at, entry.key), reverse=True)


def _talk(talk: Interaction, rows: frozenset[str]) -> Entry:
    people = list(talk.attendees.all())
    return Entry(
        key=f"I:{talk.pk}",
        happened_at=talk.happened_at,
        by_client=talk.initiated_by == Interaction.Side.CLIENT if talk.initiated_by else None,
        what=str(talk.get_kind_display()),
        asked=_listed(Ask(code).label for code in talk.asks or () if code != Ask.NONE),
        people=people,
        budget=str(talk.get_budget_stage_display()) if talk.budget_stage else "",
        next_step=_next_step(talk),
        next_step_date=talk.next_step_date,
        note=talk.note,
        hours=_added(talk.presales_hours, talk.travel_hours),
        travel_amount=talk.travel_amount,
        gave=_listed(Interaction.Gift(code).label for code in talk.client_gave or ()),
        is_evidence=f"I:{talk.pk}" in rows,
    )


def _given(item: Deliverable, rows: frozenset[str]) -> Entry:
    return Entry(
        key=f"D:{item.pk}",
        happened_at=item.happened_at,
        by_client=False,
        what=_("%(item)s handed over") % {"item": item},
        asked="",
        people=(),
        budget="",
        next_step="",
        next_step_date=None,
        note=item.override_reason,
        hours=item.hours,
        travel_amount=None,
        gave="",
        level=item.disclosure_level,
        is_evidence=f"D:{item.pk}" in rows,
    )


def _listed(words: Iterable[str | Promise]) -> str:
    return pgettext("between two words", ", ").join(str(word) for word in words)


def _next_step(talk: Interaction) -> str:
    """Return what was agreed as the next step, or that nothing was."""
    if talk.next_step:
        return talk.next_step
    if talk.next_step_date:
        return ""
    if talk.has_dated_next_step:
        return _("a day was agreed")
    return _("nothing agreed") if talk.has_dated_next_step is False else ""


def _added(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    if first is None and second is None:
        return None
    return (first or Decimal(0)) + (second or Decimal(0))
