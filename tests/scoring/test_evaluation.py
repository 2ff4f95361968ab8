"""What would have been said at the time, and how good it was."""

import math
from dataclasses import replace
from datetime import datetime

import numpy as np
import polars as pl
import pytest
from polars import col
from sklearn import metrics

from scoring import evaluation, measures, past
from scoring.blend import Blend
from scoring.evaluation import Gate, Landmark, LandmarkError, backtest
from scoring.past import History
from scoring.scorecard import Scorecard
from tests.scoring.pasts import CARD, DAY, START, a_telling_past, flipped

UNTIL = START + 700 * DAY
AT_FOUR = Landmark(interactions=4)


def trained(history: History, cut: datetime) -> Blend:
    values = past.training_values(history, until=UNTIL)
    return evaluation.train_until(history, values, card=CARD, cut=cut)


def judged_by_gate(history: History, card: Scorecard) -> Gate:
    values = past.training_values(history, until=UNTIL)
    return evaluation.gate(history, values, card=card, until=UNTIL)


@pytest.fixture(scope="module")
def said() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    chance = rng.uniform(0.05, 0.95, 900).round(2)
    return (rng.random(900) < chance).astype(float), chance


def test_measures_agree_with_a_reference(said: tuple[np.ndarray, np.ndarray]) -> None:
    label, chance = said

    assert measures.auc(label, chance) == pytest.approx(metrics.roc_auc_score(label, chance))
    assert measures.average_precision(label, chance) == pytest.approx(
        metrics.average_precision_score(label, chance)
    )
    assert measures.brier(label, chance) == pytest.approx(metrics.brier_score_loss(label, chance))
    assert measures.log_loss(label, chance) == pytest.approx(metrics.log_loss(label, chance))


def test_honest_chances_have_a_slope_of_one_and_bold_ones_less(
    said: tuple[np.ndarray, np.ndarray],
) -> None:
    label, chance = said
    odds = np.log(chance / (1 - chance))
    bold = 1 / (1 + np.exp(-2 * odds))

    assert measures.calibration_slope(label, chance) == pytest.approx(1, abs=0.2)
    assert measures.calibration_slope(label, bold) == pytest.approx(
        measures.calibration_slope(label, chance) / 2, rel=1e-3
    )


def test_a_figure_without_meaning_is_left_empty() -> None:
    only_orders = measures.measured(np.zeros(5), np.full(5, 0.3), np.arange(5))

    assert only_orders["auc"] == measures.Measured(None)
    assert only_orders["calibration_slope"] == measures.Measured(None)
    assert only_orders["brier"].value == pytest.approx(0.09)


def test_no_leads_measure_nothing() -> None:
    nothing = np.array([])

    assert measures.measured(nothing, nothing, nothing)["auc"] == measures.Measured(None)


def test_the_interval_is_wider_when_few_accounts_stand_behind_it(
    said: tuple[np.ndarray, np.ndarray],
) -> None:
    label, chance = (np.repeat(each[:30], 10) for each in said)

    def width(accounts: np.ndarray) -> float:
        figure = measures.measured(label, chance, accounts)["brier"]
        assert figure.low is not None
        assert figure.high is not None
        return figure.high - figure.low

    assert width(np.repeat(np.arange(30), 10)) > 2 * width(np.arange(300))


def test_stopping_says_hours_saved_and_orders_lost() -> None:
    label, hours = np.array([1.0, 1, 0, 1]), np.array([10.0, 20, 40, 70])

    found = measures.stop(label, hours, np.array([True, False, True, False]))

    assert (found.leads, found.orders_lost, found.hours_saved) == (2, 1, 10)
    assert found.lost_share == 1
    assert found.saved_share == pytest.approx(0.1)


def test_the_best_stop_ends_before_too_many_orders_are_lost() -> None:
    label = np.array([1.0, 1, 0, 1, 0])
    chance, hours = np.array([0.9, 0.8, 0.7, 0.6, 0.1]), np.full(5, 10.0)

    assert measures.best_stop(label, chance, hours, lost_share=0.4).leads == 2
    assert measures.best_stop(label, chance, hours, lost_share=0.5).leads == 4


def test_the_best_stop_does_not_part_leads_of_equal_chance() -> None:
    label, hours = np.array([1.0, 0, 1]), np.full(3, 10.0)

    assert measures.best_stop(label, np.full(3, 0.5), hours, lost_share=0.0).leads == 0


