"""Folders in which files appear under their names once they are whole."""

import os
from pathlib import Path


def sync(folder: Path) -> None:
    """Make a new name in a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
