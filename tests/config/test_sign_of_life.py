"""Beat says for itself that it lives, and nothing that goes wrong with it stops beat."""

from collections.abc import Iterator
from time import monotonic

import pytest
from celery import Celery, current_app
from django.db import OperationalError, connection
from django.utils import timezone

from config import clock
from config.clock import Clock
from crm import wake
from crm.models import Heartbeat
from crm.selectors import health

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("patient")]


@pytest.fixture
def beat(tmp_path) -> Iterator[Clock]:
    """A clock that has nothing to send."""
    app = Celery("clock", set_as_current=False)
    app.conf.result_expires = None
    scheduler = Clock(app, schedule_filename=str(tmp_path / "schedule"))
    yield scheduler
    scheduler.close()


def test_beat_is_alive_from_its_first_tick_and_says_so_twice_a_minute(beat):
    beat.tick()
    assert health.state(health.heartbeats()["beat"], now=timezone.now()) == "alive"
    first = Heartbeat.objects.get().beat_at

    beat.tick()
    assert Heartbeat.objects.get().beat_at == first

    beat.said_at = monotonic() - clock.EVERY_SECONDS
    assert beat.tick() <= clock.EVERY_SECONDS
    assert Heartbeat.objects.get().beat_at > first


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_does_not_stop_beat(beat):
    def away(*_: object) -> None:
        raise OperationalError("the server is gone")

    with connection.execute_wrapper(away):
        assert beat.tick() <= clock.EVERY_SECONDS

    beat.say_alive()
    assert Heartbeat.objects.get().name == "beat"


def test_celery_runs_this_clock():
    assert current_app.conf.beat_scheduler == f"{Clock.__module__}:{Clock.__name__}"


def test_the_messages_that_wait_are_counted_in_every_queue(broker):
    before = health.messages()
    wake.now("crm.beat")
    wake.now("crm.beat", queue="mail")
    wake.now("scoring.score_due")

    assert (before, health.messages()) == (0, 3)
