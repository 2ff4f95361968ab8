"""Copies of the database while people work on it: SQLite's own, or PostgreSQL's dump."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from django.db import connection
from django.utils.translation import gettext as _

from crm.services.backup.archive import BackupFailed, Damaged

SQLITE, POSTGRES = "touchstone.sqlite3", "touchstone.dump"
PATIENCE = 20  # seconds for whoever writes just now
DUMP_SECONDS = 1200


class NoProgram(BackupFailed):
    """PostgreSQL's own program for backups is not installed here."""


class DumpFailed(BackupFailed):
    """PostgreSQL's own program for backups gave up."""


def size() -> int:
    """Return about how many bytes the database takes."""
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        beside = [file, file.with_name(f"{file.name}-wal")]
        return sum(path.stat().st_size for path in beside if path.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def write(folder: Path) -> Path:
    """Write a copy of the database into a folder, look it through, and return it."""
    copy = folder / (SQLITE if connection.vendor == "sqlite" else POSTGRES)
    copy.touch(mode=0o600)
    if connection.vendor == "sqlite":
        source = f"file:{quote(str(connection.settings_dict['NAME']))}?mode=ro"
        with closing(sqlite3.connect(source, uri=True, timeout=PATIENCE)) as database:
            database.execute("VACUUM INTO ?", [str(copy)])
    else:
        _dump(copy)
    check(copy)
    return copy


def check(copy: Path) -> None:
    """Look a copy through; raise Damaged unless it is whole."""
    if copy.name == POSTGRES:
        _list_dump(copy)
        return
    try:
        with closing(sqlite3.connect(copy)) as database:
            rows = database.execute("PRAGMA integrity_check").fetchall()
    except sqlite3.DatabaseError as error:
        raise Damaged(_("The copy of the database cannot be read.")) from error
    if rows != [("ok",)]:
        raise Damaged(_("The copy of the database is damaged."))


def _list_dump(copy: Path) -> None:
    try:
        _run("pg_restore", "--list", str(copy), environment={})
    except DumpFailed as error:
        raise Damaged(_("The copy of the database cannot be read.")) from error


def _dump(copy: Path) -> None:
    """Have PostgreSQL write its dump; the password travels in the environment alone."""
    words, environment = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--file={copy}"]
    _run("pg_dump", *options, *words[1:], environment=environment or {})


def _run(name: str, *words: str, environment: Mapping[str, str]) -> None:
    command, around = [_program(name), *words], os.environ | environment
    try:
        subprocess.run(command, env=around, capture_output=True, timeout=DUMP_SECONDS, check=True)
    except subprocess.TimeoutExpired as error:
        raise DumpFailed(_("%(program)s took too long.") % {"program": name}) from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise DumpFailed(
            _("%(program)s ended with code %(code)d: %(said)s")
            % {"program": name, "code": error.returncode, "said": said[-1] if said else ""}
        ) from error


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NoProgram(
            _(
                "%(program)s is not installed here. On Debian or Ubuntu: "
                "sudo apt-get install -y postgresql-client"
            )
            % {"program": name}
        )
    return found
