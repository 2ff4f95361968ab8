"""The challenger: boosted trees of which each asks of one signal, read off as steps per signal.

Without interactions the log-odds are a sum of functions of one signal each, and each function is
a flight of steps. They are read off the fitted model once, at training: scoring then needs numpy
alone, what each signal adds is exact, and what-if is, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier

from scoring import labels, past, training
from scoring.blend import Blend, Learner, expit
from scoring.blend_columns import Column, Kind, column_of_bin, matrix, raw_matrix
from scoring.feature import Risk
from scoring.scorecard import Numbers, Scorecard

FEWEST_OF_A_CLASS = 100
# Chosen on six simulated worlds of 2,000 leads: ten others rank up to 0.03 worse, none better.
TREES, LEARNING_RATE, MOST_LEAVES = 300, 0.1, 3
FEWEST_ROWS_IN_A_LEAF, L2 = 60, 5.0
FEWEST_ROWS = 2 * FEWEST_ROWS_IN_A_LEAF
LEAST_STRENGTH = 0.05
SIGNS = {Risk.RISES: 1, Risk.FALLS: -1, Risk.EITHER: 0}


@dataclass(frozen=True)
class Fitted:
    """A trained challenger: as plain numbers, and as the learner's own model with its rows."""

    blend: Blend
    model: HistGradientBoostingClassifier
    asked: Numbers
    added: Numbers

    def distance(self, model: HistGradientBoostingClassifier) -> float:
        """Return by how much the plain numbers miss what a model says of the rows, in log-odds."""
        return float(np.ptp(model.decision_function(self.asked) - self.added))


def may_train(rows: pl.DataFrame) -> bool:
    """Say whether enough leads of both kinds are known."""
    known = training.outcomes_of(rows)
    enough = min(known.positives, known.negatives) >= FEWEST_OF_A_CLASS
    return enough and rows.height >= FEWEST_ROWS


def fit(
    rows: pl.DataFrame,
    *,
    card: Scorecard,
    cut: datetime,
    target: str = labels.NO_ORDER,
    fields: Sequence[str] = (),
) -> Fitted:
    """Learn from rows of `past.labelled`; `may_train` says whether there are enough."""
    asked = questions(rows, card, fields=fields)
    x = raw_matrix([question.column for question in asked], rows)
    model = HistGradientBoostingClassifier(
        interaction_cst="no_interactions",
        monotonic_cst=[question.sign for question in asked],
        early_stopping=False,
        random_state=0,
        max_iter=TREES,
        learning_rate=LEARNING_RATE,
        max_leaf_nodes=MOST_LEAVES,
        min_samples_leaf=FEWEST_ROWS_IN_A_LEAF,
        l2_regularization=L2,
    )
    model.fit(x, rows["label"].to_numpy(), sample_weight=rows["weight"].to_numpy())
    start, answers = _answers(model, asked, x)
    blend = _blend(rows, start, answers, card=card, cut=cut, target=target)
    return Fitted(blend, model, x, matrix(blend.columns, rows) @ np.array(blend.coefficients))


@dataclass(frozen=True)
class Question:
    """What the trees may ask of a lead, and which way the risk may go when it grows."""

    column: Column
    sign: int


def questions(rows: pl.DataFrame, card: Scorecard, *, fields: Sequence[str]) -> list[Question]:
    """Return what varies in the rows: numbers as they are, answers as yes or no.

    The kind of account is not asked: it informs, by its points, and never convicts.
    """
    left_to_points = {scale.feature for scale in card.scales}
    found = [
        Question(Column(feature.name, Kind.STEPS), SIGNS[feature.risk])
        for feature in past.CATALOGUE
        if feature.name in rows.columns
        and rows.schema[feature.name].is_numeric()
        and feature.name not in left_to_points
    ]
    found += [
        Question(column_of_bin(each), int(np.sign(each.points)))
        for each in card.bins
        if each.answer and each.feature in rows.columns
    ]
    found += [
        Question(Column(name, Kind.STEPS), 0) for name in fields if rows.schema[name].is_numeric()
    ]
    own = [
        each for each in training.columns_of(rows, card, fields=fields) if each.feature in fields
    ]
    answers = [replace(each, mean=0.0) for each in own if each.kind is Kind.ANSWER]
    known = {question.column for question in found}
    found += [Question(each, 0) for each in answers if each not in known]
    read = raw_matrix([question.column for question in found], rows)
    return [each for each, column in zip(found, read.T, strict=True) if _varies(column)]


