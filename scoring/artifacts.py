"""Stored models: files under a name that is their own checksum, checked before they are used.

Plain JSON is what scores; the learner's own file beside it is the record it was read off.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from crm import folders


class ArtifactError(Exception):
    """A stored model is missing or damaged; use the last good one and say so."""


def folder() -> Path:
    """Return where trained versions are kept."""
    return Path(settings.DATA_DIR) / "models"


def save(data: Mapping[str, Any], folder: Path) -> str:
    """Write plain data and return its SHA-256; a reader never sees half of it."""
    return write(json.dumps(data, sort_keys=True, allow_nan=False).encode(), folder)


def write(content: bytes, folder: Path, *, ending: str = "json") -> str:
    """Write a file and return its SHA-256; a reader never sees half of it."""
    checksum = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path_of(checksum, folder, ending=ending))
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folders.sync(folder)
    return checksum


def load(checksum: str, folder: Path) -> dict[str, Any]:
    """Return what was saved; raise ArtifactError when it is missing or not what it was."""
    try:
        data = json.loads(read(checksum, folder))
    except ValueError as error:
        raise ArtifactError(f"The model {checksum[:12]} is no JSON: {error}") from error
    if not isinstance(data, dict):
        raise ArtifactError(f"The model {checksum[:12]} is no object.")
    return data


def read(checksum: str, folder: Path, *, ending: str = "json") -> bytes:
    """Return a file's content; raise ArtifactError when it is missing or not what it was."""
    try:
        content = path_of(checksum, folder, ending=ending).read_bytes()
    except OSError as error:
        raise ArtifactError(f"The model {checksum[:12]} cannot be read: {error}") from error
    if hashlib.sha256(content).hexdigest() != checksum:
        raise ArtifactError(f"The model {checksum[:12]} is damaged: its checksum differs.")
    return content


def is_whole(checksum: str, folder: Path, *, ending: str = "json") -> bool:
    """Say whether a model is there as it was saved; nothing of it is taken out."""
    try:
        read(checksum, folder, ending=ending)
    except ArtifactError:
        return False
    return True


def path_of(checksum: str, folder: Path, *, ending: str = "json") -> Path:
    """Return where a model is kept."""
    return folder / f"{checksum}.{ending}"
