"""The dates of a person's calendar: meetings, next steps, decisions, bids, payments due.

Only what this person may see now. Each date keeps its row, so that a calendar that reads the
feed again moves an entry instead of adding a second one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, Q

from crm.models import Bid, Firm, Interaction, Invoice, Lead, PlannedMeeting, User
from crm.models.lead import LeadQuerySet
from crm.selectors.invoice_rows import Row, rows_of

DAYS_BACK, DAYS_AHEAD = 30, 180
MOST_ENTRIES = 500
USUAL_HOURS = Decimal(1)


class Kind(StrEnum):
    """What an entry is; its id in the feed begins with it."""

    PLAN = "plan"
    STEP = "step"
    DECISION = "decision"
    BID = "bid"
    PAYMENT = "payment"


@dataclass(frozen=True)
class Window:
    """The days that a calendar covers, around the reader's today."""

    today: date

    @property
    def first(self) -> date:
        """Return the first day."""
        return self.today - timedelta(days=DAYS_BACK)

    @property
    def last(self) -> date:
        """Return the last day."""
        return self.today + timedelta(days=DAYS_AHEAD)

    def holds(self, day: date) -> bool:
        """Say whether a day lies within."""
        return self.first <= day <= self.last

    def distance(self, day: date) -> tuple[bool, int]:
        """Return how far a day is from today; all that is gone lies beyond what is ahead."""
        return day < self.today, abs((day - self.today).days)


@dataclass(frozen=True)
class Entry:
    """One entry: a whole day, or from a moment to a moment."""

    kind: Kind
    row_id: int
    day: date
    changed_at: datetime
    lead: Lead | None
    account: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_cancelled: bool = False
    plan: PlannedMeeting | None = None
    bid: Bid | None = None
    bill: Row | None = None


@dataclass(frozen=True)
class Calendar:
    """What a feed holds; `is_cut` says that there was more than it takes."""

    entries: Sequence[Entry]
    is_cut: bool = False


def of_person(user: User, *, firm: Firm, now: datetime) -> Calendar:
    """Return a person's dates, the coming ones first; the same number of queries for any."""
    window = Window(now.astimezone(firm.zone_of(user)).date())
    leads = Lead.objects.visible_to(user)
    found: list[Entry] = []
    if user.has_perm("crm.sell"):
        plans = _plans(user, firm, window)
        met = {(one.plan.lead_id, one.day) for one in plans if one.plan and not one.is_cancelled}
        found += plans
        found += _steps(leads, window, met)
        found += _decisions(leads, window)
        found += _bids(user, window)
    if user.has_perm("crm.read_money"):
        found += _payments(user, window)
    found.sort(key=lambda one: (*window.distance(one.day), one.kind, one.row_id))
    return Calendar(found[:MOST_ENTRIES], is_cut=len(found) > MOST_ENTRIES)


def _nearest(rows: Any, field: str, window: Window) -> list[Any]:
    """Return the rows of the window nearest to today, what is ahead first.

    Each of the two lookups follows an index and stops after what a feed takes.
    """
    most = MOST_ENTRIES + 1
    coming = rows.filter(**{f"{field}__gte": window.today, f"{field}__lte": window.last})
    found = list(coming.order_by(field, "pk")[:most])
    gone = rows.filter(**{f"{field}__gte": window.first, f"{field}__lt": window.today})
    return found + list(gone.order_by(f"-{field}", "-pk")[: max(1, most - len(found))])


def _changes(model: Any, ids: Iterable[int], key: str = "id") -> Mapping[int, datetime]:
    """Return when each row was changed last, as its trail tells."""
    rows = model.history.filter(**{f"{key}__in": list(ids)}).order_by().values_list(key)
    return dict(rows.annotate(latest=Max("history_date")))


def _plans(user: User, firm: Firm, window: Window) -> list[Entry]:
    """Return the meetings: planned, taken place and cancelled; those ahead of open leads alone."""
    rows = PlannedMeeting.objects.visible_to(user).current().filter(lead__archived_at=None)
    rows = rows.filter(Q(lead__closed_at=None) | Q(meeting_date__lt=window.today))
    rows = rows.select_related("lead__account", "author")
    plans = _nearest(rows, "meeting_date", window)
    changes = _changes(PlannedMeeting, (plan.pk for plan in plans))
    return [_meeting(plan, firm, changes.get(plan.pk)) for plan in plans]


