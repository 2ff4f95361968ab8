"""Wakes the worker by task name; the database keeps the work, so a lost message costs minutes."""

import logging

from celery import current_app
from django.db import transaction

# A page waits this long at most for a broker that hangs, and tries one that is away once.
IMPATIENT = {"max_retries": 0, "socket_timeout": 1, "socket_connect_timeout": 1}
log = logging.getLogger(__name__)


def after_commit(task: str) -> None:
    """Send a wake-up once the transaction is committed; a broker that is away changes nothing."""
    transaction.on_commit(lambda: now(task), robust=True)


def now(task: str, *, queue: str | None = None, **facts: int) -> bool:
    """Send a wake-up with ids, if any, and say whether the broker took it."""
    try:
        with current_app.connection_for_write() as connection:
            connection.transport_options = (connection.transport_options or {}) | IMPATIENT
            current_app.send_task(
                task, kwargs=facts, queue=queue, retry=False, expires=600, connection=connection
            )
    except Exception as error:  # kombu raises each transport's own errors when the broker is away
        log.warning("broker is away, %s waits for the sweep: %s", task, error)
        return False
    return True
