"""Looks at a backup before it is needed: is it whole, what does it hold, would it start here?"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db.migrations.loader import MigrationLoader

from crm.services.backup import archive, database


@dataclass(frozen=True)
class Checked:
    """What a whole backup holds; leads and people are counted where it is of SQLite."""

    made_at: datetime
    database: str
    files: int
    leads: int | None = None
    people: int | None = None
    is_of_a_later_version: bool = False


def look_at(path: Path) -> Checked:
    """Read a backup from end to end and open its database; raise BackupFailed where it is unfit."""
    contents = archive.verify(path)
    with TemporaryDirectory() as scratch:
        copy = Path(scratch) / contents.database
        archive.take_out(path, contents.database, copy)
        database.check(copy)
        checked = Checked(contents.made_at, contents.database, len(contents.checksums) - 1)
        return _counted(checked, copy) if contents.database == database.SQLITE else checked


def _counted(checked: Checked, copy: Path) -> Checked:
    with closing(sqlite3.connect(copy)) as found:
        applied = set(found.execute("SELECT app, name FROM django_migrations"))
        known = set(MigrationLoader(None).disk_migrations)
        ours = {app for app, _ in known}
        (leads,) = found.execute("SELECT COUNT(*) FROM crm_lead").fetchone()
        (people,) = found.execute("SELECT COUNT(*) FROM crm_user").fetchone()
    later = {each for each in applied - known if each[0] in ours}
    return replace(checked, leads=leads, people=people, is_of_a_later_version=bool(later))
