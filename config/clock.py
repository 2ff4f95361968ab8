"""Celery's beat, which says in the database that it lives and bears a clock that is set back."""

import logging
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from celery.beat import PersistentScheduler
from django.db import Error, connection
from django.utils import timezone

from crm.models import Heartbeat

EVERY_SECONDS = 30
log = logging.getLogger(__name__)


class Clock(PersistentScheduler):
    """The scheduler of CELERY_BEAT_SCHEDULE."""

    said_at = float("-inf")
    seen_at = datetime.max.replace(tzinfo=UTC)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Say so twice a minute, and send what is due."""
        self.notice_set_back(self.app.now())
        if monotonic() - self.said_at >= EVERY_SECONDS:
            self.said_at = monotonic()
            self.say_alive()
        return min(super().tick(*args, **kwargs), EVERY_SECONDS)

    def notice_set_back(self, now: datetime) -> None:
        """Plan anew once the clock was set back: Celery would send nothing until it caught up."""
        if now < self.seen_at:
            for entry in self.schedule.values():
                if entry.last_run_at and entry.last_run_at > now:
                    entry.last_run_at = now
            self._heap = None
        self.seen_at = now

    def say_alive(self) -> None:
        """Note that beat lives; a database that is away keeps no message from being sent."""
        try:
            Heartbeat.objects.update_or_create(name="beat", defaults={"beat_at": timezone.now()})
        except Error as error:
            log.warning("beat could not say that it lives: %s", error)
            connection.close()
