"""The one file that a backup is: a list with checksums, then what it lists."""

import gzip
import hashlib
import json
import shutil
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20  # bytes
UNREADABLE = (OSError, EOFError, tarfile.TarError, zlib.error, ValueError, KeyError, TypeError)
FAST = 1  # of gzip's levels; the next one costs twice the time for a tenth of the size


class BackupFailed(Exception):
    """Why there is no backup, or none that can be used; its text says what to do."""


class Damaged(BackupFailed):
    """A file is no backup, or not what it was when it was written."""


@dataclass(frozen=True)
class Contents:
    """What a backup holds, as its first member says."""

    made_at: datetime
    checksums: Mapping[str, str]

    @property
    def database(self) -> str:
        """Return the name of the database's copy."""
        return next(name for name in self.checksums if name.startswith("touchstone."))


def pack(members: Mapping[str, Path], file: BufferedIOBase, *, now: datetime) -> None:
    """Write an archive of files under the names that they shall have."""
    checksums = {}
    for name, path in members.items():
        with path.open("rb") as content:
            checksums[name] = _digest(content)
    told = {"format": FORMAT, "made_at": now.isoformat(), "files": checksums}
    head = json.dumps(told, indent=1).encode()
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=FAST) as archive:
        member = tarfile.TarInfo(MANIFEST)
        member.size, member.mode, member.mtime = len(head), 0o600, int(now.timestamp())
        archive.addfile(member, BytesIO(head))
        for name, path in members.items():
            archive.add(path, arcname=name, recursive=False, filter=_nobodys)


def verify(path: Path) -> Contents:
    """Read a backup from end to end; raise Damaged unless each file is what its list says."""
    try:
        with gzip.open(path) as whole, tarfile.open(fileobj=whole, mode="r|") as archive:
            contents = _listed(archive)
            found = {
                member.name: _digest(_content(archive, member))
                for member in iter(archive.next, None)
            }
            # Only its end tells whether what lies between the files is as it was written.
            while whole.read(CHUNK):
                pass
    except UNREADABLE as error:
        raise Damaged(
            _("%(file)s cannot be read as a backup. Take another one.") % {"file": path}
        ) from error
    if found != dict(contents.checksums):
        raise Damaged(
            _("%(file)s is not what it was when it was written. Take another one.") % {"file": path}
        )
    return contents


def take_out(path: Path, name: str, to: Path) -> None:
    """Write one file of a verified backup somewhere, readable for this user alone."""
    with tarfile.open(path, mode="r:gz") as archive, to.open("xb") as file:
        to.chmod(0o600)
        shutil.copyfileobj(_content(archive, archive.getmember(name)), file)


def _listed(archive: tarfile.TarFile) -> Contents:
    first = archive.next()
    if first is None or first.name != MANIFEST:
        raise ValueError("the list does not come first")
    told = json.load(_content(archive, first))
    if told["format"] != FORMAT:
        raise ValueError("another format")
    contents = Contents(datetime.fromisoformat(told["made_at"]), dict(told["files"]))
    if not any(name.startswith("touchstone.") for name in contents.checksums):
        raise ValueError("no database")
    return contents


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(member)
    if content is None:
        raise ValueError(f"{member.name} is no file")
    return content


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := content.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who owned a file here; whoever unpacks it owns it, alone."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
