"""Beat keeps ticking, whatever happens to the machine's clock."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery import Celery

from config.clock import Clock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Told(Clock):
    """A scheduler that notes what it would send."""

    def __init__(self, *facts: object, **more: object) -> None:
        self.sent: list[str] = []
        super().__init__(*facts, **more)

    def say_alive(self) -> None:
        """Need no database."""

    def apply_entry(self, entry, producer=None) -> None:
        self.sent.append(entry.name)

    producer = None


@pytest.fixture
def scheduler(tmp_path):
    """Give a function that makes a scheduler of two tasks a minute, as after a start of beat."""
    made: list[Told] = []

    def make() -> Told:
        app = Celery("clock", set_as_current=False)
        app.conf.result_expires = None
        app.conf.beat_schedule = {
            "sweep": {"task": "sweep", "schedule": 60},
            "beat": {"task": "beat", "schedule": 30},
        }
        made.append(Told(app, schedule_filename=str(tmp_path / "schedule")))
        return made[-1]

    yield make
    for each in made:
        each.close()


def sent_within(scheduler: Told, clock: time_machine.Traveller, seconds: int) -> set[str]:
    """Let time go by and return what was sent."""
    scheduler.sent.clear()
    for _ in range(seconds):
        clock.shift(1)
        while scheduler.tick() == 0:
            continue
    return set(scheduler.sent)


def test_each_task_is_sent_when_its_time_has_come(scheduler):
    with time_machine.travel(NOON, tick=False) as clock:
        beat = scheduler()

        assert sent_within(beat, clock, 31) == {"beat"}
        assert sent_within(beat, clock, 31) == {"beat", "sweep"}


@pytest.mark.parametrize("days", [-1, 8])
def test_a_clock_that_is_set_anew_silences_nothing_for_more_than_a_minute(scheduler, days):
    with time_machine.travel(NOON, tick=False) as clock:
        beat = scheduler()
        sent_within(beat, clock, 61)

        clock.shift(timedelta(days=days))

        assert sent_within(beat, clock, 62) == {"beat", "sweep"}
        clock.shift(-timedelta(days=days))
        assert sent_within(beat, clock, 62) == {"beat", "sweep"}


def test_a_start_after_the_clock_was_set_back_waits_for_no_time_that_was_kept(scheduler):
    with time_machine.travel(NOON, tick=False) as clock:
        before = scheduler()
        sent_within(before, clock, 61)
        before.close()

        clock.shift(-timedelta(days=1))

        assert sent_within(scheduler(), clock, 62) == {"beat", "sweep"}
