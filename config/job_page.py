"""What founders are told of background work: what runs, waits and failed, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from config import job_parts, job_waits, job_words, jobs
from config.job_parts import Asked, Part
from config.job_waits import Wait
from config.jobs import Job, Planned
from crm.models import Heartbeat, JobRun
from crm.selectors import health
from scoring.models import JobLock

MOST_RUNS = 500
Outcome = JobRun.Outcome


@dataclass(frozen=True)
class Running:
    """A job at work: at which of its steps, since when; or of which nothing is heard any more."""

    title: str
    since: str = ""
    step: str = ""
    lost: str = ""


@dataclass(frozen=True)
class Failure:
    """The last failure of a job, and whether a later run went well."""

    title: str
    when: str
    trouble: job_words.Trouble
    is_over: bool


@dataclass(frozen=True)
class Row:
    """A job as it last ended well and as it comes next."""

    job: Job
    well: str
    took: str
    counted: int | None
    planned: Planned | None
    next: str
    is_running: bool
    is_failing: bool
    is_late: bool

    @property
    def every(self) -> str:
        """Return how often it comes, where it comes each minute or so."""
        seconds = self.planned.every_seconds if self.planned else 0
        return job_words.every(seconds) if seconds else ""


@dataclass(frozen=True)
class Page:
    """The whole page at a moment."""

    now: datetime
    parts: Sequence[Part]
    running: Sequence[Running]
    waits: Sequence[Wait]
    in_doubt: Wait
    rows: Sequence[Row]
    failures: Sequence[Failure]

    @property
    def looks(self) -> list[tuple[str, str]]:
        """Return what somebody should look at, each with the place on the page that tells more."""
        parts = [part for part in self.parts if not part.is_well and not part.is_minor]
        said = _("%(label)s: %(words)s")
        found = [(part.key, said % {"label": part.name, "words": part.word}) for part in parts]
        told = {jobs.BACKUP} if any(part.key == "backup" for part in parts) else set()
        failing = [row.job for row in self.rows if row.is_failing and row.job.task not in told]
        names = [str(job.title) for job in failing]
        found += [("failed", _("%(job)s failed") % {"job": name}) for name in names]
        if not found:  # a silent part makes jobs late; of that, its own line says enough
            late = [str(row.job.title) for row in self.rows if row.is_late]
            found = [("jobs", _("%(job)s is late") % {"job": name}) for name in late]
        if self.in_doubt.count:
            found.append(("failed", self.in_doubt.name))
        return found

    @property
    def unsure(self) -> list[tuple[str, str]]:
        """Return what is not as it will be, though nobody has to look at it."""
        said = _("%(label)s: %(words)s")
        return [
            (part.key, said % {"label": part.name, "words": part.word})
            for part in self.parts
            if not part.is_well
        ]

    @property
    def is_untouched(self) -> bool:
        """Say whether background work never ran here."""
        return not any(row.well or row.is_failing for row in self.rows)


def page(*, now: datetime) -> Page:
    """Return the page as of a moment."""
    beats = dict(Heartbeat.objects.values_list("name", "beat_at"))
    runs = list(JobRun.objects.order_by("-started_at", "-pk")[:MOST_RUNS])
    locks = {lock.name: lock for lock in JobLock.objects.exclude(owner="")}
    asked = Asked(beats=beats, messages=health.messages(), disk=health.disk(), now=now)
    rows = _rows(runs, beats, locks, now=now)
    return Page(
        now=now,
        parts=job_parts.parts(asked, runs),
        running=[*_locked(locks, now=now), *_unlocked(runs, now=now)],
        waits=job_waits.waits(now=now),
        in_doubt=job_waits.mails_in_doubt(now=now),
        rows=rows,
        failures=_failures(runs, {row.job.task: row for row in rows}, now=now),
    )


def is_at_work(job: Job, *, now: datetime) -> bool:
    """Say whether a job runs just now."""
    if job.lock:
        return JobLock.at_work(job.lock, now=now) is not None
    return JobRun.objects.filter(name=job.task).running_at(now).exists()


def _locked(locks: Mapping[str, JobLock], *, now: datetime) -> list[Running]:
    titles = {job.lock: str(job.title) for job in reversed(jobs.JOBS) if job.lock}
    return [
        Running(
            title=titles.get(name, name),
            since=job_words.moment(lock.taken_at, now=now) if lock.taken_at else "",
            step=_step(lock),
            lost=job_words.moment(lock.lease_until, now=now) if lock.lease_until <= now else "",
        )
        for name, lock in locks.items()
    ]


def _step(lock: JobLock) -> str:
    if not lock.step:
        return ""
    words = {"n": lock.place, "all": len(JobLock.Step), "step": lock.get_step_display()}
    return _("step %(n)d of %(all)d: %(step)s") % words


def _unlocked(runs: Sequence[JobRun], *, now: datetime) -> list[Running]:
    free = {job.task: job for job in jobs.JOBS if not job.lock}
    return [
        Running(str(free[run.name].title), since=job_words.moment(run.started_at, now=now))
        for run in runs
        if run.name in free and run.outcome == Outcome.RUNNING and run.lease_until > now
    ]


def _rows(
    runs: Sequence[JobRun],
    beats: Mapping[str, datetime],
    locks: Mapping[str, JobLock],
    *,
    now: datetime,
) -> list[Row]:
    known, planned = jobs.by_task(), jobs.planned(now=now)
    ran = {run.name for run in runs}
    shown = [job for job in jobs.JOBS if job.task in planned or job.task in ran]
    shown += [Job(task, title=task, about="") for task in planned if task not in known]
    return [
        _row(job, [run for run in runs if run.name == job.task], beats, locks, planned, now=now)
        for job in shown
    ]


def _row(
    job: Job,
    runs: Sequence[JobRun],
    beats: Mapping[str, datetime],
    locks: Mapping[str, JobLock],
    planned: Mapping[str, Planned],
    *,
    now: datetime,
) -> Row:
    done = next((run for run in runs if run.outcome == Outcome.DONE), None)
    bad = next((run for run in runs if run.went_wrong_by(now)), None)
    quiet_at = beats.get(job.task)
    ends = [moment for moment in (done and done.ended_at, quiet_at) if moment]
    well_at = max(ends, default=None)
    last_at = max([*ends, *([bad.started_at] if bad else [])], default=None)
    lock, plan = locks.get(job.lock), planned.get(job.task)
    return Row(
        job=job,
        well=job_words.moment(well_at, now=now) if well_at else "",
        took=job_words.lasting(done.seconds) if done and done.seconds is not None else "",
        counted=done.done if done and job.counted else None,
        planned=plan,
        next=job_words.moment(plan.next_at, now=now) if plan and plan.next_at else "",
        is_running=lock is not None and lock.lease_until > now,
        is_failing=bad is not None and (well_at is None or bad.started_at > well_at),
        is_late=bool(plan and last_at and now - last_at > plan.is_late_after),
    )


def _failures(runs: Sequence[JobRun], rows: Mapping[str, Row], *, now: datetime) -> list[Failure]:
    """Return the last failure of each job, those that go on before those that are over."""
    last: dict[str, JobRun] = {}
    for run in runs:
        if run.went_wrong_by(now):
            last.setdefault(run.name, run)
    found = [
        Failure(
            title=str(rows[name].job.title) if name in rows else name,
            when=job_words.moment(run.ended_at or run.started_at, now=now),
            trouble=job_words.trouble(run),
            is_over=name in rows and not rows[name].is_failing,
        )
        for name, run in last.items()
    ]
    return sorted(found, key=lambda failure: failure.is_over)
