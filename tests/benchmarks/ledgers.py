"""A ledger of its own for each simulated world: a real database that is filled by the import."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import django.conf
import django.db
from django.core.management import call_command


@contextmanager
def database() -> Iterator[Path]:
    """Set up a data folder and an empty database; return its copy, for the worlds to begin from."""
    folder = Path(tempfile.mkdtemp(prefix="touchstone-bench-"))
    os.environ.pop("DATABASE_URL", None)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ |= {
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    try:
        django.setup()
        call_command("migrate", verbosity=0)
        yield _copied(folder / "empty.sqlite3")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _file() -> Path:
    from_settings: Any = django.conf.settings.DATABASES["default"]["NAME"]
    return Path(from_settings)


def _closed() -> Path:
    """Close the connection, so that its file is whole, and return the file."""
    django.db.connections.close_all()
    return _file()


def _copied(to: Path) -> Path:
    shutil.copy(_closed(), to)
    return to


def refill(empty: Path, simulator: Any, world: Any) -> None:
    """Begin a new ledger and import a world's bundle into it."""
    file = _closed()
    for ending in ("", "-wal", "-shm"):
        Path(f"{file}{ending}").unlink(missing_ok=True)
    shutil.copy(empty, file)
    with tempfile.TemporaryDirectory() as folder:
        simulator.write(world, folder, False)
        call_command("import_ledger", folder, stdout=StringIO(), stderr=StringIO())