def _varies(column: Numbers) -> bool:
    return len(np.unique(column[~np.isnan(column)])) > 1


def _answers(
    model: HistGradientBoostingClassifier, asked: Sequence[Question], x: Numbers
) -> tuple[float, list[tuple[Column, float]]]:
    """Return where a lead stands of which nothing speaks, and what each answer adds to that.

    Nothing speaks where a number is not known, or, if it always is, where it is 0.
    """
    silent = np.where(np.isnan(x).any(axis=0), np.nan, 0.0)
    start = float(model.decision_function(silent[None, :])[0])
    knots = _knots(model, len(asked))
    probes = [_probed(silent, place, each) for place, each in enumerate(knots)]
    added = model.decision_function(np.concatenate(probes)) - start
    ends = np.cumsum([len(each) for each in probes])
    found = []
    for question, each, adds in zip(asked, knots, np.split(added, ends[:-1]), strict=True):
        if question.column.kind is Kind.STEPS:
            places = tuple(adds.tolist())
            steps = replace(question.column, knots=tuple(each.tolist()), places=places)
            found.append((steps, 1.0))
        else:
            found.append((question.column, float(adds[-1])))
    return start, [(column, adds) for column, adds in found if adds and _says(column)]


def _probed(silent: Numbers, place: int, knots: Numbers) -> Numbers:
    """Return leads of which one number alone speaks, once on each step of it."""
    probes = np.tile(silent, (len(knots) + 1, 1))
    probes[:, place] = [*knots, np.inf]
    return probes


def _says(column: Column) -> bool:
    return column.kind is not Kind.STEPS or any(column.places)


def _knots(model: HistGradientBoostingClassifier, columns: int) -> list[Numbers]:
    """Return where the trees divide each column; up to a knot is below it."""
    nodes = np.concatenate([tree.nodes for (tree,) in model._predictors])
    splits = nodes[nodes["is_leaf"] == 0]
    known = splits[np.isfinite(splits["num_threshold"])]
    return [
        np.unique(known["num_threshold"][known["feature_idx"] == place]) for place in range(columns)
    ]


def _blend(
    rows: pl.DataFrame,
    start: float,
    answers: Sequence[tuple[Column, float]],
    *,
    card: Scorecard,
    cut: datetime,
    target: str,
) -> Blend:
    columns = tuple(column for column, _ in answers)
    outcomes = training.outcomes_of(rows)
    sample = training.sample_of(rows, columns)
    fitted = np.array([start, *(adds for _, adds in answers)])
    intercept, *coefficients = training.levelled(fitted, sample).tolist()
    return Blend(
        target=target,
        points_version=card.version,
        trained_until=cut.isoformat(),
        outcomes=outcomes,
        share=training.share_of(outcomes),
        slope=training.slope_of(rows, card, outcomes),
        intercept=intercept,
        columns=columns,
        coefficients=tuple(coefficients),
        covariance=training.plain(_covariance(fitted, sample)),
        learner=Learner.BOOSTED,
    )


def _covariance(fitted: Numbers, sample: training.Sample) -> Numbers:
    """Return how sure the strength of each signal is; its shape is held as found.

    Before any outcome a strength is as unsure as it is large.
    """
    said = expit(sample.x @ fitted)
    bend = (sample.x * (sample.weight * said * (1 - said))[:, None]).T @ sample.x
    before = np.r_[0.0, 1 / np.maximum(np.abs(fitted[1:]), LEAST_STRENGTH) ** 2]
    return np.linalg.inv(bend + np.diag(before))
