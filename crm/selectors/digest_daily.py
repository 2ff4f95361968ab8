"""What people are reminded of on a day: each due thing once, none that the Monday mail holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from crm import rules, weeks
from crm.models import Digest, Firm, Invoice, InvoiceReminder, Lead, User
from crm.models.lead import opens_leads_of

# Each stage of a thing is said once: from its day on, for as long as it would be news.
STEP_STAGES = {0: 3, 3: 7}
DECISION_STAGES = {0: 3}
INVOICE_STAGES = {0: 3, 3: 7, 10: 7, 30: 7, 60: 7}
CAP_STAGES = (100, 80)
MOST_LINES, MOST_ROWS = 8, 2_000
LOOK_BACK = timedelta(days=14)
CAP_IS_NEWS = timedelta(days=7)  # after the last talk: what is logged is what uses up a cap


SAID, CAPS = "said", "caps"  # where a mail keeps what it said


class What(StrEnum):
    """What is due, in the order in which it is told."""

    INVOICE = "INVOICE"
    DECISION = "DECISION"
    STEP = "STEP"
    CAP = "CAP"


@dataclass(frozen=True)
class Item:
    """One due thing; `stage` is days past its day, or the share of a cap in per cent."""

    what: What
    pk: int
    lead_id: int | None
    account: str
    stage: int
    days_late: int = 0
    title: str = ""
    words: str = ""
    amount: Decimal = Decimal(0)
    currency: str = "CNY"
    of: str = ""

    @property
    def key(self) -> str:
        """Return the name under which it is noted that this was said."""
        return f"{self.what}:{self.pk}:{self.of}:{self.stage}"


@dataclass(frozen=True)
class Reminders:
    """What one person is reminded of on a day."""

    day: date
    items: Sequence[Item] = ()
    more: int = 0
    is_demo: bool = False


@dataclass(frozen=True)
class Said:
    """What earlier mails have told a person: reminders by name, the Monday mail's leads and day."""

    keys: frozenset[str] = frozenset()
    asked: frozenset[int] = frozenset()
    weekly_date: date | None = None


def reminders(readers: Sequence[User], *, as_of: datetime, firm: Firm) -> dict[int, Reminders]:
    """Return what each reader is reminded of on the day of the moment in the reader's own zone.

    Seven queries a day of the calendar, however many readers there are.
    """
    together: dict[date, list[User]] = {}
    for user in readers:
        together.setdefault(as_of.astimezone(firm.zone_of(user)).date(), []).append(user)
    found = {}
    for day, users in together.items():
        due = _due(users, day)
        said = _said(users, day, firm)
        for user in users:
            mine = [one for one in due[user.pk] if not _is_told(one, said[user.pk], day)]
            mine.sort(key=lambda one: (list(What).index(one.what), -one.stage, one.pk))
            found[user.pk] = Reminders(
                day, mine[:MOST_LINES], max(0, len(mine) - MOST_LINES), firm.holds_demo_data
            )
    return found


def _due(users: Sequence[User], day: date) -> dict[int, list[Item]]:
    found: dict[int, list[Item]] = {user.pk: [] for user in users}
    sellers = [user for user in users if user.role != User.Role.ACCOUNTANT]
    for lead in _leads(sellers, "next_step_date", STEP_STAGES, day):
        found[lead.owner_id] += _of_step(lead, day)
    for lead in _leads(sellers, "decide_by_date", DECISION_STAGES, day):
        found[lead.owner_id] += _of_decision(lead, day)
    for lead in _at_caps(sellers, day):
        for user in sellers:
            if _reviews(user, lead):
                found[user.pk].append(_of_cap(lead))
    keepers = _money_keepers(users)
    for invoice in _invoices(users, day):
        for user in users:
            if user.pk in keepers or (invoice.lead and invoice.lead.owner_id == user.pk):
                found[user.pk] += _of_invoice(invoice, day)
    return found


def _leads(users: Sequence[User], field: str, stages: Mapping[int, int], day: date) -> Any:
    """Return the running leads of these owners whose day came within the stages."""
    first = day - timedelta(days=_last_day(stages))
    leads, due = Lead.objects.open(), {f"{field}__range": (first, day)}
    awake = leads.filter(owner__in=users, **due).exclude(
        Exists(Lead.objects.answered_at(day).filter(pk=OuterRef("pk")))
        | Exists(Lead.objects.resting_at(day).filter(pk=OuterRef("pk")))
    )
    return awake.select_related("account").order_by(f"-{field}", "pk")[:MOST_ROWS]


def _last_day(stages: Mapping[int, int]) -> int:
    return max(stage + days - 1 for stage, days in stages.items())


def stage_of(days_late: int, stages: Mapping[int, int]) -> int | None:
    """Return the stage that is news so many days past the day; None between the stages."""
    for stage, days in stages.items():
        if stage <= days_late < stage + days:
            return stage
    return None


def _of_step(lead: Lead, day: date) -> Iterable[Item]:
    yield from _dated(What.STEP, lead, lead.next_step_date, STEP_STAGES, day)


def _of_decision(lead: Lead, day: date) -> Iterable[Item]:
    yield from _dated(What.DECISION, lead, lead.decide_by_date, DECISION_STAGES, day)


