"""What would have been said at the time: later leads scored by what earlier ones had taught."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from polars import col

from scoring import labels, learners, measures, past, scorecard
from scoring.blend import Blend, Learner
from scoring.past import History
from scoring.scorecard import Numbers, Scorecard
from scoring.usual import PRIOR_LEADS

TEST_SHARE = 0.3
PRIOR_RATE = 0.20
ENOUGH_TO_PROVE = 40
ENOUGH_DRAWS = 0.5
GATE_DRAWS = 500
ORIGINS = 6
FIRST_ORIGIN, LAST_ORIGIN = 0.25, 0.9
LANDMARK_FORM = re.compile(
    r"day:(?P<days>[0-9]{1,4})|interactions:(?P<interactions>[1-9][0-9]{0,3})"
)
SCORERS = ("blend", "points", "learned", "base_rate")
CSV_COLUMNS = (
    "lead_id",
    "as_of",
    "probability",
    "probability_points",
    "base_rate",
    "label",
    "trained_on",
)


class LandmarkError(ValueError):
    """The landmark cannot be read; the message says how to write it."""


@dataclass(frozen=True)
class Landmark:
    """The moment of each lead at which it is scored."""

    days: int | None = None
    interactions: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Landmark":
        """Read 'opening', 'day:N' or 'interactions:K'."""
        if text == "opening":
            return cls(days=0)
        found = LANDMARK_FORM.fullmatch(text)
        if not found:
            raise LandmarkError(
                f"The landmark {text!r} is none of: opening, day:14, interactions:4."
            )
        if found["days"]:
            return cls(days=int(found["days"]))
        return cls(interactions=int(found["interactions"]))

    def rows(self, history: History) -> pl.DataFrame:
        """Return the moment of each lead that still ran then."""
        if self.interactions:
            moments = past.after_interactions(history, [self.interactions])
        else:
            moments = past.after_days(history, [self.days or 0])
        return past.running_at(history, moments)


@dataclass(frozen=True)
class Backtest:
    """Later leads with what each scorer would have said of them, and how it ended.

    `probes` says of each own field how well it ranks alone, and whether it was left out.
    """

    rows: pl.DataFrame
    blend: Blend
    cut: datetime
    probes: Sequence[Mapping[str, Any]] = ()

    def chances(self) -> dict[str, Numbers]:
        """Return the chances of each scorer; one that was not trained says nothing."""
        columns = {
            "blend": "probability",
            "points": "probability_points",
            "learned": "probability_learned",
            "base_rate": "base_rate",
        }
        names = [name for name in SCORERS if name != "learned" or self.blend.share]
        return {name: self.rows.get_column(columns[name]).to_numpy() for name in names}

    def as_json(self) -> dict[str, Any]:
        """Return each scorer's measures, with how many leads they rest on."""
        label = self.rows.get_column("label").to_numpy().astype(float)
        accounts = self.rows.get_column("account_id").to_numpy()
        return {
            "target": self.blend.target,
            "trained_until": self.cut.isoformat(),
            "trained_on": asdict(self.blend.outcomes),
            "share": self.blend.share,
            "slope_of_points": self.blend.slope,
            "fields": list(self.probes),
            "scorers": {
                name: {
                    "n": len(label),
                    "positives": int(label.sum()),
                    **{
                        measure: asdict(figure)
                        for measure, figure in measures.measured(label, said, accounts).items()
                    },
                }
                for name, said in self.chances().items()
            },
        }


def cut_of(history: History, *, test_share: float = TEST_SHARE) -> datetime:
    """Return when the first of the later leads was opened."""
    opened = history.leads.get_column("opened_at").sort()
    place = min(int((1 - test_share) * opened.len()), opened.len() - 1)
    moment: datetime = opened[place]
    return moment


def backtest(
    history: History,
    *,
    card: Scorecard,
    landmark: Landmark,
    until: datetime,
    target: str = labels.NO_ORDER,
    test_share: float = TEST_SHARE,
    fields: Sequence[str] = (),
) -> Backtest:
    """Train on what was known when the first later lead was opened, and score the later ones.

    `until` is now: later leads whose end is not known by then are left out.
    """
    cut = cut_of(history, test_share=test_share)
    earlier = past.training_values(history, until=cut)
    trained = train_until(history, earlier, card=card, cut=cut, target=target, fields=fields)
    later = landmark.rows(history).filter(col("opened_at") >= cut)
    known = past.labelled(history, past.values_at(history, later), cut=until, target=target)
    rows = said_by(trained, known, card).with_columns(
        trained_on=pl.lit(trained.outcomes.deals, dtype=pl.Int64)
    )
    return Backtest(rows, trained, cut)


