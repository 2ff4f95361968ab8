"""What is learned from own outcomes, and how it blends with experience."""

import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars import col

from crm.reason_texts import text
from scoring import artifacts, numbers, past, scorecard, training
from scoring.blend import Blend, BlendError, Outcomes, from_json
from scoring.blend_columns import Column, Kind, matrix
from scoring.past import History
from scoring.scorecard import LOG_ODDS_PER_POINT
from tests.scoring.pasts import (
    CARD,
    DAY,
    START,
    a_past,
    a_telling_past,
    flipped,
    lead,
    leads_of,
)

LATER = START + 600 * DAY


def rows_of(history: History, *, cut: datetime = LATER) -> pl.DataFrame:
    values = past.values_at(history, past.training_moments(history))
    return past.labelled(history, values, cut=cut, target="NO_ORDER")


def blend_of(history: History) -> tuple[Blend, pl.DataFrame]:
    rows = rows_of(history)
    return training.train(rows, card=CARD, cut=LATER), rows


def base_of(rows: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return rows.get_column("base_rate").to_numpy()


def test_a_lead_has_landmarks_by_days_and_by_interactions_while_it_runs() -> None:
    met = pl.DataFrame(
        {"lead_id": [1] * 5, "id": range(5), "happened_at": [START + n * DAY for n in range(1, 6)]},
        schema_overrides={"happened_at": pl.Datetime("us", "UTC")},
    )
    history = a_past(leads_of(lead(1, closed=31, outcome="LOST")), met)

    moments = past.training_moments(history).get_column("as_of").to_list()

    assert [(moment - START).days for moment in moments] == [0, 2, 4, 14, 30]


def test_a_lead_entered_late_has_no_landmark_before_it_was_known() -> None:
    history = a_past(leads_of(lead(1, recorded_at=START + 20 * DAY)))

    moments = past.training_moments(history).get_column("as_of").to_list()

    assert [(moment - START).days for moment in moments] == [30, 60, 90]


def test_the_rows_of_each_lead_weigh_one_together() -> None:
    rows = rows_of(a_telling_past(40))

    weights = rows.group_by("lead_id").agg(col("weight").sum()).get_column("weight")

    assert rows.height > 40
    assert weights.to_list() == pytest.approx([1.0] * 40)


@pytest.mark.parametrize(
    ("positives", "negatives", "share"),
    [(6, 3, 0), (20, 2, 0), (7, 3, 6 / 56), (30, 10, 20 / 70), (50, 50, 100 / 150)],
)
def test_own_outcomes_weigh_by_the_rarer_class(
    positives: int, negatives: int, share: float
) -> None:
    outcomes = Outcomes(positives + negatives, positives, negatives)

    assert training.share_of(outcomes) == pytest.approx(share)


def test_without_outcomes_the_blend_is_the_points() -> None:
    history = a_telling_past(9)
    blend, rows = blend_of(history)
    worth = scorecard.contributions(rows, CARD)

    assert blend.share == 0
    np.testing.assert_array_equal(blend.worth(rows, CARD), worth)
    np.testing.assert_allclose(
        blend.chance(rows, CARD, base_rate=base_of(rows)),
        scorecard.chance(base_of(rows), worth),
    )
    for of_blend, of_points in zip(
        blend.interval(rows, CARD, base_rate=base_of(rows)),
        scorecard.interval(base_of(rows), worth),
        strict=True,
    ):
        np.testing.assert_allclose(of_blend, of_points)


def test_contributions_and_start_are_the_log_odds_exactly() -> None:
    blend, rows = blend_of(a_telling_past(80))
    chance = blend.chance(rows, CARD, base_rate=base_of(rows))

    total = blend.start(base_of(rows)) + LOG_ODDS_PER_POINT * blend.worth(rows, CARD).sum(axis=1)

    assert blend.share > 0.3
    np.testing.assert_allclose(np.log(chance / (1 - chance)), total, rtol=0, atol=1e-12)
    both = blend.experience(rows, CARD) + blend.learned(rows, CARD)
    np.testing.assert_allclose(both, blend.worth(rows, CARD), rtol=0, atol=1e-12)


def test_a_fact_that_a_lead_does_not_have_adds_nothing() -> None:
    blend, rows = blend_of(a_telling_past(80))
    at = blend.features(CARD).index("last_known_budget_stage")
    unknown = rows.with_columns(last_known_budget_stage=pl.lit(None, dtype=pl.String))

    assert (blend.worth(rows, CARD)[:, at] != 0).any()
    assert (blend.worth(unknown, CARD)[:, at] == 0).all()


def test_the_sign_of_the_data_is_learned() -> None:
    blend, rows = blend_of(a_telling_past(200))
    at = blend.features(CARD).index("last_known_budget_stage")
    learned = blend.learned(rows, CARD)[:, at]
    budget = rows.get_column("last_known_budget_stage").to_numpy()

    assert learned[budget == "NO_BUDGET"].min() > 0 > learned[budget == "APPLIED"].max()


def test_points_that_point_the_wrong_way_lose_their_weight() -> None:
    rows = rows_of(a_telling_past(200))
    outcomes = training.outcomes_of(rows)

    assert training.slope_of(rows, CARD, outcomes) > 0.9
    wrong = training.slope_of(rows, flipped(CARD), outcomes)
    assert wrong == pytest.approx(30 / (outcomes.effective + 30))


def test_a_scale_of_the_points_never_grows_by_more_than_a_quarter() -> None:
    history = a_telling_past(200)
    rows = rows_of(history).with_columns(account_kind_lean=4.0 * (2.0 * col("label") - 1))

    blend = training.train(rows, card=CARD, cut=LATER, c=100.0)

    added = blend.learned(rows, CARD)[:, blend.features(CARD).index("account_kind_lean")]
    assert np.abs(added).max() / blend.share == pytest.approx(5)


@pytest.mark.parametrize("lean", [0.0, 1.0, 4.0])
def test_the_kind_of_account_says_no_more_than_five_points_in_all(lean: float) -> None:
    is_bad = col("label") == 1
    rows = rows_of(a_telling_past(200)).with_columns(
        account_kind_lean=pl.when(is_bad).then(lean).otherwise(-lean),
        account_kind_own=pl.when(is_bad).then(pl.lit("GOVERNMENT")).otherwise(pl.lit("SME")),
    )

    blend = training.train(rows, card=CARD, cut=LATER, c=100.0)

    names, added = blend.features(CARD), blend.learned(rows, CARD) / blend.share
    own = np.abs(added[:, names.index("account_kind_own")]).max()
    scale = np.abs(added[:, names.index("account_kind_lean")]).max()
    at_its_end = 4 * scale / lean if lean else 0.0
    assert own + at_its_end == pytest.approx(5)


def test_what_kind_of_account_ends_badly_is_learned_from_own_leads() -> None:
    rows = rows_of(a_telling_past(200)).with_columns(
        account_kind_own=pl.when(col("lead_id") % 3 > col("label")).then(pl.lit("SME"))
    )

    blend = training.train(rows, card=CARD, cut=LATER)

    learned = blend.learned(rows, CARD)[:, blend.features(CARD).index("account_kind_own")]
    is_small = (rows.get_column("account_kind_own") == "SME").fill_null(value=False).to_numpy()
    assert learned[is_small].max() < 0
    assert not learned[~is_small].any()


def test_a_field_left_empty_may_say_more_than_what_stands_in_it() -> None:
    is_bad = col("label") == 1
    answered = rows_of(a_telling_past(200)).with_columns(
        told=pl.when(is_bad).then(pl.lit("yes")).otherwise(pl.lit("no")),
        silent=pl.when(~is_bad).then(pl.lit("yes")),
    )

    blend = training.train(answered, card=CARD, cut=LATER, fields=["told", "silent"])

    strength = dict(zip(blend.columns, blend.coefficients, strict=True))
    empty = next(strength[each] for each in strength if each.kind is Kind.MISSING)
    said = next(
        strength[each] for each in strength if (each.feature, each.answer) == ("told", "yes")
    )
    assert empty > said > 0


def test_the_kind_of_account_alone_tells_all_that_its_sentence_says() -> None:
    kind = numbers.ACCOUNT_KIND
    params = {kind.says: "LISTED", **dict.fromkeys(kind.told, 3)}

    assert text({"code": kind.reason_code, "points": 3.0, "params": params}) != "F05"


def test_the_interval_holds_the_chance_and_narrows_with_outcomes() -> None:
    few, few_rows = blend_of(a_telling_past(40))
    many, many_rows = blend_of(a_telling_past(400))

    def width(blend: Blend, rows: pl.DataFrame) -> float:
        low, high = blend.interval(rows, CARD, base_rate=base_of(rows))
        chance = blend.chance(rows, CARD, base_rate=base_of(rows))
        assert ((low <= chance) & (chance <= high)).all()
        return float((high - low).mean())

    assert width(many, many_rows) < width(few, few_rows)


def test_training_twice_gives_the_same_blend() -> None:
    history = a_telling_past(60)

    assert blend_of(history)[0] == blend_of(history)[0]


def test_only_ends_known_at_the_cut_teach() -> None:
    history = a_telling_past(100)
    cut = START + 60 * DAY
    mixed = history.leads.with_columns(
        outcome=pl.when(col("closed_at") > cut).then(pl.lit("WON")).otherwise("outcome")
    )
    before = rows_of(history, cut=cut)
    after = rows_of(replace(history, leads=mixed), cut=cut)

    assert before.height > 0
    assert before.equals(after)
    assert before.select(col("as_of").max()).item() <= cut


def test_own_fields_are_learned_with_their_answers_and_gaps() -> None:
    history = a_telling_past(200)
    known = history.leads.select(
        "lead_id",
        known_at="opened_at",
        industry=pl.when(col("outcome") == "WON").then(pl.lit("steel")).otherwise(pl.lit("retail")),
        staff=pl.when(col("lead_id") % 3 > 0).then(col("lead_id").cast(pl.Float64)),
    )
    rows = rows_of(replace(history, fields=[known]))

    blend = training.train(rows, card=CARD, cut=LATER, fields=["industry", "staff"])

    kinds = {(column.feature, column.kind) for column in blend.columns}
    assert {("industry", Kind.ANSWER), ("staff", Kind.NUMBER), ("staff", Kind.MISSING)} <= kinds
    learned = blend.learned(rows, CARD)
    industry = learned[:, blend.features(CARD).index("industry")]
    assert industry[rows.get_column("label").to_numpy() == 1].min() > 0
    assert np.average(industry, weights=None) == pytest.approx(0, abs=2)
    counts = {each.answer: each.n for each in blend.columns if each.feature == "industry"}
    assert counts["steel"] + counts["retail"] == rows.get_column("lead_id").n_unique()


def test_an_answer_that_was_never_seen_adds_nothing() -> None:
    columns = [
        Column("region", Kind.ANSWER, answer="north", mean=0.6),
        Column("region", Kind.ANSWER, answer="south", mean=0.3),
        Column("size", Kind.MISSING, mean=0.2),
    ]
    values = pl.DataFrame({"region": ["north", "west", None], "size": [1.0, None, 1.0]})

    found = matrix(columns, values)

    assert found[0].tolist() == pytest.approx([0.4, -0.3, -0.2])
    assert found[1].tolist() == pytest.approx([0, 0, 0.8])
    assert found[2].tolist() == pytest.approx([0, 0, -0.2])


def test_a_number_beyond_those_seen_counts_as_the_outermost() -> None:
    number = Column("days", Kind.NUMBER, knots=(0.0, 10.0), places=(-1.0, 1.0), mean=0.25)
    values = pl.DataFrame({"days": [-5.0, 5.0, 99.0, None]})

    assert matrix([number], values)[:, 0].tolist() == [-1.25, -0.25, 0.75, 0.0]


def test_a_stored_blend_scores_as_the_trained_one(tmp_path: Path) -> None:
    blend, rows = blend_of(a_telling_past(60))

    stored = from_json(artifacts.load(artifacts.save(blend.as_json(), tmp_path), tmp_path))

    assert stored == blend
    np.testing.assert_array_equal(stored.worth(rows, CARD), blend.worth(rows, CARD))


def test_the_same_model_has_the_same_name(tmp_path: Path) -> None:
    data = blend_of(a_telling_past(60))[0].as_json()

    assert artifacts.save(data, tmp_path) == artifacts.save(dict(reversed(data.items())), tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"{}", None])
def test_a_damaged_or_missing_model_is_said_so(tmp_path: Path, content: bytes | None) -> None:
    checksum = artifacts.save({"format": 1}, tmp_path)
    stored = artifacts.path_of(checksum, tmp_path)
    stored.unlink() if content is None else stored.write_bytes(content)

    with pytest.raises(artifacts.ArtifactError, match=checksum[:12]):
        artifacts.load(checksum, tmp_path)


@pytest.mark.parametrize("change", [{"format": 2}, {"columns": []}, {"share": 1, "odd": 1}])
def test_a_blend_of_another_form_is_refused(change: dict[str, object]) -> None:
    data = blend_of(a_telling_past(60))[0].as_json()

    with pytest.raises(BlendError):
        from_json({**data, **change})


def test_scoring_with_a_stored_blend_loads_no_learner() -> None:
    code = "import sys, scoring.blend, scoring.artifacts; sys.exit('sklearn' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
