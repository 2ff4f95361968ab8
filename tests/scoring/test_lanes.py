"""Chunks that are worked on side by side."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from scoring import lanes
from scoring.lanes import LANES, side_by_side

PATIENCE = 30  # seconds


def database(vendor: str, *, in_atomic_block: bool = False) -> Any:
    return SimpleNamespace(
        vendor=vendor, in_atomic_block=in_atomic_block, close=lambda: closed.append(whose())
    )


def whose() -> int:
    return threading.get_ident()


closed: list[int] = []


@pytest.fixture(autouse=True)
def none_closed():
    closed.clear()


def test_two_are_made_at_a_time_and_come_in_order(monkeypatch):
    monkeypatch.setattr(lanes, "connection", database("postgresql"))
    meet = threading.Barrier(LANES, timeout=PATIENCE)

    def make(chunk: int) -> int:
        meet.wait()  # breaks where only one is at work
        return chunk * 10

    assert list(side_by_side(make, range(4))) == [0, 10, 20, 30]


def test_each_lane_closes_its_own_connection(monkeypatch):
    monkeypatch.setattr(lanes, "connection", database("postgresql"))

    made_by = list(side_by_side(lambda _chunk: whose(), range(4)))

    assert sorted(closed) == sorted(made_by)
    assert whose() not in made_by


def test_an_error_ends_the_work(monkeypatch):
    monkeypatch.setattr(lanes, "connection", database("postgresql"))
    made = []

    def make(chunk: int) -> None:
        if chunk == 1:
            raise ConnectionError
        threading.Event().wait(0.001)
        made.append(chunk)

    with pytest.raises(ConnectionError):
        list(side_by_side(make, range(1_000)))

    assert len(made) < 900


@pytest.mark.parametrize(
    "where",
    [database("sqlite"), database("postgresql", in_atomic_block=True)],
    ids=["sqlite", "the caller's transaction"],
)
def test_where_two_cannot_be_the_caller_makes_all(monkeypatch, where):
    monkeypatch.setattr(lanes, "connection", where)

    assert list(side_by_side(lambda _chunk: whose(), range(3))) == [whose()] * 3
    assert not closed


def test_one_chunk_needs_no_lane(monkeypatch):
    monkeypatch.setattr(lanes, "connection", database("postgresql"))

    assert list(side_by_side(lambda _chunk: whose(), [1])) == [whose()]
