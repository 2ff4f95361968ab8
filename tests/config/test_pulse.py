"""A worker that lives and takes no work is noticed; one that only waits is left alone."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from config import pulse
from config.pulse import Pulse
from crm.models import Heartbeat
from crm.selectors import health

pytestmark = pytest.mark.django_db
Watch = Callable[..., list[float]]


@pytest.fixture
def watch(monkeypatch) -> Watch:
    """Give a function that watches for minutes and returns the seconds at which it was said."""
    moment = {"now": 1000.0}
    monkeypatch.setattr(pulse, "monotonic", lambda: moment["now"])
    watched, signs = Pulse("mailer"), count()

    def go_on(*, minutes: float, signs_of: tuple[str, ...]) -> list[float]:
        began, said = moment["now"], []
        for second in range(0, int(minutes * 60), 5):
            moment["now"] = began + second
            if second % 30 == 0:
                for name in signs_of:
                    beat_at = timezone.now() + timedelta(seconds=next(signs))
                    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": beat_at})
            if watched.has_stopped():
                said.append(second)
        moment["now"] += 5
        return said

    return go_on


def test_a_worker_without_a_sign_is_named_once_after_some_minutes(watch):
    assert watch(minutes=5, signs_of=(health.CLOCK, "mailer")) == []

    assert watch(minutes=4, signs_of=(health.CLOCK,)) == [120]


def test_a_worker_that_never_gave_a_sign_is_named(watch):
    assert len(watch(minutes=4, signs_of=(health.CLOCK,))) == 1


def test_nobody_is_named_while_beat_asks_for_no_sign(watch):
    watch(minutes=1, signs_of=(health.CLOCK, "mailer"))

    assert watch(minutes=20, signs_of=()) == []


def test_a_clock_that_is_set_back_names_nobody(watch):
    ahead = timezone.now() + timedelta(days=8)
    for name in (health.CLOCK, "mailer"):
        Heartbeat.objects.create(name=name, beat_at=ahead)

    assert watch(minutes=10, signs_of=(health.CLOCK, "mailer")) == []


def test_a_database_that_is_away_names_nobody(watch, monkeypatch):
    def away(*_: object) -> None:
        raise OperationalError("the server is gone")

    monkeypatch.setattr(connection, "close", lambda: None)  # the test's own transaction
    with connection.execute_wrapper(away):
        assert watch(minutes=10, signs_of=()) == []
