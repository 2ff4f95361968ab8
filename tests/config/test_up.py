"""What holds of a whole running copy: manage.py up, as a person starts it."""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import pytest

from tests.config.test_supervisor import is_alive
from tests.conftest import until

ROOT = Path(__file__).parent.parent.parent
PASSWORD = re.compile(r"Sign in as (\w+) with the password (\S+) ")
# A start takes its time where two cores run the suite as well.
PATIENCE = 120
SOCKETS = shutil.ignore_patterns("*.sock")


class Copy:
    """One running copy with its data folder, its port and what it said."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.data_dir, self.port = data_dir, free_port()
        self.said_in = data_dir.parent / "said"
        # The settings of the tests are none of this copy's.
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "DEFAULT_LANGUAGE"}
        }
        self.environment = inherited | {
            "DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "DEMO": "0",
            "WEB_WORKERS": "1",
            "WORKER_PROCESSES": "1",
            **environment,
        }

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run it while the block runs; end it cleanly afterwards."""
        with self.said_in.open("wb") as out, self.start(out) as process:
            try:
                until(lambda: "Touchstone runs" in self.said, "the address", seconds=PATIENCE)
                until(lambda: self.health()["worker"] == "alive", "the worker", seconds=PATIENCE)
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=PATIENCE)

    def start(self, out: IO[bytes] | int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=self.environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )

    def refusal(self) -> str:
        """Start it where it cannot start; return what it says."""
        with self.start(subprocess.PIPE) as process:
            said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1
        return said.decode().strip()

    @property
    def said(self) -> str:
        return self.said_in.read_text()

    def address(self, path: str) -> str:
        return f"http://localhost:{self.port}{path}"

    def health(self) -> dict[str, str]:
        with urlopen(self.address("/healthz"), timeout=10) as answer:
            return json.load(answer)

    def answers(self) -> bool:
        try:
            return bool(self.health())
        except (URLError, OSError):
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def descendants(pid: int) -> dict[int, str]:
    """Return all processes below one, with their commands."""
    listed = subprocess.run(
        ["ps", "-wweo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    found: dict[int, str] = {}
    parents = {pid}
    while parents:
        below = {int(row[0]): row[2] for row in rows if int(row[1]) in parents}
        found |= below
        parents = set(below)
    return found


@dataclass(frozen=True)
class Stopped:
    """What was left of a copy that ran and was stopped."""

    copy: Copy
    code: int
    below: dict[int, str]

    def still_alive(self) -> list[str]:
        return [args for pid, args in self.below.items() if is_alive(pid)]

    def heir(self, data_dir: Path, **environment: str) -> Copy:
        """Return a copy that goes on with these data and has seen no worker yet."""
        shutil.copytree(self.copy.data_dir, data_dir, ignore=SOCKETS)
        with closing(sqlite3.connect(data_dir / "touchstone.sqlite3")) as database, database:
            database.execute("DELETE FROM crm_heartbeat")
        return Copy(data_dir, **environment)


def run_and_stop(copy: Copy) -> Stopped:
    with copy.running() as process:
        below = descendants(process.pid)
    return Stopped(copy, process.returncode, below)


@pytest.fixture(scope="module")
def first_run(tmp_path_factory) -> Stopped:
    """Run the first copy of this module, in a folder with a long name, and stop it."""
    data_dir = tmp_path_factory.mktemp("first") / ("我的 data %41 " * 8).strip()
    return run_and_stop(Copy(data_dir, BROKER_URL="embedded"))


@pytest.fixture(scope="module")
def copy(first_run, tmp_path_factory) -> Iterator[tuple[Copy, subprocess.Popen[bytes]]]:
    """Run a second copy, with the data of the first, for the tests of this module."""
    copy = first_run.heir(tmp_path_factory.mktemp("second") / "data")
    with copy.running() as process:
        yield copy, process


def test_the_password_that_the_first_start_shows_signs_in(first_run, copy):
    copy, _ = copy
    username, password = PASSWORD.search(first_run.copy.said).groups()
    page = build_opener(HTTPCookieProcessor(cookies := CookieJar()))
    page.open(copy.address("/accounts/login/"), timeout=30).close()
    token = next(cookie.value for cookie in cookies if cookie.name == "csrftoken")
    form = {"login": username, "password": password, "csrfmiddlewaretoken": token}

    with page.open(
        copy.address("/accounts/login/"), urlencode(form).encode(), timeout=30
    ) as answer:
        landed = answer.url

    assert landed == copy.address("/")


def test_a_password_is_shown_once(first_run, copy):
    copy, _ = copy

    assert len(PASSWORD.findall(first_run.copy.said)) == 1
    assert PASSWORD.findall(copy.said) == []
    assert "Sign in as before" in copy.said


def test_a_second_copy_of_the_same_folder_is_refused_in_one_sentence(copy):
    copy, process = copy

    said = copy.refusal()

    assert said.count("\n") == 0
    assert f"already runs from this folder (process {process.pid})" in said


def test_a_busy_port_is_said_in_one_sentence_that_names_the_setting(copy, tmp_path):
    copy, _ = copy

    said = Copy(tmp_path / "other", PORT=str(copy.port)).refusal()

    assert said == (
        f"CommandError: Port {copy.port} is in use. Choose another: PORT={copy.port + 1} make up"
    )


def test_a_database_that_is_away_is_said_in_one_sentence(tmp_path):
    said = Copy(
        tmp_path / "other", DATABASE_URL=f"postgres://crm@localhost:{free_port()}/crm"
    ).refusal()

    assert said.count("\n") == 0
    assert said.startswith("CommandError: The database of DATABASE_URL does not answer:")


def test_a_folder_that_takes_no_files_is_said_in_one_sentence(tmp_path):
    folder = tmp_path / "other"
    (folder / "up.lock").mkdir(parents=True)  # refuses even root, whom no rights hold off

    said = Copy(folder).refusal()

    assert said.count("\n") == 0
    assert said.startswith(f"CommandError: Nothing can be written to {folder}")
    assert "DATA_DIR=" in said


def test_a_web_server_that_is_killed_comes_back(copy):
    copy, process = copy
    web = next(pid for pid, args in descendants(process.pid).items() if "gunicorn" in args)

    os.kill(web, signal.SIGKILL)

    until(lambda: "web was killed by signal 9" in copy.said.replace("    ", " "), "its death")
    until(copy.answers, "the web server", seconds=PATIENCE)


def test_it_says_nothing_of_requests_and_tasks_that_went_well(copy):
    copy, _ = copy

    assert [line for line in copy.said.splitlines() if "level=info" in line] == []


def test_a_clean_stop_leaves_no_process(first_run):
    assert first_run.code == 0
    assert first_run.still_alive() == []
    assert first_run.copy.said.rstrip().endswith("Stopped.")
    assert any("valkey-server" in args for args in first_run.below.values())


def test_without_a_broker_program_it_works_on_files(first_run, tmp_path):
    stopped = run_and_stop(first_run.heir(tmp_path / "data", BROKER_URL="filesystem://"))

    assert stopped.code == 0
    assert stopped.still_alive() == []
    assert not any("valkey-server" in args for args in stopped.below.values())
