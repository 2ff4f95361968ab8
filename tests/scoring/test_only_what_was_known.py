"""Facts after the moment never count."""

import random
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from scoring.frames import INTENT
from tests.scoring.timelines import OPENED, at, frame, timelines, values

moments = st.integers(1, 260).map(lambda days: OPENED + timedelta(days=days, hours=5))
Rows = list[dict[str, Any]]


def known_at(rows: Rows, moment: datetime) -> Rows:
    return [row for row in rows if max(row["happened_at"], row["recorded_at"]) <= moment]


@settings(max_examples=60, deadline=None)
@given(timelines(), moments)
def test_cutting_the_rows_at_the_moment_changes_nothing(rows: Rows, moment: datetime) -> None:
    assert_frame_equal(
        values(frame(rows), at(moment)), values(frame(known_at(rows, moment)), at(moment))
    )


@settings(max_examples=40, deadline=None)
@given(timelines(), moments, st.integers(0, 99))
def test_the_order_in_which_rows_come_changes_nothing(
    rows: Rows, moment: datetime, seed: int
) -> None:
    mixed = random.Random(seed).sample(rows, len(rows))

    assert_frame_equal(values(frame(rows), at(moment)), values(frame(mixed), at(moment)))


@settings(max_examples=30, deadline=None)
@given(timelines(), st.lists(moments, min_size=2, max_size=4, unique=True))
def test_several_moments_of_a_lead_equal_each_alone(rows: Rows, several: list[datetime]) -> None:
    together = values(frame(rows), at(*several))
    alone = pl.concat([values(frame(rows), at(moment)) for moment in sorted(several)])

    assert_frame_equal(together, alone)


@settings(max_examples=40, deadline=None)
@given(timelines(), timelines(), moments)
def test_what_happens_or_is_recorded_later_never_matters(
    rows: Rows, others: Rows, moment: datetime
) -> None:
    later = [
        row | {"id": row["id"] + 100, "happened_at": moment + timedelta(seconds=1)}
        for row in others[1:]
    ]
    entered_late = [
        row
        | {
            "id": row["id"] + 200,
            "happened_at": min(row["happened_at"], moment),
            "recorded_at": moment + timedelta(seconds=1),
        }
        for row in others[1:]
    ]

    assert_frame_equal(
        values(frame(rows), at(moment)),
        values(frame([*rows, *later, *entered_late]), at(moment)),
    )


@settings(max_examples=40, deadline=None)
@given(timelines(), moments)
def test_a_row_counts_until_it_is_corrected_and_no_longer(rows: Rows, moment: datetime) -> None:
    soon = [row | {"until_at": moment + timedelta(seconds=1)} for row in rows[1:]]
    gone = [row | {"id": row["id"] + 100, "until_at": moment} for row in rows[1:]]

    assert_frame_equal(
        values(frame(rows), at(moment)), values(frame([rows[0], *soon, *gone]), at(moment))
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(timelines(), min_size=2, max_size=3), moments)
def test_a_lead_beside_others_is_seen_as_it_is_alone(leads: list[Rows], moment: datetime) -> None:
    of_leads = [
        frame([row | {"lead_id": lead_id} for row in rows]) for lead_id, rows in enumerate(leads, 1)
    ]
    places = [at(moment, lead_id=lead_id) for lead_id in range(1, len(leads) + 1)]

    every = pl.concat(places).drop("place").with_row_index("place")
    together = values(pl.concat(of_leads), every)

    alone = [values(rows, place) for rows, place in zip(of_leads, places, strict=True)]
    assert_frame_equal(together, pl.concat(alone))


def test_intent_reads_no_column_that_is_known_only_after_the_close() -> None:
    late = {"result", "result_date", "closed_at", "outcome_recorded_at", "status", "prepay_percent"}

    assert not late & set(INTENT)