def _dated(
    what: What, lead: Lead, due: date | None, stages: Mapping[int, int], day: date
) -> Iterable[Item]:
    late = (day - due).days if due else -1
    stage = stage_of(late, stages)
    if due is not None and stage is not None:
        yield Item(
            what=what,
            pk=lead.pk,
            lead_id=lead.pk,
            account=lead.account.name,
            stage=stage,
            days_late=late,
            title=lead.title,
            words=lead.next_step if what == What.STEP else "",
            of=due.isoformat(),
        )


def _at_caps(users: Sequence[User], day: date) -> Iterable[Lead]:
    """Return the running leads that lately used up most of their cap and that nobody reviewed."""
    if not users:
        return []
    near = Q(effort_share__gte=float(rules.CAP_WARNING_SHARE), effort_reviewed_at=None)
    waiting = Lead.objects.open().filter(
        near | Q(effort_share__gte=1), last_interaction_at__date__gte=day - CAP_IS_NEWS
    )
    ordered = waiting.select_related("account", "owner").order_by("-last_interaction_at", "pk")
    return ordered[:MOST_ROWS]


def _reviews(user: User, lead: Lead) -> bool:
    """Say whether a cap concerns a person: the owner, and who may say how to go on."""
    team = lead.owner.team_id if lead.owner else None
    return opens_leads_of(user, owner_id=lead.owner_id, team_id=team)


def _of_cap(lead: Lead) -> Item:
    return Item(
        what=What.CAP,
        pk=lead.pk,
        lead_id=lead.pk,
        account=lead.account.name,
        stage=next(stage for stage in CAP_STAGES if (lead.effort_share or 0) * 100 >= stage),
        title=lead.title,
        of=f"{lead.cap_hours or ''}/{lead.cap_amount or ''}",  # another cap is said anew
    )


def _money_keepers(users: Sequence[User]) -> set[int]:
    """Return who is reminded of every invoice: the accountants; the founders where none is."""
    keepers = {user.pk for user in users if user.role == User.Role.ACCOUNTANT}
    if not User.objects.filter(role=User.Role.ACCOUNTANT, is_active=True).exists():
        keepers |= {user.pk for user in users if user.role == User.Role.FOUNDER}
    return keepers


def _invoices(users: Sequence[User], day: date) -> Iterable[Any]:
    """Return the open invoices whose day came within the stages, none in a dispute."""
    if not users:
        return []
    sent = InvoiceReminder.objects.filter(invoice=OuterRef("pk")).order_by("-step")
    first = day - timedelta(days=_last_day(INVOICE_STAGES))
    waiting = Invoice.objects.unpaid().filter(due_date__range=(first, day), disputed_date=None)
    told = waiting.annotate(sent_step=sent.values("step")[:1]).select_related("account", "lead")
    return told.order_by("-due_date", "pk")[:MOST_ROWS]


def _of_invoice(invoice: Any, day: date) -> Iterable[Item]:
    """Return the reminder of an invoice, unless a person took its step of the ladder already."""
    late = (day - invoice.due_date).days
    stage = stage_of(late, INVOICE_STAGES)
    if stage is None or (invoice.sent_step or -1) >= stage:
        return
    yield Item(
        what=What.INVOICE,
        pk=invoice.pk,
        lead_id=invoice.lead_id,
        account=invoice.account.name,
        stage=stage,
        days_late=late,
        title=invoice.lead.title if invoice.lead else "",
        amount=invoice.receivable_amount,
        currency=invoice.currency,
        of=invoice.due_date.isoformat(),
    )


def _said(users: Sequence[User], day: date, firm: Firm) -> dict[int, Said]:
    """Return what the mails of the last days told each reader, and of caps those of all days."""
    rows = Digest.objects.filter(recipient__in=users).exclude(status=Digest.Status.FAILED)
    daily = Q(kind=Digest.Kind.DAILY, period__lt=day.isoformat()) & (
        Q(period__gte=(day - LOOK_BACK).isoformat()) | Q(shown__has_key=CAPS)
    )
    weekly = Q(kind=Digest.Kind.WEEKLY, period=weeks.iso_week(day))
    told: dict[int, list[Digest]] = {user.pk: [] for user in users}
    for row in rows.filter(daily | weekly).only("recipient_id", "kind", "shown", "due_at"):
        told[row.recipient_id].append(row)
    return {user.pk: _of_mails(told[user.pk], firm.zone_of(user)) for user in users}


def _of_mails(mails: Iterable[Digest], zone: ZoneInfo) -> Said:
    keys: set[str] = set()
    asked: frozenset[int] = frozenset()
    weekly_date = None
    for mail in mails:
        if mail.kind == Digest.Kind.WEEKLY:
            weekly_date = mail.due_at.astimezone(zone).date()
            asked = frozenset(int(key) for key in mail.shown if key.isdecimal())
        keys |= {*mail.shown.get(SAID, ()), *mail.shown.get(CAPS, ())}
    return Said(frozenset(keys), asked, weekly_date)


def _is_told(item: Item, said: Said, day: date) -> bool:
    """Say whether an earlier mail, or the Monday mail of this week, says the same.

    What had come due by the day of the Monday mail is no news afterwards: it counts the invoices
    that are due and overdue, and names the decisions that it asks for.
    """
    if item.key in said.keys:
        return True
    if said.weekly_date is None or day - timedelta(item.days_late - item.stage) > said.weekly_date:
        return False
    return item.what == What.INVOICE or (item.what == What.DECISION and item.pk in said.asked)
