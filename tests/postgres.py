"""A PostgreSQL server of the tests' own, and the suite run on it: python -m tests.postgres."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

# Data that lives for one run needs no care for power cuts.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses=''"


def programs() -> Path | None:
    """Return the folder of initdb and pg_ctl, or None where no server is installed."""
    newest_first = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name)
    )
    on_path = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for folder in (*newest_first, *on_path):
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "pg_ctl")):
            return folder
    return None


@contextmanager
def server() -> Iterator[str]:
    """Run a server on a socket in a folder of its own and yield its database's URL."""
    folder = Path(tempfile.mkdtemp(prefix="touchstone-pg-"))
    as_nobody = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
    if as_nobody:
        shutil.chown(folder, "nobody")
    tools, data, log = programs() or Path(), folder / "data", folder / "log"

    def run(*command: str) -> None:
        subprocess.run(
            [*as_nobody, *command], cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=120
        )

    try:
        run(str(tools / "initdb"), "-D", str(data), "-A", "trust", "-N", "-U", "crm",
            "--locale=C.UTF-8", "--encoding=UTF8")  # fmt: skip
        control = str(tools / "pg_ctl"), "-D", str(data), "-l", str(log), "-w"
        run(*control, "-o", f"{FAST} -c unix_socket_directories={folder}", "start")
        try:
            yield f"postgres://crm@{quote(str(folder), safe='')}/postgres"
        finally:
            run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Run what uses the database and no browser on PostgreSQL; return pytest's exit code."""
    if programs() is None:
        sys.stderr.write("Not run on PostgreSQL.  sudo apt-get install -y postgresql\n")
        return 1 if os.environ.get("CI") else 0
    with server() as url:
        environment = os.environ | {"DATABASE_URL": url}
        command = [sys.executable, "-m", "pytest", *arguments]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
