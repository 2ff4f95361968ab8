"""Works on chunks side by side: while the database works for one, another is computed."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

LANES = 2
Chunk = TypeVar("Chunk")
Made = TypeVar("Made")


def side_by_side(make: Callable[[Chunk], Made], chunks: Iterable[Chunk]) -> Iterator[Made]:
    """Yield what is made of each chunk, in order, two being made at a time.

    One after the other where two cannot be: SQLite has one writer, and what stands in the
    caller's transaction is seen by no other connection. An error ends the work: chunks that were
    begun are finished, no other is.
    """
    wanted = list(chunks)
    if len(wanted) < LANES or connection.vendor == "sqlite" or connection.in_atomic_block:
        yield from map(make, wanted)
        return

    def in_a_lane(chunk: Chunk) -> Made:
        try:
            return make(chunk)
        finally:
            connection.close()  # the lane's own

    with ThreadPoolExecutor(LANES) as lanes:
        yield from lanes.map(in_a_lane, wanted)
