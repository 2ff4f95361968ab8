"""Challengers: other ways to learn, judged beside the one that scores on the same later leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from polars import col

from scoring import boosting, evaluation, labels, learners, measures, past
from scoring.blend import Learner
from scoring.past import History
from scoring.scorecard import Scorecard

WINS_FROM = 0.9
LEAST_SLOPE, MOST_SLOPE = 0.7, 1.3
DRAWS = 500


@dataclass(frozen=True)
class Challenger:
    """How one way to learn did on later leads, beside the champion learned anew at each cut.

    `wins` is the share of draws of accounts in which its log loss was the lower one.
    """

    learner: Learner
    log_loss: float
    slope: float | None
    auc: float | None
    wins: float | None = None

    @property
    def is_calibrated(self) -> bool:
        """Say whether its chances are neither too bold nor too shy."""
        return self.slope is not None and LEAST_SLOPE <= self.slope <= MOST_SLOPE

    @property
    def is_favoured(self) -> bool:
        """Say whether it did better in nearly all draws."""
        return self.wins is not None and self.wins >= WINS_FROM


@dataclass(frozen=True)
class Contest:
    """The champion and its challengers on the same later leads."""

    leads: int
    champion: Challenger
    challengers: Sequence[Challenger]

    @property
    def winner(self) -> Challenger | None:
        """Return the challenger to put to use, if any is better beyond doubt."""
        if self.leads < evaluation.ENOUGH_TO_PROVE:
            return None
        good = [each for each in self.challengers if each.is_favoured and each.is_calibrated]
        return min(good, key=lambda each: each.log_loss, default=None)

    def as_json(self) -> dict[str, Any]:
        """Return all of it as plain data, a row for each way to learn, the champion first."""
        won = self.winner
        rows = [
            {
                "learner": each.learner.value,
                "log_loss": each.log_loss,
                "slope": each.slope,
                "auc": each.auc,
                "wins": each.wins,
                "is_champion": each is self.champion,
                "is_promoted": each is won,
            }
            for each in (self.champion, *self.challengers)
        ]
        return {"leads": self.leads, "rows": rows}


def contest(
    history: History,
    values: pl.DataFrame,
    *,
    card: Scorecard,
    until: datetime,
    champion: Learner,
    target: str = labels.NO_ORDER,
    fields: Sequence[str] = (),
) -> Contest | None:
    """Score later leads by each way to learn, from earlier ends alone, and compare them.

    Return None while too few leads of one kind are known to challenge at all.
    """
    known = past.labelled(history, values, cut=until, target=target)
    starts = evaluation.origins(history)
    blocks = []
    for origin, end in zip(starts, [*starts[1:], until], strict=True):
        block = known.filter((col("opened_at") >= origin) & (col("opened_at") < end))
        rows = evaluation.known_at(history, values, cut=origin, target=target)
        if block.height and boosting.may_train(rows):
            blocks.append(_said(block, rows, card=card, cut=origin, target=target, fields=fields))
    return _judge(pl.concat(blocks), champion) if blocks else None


def _said(
    block: pl.DataFrame,
    rows: pl.DataFrame,
    *,
    card: Scorecard,
    cut: datetime,
    target: str,
    fields: Sequence[str],
) -> pl.DataFrame:
    """Return later leads with what each way to learn says of them, by its name."""
    blends = learners.every(rows, card=card, cut=cut, target=target, fields=fields)
    said = {
        learner.value: evaluation.said_by(blend, block, card).get_column("probability")
        for learner, blend in blends.items()
    }
    return block.select("lead_id", "account_id", "label", "weight").with_columns(**said)


def _judge(rows: pl.DataFrame, champion: Learner) -> Contest:
    label = rows.get_column("label").to_numpy().astype(float)
    weight = rows.get_column("weight").to_numpy()
    samples = measures.drawn_rows(rows.get_column("account_id").to_numpy(), draws=DRAWS)
    losses = {
        learner: weight * measures.log_losses(label, rows.get_column(learner).to_numpy())
        for learner in Learner
    }

    def judged(learner: Learner) -> Challenger:
        better = losses[champion] - losses[learner]
        wins = [better[drawn].sum() > 0 for drawn in samples]
        chance = rows.get_column(learner).to_numpy()
        return Challenger(
            learner=learner,
            log_loss=float(losses[learner].sum() / weight.sum()),
            slope=_known(measures.calibration_slope(label, chance)),
            auc=_known(measures.auc(label, chance)),
            wins=None if learner is champion else float(np.mean(wins)),
        )

    others = [judged(learner) for learner in Learner if learner is not champion]
    return Contest(rows.get_column("lead_id").n_unique(), judged(champion), others)


def _known(number: float) -> float | None:
    return None if np.isnan(number) else number
