"""Tasks whose runs are kept; that they cannot be written down never stops them."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum, auto
from threading import Event, Thread
from time import monotonic
from typing import Any

from celery import Task
from django.db import Error, connection
from django.utils import timezone

from crm.models import JobRun
from crm.selectors import health
from crm.services import job_runs

SIGN_EVERY, LAST_SIGN_WITHIN = 30.0, 5.0  # seconds
log = logging.getLogger(__name__)
_said_at: dict[str, float] = {}  # of this process, by worker


class Keep(Enum):
    """Which runs of a job are kept."""

    EACH = auto()  # from its beginning on, so that one that breaks off is seen
    WORK = auto()  # those that did something or failed; of the others the last moment
    FAULTS = auto()


class Recorded(Task[Any, Any]):
    """A task of which each run is kept; it returns how many things it did, or facts.

    What returns nothing gave way to another run, and is not kept.
    """

    abstract = True
    keep = Keep.EACH

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run, and keep how it went; meanwhile say that the worker lives, however busy it is."""
        queue = (self.request.delivery_info or {}).get("routing_key") or ""
        worker, owner = health.WORKERS.get(queue, ""), self.request.id or ""
        with recorded(self.name, owner=owner, keep=self.keep, worker=worker) as run:
            result = super().__call__(*args, **kwargs)
            if isinstance(result, Mapping):
                run.facts = result
            else:
                run.done = result
        return result


class Sweep(Recorded):
    """A task that looks for work each minute or so, and mostly finds none."""

    abstract = True
    keep = Keep.WORK


class OneOfMany(Recorded):
    """A task whose work has a ledger of its own; only a failure is kept."""

    abstract = True
    keep = Keep.FAULTS


@contextmanager
def recorded(
    name: str, *, owner: str = "", keep: Keep = Keep.EACH, worker: str = ""
) -> Iterator[JobRun]:
    """Keep how a block went; it may put on the run how many things it did, and facts.

    Meanwhile it is known that the run goes on, and that the worker at it lives.
    """
    run = job_runs.new(name, owner=owner, now=timezone.now())
    if keep is Keep.EACH:
        _write(lambda: job_runs.begin(run, now=run.started_at))
    try:
        if keep is Keep.FAULTS:
            yield run
            _note_worker_seldom(worker)
        else:
            with signs_of_life(lambda: _note_life(run, worker)):
                yield run
    except Exception as error:
        failure = error  # its own name ends with this block
        _write(lambda: job_runs.fail(run, failure, now=timezone.now()))
        raise
    _write(lambda: _end_well(run, keep))


@contextmanager
def signs_of_life(give: Callable[[], None], *, every: float = SIGN_EVERY) -> Iterator[None]:
    """Call a function each half minute in a thread of its own while a block runs."""
    ended = Event()

    def go_on() -> None:
        while not ended.wait(every):
            give()
            connection.close()  # this thread's own

    thread = Thread(target=go_on, name="signs of life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(LAST_SIGN_WITHIN)


def _note_life(run: JobRun, worker: str) -> None:
    """Write that a run goes on and that its worker lives."""
    now = timezone.now()
    if run.pk:
        _write(lambda: job_runs.prolong(run, now=now))
    if worker:
        _write(lambda: job_runs.note_quiet(worker, now=now))


def _note_worker_seldom(worker: str) -> None:
    """Write that a worker lives; among many short runs of a process, once each half minute."""
    now = monotonic()
    if worker and now - _said_at.get(worker, float("-inf")) >= SIGN_EVERY:
        _said_at[worker] = now
        _write(lambda: job_runs.note_quiet(worker, now=timezone.now()))


def _end_well(run: JobRun, keep: Keep) -> None:
    gave_way = run.done is None and not run.facts
    match keep:
        case Keep.EACH if gave_way:
            job_runs.forget(run)
        case Keep.WORK if not run.done:
            job_runs.note_quiet(run.name, now=timezone.now())
        case Keep.EACH | Keep.WORK:
            job_runs.succeed(run, now=timezone.now())


def _write(record: Callable[[], None]) -> None:
    try:
        record()
    except Error as error:
        log.warning("a run could not be written down: %s", error)
