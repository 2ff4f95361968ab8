"""What came after a landmark, as far as it was known."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from scoring.labels import EFFORTS, FREE_CONSULTING, NO_ORDER, labels
from tests.scoring.pasts import DAY, START, lead, leads_of


def label(
    row: dict[str, Any], *, day: float = 10, cut: float = 400, target: str = NO_ORDER, **facts: Any
) -> int | None:
    """Return the label of one lead at a day, None where it has none."""
    at = pl.DataFrame(
        {"lead_id": [1], "as_of": [START + day * DAY]},
        schema={"lead_id": pl.Int64, "as_of": pl.Datetime("us", "UTC")},
    )
    found = labels(at, leads=leads_of(row), cut=START + cut * DAY, target=target, **facts)
    return None if found.is_empty() else int(found.get_column("label").item())


def efforts(*rows: dict[str, Any]) -> pl.DataFrame:
    blank = dict.fromkeys(EFFORTS)
    return pl.DataFrame([blank | {"lead_id": 1} | row for row in rows], schema=EFFORTS)


def work(day: float, **facts: Any) -> dict[str, Any]:
    moment: datetime = START + day * DAY
    return {"happened_at": moment, "recorded_at": moment, **facts}


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("WON", 0), ("LOST", 1), ("PREWIRED", 1), ("NO_DECISION", 1), ("FREE_CONSULTING", 1)],
)
def test_everything_but_an_order_is_no_order(outcome: str, expected: int) -> None:
    assert label(lead(1, closed=50, outcome=outcome)) == expected


@pytest.mark.parametrize("outcome", ["WALKED_AWAY", "INVALID"])
def test_what_we_left_and_what_was_never_a_lead_has_no_label(outcome: str) -> None:
    assert label(lead(1, closed=50, outcome=outcome)) is None


def test_an_end_after_the_cut_is_not_known() -> None:
    assert label(lead(1, closed=50, outcome="WON"), cut=49) is None
    assert label(lead(1, closed=50, outcome="WON"), cut=50) == 0


def test_an_end_recorded_after_the_cut_is_not_known() -> None:
    late = START + 60 * DAY

    assert label(lead(1, closed=50, outcome="WON", outcome_recorded_at=late), cut=55) is None


def test_a_lead_that_still_runs_ends_without_an_order_at_the_horizon() -> None:
    assert label(lead(1), day=10, cut=189.9) is None
    assert label(lead(1), day=10, cut=190) == 1


def test_an_order_after_the_cut_does_not_save_a_zombie() -> None:
    won_late = lead(1, closed=300, outcome="WON")

    assert label(won_late, day=10, cut=200) == 1
    assert label(won_late, day=10, cut=300) == 0


def test_the_horizon_can_be_set() -> None:
    assert label(lead(1), day=10, cut=45, horizon=timedelta(days=30)) == 1


def test_a_closed_lead_has_no_landmark() -> None:
    assert label(lead(1, closed=9, outcome="LOST"), day=10) is None
    assert label(lead(1, opened=11), day=10) is None


def test_free_consulting_is_what_was_recorded_as_such() -> None:
    recorded = lead(1, closed=50, outcome="FREE_CONSULTING")

    assert label(recorded, target=FREE_CONSULTING) == 1
    assert label(lead(1, closed=50, outcome="LOST"), target=FREE_CONSULTING) == 0


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([work(20, level=4)], 1),
        ([work(20, unpaid_hours=12.0), work(25, unpaid_hours=8.0)], 1),
        ([work(20, unpaid_hours=12.0)], 0),
        ([work(20, level=3)], 0),
        ([work(20, level=5), work(345, by_client=True)], 0),
        ([work(20, level=5), work(330, by_client=True)], 1),
        ([], 0),
    ],
)
def test_a_zombie_is_free_consulting_by_the_rule(rows: list[dict[str, Any]], expected: int) -> None:
    found = label(lead(1), target=FREE_CONSULTING, efforts=efforts(*rows))

    assert found == expected


def test_work_after_the_cut_does_not_count() -> None:
    found = label(lead(1), target=FREE_CONSULTING, cut=250, efforts=efforts(work(260, level=6)))

    assert found == 0
