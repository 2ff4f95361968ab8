"""What a chance means beside the usual rate."""

import numpy as np
import pytest

from scoring import features, verdict
from scoring.verdict import Signals
from scoring.vocabulary import Pattern, Verdict

GROUPS = {each.reason_code: each.group for each in features.FEATURES}
TWO_GROUPS = {"F10": 10.0, "F06": 6.0}


def of_a_lead(points: dict[str, float]) -> Signals:
    return Signals(tuple(points), np.array([list(points.values())]), GROUPS)


def judged(ratio: float, signals: dict[str, float] = TWO_GROUPS, previous: str = "") -> Verdict:
    (word,) = verdict.verdicts(
        order_chance=np.array([0.2 * ratio]),
        usual_rate=np.array([0.2]),
        signals=of_a_lead(signals),
        previous=np.array([previous]),
    )
    return Verdict(word)


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(0.32, Verdict.LOW), (0.34, Verdict.WATCH), (0.66, Verdict.WATCH), (0.67, Verdict.NONE)],
)
def test_low_is_below_a_third_of_the_usual_rate_and_watch_below_two(ratio, expected):
    assert judged(ratio) is expected


@pytest.mark.parametrize(
    ("ratio", "previous", "expected"),
    [
        (0.39, "LOW", Verdict.LOW),
        (0.41, "LOW", Verdict.WATCH),
        (0.74, "WATCH", Verdict.WATCH),
        (0.74, "LOW", Verdict.WATCH),
        (0.76, "WATCH", Verdict.NONE),
        (0.39, "WATCH", Verdict.WATCH),
        (0.7, "NONE", Verdict.NONE),
    ],
)
def test_a_lead_leaves_a_mark_later_than_it_came_to_it(ratio, previous, expected):
    assert judged(ratio, previous=previous) is expected


@pytest.mark.parametrize(
    "signals", [{"F10": 10.0, "F01": 8.0}, {"F10": 10.0, "F05": 4.0, "F28": 8.0}, {}]
)
def test_one_group_and_the_context_never_make_a_mark(signals):
    assert judged(0.01, signals) is Verdict.NONE
    assert judged(0.01, signals, previous="LOW") is Verdict.NONE


@pytest.mark.parametrize(
    ("signals", "interactions", "may"),
    [
        (TWO_GROUPS, 3, True),
        (TWO_GROUPS, 2, False),
        ({"F23": 5.0, "F25": 4.0}, 0, True),
        ({"F23": 5.0}, 2, False),
        ({"F23": 5.0, "F06": 6.0}, 2, False),
    ],
)
def test_no_verdict_before_three_interactions_but_for_a_short_tender(signals, interactions, may):
    assert verdict.may_judge(of_a_lead(signals), np.array([interactions])).tolist() == [may]


def test_points_that_speak_for_an_order_are_no_signals():
    assert judged(0.01, {"F10": 10.0, "F06": -6.0}) is Verdict.NONE


def test_many_leads_are_judged_as_each_alone():
    ratios, words = [0.3, 0.39, 0.5, 0.8], ["", "LOW", "WATCH", "LOW"]
    signals = Signals(tuple(TWO_GROUPS), np.array([list(TWO_GROUPS.values())] * 4), GROUPS)

    together = verdict.verdicts(
        order_chance=0.2 * np.array(ratios),
        usual_rate=np.full(4, 0.2),
        signals=signals,
        previous=np.array(words),
    )

    each = [judged(ratio, previous=word) for ratio, word in zip(ratios, words, strict=True)]
    assert together.tolist() == each


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ({"F10": 10.0, "F15": 10.0, "F23": 11.0}, Pattern.FREE_CONSULTING),
        ({"F24": 12.0, "F13": 7.0}, Pattern.FREE_CONSULTING),
        ({"F23": 11.0, "F03": 8.0, "F10": 10.0}, Pattern.COLUMN_FODDER),
        ({"F08": 6.0, "F17": 8.0, "F10": 2.0}, Pattern.GOING_THROUGH_THE_MOTIONS),
        ({"F10": 6.0, "F06": 6.0}, Pattern.LOW_INTENT),
        ({"F10": 10.0, "F23": 10.0}, Pattern.LOW_INTENT),
        ({}, Pattern.LOW_INTENT),
    ],
)
def test_the_heaviest_set_of_signals_names_the_pattern(signals, expected):
    assert verdict.pattern(signals, GROUPS) is expected
