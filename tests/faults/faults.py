"""What is done to a running copy when its n-th mail is under way, and how it is undone."""

import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

from tests.faults.copy import Copy
from tests.faults.processes import kill
from tests.mail_server import Talk

Begin = Callable[[Copy, Talk], None]
End = Callable[[Copy], None]


@dataclass(frozen=True)
class Fault:
    """One fault: where in a mail's way it comes, how it begins, how it ends."""

    name: str
    begin: Begin
    end: End = lambda copy: copy.server.heal()
    at: str = "RCPT"  # or DATA: the server has the whole mail and has not said so yet
    seconds: float = 0  # that it lasts with the shipped settings
    hasty_seconds: float = 0  # that it lasts in the ordinary suite
    lasts_until_quiet: bool = False
    after: timedelta = timedelta()  # Monday morning, when it is begun
    # It can strike, at this mail or at one beside it, where nobody knows whether it arrived.
    may_be_unknown: bool = False
    refuses: bool = False  # the mail server says no for good to the n-th mail


def kill_sender(copy: Copy, talk: Talk) -> None:
    """End the pool's child that sends this mail."""
    kill(copy.sender_on(talk.port))


def kill_mailer(copy: Copy, _talk: Talk) -> None:
    """End the worker with all its children; the supervisor starts a new one."""
    os.killpg(copy.mailer(), signal.SIGKILL)


def second_beat(copy: Copy, _talk: Talk) -> None:
    """Let two clocks tick."""
    copy.start_second_beat()


def one_beat(copy: Copy) -> None:
    """End the second one."""
    copy.end_others()


def stop_broker(copy: Copy, _talk: Talk) -> None:
    """Have the broker neither answer nor go away."""
    os.kill(copy.broker_server(), signal.SIGSTOP)


def let_broker_go_on(copy: Copy) -> None:
    """Wake it up."""
    os.kill(copy.broker_server(), signal.SIGCONT)


def lose_broker(copy: Copy, _talk: Talk) -> None:
    """End the broker and lose all its messages."""
    kill(copy.broker_server())
    copy.empty_broker()


def answer(word: str) -> Begin:
    """Have the server answer so to this mail alone."""

    def begin(copy: Copy, talk: Talk) -> None:
        copy.server.answers[talk.address] = word

    return begin


def trouble(word: str) -> Begin:
    """Have the server behave so to all mails from this one on."""

    def begin(copy: Copy, _talk: Talk) -> None:
        copy.server.trouble = word

    return begin


def half_hang(copy: Copy, talk: Talk) -> None:
    """Let half of the recipients hang, this one among them."""
    others = [address for address in copy.addresses() if address != talk.address]
    copy.server.troubled = frozenset([talk.address, *others[:3]])
    copy.server.trouble = "hang"


def go_down(copy: Copy, _talk: Talk) -> None:
    """Take the mail server away."""
    copy.server.down()


def come_up(copy: Copy) -> None:
    """Bring it back."""
    copy.server.up()


def lock(copy: Copy, _talk: Talk) -> None:
    """Hold the database for ourselves."""
    held: AbstractContextManager[None] = copy.locked()
    held.__enter__()
    copy.held = held


def unlock(copy: Copy) -> None:
    """Let go of it."""
    if copy.held:
        copy.held.__exit__(None, None, None)
    copy.held = None


def jump(days: int) -> tuple[Begin, End]:
    """Set the clock of all processes forward or back, and right again."""

    def begin(copy: Copy, _talk: Talk) -> None:
        copy.push_clock(timedelta(days=days))

    def end(copy: Copy) -> None:
        copy.push_clock(-timedelta(days=days))

    return begin, end


def ten_days_down(copy: Copy, _talk: Talk) -> None:
    """End all programs as a power cut does, on a Saturday; it is Tuesday when they start again."""
    copy.cut_power()
    copy.push_clock(timedelta(days=10))


def start_again(copy: Copy) -> None:
    """Start as after any other stop."""
    copy.start()


def nothing(_copy: Copy) -> None:
    """Need no hand."""


forward, backward = jump(8), jump(-1)
FAULTS = (
    Fault("sender killed", kill_sender, nothing),
    Fault("sender killed at the last word", kill_sender, nothing, at="DATA", may_be_unknown=True),
    Fault("worker killed", kill_mailer, nothing, may_be_unknown=True),
    Fault("worker killed at the last word", kill_mailer, nothing, at="DATA", may_be_unknown=True),
    Fault("two beats", second_beat, one_beat, seconds=90, hasty_seconds=1.5),
    Fault("broker stopped", stop_broker, let_broker_go_on, seconds=60, hasty_seconds=1.5),
    Fault("broker lost with its messages", lose_broker, nothing),
    Fault("server refuses one", answer("550 no such user"), nothing, refuses=True),
    Fault("server defers", trouble("defer"), seconds=60, hasty_seconds=0.5),
    Fault("server hangs", trouble("hang"), seconds=60, hasty_seconds=1.5),
    Fault("server hangs for half", half_hang, seconds=300),
    Fault("server drops the line", trouble("drop"), seconds=60, hasty_seconds=0.5),
    Fault("line drops in the mail", trouble("drop in DATA"), seconds=60, hasty_seconds=0.5),
    Fault("banner comes late", trouble("banner"), seconds=60, hasty_seconds=1.5),
    Fault("server away", go_down, come_up, seconds=60, hasty_seconds=0.5, may_be_unknown=True),
    Fault("last reply lost", answer("LOSE"), nothing, at="DATA", may_be_unknown=True),
    Fault("last reply hangs", answer("MUTE"), nothing, at="DATA", may_be_unknown=True),
    Fault("database locked", lock, unlock, seconds=30, hasty_seconds=1.2),
    Fault("database locked at the last word", lock, unlock, at="DATA", seconds=30,
          hasty_seconds=1.2, may_be_unknown=True),
    Fault("clock 8 days ahead", *forward, lasts_until_quiet=True),
    Fault("clock a day behind", *backward, seconds=130, hasty_seconds=1),
    Fault("ten days down until Tuesday", ten_days_down, start_again, after=timedelta(days=5),
          may_be_unknown=True),
)  # fmt: skip
