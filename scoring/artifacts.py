"""Stored models: plain JSON under a name that is its own checksum, checked before it is used."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class ArtifactError(Exception):
    """A stored model is missing or damaged; use the last good one and say so."""


def save(data: Mapping[str, Any], folder: Path) -> str:
    """Write plain data and return its SHA-256; a reader never sees half of it."""
    content = json.dumps(data, sort_keys=True, allow_nan=False).encode()
    checksum = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path_of(checksum, folder))
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync(folder)
    return checksum


def load(checksum: str, folder: Path) -> dict[str, Any]:
    """Return what was saved; raise ArtifactError when it is missing or not what it was."""
    try:
        content = path_of(checksum, folder).read_bytes()
    except OSError as error:
        raise ArtifactError(f"The model {checksum[:12]} cannot be read: {error}") from error
    if hashlib.sha256(content).hexdigest() != checksum:
        raise ArtifactError(f"The model {checksum[:12]} is damaged: its checksum differs.")
    data: dict[str, Any] = json.loads(content)
    return data


def path_of(checksum: str, folder: Path) -> Path:
    """Return where a model is kept."""
    return folder / f"{checksum}.json"


def _sync(folder: Path) -> None:
    """Make the new name last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
