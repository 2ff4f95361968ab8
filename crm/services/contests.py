"""Keeps who disagreed with a reason of a score, and when; nothing of the score changes by it."""

from datetime import datetime

from django.db import transaction

from crm.models import Contest, Lead, SystemEvent, User


@transaction.atomic
def disagree(
    *,
    lead: Lead,
    reason_code: str,
    said: str,
    points: float,
    scorer_version: str,
    why: str,
    note: str,
    by: User,
    now: datetime,
) -> Contest:
    """Keep an objection with the reason as it was shown."""
    return Contest.objects.create(
        lead=lead,
        reason_code=reason_code,
        said=said[:500],
        points=points,
        scorer_version=scorer_version,
        why=why,
        note=note,
        by=by,
        happened_at=now,
        recorded_at=now,
    )


def note_copied(*, lead: Lead, message: str, language: str, by: User, now: datetime) -> None:
    """Keep that a message was copied; whether it was sent, nobody here can know."""
    SystemEvent.objects.create(
        lead=lead,
        kind=SystemEvent.Kind.MESSAGE_COPIED,
        what=f"{message} {language}",
        by=by,
        happened_at=now,
        recorded_at=now,
    )