def train_until(
    history: History,
    values: pl.DataFrame,
    *,
    card: Scorecard,
    cut: datetime,
    target: str = labels.NO_ORDER,
    fields: Sequence[str] = (),
    learner: Learner = Learner.BLEND,
) -> Blend:
    """Return the blend that a cut would have known: earlier leads, ends known by then."""
    rows = known_at(history, values, cut=cut, target=target)
    return learners.train(learner, rows, card=card, cut=cut, target=target, fields=fields)


def known_at(history: History, values: pl.DataFrame, *, cut: datetime, target: str) -> pl.DataFrame:
    """Return what could be learned from at a cut: rows of earlier leads with an end by then."""
    earlier = values.filter((col("opened_at") < cut) & (col("as_of") <= cut))
    return past.labelled(history, earlier, cut=cut, target=target)


def origins(history: History) -> list[datetime]:
    """Return the moments up to which versions learn that are then judged by what came later."""
    opened = history.leads.get_column("opened_at").sort()
    places = np.linspace(FIRST_ORIGIN, LAST_ORIGIN, ORIGINS)
    return sorted({opened[int(place * opened.len())] for place in places})


def said_by(blend: Blend, values: pl.DataFrame, card: Scorecard) -> pl.DataFrame:
    """Add what the blend, its learned part alone and the points say."""
    values = _beside_own_rate(values, blend)
    base = values.get_column("base_rate").to_numpy()
    worth = scorecard.contributions(values, card)
    return values.with_columns(
        probability=blend.chance(values, card, base_rate=base),
        probability_learned=replace(blend, share=float(bool(blend.share))).chance(
            values, card, base_rate=base
        ),
        probability_points=scorecard.chance(base, worth),
    )


def _beside_own_rate(values: pl.DataFrame, blend: Blend) -> pl.DataFrame:
    """Set the usual rate of a target of which the ledger keeps none to that of the training."""
    if blend.target == labels.NO_ORDER:
        return values
    known = blend.outcomes
    rate = (known.positives + PRIOR_LEADS * PRIOR_RATE) / (known.deals + PRIOR_LEADS)
    return values.with_columns(base_rate=pl.lit(rate))


@dataclass(frozen=True)
class Gate:
    """Whether own outcomes and the points beat the usual rate on later leads.

    The shares are of draws of accounts in which the log loss was the lower one.
    """

    leads: int
    log_loss: Mapping[str, float]
    learned_wins: float | None
    points_win: float | None

    @property
    def is_unproven(self) -> bool:
        """Say whether too few later outcomes are known to judge."""
        return self.leads < ENOUGH_TO_PROVE

    @property
    def withdraws(self) -> bool:
        """Say whether the learned part must not be used."""
        lost = self.learned_wins is not None and self.learned_wins < ENOUGH_DRAWS
        return lost and not self.is_unproven

    @property
    def points_fail(self) -> bool:
        """Say whether the points do not work for the vendor."""
        lost = self.points_win is not None and self.points_win < ENOUGH_DRAWS
        return lost and not self.is_unproven


def gate(
    history: History,
    values: pl.DataFrame,
    *,
    card: Scorecard,
    until: datetime,
    target: str = labels.NO_ORDER,
    fields: Sequence[str] = (),
    learner: Learner = Learner.BLEND,
) -> Gate:
    """Score each lead by a model that saw only earlier ends, and compare with the usual rate."""
    known = past.labelled(history, values, cut=until, target=target)
    starts = origins(history)
    scored = []
    for origin, end in zip(starts, [*starts[1:], until], strict=True):
        block = known.filter((col("opened_at") >= origin) & (col("opened_at") < end))
        blend = train_until(
            history,
            values,
            card=card,
            cut=origin,
            target=target,
            fields=fields,
            learner=learner,
        )
        if blend.share and block.height:
            scored.append(said_by(blend, block, card))
    return _judge(pl.concat(scored)) if scored else Gate(0, {}, None, None)


def _judge(rows: pl.DataFrame) -> Gate:
    label = rows.get_column("label").to_numpy().astype(float)
    weight = rows.get_column("weight").to_numpy()
    losses = {
        name: weight * measures.log_losses(label, rows.get_column(column).to_numpy())
        for name, column in (
            ("base_rate", "base_rate"),
            ("learned", "probability_learned"),
            ("points", "probability_points"),
        )
    }
    samples = measures.drawn_rows(rows.get_column("account_id").to_numpy(), draws=GATE_DRAWS)

    def wins(name: str) -> float | None:
        better = losses["base_rate"] - losses[name]
        if np.allclose(better, 0):
            return None
        return float(np.mean([better[drawn].sum() > 0 for drawn in samples]))

    return Gate(
        leads=rows.get_column("lead_id").n_unique(),
        log_loss={name: float(each.sum() / weight.sum()) for name, each in losses.items()},
        learned_wins=wins("learned"),
        points_win=wins("points"),
    )
