"""Finding and ending processes, and waiting for what they do; Linux alone shows them so."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path


class TookTooLong(Exception):
    """Something did not come about in time; its text says what."""


def until(holds: Callable[[], object], what: str, *, seconds: float, every: float = 0.1) -> None:
    """Wait until something holds; raise TookTooLong with its name after a while."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TookTooLong(f"{what} did not come within {seconds:.0f} s")
        time.sleep(every)


def kill(pid: int) -> None:
    """End a process at once."""
    os.kill(pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    """Return the processes that a process started and that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if words[0] != "Z" and int(words[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def command_of(pid: int) -> str:
    """Return the command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def links_of(pid: int) -> set[str]:
    """Return what the open files of a process point to."""
    links = set()
    for link in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            links.add(os.readlink(link))
        except OSError:
            continue
    return links


def inode_of(port: int) -> str:
    """Return the inode of the socket that is bound to a local port and connected."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if int(words[1].rpartition(":")[2], 16) == port and words[3] == "01":
            return words[9]
    raise ProcessLookupError(f"nobody talks from port {port}")
