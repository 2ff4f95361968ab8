"""Asks what may hang, and does not hang with it."""

from collections.abc import Callable
from threading import Lock, Thread
from typing import TypeVar

Answer = TypeVar("Answer")


class NoAnswer(Exception):
    """What was asked did not answer in time, or an earlier question still hangs."""


class OneAtATime:
    """Asks in a thread of its own, and nothing new while a question hangs.

    So a probe each second leaves one thread behind at most, and gets its answer at once.
    """

    def __init__(self) -> None:
        self.asked = Lock()

    def answer(self, ask: Callable[[], Answer], *, within: float) -> Answer:
        """Return the answer; raise NoAnswer after so many seconds, or what the question raised."""
        if not self.asked.acquire(timeout=within):
            raise NoAnswer
        found: list[Answer] = []
        raised: list[Exception] = []

        def run() -> None:
            try:
                found.append(ask())
            except Exception as error:  # raised again where the answer is waited for
                raised.append(error)
            finally:
                self.asked.release()

        thread = Thread(target=run, daemon=True)
        thread.start()
        thread.join(within)
        if raised:
            raise raised[0]
        if not found:
            raise NoAnswer
        return found[0]
