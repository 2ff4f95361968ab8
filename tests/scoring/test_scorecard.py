"""Points as data: what they are worth, what is refused, and that they add up."""

import math
import tomllib

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import features, receivable
from scoring.feature import fed
from scoring.scorecard import (
    ScorecardError,
    chance,
    check_covers,
    contributions,
    interval,
    points,
    read_scorecard,
    scorecard_of,
)

HEAD = 'version = "v"\ntarget = "NO_ORDER"\nclip = 40\n'


def card(body: str, *names: str):
    return scorecard_of(tomllib.loads(HEAD + body), features=names)


def shipped(name: str, catalogue):
    names = [feature.name for feature in fed(catalogue)]
    scorecard = read_scorecard(name, features=names)
    check_covers(scorecard, fed=names)
    return scorecard


INTENT = shipped("points_v1", features.FEATURES)
BY_CODE = {feature.name: feature.reason_code for feature in features.FEATURES}


@pytest.mark.parametrize(
    ("name", "catalogue"),
    [("points_v1", features.FEATURES), ("receivable_v1", receivable.FEATURES)],
)
def test_each_shipped_scorecard_has_points_for_all_that_the_ledger_feeds(name, catalogue):
    assert set(shipped(name, catalogue).features) == {each.name for each in fed(catalogue)}


@pytest.mark.parametrize(
    ("fact", "worth"),
    [
        ({"unpaid_solution_rounds": 0}, 0),
        ({"unpaid_solution_rounds": 1}, 2),
        ({"unpaid_solution_rounds": 2}, 6),
        ({"unpaid_solution_rounds": 9}, 10),
        ({"silence": 2.0}, 0),
        ({"silence": 2.1}, 4),
        ({"silence": 4.1}, 8),
        ({"days_to_prepare": 7}, 5),
        ({"days_to_prepare": 8}, 0),
        ({"last_known_budget_stage": "APPROVED"}, -10),
        ({"last_known_budget_stage": None}, 0),
        ({"account_kind_lean": -9}, -4),
        ({"earlier_leads_without_order": 0.5}, 4),
        ({"no_dated_next_step": 0}, -4),
        ({"silence_after_hand_over": 9}, 0),
        ({"silence_after_hand_over": 10}, 10),
    ],
)
def test_a_fact_is_worth_its_points(fact, worth):
    assert sum(points(fact, INTENT).values()) == worth


facts = st.fixed_dictionaries(
    {
        "unpaid_solution_rounds": st.none() | st.integers(0, 6),
        "silence": st.none() | st.floats(0, 9),
        "last_known_budget_stage": st.none() | st.sampled_from(["NO_BUDGET", "APPROVED"]),
        "paid_step": st.none() | st.sampled_from(["REFUSED", "ACCEPTED"]),
        "silence_after_hand_over": st.none() | st.integers(0, 40),
        "earlier_leads_without_order": st.none() | st.floats(0, 1),
        "first_ask": st.none() | st.just("BASIC_KNOWLEDGE"),
        "budget_unknown": st.none() | st.integers(0, 9),
    }
)


def as_frame(rows):
    words = {each.feature for each in INTENT.bins if each.answer}
    schema = {name: pl.String if name in words else pl.Float64 for name in INTENT.features}
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema, strict=False)


@given(st.lists(facts, min_size=1, max_size=5))
def test_frames_and_plain_facts_are_worth_the_same(rows):
    worth = contributions(as_frame(rows), INTENT)

    for row, found in zip(rows, worth, strict=True):
        plain = points(row, INTENT)
        assert found.sum() == pytest.approx(sum(plain.values()))
        assert {name: v for name, v in zip(INTENT.features, found, strict=True) if v} == (
            pytest.approx(plain)
        )


@given(facts)
def test_clipped_points_still_add_up_to_at_most_forty(row):
    assert abs(sum(points(row, INTENT).values())) <= 40 + 1e-9


def test_clipping_scales_each_contribution():
    body = "[points.a]\nfrom = [[1, 50]]\n[points.b]\nfrom = [[1, 30]]\n"

    assert points({"a": 1, "b": 1}, card(body, "a", "b")) == pytest.approx({"a": 25, "b": 15})


def test_ten_points_double_the_odds():
    base = np.array([0.5])
    found = chance(base, np.array([[10.0]]))[0]

    assert found / (1 - found) == pytest.approx(2)


def test_the_interval_widens_with_each_active_feature_and_holds_the_chance():
    base = np.array([0.77, 0.77, 0.77])
    worth = np.array([[0.0, 0.0], [10.0, 0.0], [5.0, 5.0]])
    low, high = interval(base, worth)

    assert list(np.round(high - low, 9)) == sorted(np.round(high - low, 9))
    assert all(low <= chance(base, worth))
    assert all(chance(base, worth) <= high)
    assert math.isclose(low[0], 0.77)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[points.a]\nfrom = [[2, 1], [1, 2]]\n", "points.a: the starts"),
        ('[points.a]\nfrom = [[1, "much"]]\n', "points.a: 'much' is not a number"),
        ("[points.a]\nis = { YES = true }\n", "points.a: True is not a number"),
        ("[points.unheard]\nfrom = [[1, 2]]\n", "points.unheard: there is no such feature"),
        ("[points.a]\nabove = [[1, 2]]\n", "points.a: write `is`"),
        ("[points.a]\n", "points.a: write `is`"),
        ("[points.a]\ntimes = 1\nbetween = [4, -4]\n", "points.a: between"),
        ("[points.a]\nfrom = [1, 2]\n", "points.a: write `from` as"),
        ("[points.a]\ntimes = 1\n", "points.a: write `between` as"),
        ("points = 3\n", "points is not a table"),
    ],
)
def test_a_points_file_that_cannot_be_used_says_where(body, said):
    with pytest.raises(ScorecardError, match="^.*" + said.replace(".", r"\.").split("[")[0]):
        card(body, "a")


def test_a_points_file_without_a_version_is_refused():
    with pytest.raises(ScorecardError, match="lacks: version"):
        scorecard_of({"target": "x", "clip": 1, "points": {}}, features=[])


def test_a_fed_feature_without_points_is_named():
    with pytest.raises(ScorecardError, match="No points for: b"):
        check_covers(card("[points.a]\nfrom = [[1, 2]]\n", "a", "b"), fed=["a", "b"])
