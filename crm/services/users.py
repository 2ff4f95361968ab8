"""Writes about the people who sign in: their own settings, and when they last looked."""

from datetime import datetime, timedelta
from typing import Any

from crm.models import User

SETTINGS = (
    "display_name",
    "language",
    "time_zone",
    "wants_digest",
    "digest_weekday",
    "digest_hour",
)
SAME_VISIT = timedelta(minutes=30)


def settings_of(user: User) -> dict[str, Any]:
    """Return a person's own settings."""
    return {field: getattr(user, field) for field in SETTINGS}


def change_settings(*, user: User, **changes: Any) -> None:
    """Change some of a person's own settings."""
    for field, value in changes.items():
        if field not in SETTINGS:
            raise ValueError(field)
        setattr(user, field, value)
    user.save(update_fields=list(changes))


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
