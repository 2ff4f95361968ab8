"""The challenger: boosted trees as steps per signal, exact, monotone and kept beside its record."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import sklearn
from polars import col
from skops import io

from scoring import artifacts, boosting, learners, originals, past
from scoring.artifacts import ArtifactError
from scoring.blend import Blend, Learner, from_json
from scoring.blend_columns import Kind, matrix
from scoring.boosting import Fitted
from scoring.feature import Risk
from scoring.scorecard import LOG_ODDS_PER_POINT, Numbers
from tests.scoring.pasts import CARD, a_telling_past
from tests.scoring.test_training import LATER, base_of, rows_of

RISKS = {feature.name: feature.risk for feature in past.CATALOGUE}


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return rows_of(a_telling_past(320, signal=3.0))


@pytest.fixture(scope="module")
def fitted(rows: pl.DataFrame) -> Fitted:
    return boosting.fit(rows, card=CARD, cut=LATER)


def steps_of(blend: Blend) -> dict[str, Numbers]:
    """Return the places of each number, first span to last."""
    return {
        column.feature: np.array(column.places)
        for column in blend.columns
        if column.kind is Kind.STEPS
    }


def test_the_plain_steps_say_what_the_trees_say(fitted: Fitted, rows: pl.DataFrame) -> None:
    learned = matrix(fitted.blend.columns, rows) @ np.array(fitted.blend.coefficients)
    said = fitted.model.decision_function(fitted.asked)

    assert np.ptp(said) > 1
    np.testing.assert_allclose(learned - learned[0], said - said[0], rtol=0, atol=1e-9)
    assert fitted.distance(fitted.model) < 1e-9


def test_values_never_seen_in_training_step_as_the_trees_do(fitted: Fitted) -> None:
    """Values beyond the seen ones, on a knot and just above it, take the side the trees take."""
    index = {each.feature: place for place, each in enumerate(fitted.blend.columns)}
    asked = boosting.questions(rows_of(a_telling_past(320, signal=3.0)), CARD, fields=())
    checked = 0
    for place, question in enumerate(asked):
        column = fitted.blend.columns[index.get(question.column.feature, 0)]
        if column.feature != question.column.feature or column.kind is not Kind.STEPS:
            continue
        tried = np.array([-1e6, *column.knots, *np.nextafter(column.knots, np.inf), 1e6])
        probes = np.tile(fitted.asked[0], (len(tried), 1))
        probes[:, place] = tried
        trees = fitted.model.decision_function(probes)
        np.testing.assert_allclose(np.diff(column.placed(tried)), np.diff(trees), atol=1e-9)
        checked += 1
    assert checked


def test_contributions_and_start_are_the_log_odds_exactly(
    fitted: Fitted, rows: pl.DataFrame
) -> None:
    blend = fitted.blend
    chance = blend.chance(rows, CARD, base_rate=base_of(rows))

    total = blend.start(base_of(rows)) + LOG_ODDS_PER_POINT * blend.worth(rows, CARD).sum(axis=1)

    np.testing.assert_allclose(np.log(chance / (1 - chance)), total, rtol=0, atol=1e-12)


def test_a_fact_that_is_not_known_adds_nothing(fitted: Fitted, rows: pl.DataFrame) -> None:
    names = {column.feature for column in fitted.blend.columns}
    silent = rows.with_columns(pl.lit(None, dtype=rows.schema[name]).alias(name) for name in names)

    assert len(names) > 1
    assert (fitted.blend.learned(silent, CARD) == 0).all()


def test_risk_never_falls_where_it_is_known_to_rise(fitted: Fitted) -> None:
    signed = {Risk.RISES: 1, Risk.FALLS: -1}
    steps = {name: each for name, each in steps_of(fitted.blend).items() if RISKS[name] in signed}

    assert steps
    for name, places in steps.items():
        assert (signed[RISKS[name]] * np.diff(places) >= -1e-12).all()


def test_the_kind_of_account_is_left_to_the_points(rows: pl.DataFrame) -> None:
    telling = rows.with_columns(
        account_kind_lean=4.0 * (2.0 * col("label") - 1),
        account_kind_own=pl.when(col("label") == 1).then(pl.lit("SOE")).otherwise(pl.lit("SME")),
    )

    blend = boosting.fit(telling, card=CARD, cut=LATER).blend

    asked = {column.feature for column in blend.columns}
    assert asked.isdisjoint({"account_kind_lean", "account_kind_own"})


def test_a_column_without_any_value_is_dropped(rows: pl.DataFrame) -> None:
    empty = rows.with_columns(reply_days=pl.lit(None, dtype=pl.Float64))

    blend = boosting.fit(empty, card=CARD, cut=LATER).blend

    assert "reply_days" not in {column.feature for column in blend.columns}


def test_own_fields_are_asked_and_keep_their_answers(rows: pl.DataFrame) -> None:
    known = rows.with_columns(
        industry=pl.when(col("label") == 1).then(pl.lit("retail")).otherwise(pl.lit("steel")),
        staff=col("lead_id").cast(pl.Float64),
    )

    blend = boosting.fit(known, card=CARD, cut=LATER, fields=["industry", "staff"]).blend

    by_answer = {column.answer for column in blend.columns if column.feature == "industry"}
    assert by_answer & {"retail", "steel"}
    added = blend.learned(known, CARD)[:, blend.features(CARD).index("industry")]
    label = known.get_column("label").to_numpy()
    assert added[label == 1].mean() > added[label == 0].mean()


def test_training_twice_gives_the_same_numbers(fitted: Fitted, rows: pl.DataFrame) -> None:
    assert boosting.fit(rows, card=CARD, cut=LATER).blend == fitted.blend


def test_a_stored_challenger_scores_as_the_trained_one(
    fitted: Fitted, rows: pl.DataFrame, tmp_path: Path
) -> None:
    checksum = artifacts.save(fitted.blend.as_json(), tmp_path)

    stored = from_json(artifacts.load(checksum, tmp_path))

    assert stored == fitted.blend
    assert stored.learner is Learner.BOOSTED
    np.testing.assert_array_equal(stored.worth(rows, CARD), fitted.blend.worth(rows, CARD))


def test_the_interval_holds_the_chance(fitted: Fitted, rows: pl.DataFrame) -> None:
    base = base_of(rows)

    low, high = fitted.blend.interval(rows, CARD, base_rate=base)
    chance = fitted.blend.chance(rows, CARD, base_rate=base)

    assert ((low < chance) & (chance < high)).all()


def test_with_too_few_of_a_kind_the_blend_learns_instead() -> None:
    few = rows_of(a_telling_past(120))

    blend = learners.train(Learner.BOOSTED, few, card=CARD, cut=LATER)

    assert not boosting.may_train(few)
    assert blend.learner is Learner.BLEND


def test_own_data_alone_leave_experience_out(rows: pl.DataFrame) -> None:
    blend = learners.train(Learner.LINE, rows, card=CARD, cut=LATER)

    assert blend.share == 1
    assert (blend.experience(rows, CARD) == 0).all()
    both = learners.every(rows, card=CARD, cut=LATER)
    assert both[Learner.LINE] == blend
    assert set(both) == set(Learner)


def test_the_record_says_the_same_after_a_while_on_disk(fitted: Fitted, tmp_path: Path) -> None:
    checksum = originals.save(fitted.model, tmp_path)

    assert fitted.distance(originals.load(checksum, tmp_path)) < 1e-9
    assert originals.save(fitted.model, tmp_path / "other") != ""


@pytest.mark.parametrize("content", [None, b"", b"half of it"])
def test_a_damaged_or_missing_record_is_said_so(
    fitted: Fitted, tmp_path: Path, content: bytes | None
) -> None:
    checksum = originals.save(fitted.model, tmp_path)
    path = artifacts.path_of(checksum, tmp_path, ending=originals.ENDING)
    path.unlink() if content is None else path.write_bytes(content)

    with pytest.raises(ArtifactError, match=checksum[:12]):
        originals.load(checksum, tmp_path)


def kept(content: object, folder: Path) -> str:
    return artifacts.write(io.dumps(content), folder, ending=originals.ENDING)


def test_a_record_of_another_library_version_is_refused(fitted: Fitted, tmp_path: Path) -> None:
    checksum = kept({"library": "0.1", "model": fitted.model}, tmp_path)

    with pytest.raises(ArtifactError, match=r"scikit-learn 0\.1"):
        originals.load(checksum, tmp_path)


def test_a_record_with_a_foreign_type_is_never_opened(tmp_path: Path) -> None:
    checksum = kept({"library": sklearn.__version__, "model": subprocess.run}, tmp_path)

    with pytest.raises(ArtifactError, match=r"subprocess\.run"):
        originals.load(checksum, tmp_path)


def test_scoring_with_a_stored_challenger_loads_no_learner(fitted: Fitted, tmp_path: Path) -> None:
    checksum = artifacts.save(fitted.blend.as_json(), tmp_path)
    code = (
        "import sys; from pathlib import Path; from scoring import artifacts, blend;"
        f"blend.from_json(artifacts.load({checksum!r}, Path({str(tmp_path)!r})));"
        "sys.exit('sklearn' in sys.modules or 'skops' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
