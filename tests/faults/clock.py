"""A clock that is set from outside, by a file that says how many seconds it is ahead."""

import threading
import time
from pathlib import Path

import time_machine

LOOK_EVERY = 0.05  # seconds
SAME = 1.0  # second; whoever sets the clock sets it by more
REAL = time_machine.escape_hatch.time.time  # to be asked while a clock is set alone


class FollowedClock:
    """The clock of this process and of what it forks; who is forked has to follow for himself."""

    def __init__(self, ahead: Path) -> None:
        self.ahead = ahead
        self.travel = time_machine.travel(time.time() + self.wanted(), tick=True)
        self.hands = self.travel.start()
        self.hands.time_ns()  # time-machine's clock stands still until it is asked

    def wanted(self) -> float:
        """Return how far the clock is to be ahead."""
        return float(self.ahead.read_text())

    def look(self) -> None:
        """Set the clock if it was set anew; it is shifted, for a move would stand still again."""
        by = self.wanted() - (time.time() - REAL())
        if abs(by) > SAME:
            self.hands.shift(by)

    def follow(self) -> None:
        """Look again and again, in a thread; a fork does not inherit it."""
        stopped = threading.Event()

        def look_on() -> None:
            while not stopped.wait(LOOK_EVERY):
                self.look()

        threading.Thread(target=look_on, daemon=True).start()
