"""Whose mail is due: the Monday mails of the week, the reminders of the day."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, Q

from crm import weeks, workdays
from crm.models import Digest, Firm, Heartbeat, User
from crm.selectors import digest_daily

Kind, Status = Digest.Kind, Digest.Status
REACHED = (Status.SENT, Status.HANDED_OVER, Status.UNKNOWN)
LOOKED = "reminders"
DAY = timedelta(days=1)


def readers() -> list[Any]:
    """Return everybody whom a mail can reach, with the week of the last Monday mail."""
    reached = User.objects.filter(is_active=True).exclude(role=User.Role.VIEWER).exclude(email="")
    last = Max("digests__period", filter=Q(digests__kind=Kind.WEEKLY))
    return list(reached.annotate(last_week=last))


def add_weekly(readers: Iterable[Any], *, now: datetime, firm: Firm) -> None:
    """Add the mails of the current week whose moment has come, in each reader's own zone."""
    rows = []
    for user in readers:
        if not user.wants_digest:
            continue
        zone = firm.zone_of(user)
        today = now.astimezone(zone).date()
        due_at = weeks.due_at(today, weekday=user.digest_weekday, hour=user.digest_hour, zone=zone)
        week = weeks.iso_week(today)
        is_new = due_at <= now and (user.last_week or "") < week
        if is_new and not user.is_muted_on(due_at.astimezone(zone).date()):
            rows.append(Digest(recipient=user, period=week, due_at=due_at, next_try_at=due_at))
    _add(rows)


def add_daily(readers: Iterable[User], *, now: datetime, firm: Firm) -> bool:
    """Add the reminders of those whose hour has come since the last look; say whether any came.

    Everyone is looked at once a working day: whoever has nothing to be reminded of has no row,
    and what is entered later in the day reminds nobody of what he has just written.
    """
    since = _last_look(now)
    due = [(user, at) for user, at in _due_today(readers, now, firm) if since < at]
    if not due:
        return False
    told = digest_daily.reminders([user for user, _at in due], as_of=now, firm=firm)
    rows = [
        Digest(
            recipient=user,
            kind=Kind.DAILY,
            period=at.astimezone(firm.zone_of(user)).date().isoformat(),
            due_at=at,
            next_try_at=at,
        )
        for user, at in due
        if told[user.pk].items
    ]
    with transaction.atomic():
        _add(rows)
        Heartbeat.objects.bulk_create(
            [Heartbeat(name=LOOKED, beat_at=now)],
            update_conflicts=True, unique_fields=["name"], update_fields=["beat_at"],
        )  # fmt: skip
    return bool(rows)


def weeks_covered(digests: Sequence[Digest], *, now: datetime, firm: Firm) -> dict[int, int]:
    """Return, by recipient, how many weeks lie between the last mail that went out and now."""
    earlier = Digest.objects.filter(
        recipient__in=[digest.recipient_id for digest in digests],
        kind=Kind.WEEKLY,
        status__in=REACHED,
    ).exclude(pk__in=[digest.pk for digest in digests])
    last = dict(earlier.values_list("recipient").annotate(week=Max("period")).order_by())
    found = {}
    for digest in digests:
        today = now.astimezone(firm.zone_of(digest.recipient)).date()
        week = last.get(digest.recipient_id)
        found[digest.recipient_id] = weeks.weeks_between(week, today) if week else 1
    return found


def is_over(digest: Digest, *, now: datetime, zone: ZoneInfo) -> bool:
    """Say whether the week, or the day, that a mail is about is over where its reader lives.

    What a person lets go out again is never over: that word counts.
    """
    if digest.sent_again_at is not None:
        return False
    today = now.astimezone(zone).date()
    if digest.kind == Kind.DAILY:
        return digest.period < today.isoformat()
    return digest.period < weeks.iso_week(today)


def wants(user: User, kind: str) -> bool:
    """Say whether a person reads a kind of mail at all."""
    wanted = user.wants_reminders if kind == Kind.DAILY else user.wants_digest
    return bool(wanted and user.is_active and user.email) and user.role != User.Role.VIEWER


def _due_today(
    readers: Iterable[User], now: datetime, firm: Firm
) -> Iterable[tuple[User, datetime]]:
    for user in readers:
        if not user.wants_reminders:
            continue
        zone = firm.zone_of(user)
        today = now.astimezone(zone).date()
        if user.is_muted_on(today) or not workdays.is_workday(today, country=firm.holiday_country):
            continue
        due_at = weeks.due_at(today, weekday=today.isoweekday(), hour=user.digest_hour, zone=zone)
        if due_at <= now:
            yield user, due_at


def _last_look(now: datetime) -> datetime:
    """Return since when nobody was looked at; a clock that was put back looks a day back."""
    found = Heartbeat.objects.filter(name=LOOKED).values_list("beat_at", flat=True).first()
    return found if found and now - DAY <= found <= now else now - DAY


def _add(rows: Sequence[Digest]) -> None:
    if rows:
        Digest.objects.bulk_create(rows, ignore_conflicts=True)