def _meeting(plan: PlannedMeeting, firm: Firm, changed_at: datetime | None) -> Entry:
    zone = firm.zone_of(plan.author) if plan.author else firm.zone
    starts_at, ends_at = _hours(plan, zone)
    return Entry(
        kind=Kind.PLAN,
        row_id=plan.pk,
        day=plan.meeting_date,
        changed_at=max(plan.recorded_at, changed_at or plan.recorded_at),
        lead=plan.lead,
        account=plan.lead.account.name,
        starts_at=starts_at,
        ends_at=ends_at,
        is_cancelled=plan.status == PlannedMeeting.Status.CANCELLED,
        plan=plan,
    )


def _hours(plan: PlannedMeeting, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Return when a meeting begins and ends: its hour is that of who planned it."""
    if plan.meeting_time is None:
        return None, None
    starts_at = datetime.combine(plan.meeting_date, plan.meeting_time, zone).astimezone(UTC)
    hours = min(plan.hours or USUAL_HOURS, Decimal(24))
    return starts_at, starts_at + timedelta(hours=float(hours))


def _steps(leads: LeadQuerySet, window: Window, met: set[tuple[int, date]]) -> list[Entry]:
    """Return the next steps; one on the day of a meeting of its lead is that meeting."""
    rows = leads.open().select_related("account")
    steps = _nearest(rows, "next_step_date", window)
    ids = [lead.pk for lead in steps]
    talks = Interaction.objects.current().filter(lead__in=ids).order_by().values_list("lead")
    noted = dict(talks.annotate(latest=Max("recorded_at")))
    mended = _changes(Interaction, ids, "lead_id")
    return [
        _of_lead(Kind.STEP, lead, lead.next_step_date, noted.get(lead.pk), mended.get(lead.pk))
        for lead in steps
        if lead.next_step_date and (lead.pk, lead.next_step_date) not in met
    ]


def _decisions(leads: LeadQuerySet, window: Window) -> list[Entry]:
    """Return the days by which somebody decides about a lead."""
    rows = leads.open().select_related("account")
    due = _nearest(rows, "decide_by_date", window)
    changes = _changes(Lead, (lead.pk for lead in due))
    return [
        _of_lead(Kind.DECISION, lead, lead.decide_by_date, changes.get(lead.pk))
        for lead in due
        if lead.decide_by_date
    ]


def _of_lead(kind: Kind, lead: Lead, day: date, *changes: datetime | None) -> Entry:
    changed_at = max([lead.recorded_at, *(one for one in changes if one)])
    return Entry(kind, lead.pk, day, changed_at, lead, lead.account.name)


def _bids(user: User, window: Window) -> list[Entry]:
    """Return the deadlines of bids that run, but for those we do not take part in."""
    rows = Bid.objects.visible_to(user).current().filter(result="")
    rows = rows.filter(lead__closed_at=None, lead__archived_at=None)
    rows = rows.exclude(choice=Bid.Choice.NO_BID).select_related("lead__account")
    bids = _nearest(rows, "deadline_date", window)
    changes = _changes(Bid, (bid.pk for bid in bids))
    return [
        Entry(
            kind=Kind.BID,
            row_id=bid.pk,
            day=bid.deadline_date,
            changed_at=max(bid.recorded_at, changes.get(bid.pk) or bid.recorded_at),
            lead=bid.lead,
            account=bid.lead.account.name,
            bid=bid,
        )
        for bid in bids
    ]


def _payments(user: User, window: Window) -> list[Entry]:
    """Return open invoices on their due day; one overdue on the day it is expected, if ahead."""
    rows = Invoice.objects.visible_to(user).unpaid().filter(due_date__lte=window.last)
    latest = rows.select_related("account", "lead").order_by("-due_date", "pk")
    bills = rows_of(list(latest[: MOST_ENTRIES + 1]), today=window.today)
    changes = _changes(Invoice, (bill.invoice.pk for bill in bills))
    found = [_payment(bill, window, changes.get(bill.invoice.pk)) for bill in bills]
    return [one for one in found if window.holds(one.day)]


def _payment(bill: Row, window: Window, changed_at: datetime | None) -> Entry:
    invoice, day = bill.invoice, bill.invoice.due_date
    changed_at = max(invoice.recorded_at, changed_at or invoice.recorded_at)
    expected = bill.p50
    if bill.forecast and expected and day < window.today <= expected and window.holds(expected):
        day, changed_at = expected, max(changed_at, bill.forecast.made_at)
    return Entry(
        kind=Kind.PAYMENT,
        row_id=invoice.pk,
        day=day,
        changed_at=changed_at,
        lead=invoice.lead,
        account=invoice.account.name,
        bill=bill,
    )
