"""One running copy of broker, mailer and beat, with a clock, a database and a mail server."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from config import broker
from tests.faults.processes import children, command_of, inode_of, links_of
from tests.mail_server import FaultyServer

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai, an hour after they are due
LONGEST_MINUTE = 2  # seconds
INHERITED = {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH"}


@dataclass(frozen=True)
class Row:
    """What the ledger says of one mail."""

    reader: int
    period: str
    status: str
    answer: str
    key: str
    address: str


class Copy:
    """Runs the programs in a folder of its own; every process is ended by the pid it got."""

    def __init__(self, folder: Path, *, hasty: bool = False, database_url: str = "") -> None:
        self.folder, self.hasty = folder, hasty
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.ahead_of_clock = folder / "ahead"
        self.set_clock(MONDAY)
        self.server = FaultyServer()
        self.database_url = database_url
        self.process: subprocess.Popen[bytes] | None = None
        self.others: list[subprocess.Popen[bytes]] = []
        self.pushed_at, self.pushed_to = 0.0, MONDAY
        self.week = 0  # of the next trial
        self.earlier: set[str] = set()  # mails of trials before
        self.held: AbstractContextManager[None] | None = None  # the database, by a fault

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings of its programs: the shipped ones, and where things are."""
        own = {
            "DATA_DIR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "tests.faults.hasty" if self.hasty else "config.settings",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.server.port),
            "EMAIL_SECURITY": "none",
            "FAULTS_AHEAD": str(self.ahead_of_clock),
            "BROKER_URL": "embedded",
        }
        if self.database_url:
            own["DATABASE_URL"] = self.database_url
        return {name: os.environ[name] for name in INHERITED & set(os.environ)} | own

    # --- processes ---

    def make_database(self) -> None:
        """Make tables and eight readers."""
        command = [sys.executable, "-m", "tests.faults.programs", "--database"]
        subprocess.run(command, env=self.environment, check=True, timeout=600)

    def start(self) -> None:
        """Start the programs under the shipped supervisor."""
        with (self.folder / "said").open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.programs"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> None:
        """Stop the programs as Ctrl-C does."""
        self.end_others()
        if self.process:
            self.process.terminate()
            self.process.wait(60)
        self.process = None

    def end_others(self) -> None:
        """End what runs beside the supervised programs."""
        for other in self.others:
            other.kill()
            other.wait(30)
        self.others = []

    def cut_power(self) -> None:
        """End all programs at once; the supervisor is stopped first, or it would start them."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGSTOP)
        for pid in children(self.process.pid):
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait(30)
        self.process = None

    def close(self) -> None:
        """Stop all, the mail server too."""
        self.stop()
        self.server.stop()

    def main_process(self, words: str) -> int:
        """Return the pid of the program whose command holds these words."""
        if self.process is None:
            raise ProcessLookupError(words)
        for pid in children(self.process.pid):
            if words in command_of(pid):
                return pid
        raise ProcessLookupError(words)

    def mailer(self) -> int:
        """Return the pid of the mailer's main process."""
        return self.main_process("--queues=mail")

    def broker_server(self) -> int:
        """Return the pid of the broker."""
        return self.main_process("-server ")

    def sender_on(self, port: int) -> int:
        """Return the pool's child that talks to the mail server from this port."""
        socket_link = f"socket:[{inode_of(port)}]"
        for pid in children(self.mailer()):
            if socket_link in links_of(pid):
                return pid
        raise ProcessLookupError(f"no child talks from port {port}")

    def start_second_beat(self) -> None:
        """Start another beat beside the supervised one."""
        schedule = self.folder / "second-schedule"
        command = [sys.executable, "-W", "ignore", "-m", "celery", "--app=tests.faults.app"]
        command += ["--quiet", "beat", f"--schedule={schedule}", "--pidfile="]
        self.others.append(
            subprocess.Popen(
                command,
                env=self.environment | {"BROKER_URL": broker.url("embedded", self.folder)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    def empty_broker(self) -> None:
        """Take away what the broker wrote, so that it starts empty."""
        shutil.rmtree(broker.folder(self.folder) / "appendonlydir", ignore_errors=True)

    # --- clock ---

    def set_clock(self, moment: datetime) -> None:
        """Set the clock of all its processes; it goes on from there."""
        self.set_ahead(moment.timestamp() - time.time())

    def push_clock(self, by: timedelta) -> None:
        """Set the clock forward, or back."""
        self.set_ahead(self.ahead + by.total_seconds())

    def push_on(self) -> bool:
        """Let a minute pass in no time, once the mailer has lived through the last one."""
        lived = self.lived_at() >= self.pushed_to
        if lived or time.monotonic() - self.pushed_at > LONGEST_MINUTE:
            self.push_clock(timedelta(seconds=65))
            self.pushed_at, self.pushed_to = time.monotonic(), self.now()
        return True

    def now(self) -> datetime:
        """Return the moment that its processes think it is."""
        return datetime.fromtimestamp(time.time() + self.ahead, UTC)

    def set_ahead(self, seconds: float) -> None:
        """Write down how far the clock is ahead, in one piece."""
        self.ahead = seconds
        fresh = self.ahead_of_clock.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.replace(self.ahead_of_clock)

    @contextmanager
    def without_claim(self) -> Iterator[None]:
        """Let whoever asks send a mail while the block runs."""
        sign = self.folder / "no-claim"
        sign.touch()
        yield
        sign.unlink()

    # --- ledger ---

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Read from its database."""
        if self.database_url:
            with psycopg.connect(self.database_url) as line:
                return list(line.execute(question.encode()).fetchall())
        with closing(sqlite3.connect(self.database_file, timeout=60)) as line:
            return line.execute(question).fetchall()

    @property
    def database_file(self) -> Path:
        """Return the file of SQLite."""
        return self.folder / "touchstone.sqlite3"

    def rows(self) -> list[Row]:
        """Return what the ledger says of all Monday mails, the oldest period first."""
        found = self.ask(
            "SELECT recipient_id, period, status, answer, email FROM crm_digest "
            "JOIN crm_user ON crm_user.id = recipient_id "
            "WHERE kind = 'WEEKLY' ORDER BY period, recipient_id"
        )
        return [Row(*facts, key=f"{facts[0]}/{facts[1]}", address=email) for *facts, email in found]

    def lived_at(self) -> datetime:
        """Return when the mailer was last seen alive, by its own clock."""
        found = self.ask("SELECT beat_at FROM crm_heartbeat WHERE name = 'mailer'")
        at = found[0][0] if found else MONDAY
        return datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at

    def readers(self) -> list[int]:
        """Return the eight people."""
        return [pk for (pk,) in self.ask("SELECT id FROM crm_user ORDER BY id")]

    def addresses(self) -> list[str]:
        """Return where their mails go."""
        return [email for (email,) in self.ask("SELECT email FROM crm_user ORDER BY id")]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep everyone else from writing to the ledger while the block runs."""
        if self.database_url:
            with psycopg.connect(self.database_url) as line:
                line.execute("LOCK TABLE crm_digest IN ACCESS EXCLUSIVE MODE")
                yield
                line.rollback()
            return
        line = sqlite3.connect(
            self.database_file, timeout=60, isolation_level=None, check_same_thread=False
        )
        with closing(line):
            line.execute("BEGIN EXCLUSIVE")
            yield
            line.execute("ROLLBACK")