@pytest.mark.parametrize(
    ("text", "landmark"),
    [
        ("opening", Landmark(days=0)),
        ("day:30", Landmark(days=30)),
        ("interactions:4", Landmark(interactions=4)),
    ],
)
def test_a_landmark_is_read(text: str, landmark: Landmark) -> None:
    assert Landmark.parse(text) == landmark


@pytest.mark.parametrize("text", ["", "day", "day:x", "weeks:2", "interactions:-1"])
def test_a_landmark_that_cannot_be_read_says_how_to_write_it(text: str) -> None:
    with pytest.raises(LandmarkError, match="opening, day:14, interactions:4"):
        Landmark.parse(text)


def test_a_backtest_scores_later_leads_by_what_earlier_ones_taught() -> None:
    history = a_telling_past(300)

    found = backtest(history, card=CARD, landmark=AT_FOUR, until=UNTIL)

    assert found.cut == START + 210 * DAY
    assert found.rows.height == 90
    assert found.rows.get_column("opened_at").min() == found.cut
    assert set(evaluation.CSV_COLUMNS) <= set(found.rows.columns)
    # The last leads before the cut were still running at it.
    assert found.rows.get_column("trained_on").unique().to_list() == [191]
    scorers = found.as_json()["scorers"]
    assert set(scorers) == {"blend", "points", "learned", "base_rate"}
    assert all(scorer["n"] == 90 for scorer in scorers.values())
    assert scorers["blend"]["auc"]["value"] > 0.65
    assert scorers["blend"]["brier"]["value"] < scorers["base_rate"]["brier"]["value"]


def test_what_is_known_only_after_the_cut_changes_no_model() -> None:
    history = a_telling_past(200)
    cut = evaluation.cut_of(history)
    turned = pl.when(col("outcome") == "WON").then(pl.lit("LOST")).otherwise(pl.lit("WON"))
    mixed = history.leads.with_columns(
        outcome=pl.when(col("closed_at") > cut).then(turned).otherwise("outcome")
    )

    before = trained(history, cut)
    after = trained(replace(history, leads=mixed), cut)

    assert before.share > 0
    assert before == after


def test_too_few_outcomes_leave_the_learned_part_out() -> None:
    found = backtest(a_telling_past(12), card=CARD, landmark=AT_FOUR, until=UNTIL)

    assert set(found.as_json()["scorers"]) == {"blend", "points", "base_rate"}
    np.testing.assert_allclose(
        found.rows.get_column("probability"), found.rows.get_column("probability_points")
    )


def test_the_gate_lets_a_signal_through_and_refuses_noise() -> None:
    telling = judged_by_gate(a_telling_past(300), CARD)
    noise = judged_by_gate(a_telling_past(300, signal=0.0, seed=1), CARD)

    assert telling.learned_wins is not None
    assert telling.learned_wins > 0.9
    assert not telling.withdraws
    assert noise.withdraws
    assert not telling.is_unproven


def test_points_that_do_not_work_are_named_and_outgrown() -> None:
    history = a_telling_past(300)
    wrong = flipped(CARD)

    judged = judged_by_gate(history, wrong)
    scorers = backtest(history, card=wrong, landmark=AT_FOUR, until=UNTIL).as_json()["scorers"]

    assert judged.points_fail
    assert scorers["points"]["auc"]["value"] < 0.5 < scorers["blend"]["auc"]["value"]


@pytest.mark.parametrize("seed", [0, 3])
def test_flipped_points_are_named_before_a_hundred_ends_and_outgrown_by_two_hundred(
    seed: int,
) -> None:
    wrong = flipped(CARD)

    assert judged_by_gate(a_telling_past(90, seed=seed), wrong).points_fail

    for leads, later in ((150, 0.2), (230, 0.2)):
        found = backtest(
            a_telling_past(leads, seed=seed),
            card=wrong,
            landmark=AT_FOUR,
            until=UNTIL,
            test_share=later,
        ).as_json()
        brier = {name: said["brier"]["value"] for name, said in found["scorers"].items()}
        assert 100 <= found["trained_on"]["deals"] <= 200
        assert brier["blend"] < brier["base_rate"] < brier["points"]


def test_a_handful_of_leads_is_not_judged() -> None:
    judged = judged_by_gate(a_telling_past(20), CARD)

    assert judged.is_unproven
    assert not judged.withdraws
    assert not judged.points_fail


def test_an_impossible_chance_still_has_a_finite_loss() -> None:
    assert math.isfinite(measures.log_loss(np.array([1.0, 0.0]), np.array([0.0, 1.0])))
