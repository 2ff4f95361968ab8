"""The clock of the fault trials goes on like any other, also where nobody looks at it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.clock import REAL, FollowedClock

DAY = timedelta(days=1).total_seconds()
MOMENT = 0.05  # seconds


@contextmanager
def a_day_ahead(folder: Path) -> Iterator[FollowedClock]:
    """Set the clock of this process."""
    (folder / "ahead").write_text(str(DAY))
    clock = FollowedClock(folder / "ahead")
    try:
        yield clock
    finally:
        clock.travel.stop()


def ahead() -> float:
    """Return how many seconds the clock of this process is ahead."""
    return time.time() - REAL()


def test_a_clock_that_nobody_asks_does_not_stand_still(tmp_path):
    with a_day_ahead(tmp_path):
        time.sleep(MOMENT)

        assert ahead() == pytest.approx(DAY, abs=MOMENT / 2)


@pytest.mark.parametrize("days", [8, -1])
def test_a_clock_that_was_set_goes_on_from_there_at_once(days, tmp_path):
    with a_day_ahead(tmp_path) as clock:
        clock.ahead.write_text(str(days * DAY))
        clock.look()
        time.sleep(MOMENT)

        assert ahead() == pytest.approx(days * DAY, abs=MOMENT / 2)
