"""Wakes the worker by task name; the database keeps the work, so a lost message costs minutes."""

import logging

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)


def after_commit(task: str) -> None:
    """Send a wake-up once the transaction is committed; a broker that is away changes nothing."""
    transaction.on_commit(lambda: now(task), robust=True)


def now(task: str) -> bool:
    """Send a wake-up and say whether the broker took it."""
    try:
        current_app.send_task(task, retry=False, expires=600)
    except Exception as error:  # kombu raises each transport's own errors when the broker is away
        log.warning("broker is away, %s waits for the sweep: %s", task, error)
        return False
    return True
