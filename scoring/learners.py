"""The ways to learn from own outcomes: one of them scores, the others challenge it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl

from scoring import boosting, labels, training
from scoring.blend import Blend, Learner
from scoring.scorecard import Scorecard


def train(
    learner: Learner,
    rows: pl.DataFrame,
    *,
    card: Scorecard,
    cut: datetime,
    target: str = labels.NO_ORDER,
    fields: Sequence[str] = (),
) -> Blend:
    """Learn in one of the ways; where too little is known for it, in the way of the blend."""
    if learner is Learner.BOOSTED and boosting.may_train(rows):
        return boosting.fit(rows, card=card, cut=cut, target=target, fields=fields).blend
    blend = training.train(rows, card=card, cut=cut, target=target, fields=fields)
    return _alone(blend) if learner is Learner.LINE else blend


def _alone(blend: Blend) -> Blend:
    return replace(blend, share=1.0, learner=Learner.LINE) if blend.share else blend


def every(
    rows: pl.DataFrame,
    *,
    card: Scorecard,
    cut: datetime,
    target: str = labels.NO_ORDER,
    fields: Sequence[str] = (),
) -> dict[Learner, Blend]:
    """Learn in each of the ways from the same rows, of which there must be enough."""
    blend = training.train(rows, card=card, cut=cut, target=target, fields=fields)
    boosted = boosting.fit(rows, card=card, cut=cut, target=target, fields=fields).blend
    return {Learner.BLEND: blend, Learner.LINE: _alone(blend), Learner.BOOSTED: boosted}
