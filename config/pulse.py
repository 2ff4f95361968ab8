"""Notices a worker that lives and yet takes no work.

One that lost its broker at a bad moment may come back to it and never take a message again. Nothing
dies then, so nothing would start it anew, and the mails of the week would wait for a person.
"""

from datetime import datetime
from time import monotonic

from django.db import Error, connection

from crm.selectors import health

LOOK_EVERY = 10.0  # seconds
CLOCK_IS_QUIET_AFTER = 75.0  # seconds; beat gives a sign, and asks for one, each half minute
STOPPED_AFTER = 150.0  # seconds


class Pulse:
    """Watches the signs of life of one worker in the database.

    Each is compared with the one before, not with a clock that somebody may set.
    """

    def __init__(self, name: str) -> None:
        """Take the worker's name among the heartbeats."""
        self.name = name
        self.signs: dict[str, datetime] = {}
        self.look_at = self.fine_at = monotonic()
        self.asked_at = self.fine_at - CLOCK_IS_QUIET_AFTER

    def has_stopped(self) -> bool:
        """Say, once, that no sign came for minutes though beat asked for one all the time."""
        now = monotonic()
        if now < self.look_at:
            return False
        self.look_at = now + LOOK_EVERY
        if self._is_fine(now):
            self.fine_at = now
        if now - self.fine_at < STOPPED_AFTER:
            return False
        self.fine_at = now
        return True

    def _is_fine(self, now: float) -> bool:
        try:
            before, self.signs = self.signs, health.heartbeats()
        except Error:
            connection.close()
            return True  # without a database there is nothing to work at
        if self.signs.get(health.CLOCK) != before.get(health.CLOCK):
            self.asked_at = now
        if self.signs.get(self.name) != before.get(self.name):
            return True
        return now - self.asked_at >= CLOCK_IS_QUIET_AFTER
