"""Keeps how runs of background jobs went, a few of each, so that a founder can see it."""

import traceback
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from crm.models import Heartbeat, JobRun
from crm.models.job import JobOutcome

KEPT = 20  # of each job and outcome
# A run says twice a minute that it goes on; one that is silent for longer has broken off.
LEASE = timedelta(minutes=3)
# A job that breaks off is begun again, but not for ever: it may be what fills the memory.
LOOKED_BACK, REST, TRIES = timedelta(hours=6), timedelta(minutes=3), 3
OWN_CODE = ("config", "crm", "scoring")
Outcome = JobRun.Outcome


def begin(run: JobRun, *, now: datetime) -> None:
    """Write that a run began; an earlier one of its message, or past its lease, broke off."""
    running = JobRun.objects.filter(name=run.name, outcome=Outcome.RUNNING)
    if run.owner:
        running.filter(owner=run.owner).update(outcome=Outcome.BROKE_OFF)
    running.lost_by(now).update(outcome=Outcome.BROKE_OFF)
    run.save()


def prolong(run: JobRun, *, now: datetime) -> None:
    """Write that a run goes on; one that ended stays as it is."""
    running = JobRun.objects.filter(pk=run.pk, outcome=Outcome.RUNNING)
    running.update(lease_until=now + LEASE)


def succeed(run: JobRun, *, now: datetime) -> None:
    """Write that a run ended well."""
    _end(run, Outcome.DONE, now=now)


def fail(run: JobRun, error: Exception, *, now: datetime) -> None:
    """Write what failed and where; not the error's own words, which may name a client."""
    run.error, run.place = type(error).__name__[:80], place_of(error)[:160]
    _end(run, Outcome.FAILED, now=now)


def forget(run: JobRun) -> None:
    """Forget a run that gave way to another; it says nothing of how the job goes."""
    JobRun.objects.filter(pk=run.pk).delete()


def note_quiet(name: str, *, now: datetime) -> None:
    """Write in one row that a job ran well and found nothing to do, or that a part lives."""
    if not Heartbeat.objects.filter(name=name).update(beat_at=now):
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})


def broken_off(names: Iterable[str], *, now: datetime) -> list[str]:
    """Return those of the jobs whose last run broke off some minutes ago, and not too often."""
    runs = JobRun.objects.filter(name__in=names, started_at__gte=now - LOOKED_BACK)
    by_name: dict[str, list[JobRun]] = {}
    for run in runs.order_by("-started_at", "-pk"):
        by_name.setdefault(run.name, []).append(run)
    return [
        name
        for name, (last, *_) in by_name.items()
        if last.broke_off_by(now)
        and last.started_at <= now - REST
        and sum(run.broke_off_by(now) for run in by_name[name]) <= TRIES
    ]


def new(name: str, *, owner: str, now: datetime) -> JobRun:
    """Return a run that begins, not yet written."""
    return JobRun(name=name, owner=owner[:64], started_at=now, lease_until=now + LEASE)


def place_of(error: Exception) -> str:
    """Return the innermost place in our own code that an error came through, if any."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(settings.BASE_DIR):
            inside = path.relative_to(settings.BASE_DIR)
            if inside.parts[0] in OWN_CODE:
                return f"{inside.as_posix()}:{frame.lineno}"
    return ""


def _end(run: JobRun, outcome: JobOutcome, *, now: datetime) -> None:
    run.outcome, run.ended_at = outcome, now
    run.save()
    of_kind = JobRun.objects.filter(name=run.name, outcome=outcome)
    if too_many := list(of_kind.values_list("pk", flat=True)[KEPT : 2 * KEPT]):
        JobRun.objects.filter(pk__in=too_many).delete()
