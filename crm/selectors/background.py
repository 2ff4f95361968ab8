"""Whether background work is alive, and what waits for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.models import Digest, Firm, Heartbeat, Lead

SILENCE_BEFORE_NOTICE = timedelta(minutes=2)
START = "start"  # the moment when everything was started; workers come up after the pages
MAX_COUNTED = 1000


@dataclass(frozen=True)
class Waiting:
    """What waits while the worker is away."""

    leads: int
    mails: int


def firm() -> Firm:
    """Return the firm's settings."""
    return Firm.current()


def waiting(*, now: datetime) -> Waiting | None:
    """Return what waits for background work, or None while the worker is alive or coming up."""
    beats = Heartbeat.objects.filter(name__in=("worker", START))
    if beats.filter(beat_at__gt=now - SILENCE_BEFORE_NOTICE).exists():
        return None
    due = Lead.objects.filter(assessment_due_at__lte=now)
    mails = Digest.objects.filter(status=Digest.Status.PENDING, due_at__lte=now)
    return Waiting(leads=due[:MAX_COUNTED].count(), mails=mails[:MAX_COUNTED].count())
