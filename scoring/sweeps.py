"""Runs of scoring that may overlap, die or come twice, and lose nothing by it."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone

from crm.services import assessments
from crm.services.assessments import Recorded
from scoring import runs
from scoring.models import JobLock

LEASE = timedelta(minutes=2)


class Job:
    """A job that one run at a time holds; a dead run's lease ends soon."""

    def __init__(self, name: str, say: Callable[[str], object] | None = None) -> None:
        self.name, self.owner, self.say = name, uuid.uuid4().hex, say

    def take(self) -> bool:
        """Take the job or prolong the lease; say no while another run holds it."""
        return JobLock.take(self.name, owner=self.owner, now=timezone.now(), lease=LEASE)

    def begin(self, step: JobLock.Step) -> None:
        """Say which step begins, for whoever looks on; prolong the lease."""
        self.take()
        JobLock.objects.filter(name=self.name, owner=self.owner).update(step=step)
        if self.say:
            self.say(str(step.label))

    def release(self) -> None:
        """Give the job back."""
        JobLock.release(self.name, owner=self.owner, now=timezone.now())


@contextmanager
def held(name: str, *, say: Callable[[str], object] | None = None) -> Iterator[Job | None]:
    """Hold a job while the block runs; yield None when another run holds it."""
    job = Job(name, say)
    if not job.take():
        yield None
        return
    try:
        yield job
    finally:
        job.release()


def score_due(*, limit: int) -> int:
    """Score the marked leads until none is left and return how many were.

    The look after the lease covers a mark whose own wake-up came while it was still held.
    """
    done = 0
    while assessments.due(now=timezone.now(), limit=1):
        with held("score_due") as job:
            if job is None:
                return done
            while job.take() and (scored := score_marked(now=timezone.now(), limit=limit)):
                done += scored
    return done


def score_marked(*, now: datetime, limit: int) -> int:
    """Score some of the marked leads; a mark set meanwhile stays for the next time."""
    marks = assessments.due(now=now, limit=limit)
    if marks:
        for _ in runs.score(marks, as_of=now, now=now):
            pass
        assessments.clear_marks(marks, as_of=now)
    return len(marks)


def score_open_leads(*, now: datetime) -> Recorded | None:
    """Score all running leads; None when another run is at it."""
    with held("score_open_leads") as job:
        if job is None:
            return None
        written = Recorded()
        for batch in runs.score(None, as_of=now, now=now, refresh_usual=True):
            written += batch.written
            job.take()
        return written
