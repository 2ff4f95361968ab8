"""Writes about the people who sign in: their own settings, and when they last looked."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from crm.models import User

SETTINGS = (
    "display_name",
    "language",
    "time_zone",
    "wants_digest",
    "digest_weekday",
    "digest_hour",
    "wants_reminders",
)
SAME_VISIT = timedelta(minutes=30)


def settings_of(user: User, *, today: date) -> dict[str, Any]:
    """Return a person's own settings; a silence that is over is none any more."""
    until = user.mails_muted_until if user.is_muted_on(today) else None
    return {field: getattr(user, field) for field in SETTINGS} | {"mute_until": until}


def change_settings(*, user: User, **changes: Any) -> None:
    """Change some of a person's own settings."""
    for field, value in changes.items():
        if field not in SETTINGS:
            raise ValueError(field)
        setattr(user, field, value)
    user.save(update_fields=list(changes))


@transaction.atomic
def save_profile(*, user: User, mute_until: date | None, today: date, **changes: Any) -> None:
    """Change a person's settings and until when no mail comes."""
    change_settings(user=user, **changes)
    mute_mails(user=user, until=mute_until, today=today)


def mute_mails(*, user: User, until: date | None, today: date) -> None:
    """Send a person no mails before a day; None ends a silence today.

    What would have come during the silence is left out, not sent later: the silence keeps the
    day on which it ended, and a mail whose own day lies before it never becomes due.
    """
    if until is None:
        if not user.is_muted_on(today):
            return
        until = today
    user.mails_muted_until = until
    user.save(update_fields=["mails_muted_until"])


def note_visit(*, user: User, now: datetime) -> datetime | None:
    """Note that a person looks at today's page; return when the visit before this one was.

    Looks within half an hour of each other are one visit.
    """
    if user.last_visit_at and now - user.last_visit_at < SAME_VISIT:
        User.objects.filter(pk=user.pk).update(last_visit_at=now)
        return user.previous_visit_at
    User.objects.filter(pk=user.pk).update(last_visit_at=now, previous_visit_at=user.last_visit_at)
    return user.last_visit_at


def put_off_stale_leads(*, user: User, now: datetime) -> None:
    """Leave a person in peace about stale leads for a while."""
    User.objects.filter(pk=user.pk).update(stale_leads_put_off_at=now)
