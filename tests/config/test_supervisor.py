"""What holds of programs that are kept running."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.supervisor import FIRST_PAUSE, Program, Supervisor
from tests.conftest import until

WAITS = "import time; time.sleep(60)"
IGNORES_TERM = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("child", child.pid, flush=True)
time.sleep(60)
"""
SUPERVISED = """
import sys
from config.supervisor import Program, Supervisor
says_its_pid = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
program = Program("web", [sys.executable, "-c", says_its_pid])
Supervisor([program], lambda line: print(line, flush=True)).run()
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that ended and was not fetched yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def supervise() -> Iterator[Callable[..., tuple[Supervisor, list[str]]]]:
    """Give a function that supervises programs; all of them are stopped at the end."""
    made: list[Supervisor] = []

    def make(*programs: Program) -> tuple[Supervisor, list[str]]:
        said: list[str] = []
        made.append(Supervisor(list(programs), said.append))
        return made[-1], said

    yield make
    for supervisor in made:
        supervisor.asked_to_stop = 2
        supervisor.stop()
        supervisor.output.close()


def tick_until(supervisor: Supervisor, holds: Callable[[], object], what: str) -> None:
    def step() -> object:
        supervisor.tick()
        return holds()

    until(step, what)


def pid_of(program: Program) -> int:
    assert program.process
    return program.process.pid


def test_what_is_killed_starts_again(supervise):
    web = Program("web", python(WAITS))
    supervisor, said = supervise(web)
    supervisor.start(web)
    first = pid_of(web)

    os.kill(first, signal.SIGKILL)
    tick_until(supervisor, lambda: web.process and pid_of(web) != first, "the second start")

    assert said == ["web was killed by signal 9; it starts again in 1 s."]


def test_what_lives_and_does_nothing_is_ended_and_starts_again(supervise):
    stopped = [True]
    mailer = Program("mailer", python(WAITS), has_stopped=lambda: bool(stopped) and stopped.pop())
    supervisor, said = supervise(mailer)
    supervisor.start(mailer)
    first = pid_of(mailer)

    tick_until(supervisor, lambda: mailer.process and pid_of(mailer) != first, "it starts again")

    assert not is_alive(first)
    assert said[0] == "mailer has given no sign of life for minutes; it is ended."


def test_what_fails_again_and_again_waits_longer_each_time(supervise):
    web = Program("web", python("raise SystemExit(3)"))
    web.pause = 0.02
    supervisor, said = supervise(web)
    supervisor.start(web)

    tick_until(supervisor, lambda: len(said) >= 3, "three ends")

    assert all("ended with code 3" in line for line in said)
    assert web.pause == pytest.approx(0.16)


def test_after_a_long_life_the_pause_is_short_again(supervise):
    web = Program("web", python("pass"))
    supervisor, said = supervise(web)
    supervisor.start(web)
    web.pause, web.started_at = 30.0, web.started_at - 3600

    tick_until(supervisor, lambda: said, "its end")

    assert web.pause == 2 * FIRST_PAUSE


def test_programs_stop_in_the_reverse_order_of_their_start(supervise):
    announces = "import signal, sys, time; print('up', flush=True)\n"
    announces += "signal.signal(signal.SIGTERM, lambda *_: (print('down', flush=True), sys.exit()))"
    programs = [
        Program(name, python(f"{announces}\n{WAITS}")) for name in ("broker", "web", "beat")
    ]
    supervisor, said = supervise(*programs)
    for program in programs:
        supervisor.start(program)
    tick_until(supervisor, lambda: len(said) == 3, "three words")

    supervisor.stop()

    assert [line.split()[0] for line in said if line.endswith("down")] == ["beat", "web", "broker"]


def test_a_child_that_ignores_term_and_its_own_child_are_gone_after_the_stop(supervise):
    stubborn = Program("worker", python(IGNORES_TERM), patience=0.2)
    supervisor, said = supervise(stubborn)
    supervisor.start(stubborn)
    tick_until(supervisor, lambda: said, "its child")
    own, grandchild = pid_of(stubborn), int(said[0].split()[-1])

    supervisor.stop()

    until(lambda: not is_alive(grandchild), "the end of the child's child")
    assert not is_alive(own)
    assert said[-1] == "worker is ended by force."


def test_a_second_ctrl_c_does_not_wait(supervise):
    stubborn = Program("worker", python(IGNORES_TERM), patience=3600)
    supervisor, said = supervise(stubborn)
    supervisor.start(stubborn)
    tick_until(supervisor, lambda: said, "its child")

    supervisor.asked_to_stop = 2
    supervisor.stop()

    assert stubborn.process is None


def test_lines_carry_the_name_of_their_program_and_come_whole(supervise):
    code = "print('one', end=''); print(' line'); print(); print('rest', end='')"
    talks = Program("web", python(code))
    supervisor, said = supervise(talks, Program("worker", python(WAITS)))
    supervisor.start(talks)

    tick_until(supervisor, lambda: talks.process is None, "its end")

    assert said[:2] == ["web    | one line", "web    | rest"]


def test_the_next_program_waits_until_this_one_is_ready(supervise, tmp_path):
    sign = tmp_path / "sign"
    code = f"import time, pathlib; time.sleep(0.3); pathlib.Path({str(sign)!r}).touch(); {WAITS}"
    slow = Program("broker", python(code), ready=sign.exists)
    seen: list[bool] = []
    web = Program("web", python(WAITS))
    supervisor, _ = supervise(slow, web)

    def look_and_stop() -> None:
        seen.append(sign.exists())
        supervisor.asked_to_stop = 1

    web.once_ready = look_and_stop

    supervisor.run()

    assert seen == [True]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_nothing_outlives_a_supervisor_that_was_killed():
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISED], stdout=subprocess.PIPE, text=True
    ) as supervisor:
        assert supervisor.stdout
        child = int(supervisor.stdout.readline().split()[-1])

        supervisor.kill()

    until(lambda: not is_alive(child), "the child's end")
