"""What has to hold before the programs start: one copy, a free port, tables, files, a demo."""

import errno
import fcntl
import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from config import broker
from crm.models import Assessment, Lead, User
from crm.services import payment_rules

Say = Callable[[str], None]


class CannotStart(Exception):
    """Why nothing was started, in one sentence that says what to do."""


@contextmanager
def only_copy(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for this process; raise CannotStart while another one holds it."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(data_dir / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotStart(
            f"Nothing can be written to {data_dir} ({error.strerror}). "
            "Make room or rights there, or name another folder: DATA_DIR=... make up"
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        pid = os.read(handle, 20).decode().strip()
        os.close(handle)
        raise CannotStart(
            f"Touchstone already runs from this folder (process {pid}). "
            "Stop it with Ctrl-C, or start a second one with a PORT and a DATA_DIR of its own."
        ) from error
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
    try:
        yield
    finally:
        os.close(handle)


def refuse_busy_port(address: str, port: int) -> None:
    """Raise CannotStart when the port cannot be listened on."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise CannotStart(port_trouble(error, address, port)) from error


def port_trouble(error: OSError, address: str, port: int) -> str:
    """Return one sentence on why the port cannot be had."""
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8000
        return f"Port {port} is in use. Choose another: PORT={other} make up"
    if error.errno == errno.EACCES:
        return f"Port {port} is for root alone. Choose one from 1024 on: PORT=8000 make up"
    return f"BIND={address} is no address of this machine. Leave it out, or write BIND=0.0.0.0"


def prepare_database(say: Say) -> None:
    """Bring the tables up to date; raise CannotStart when there is no database."""
    try:
        executor = MigrationExecutor(connection)
        steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        first_line = str(error).strip().splitlines()[0]
        raise CannotStart(f"The database of DATABASE_URL does not answer: {first_line}") from error
    if steps:
        say(f"Preparing the database: {len(steps)} steps ...")
        call_command("migrate", verbosity=0, interactive=False)
    payment_rules.load_shipped()
    connection.close()


def prepare_files(say: Say) -> None:
    """Collect the static files, unless those collected before are still the same."""
    stamp = settings.DATA_DIR / "static-stamp"
    digest = static_digest()
    if stamp.exists() and stamp.read_text() == digest and Path(settings.STATIC_ROOT).is_dir():
        return
    say("Collecting the files of the pages ...")
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest)


def static_digest() -> str:
    """Return what changes whenever a static file does: each one's path, size and time."""
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=[]):
            found = Path(storage.path(path)).stat()
            seen.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def prepare_broker() -> None:
    """Make the folders of the embedded broker; raise CannotStart where they are not safe."""
    try:
        broker.prepare(settings.BROKER_URL, settings.DATA_DIR)
    except broker.UnsafeFolder as error:
        raise CannotStart(str(error)) from error


def prepare_demo(say: Say) -> None:
    """Load the demo into a ledger that nobody ever used, and score it."""
    used = Lead.objects.exists() or User.objects.exclude(last_login=None).exists()
    if settings.DEMO and not used:
        say("Loading demo data (DEMO=0 starts with an empty ledger) ...")
        run_command("load_demo", "--score")
    if Lead.objects.exists() and not Assessment.objects.exists():
        say("Scoring all leads ...")
        run_command("score", output=subprocess.DEVNULL)
    connection.close()


def run_command(name: str, *options: str, output: int | None = None) -> None:
    """Run a command of manage.py in a process of its own, which takes its memory with it."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), name, *options]
    calm = os.environ | {"LOG_LEVEL": "ERROR"}  # that the broker is not up yet is no news
    if (code := subprocess.run(command, env=calm, stdout=output, check=False).returncode) != 0:
        raise CannotStart(f"manage.py {name} ended with code {code}; its own words are above.")
