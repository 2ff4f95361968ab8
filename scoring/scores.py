"""Makes the scores of leads from the values of their signals."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from crm.models import Target
from crm.services.assessments import Score
from crm.services.columns import JsonText
from scoring import judging, own_reasons, own_values, receivable_facts, scorecard
from scoring.reasons import Codes, reasons_of
from scoring.scorecard import Numbers
from scoring.scorers import Moment, Scorer
from scoring.verdict import Signals


@dataclass(frozen=True)
class Said:
    """What a scorer says of some leads: the points of each column, and what they come to.

    `interval` returns the 80 % interval of each chance.
    """

    version: str
    columns: Sequence[str]
    worth: Numbers
    chance: Numbers
    interval: Callable[[], tuple[Numbers, Numbers]]


def said(scorer: Scorer, values: pl.DataFrame, at: Moment) -> Said:
    """Score by the points, or by their blend with own outcomes where one is in use."""
    points = at.cards[scorer.target]
    base = values.get_column("base_rate").to_numpy()
    if scorer.target == Target.NO_ORDER and at.learned:
        blend = own_values.without_gone(at.learned.blend, values)
        reading = blend.read(values, points)
        worth = blend.worth_of(reading, points)
        return Said(
            at.learned.model.version_with(points.version),
            blend.features(points),
            worth,
            blend.chance_of(worth, base),
            partial(blend.interval_of, reading, worth, base),
        )
    worth = scorecard.contributions(values, points)
    return Said(
        points.version,
        points.features,
        worth,
        scorecard.chance(base, worth),
        partial(scorecard.interval, base, worth),
    )


def scores_of(
    scorer: Scorer, values: pl.DataFrame, behind: pl.DataFrame, told: Said, at: Moment
) -> Iterator[Score]:
    """Yield the scores of some leads by what a scorer says of them at a moment.

    `behind` are their rows, with the word behind which features each stands.
    """
    base = values.get_column("base_rate").to_numpy()
    low, high = told.interval()
    judge = _order_verdicts if scorer.target == Target.NO_ORDER else _payment_marks
    for *row, text, judged in zip(
        *values.select("lead_id", "outcomes", "interactions").get_columns(),
        base.tolist(),
        low.tolist(),
        high.tolist(),
        told.worth.sum(axis=1).tolist(),
        _reasons(scorer, values, behind, told, at),
        judge(scorer, values, told, at),
        strict=True,
    ):
        lead_id, outcomes, interactions, base_rate, least, most, points = row
        yield Score(
            lead_id=lead_id,
            target=scorer.target,
            base_rate=base_rate,
            scorer_version=told.version,
            low=least,
            high=most,
            points=points,
            reasons=JsonText(text),
            outcomes_count=outcomes,
            interactions_count=interactions,
            **judged,
        )


def _reasons(
    scorer: Scorer, values: pl.DataFrame, behind: pl.DataFrame, told: Said, at: Moment
) -> list[str]:
    return reasons_of(
        values,
        behind,
        told.worth,
        catalogue=scorer.catalogue,
        columns=told.columns,
        own=own_reasons.tellers(told.columns, at.learned.blend if at.learned else None),
    )


def _order_verdicts(
    scorer: Scorer, values: pl.DataFrame, told: Said, _at: Moment
) -> Iterator[dict[str, Any]]:
    codes = Codes.of(told.columns, scorer.catalogue)
    return judging.of_orders(
        told.chance,
        values.get_column("base_rate").to_numpy(),
        Signals(codes.names, told.worth @ codes.adds, judging.GROUPS),
        interactions=values.get_column("interactions").to_numpy(),
        previous=values.get_column("previous").to_list(),
    )


def _payment_marks(
    _scorer: Scorer, values: pl.DataFrame, told: Said, at: Moment
) -> Iterator[dict[str, Any]]:
    lead_ids = values.get_column("lead_id").to_list()
    standing = receivable_facts.at(lead_ids, as_of=at.as_of, zone=at.zone)
    return judging.of_payments(told.chance, lead_ids, standing)
