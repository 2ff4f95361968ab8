"""The figures of the score page."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from polars import col, lit, when

from scoring import beside_experts, training, trust
from scoring.blend import Blend
from scoring.labels import NO_ORDER
from scoring.past import History, labelled, training_values
from tests.scoring.pasts import CARD, DAY, START, a_past, a_telling_past, lead, leads_of

UNTRAINED = Blend(NO_ORDER, CARD.version, START.isoformat())
LATER = START + 400 * DAY


def figures(history: History) -> dict[str, Any]:
    values = training_values(history, until=LATER)
    return trust.figures(history, values, card=CARD, trained=UNTRAINED, until=LATER)


def test_a_past_without_leads_has_no_figures_but_the_points():
    found = figures(a_past(leads_of()))

    assert found["n"] == 0
    assert len(found["signals"]) == len(CARD.bins)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_tiny_past_is_counted_and_breaks_nothing(count: int):
    found = figures(a_telling_past(count))

    assert found["n"] <= count
    assert len(found["calibration"]) == 4


def test_how_later_leads_end_does_not_change_what_was_said_of_earlier_ones():
    history = a_telling_past(120)
    cut = START + 100 * DAY
    turned = history.leads.with_columns(
        outcome=when(col("opened_at") >= cut)
        .then(when(col("outcome") == "WON").then(lit("LOST")).otherwise(lit("WON")))
        .otherwise(col("outcome"))
    )

    said = {row[0]: row[2] for row in figures(history)["leads"]}
    other = {row[0]: row[2] for row in figures(replace(history, leads=turned))["leads"]}

    assert all(said[key] == other[key] for key in said if key < 100)


def test_the_moment_is_a_day_at_which_most_leads_still_ran():
    assert figures(a_telling_past(60))["day"] == 14  # all of them close on day 20


def test_a_band_says_how_many_of_its_leads_ordered():
    label = np.array([1.0, 1, 0, 1, 0, 0])
    chance = np.array([0.05, 0.06, 0.10, 0.18, 0.5, 0.9])

    low, watch, usual, often = trust.calibration(label, 1 - chance, 0.23)

    assert (low["orders"], low["n"]) == (0, 2)
    assert (watch["orders"], watch["n"]) == (1, 1)
    assert (usual["orders"], usual["n"]) == (0, 1)
    assert (often["orders"], often["n"]) == (2, 2)


def test_an_interval_holds_its_share_and_stays_within_bounds():
    low, high = trust.interval(3, 6)

    assert 0 < low < 0.5 < high < 1
    assert trust.interval(0, 0) == (0.0, 1.0)
    assert trust.interval(0, 4)[0] == 0.0


def test_a_shift_is_said_only_of_enough_leads_and_grows_with_it():
    rng = np.random.default_rng(1)
    same, moved = rng.random(300), np.r_[rng.random(200), rng.random(100) * 0.3]

    calm, grown = trust.shift(same), trust.shift(moved)

    assert trust.shift(same[:30]) is None
    assert calm is not None
    assert grown is not None
    assert calm["index"] < 0.25 < grown["index"]


def test_own_data_stand_beside_the_points_in_their_unit():
    history = a_telling_past(120)
    known = labelled(history, training_values(history, until=LATER), cut=LATER, target=NO_ORDER)
    blend = training.train(known, card=CARD, cut=LATER)

    rows = {
        (row["feature"], row["answer"]): row for row in beside_experts.signals(blend, CARD, known)
    }
    budget = rows["last_known_budget_stage", "NO_BUDGET"]

    assert budget["points"] == 8
    assert budget["low"] < budget["data"] < budget["high"]
    assert budget["n"] > 20
    assert min(blend.slope * 8 * 0.5, 8) < budget["in_use"] < budget["data"]


def test_a_field_that_tells_the_end_alone_is_named_first():
    rows = leads_of(*(lead(key, opened=key, closed=key + 20) for key in range(40)))
    frame = rows.with_columns(
        label=(col("lead_id") % 2), tells=(col("lead_id") % 2) * 1.0, other=col("lead_id") * 1.0
    )

    first, *_rest = beside_experts.strongest(frame, ["other", "tells"])

    assert first["feature"] == "tells"
    assert first["auc"] == 1.0
