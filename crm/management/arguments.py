"""Arguments that several commands take: a moment and a person."""

from datetime import date, datetime

from django.core.management.base import CommandError
from django.utils import timezone

from crm import weeks
from crm.models import Firm, User


def moment_of(text: str | None, firm: Firm) -> datetime:
    """Return the end of a day in the firm's zone, or now; raise CommandError for no date."""
    now = timezone.now()
    if not text:
        return now
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            f"--as-of {text!r} is not a date. Write it as YYYY-MM-DD, such as 2026-01-22."
        ) from error
    if day > now.astimezone(firm.zone).date():
        raise CommandError(f"--as-of {text} lies ahead. Give today or a day before it.")
    return weeks.end_of(day, firm.zone)


def user_named(name: str) -> User:
    """Return a user; raise CommandError that names some where there is none of this name."""
    user = User.objects.filter(username=name).first()
    if user is None:
        some = User.objects.filter(is_active=True).order_by("username")[:8]
        known = ", ".join(some.values_list("username", flat=True)) or "none yet"
        raise CommandError(f"There is no user {name!r}. Users: {known}.")
    return user
