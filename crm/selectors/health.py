"""Whether the parts of a running copy answer: database, broker, clock, workers, disk."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from celery import current_app
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from crm.impatient import NoAnswer, OneAtATime
from crm.models import Heartbeat

Answer = TypeVar("Answer")
SILENCE = timedelta(minutes=2)
PATIENCE = 0.25  # seconds, for each of database, broker and disk
MEGABYTE = 1_000_000
FULL_BELOW, LOW_BELOW = 50 * MEGABYTE, 500 * MEGABYTE  # bytes that are free
CLOCK = "beat"
WORKERS = {"celery": "worker", "mail": "mailer"}  # what works each queue
_database, _broker, _disk = OneAtATime(), OneAtATime(), OneAtATime()


@dataclass(frozen=True)
class Disk:
    """The disk that holds the data folder, in bytes."""

    free: int
    total: int

    @property
    def state(self) -> str:
        """Return ok, low or full."""
        return "full" if self.free < FULL_BELOW else "low" if self.free < LOW_BELOW else "ok"


def parts(*, now: datetime) -> dict[str, str]:
    """Return the state of each part in a word; each is asked, none is waited for long."""
    try:
        beats = _of_database(heartbeats)
    except (Error, NoAnswer):
        told = {"database": "away"} | dict.fromkeys((*WORKERS.values(), CLOCK), "unknown")
    else:
        told = {"database": "ok"}
        told |= {name: state(beats.get(name), now=now) for name in (*WORKERS.values(), CLOCK)}
    space = disk()
    waits = messages()
    told["broker"] = "away" if waits is None else "ok"
    told["disk"] = space.state if space else "unknown"
    return told


def degraded(told: dict[str, str]) -> list[str]:
    """Return which parts are not as they should be."""
    return [name for name, word in told.items() if word not in {"ok", "alive"}]


def not_ready() -> list[str]:
    """Return why no request can be served: the database, its tables, the disk; mostly nothing."""
    newest, why = _newest_migrations(), []
    try:
        if not _of_database(lambda: newest <= _applied()):
            why.append("migrations")
    except (Error, NoAnswer):
        why.append("database")
    space = disk()
    if space and space.state == "full":
        why.append("disk")
    return why


def heartbeats() -> dict[str, datetime]:
    """Return when each part of the background work was last seen alive."""
    names = (*WORKERS.values(), CLOCK)
    return dict(Heartbeat.objects.filter(name__in=names).values_list("name", "beat_at"))


def state(seen: datetime | None, *, now: datetime) -> str:
    """Return alive or silent."""
    return "alive" if seen and now - seen < SILENCE else "silent"


def messages() -> int | None:
    """Return how many messages wait in the broker; None when it does not answer."""
    try:
        current_app.connection_for_read().get_transport_cls()  # its first import takes a while
        return _broker.answer(_count_messages, within=PATIENCE)
    except Exception:  # kombu raises each transport's own errors when the broker is away
        return None


def disk() -> Disk | None:
    """Return the space on the disk of the data folder; None when it does not answer."""
    try:
        usage = _disk.answer(lambda: shutil.disk_usage(settings.DATA_DIR), within=PATIENCE)
    except (OSError, NoAnswer):
        return None
    return Disk(free=usage.free, total=usage.total)


def _count_messages() -> int:
    count = 0
    channel: Any
    one_try = {"max_retries": 0, "socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    with current_app.connection_for_read() as connection:
        connection.transport_options = (connection.transport_options or {}) | one_try
        connection.connect()
        for queue in WORKERS:
            with connection.channel() as channel:
                try:
                    count += channel.queue_declare(queue=queue, passive=True).message_count
                except connection.channel_errors:  # a queue that never held anything
                    continue
    return count


def _of_database(ask: Callable[[], Answer]) -> Answer:
    """Ask in a thread, through this thread's own connection: none is opened for it."""
    connection = connections[DEFAULT_DB_ALIAS]

    def asked_there() -> Answer:
        connections[DEFAULT_DB_ALIAS] = connection
        return ask()

    connection.inc_thread_sharing()
    try:
        return _database.answer(asked_there, within=PATIENCE)
    except NoAnswer:
        del connections[DEFAULT_DB_ALIAS]  # what hangs is left behind, the next gets a new one
        raise
    finally:
        connection.dec_thread_sharing()


@cache
def _newest_migrations() -> frozenset[tuple[str, str]]:
    """Return the last step of each part's migrations, as this program's own files have them."""
    loader = MigrationLoader(None, replace_migrations=False)
    # A database that grew step by step knows nothing of the squashed forms of these steps.
    return frozenset(loader.graph.leaf_nodes()) - loader.replacements.keys()


def _applied() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connections[DEFAULT_DB_ALIAS]).applied_migrations())
