"""Starts programs one after another, restarts what dies, and stops all of them cleanly."""

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType

TICK = 0.1  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a restart
LONG_LIFE = 60.0  # seconds of life after which the pause is short again
READY_WITHIN = 30.0  # seconds until the next program starts all the same
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def at_once() -> bool:
    """Say that a program counts as ready from its start."""
    return True


def never() -> bool:
    """Say that a program that lives is believed to work."""
    return False


@dataclass
class Program:
    """One program with how it is started, known to be ready and to work, and stopped."""

    name: str
    command: list[str]
    ready: Callable[[], bool] = at_once
    once_ready: Callable[[], None] | None = None
    has_stopped: Callable[[], bool] = never
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 10.0  # seconds from the stop signal to the end by force
    environment: dict[str, str] = field(default_factory=dict)
    silenced: tuple[bytes, ...] = ()  # beginnings of lines that tell nothing

    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    start_at: float = field(default=0.0, init=False)
    pause: float = field(default=FIRST_PAUSE, init=False)
    unfinished_line: bytes = field(default=b"", init=False)


class Supervisor:
    """Runs programs until it is told to stop; one thread, no child outlives it."""

    def __init__(self, programs: list[Program], say: Callable[[str], None]) -> None:
        """Take the programs in the order of their start; they stop in the reverse order."""
        self.programs, self.say = programs, say
        self.asked_to_stop = 0
        self.output = selectors.DefaultSelector()
        self.width = max(len(program.name) for program in programs)

    def run(self) -> None:
        """Start everything, keep it running, and return once all of it has stopped."""
        with self.signals():
            try:
                for program in self.programs:
                    self.start(program)
                    self.wait_until_ready(program)
                while not self.asked_to_stop:
                    self.tick()
            finally:
                self.stop()

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """Turn Ctrl-C, SIGTERM and a closed terminal into a clean stop."""

        def note(_number: int, _frame: FrameType | None) -> None:
            self.asked_to_stop += 1

        caught = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, note) for number in caught}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def start(self, program: Program) -> None:
        """Start a program in a group of its own, so that nothing it starts is forgotten."""
        program.process = subprocess.Popen(
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | program.environment,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        program.started_at = time.monotonic()
        if program.process.stdout:
            os.set_blocking(program.process.stdout.fileno(), False)
            self.output.register(program.process.stdout, selectors.EVENT_READ, program)

    def wait_until_ready(self, program: Program) -> None:
        """Let a program come up before the next one competes with it for the processor."""
        end = time.monotonic() + READY_WITHIN
        while not self.asked_to_stop:
            self.tick()
            if program.ready():
                if program.once_ready:
                    program.once_ready()
                return
            if time.monotonic() > end:
                self.say(f"{program.name} is slow to come up; going on.")
                return

    def tick(self) -> None:
        """Pass on output, and start again what ended once its pause is over."""
        self.pass_on_output(TICK)
        for program in self.programs:
            if program.process is None:
                if program.start_at and time.monotonic() >= program.start_at:
                    self.start(program)
            elif program.process.poll() is not None:
                self.plan_restart(program, program.process.returncode)
            elif program.has_stopped():
                self.say(f"{program.name} has given no sign of life for minutes; it is ended.")
                program.process.kill()

    def plan_restart(self, program: Program, code: int) -> None:
        """Sweep up what a dead program left and say when it starts again."""
        if time.monotonic() - program.started_at > LONG_LIFE:
            program.pause = FIRST_PAUSE
        ended = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        self.sweep_up(program)
        self.say(f"{program.name} {ended}; it starts again in {program.pause:.0f} s.")
        program.start_at = time.monotonic() + program.pause
        program.pause = min(2 * program.pause, LONGEST_PAUSE)

    def stop(self) -> None:
        """Stop the programs, last started first; a second Ctrl-C ends the waiting."""
        self.say("Stopping ...")
        for program in reversed(self.programs):
            if program.process is None:
                continue
            if program.process.poll() is None:
                program.process.send_signal(program.stop_signal)
            end = time.monotonic() + program.patience
            while program.process.poll() is None:
                self.pass_on_output(TICK)
                if time.monotonic() > end or self.asked_to_stop > 1:
                    self.say(f"{program.name} is ended by force.")
                    break
            self.sweep_up(program)

    def sweep_up(self, program: Program) -> None:
        """End all that is left of a program's group and read its last words."""
        if (process := program.process) is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.pass_on_output(0)
        if process.stdout:
            with contextlib.suppress(KeyError):
                self.output.unregister(process.stdout)
            process.stdout.close()
        if program.unfinished_line:
            self.pass_on_line(program, program.unfinished_line)
        program.process, program.unfinished_line = None, b""

    def pass_on_output(self, timeout: float) -> None:
        """Print what programs wrote meanwhile, each line with its program's name."""
        if not self.output.get_map():
            time.sleep(timeout)
            return
        for key, _ in self.output.select(timeout):
            program: Program = key.data
            text = os.read(key.fd, 65536)
            if not text:
                self.output.unregister(key.fileobj)
            *lines, program.unfinished_line = (program.unfinished_line + text).split(b"\n")
            for line in lines:
                self.pass_on_line(program, line)

    def pass_on_line(self, program: Program, line: bytes) -> None:
        """Print one line of a program, unless it tells nothing."""
        if line.strip() and not line.startswith(program.silenced):
            self.say(f"{program.name:<{self.width}} | {line.decode(errors='replace').rstrip()}")


def end_with_parent() -> None:
    """Have the kernel stop this process should its supervisor be killed; Linux alone can."""
    if LIBC:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
