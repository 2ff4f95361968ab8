"""Backups: one file that starts a fresh copy, looked through before it counts.

It holds the database, the learned models and the uploads under the names they have in DATA_DIR.
The secret key stays out: whoever finds a backup must not be able to sign in to the running copy.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.utils.translation import gettext as _

from crm import folders
from crm.selectors.health import FULL_BELOW, MEGABYTE
from crm.services.backup import archive, database
from crm.services.backup.archive import BackupFailed

JOB = "crm.back_up"
ROOM = 1.2  # times the size of the database, for its copy
NAMES = "touchstone-*.tar.gz"
PARTIAL = ".partial-"
FOLDERS = ("models", "media")


class NoRoom(BackupFailed):
    """The disk has too little space, and an older backup is not given up for a new one."""


class AnotherRuns(BackupFailed):
    """Another backup is being written to the same folder."""


@dataclass(frozen=True)
class Backup:
    """A backup that was written and looked through."""

    path: Path
    size: int  # bytes
    removed: int  # older ones

    def as_json(self) -> dict[str, str | int | bool]:
        """Return what is kept of it in the record of jobs."""
        return {
            "file": str(self.path),
            "bytes": self.size,
            "removed": self.removed,
            "verified": True,
        }


def back_up(folder: Path, *, keep: int, now: datetime) -> Backup:
    """Write a backup, look it through, and keep the newest few; 0 keeps all.

    Raise BackupFailed with what to do; then the older ones are all still there.
    """
    try:
        with _alone_in(folder):
            _refuse_without_room(folder)
            path = _write(folder, now=now)
            return Backup(path, path.stat().st_size, _remove_old(folder, keep=keep))
    except OSError as error:
        raise BackupFailed(
            _("%(folder)s cannot be written to: %(reason)s.")
            % {"folder": folder, "reason": error.strerror}
        ) from error


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder for this run, and sweep up what a run that was killed left there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AnotherRuns(_("Another backup is being written there. Wait for it.")) from error
        for left in folder.glob(f"{PARTIAL}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(lock)


def _refuse_without_room(folder: Path) -> None:
    """Raise NoRoom unless the copy, the archive of all and a reserve fit on the disk."""
    size = database.size()
    needed = int(ROOM * size) + size + sum(path.stat().st_size for path in _files())
    free = shutil.disk_usage(folder).free
    if free < needed + FULL_BELOW:
        raise NoRoom(
            _("%(folder)s has %(free)d MB left and a backup needs %(needed)d MB. Make room there.")
            % {
                "folder": folder,
                "free": free // MEGABYTE,
                "needed": (needed + FULL_BELOW) // MEGABYTE,
            }
        )


def _write(folder: Path, *, now: datetime) -> Path:
    with TemporaryDirectory(dir=folder, prefix=PARTIAL) as scratch:
        copy = database.write(Path(scratch))
        members = {copy.name: copy} | {
            path.relative_to(settings.DATA_DIR).as_posix(): path for path in _files()
        }
        made = Path(scratch) / "backup"
        made.touch(mode=0o600)
        with made.open("wb") as file:
            archive.pack(members, file, now=now)
            file.flush()
            os.fsync(file.fileno())
        archive.verify(made)
        path = folder / f"touchstone-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar.gz"
        made.replace(path)
    folders.sync(folder)
    return path


def _files() -> list[Path]:
    """Return the learned models and the uploads."""
    roots = [Path(settings.DATA_DIR) / name for name in FOLDERS]
    found = [path for root in roots if root.is_dir() for path in sorted(root.rglob("*"))]
    return [path for path in found if path.is_file() and path.suffix != ".tmp"]


def _remove_old(folder: Path, *, keep: int) -> int:
    """Remove all but the newest backups, by the moment in their names."""
    old = sorted(folder.glob(NAMES), reverse=True)[keep:] if keep else []
    for path in old:
        path.unlink()
    return len(old)
