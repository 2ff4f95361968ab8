"""Which imagined facts are worth saying of a lead, in which order, and what each would move."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars import col

from scoring import in_json
from scoring.scenarios import SCENARIOS, Scenario
from scoring.scorecard import Numbers
from scoring.verdict import Groups, Signals, verdicts

MOST = 5
WORTH_SAYING = 0.005  # of chance: half a per cent
WORTH_ADDING = 0.05  # points
IS_WARNING = np.array([scenario.is_warning for scenario in SCENARIOS])


@dataclass(frozen=True)
class Now:
    """The scores of some leads as they are, a row for each, the lowest key first.

    `points` has a column for each of the `codes`.
    """

    lead_ids: NDArray[np.int64]
    chance: Numbers
    base_rate: Numbers
    verdicts: NDArray[np.str_]
    codes: Sequence[str]
    points: Numbers


@dataclass
class Foretold:
    """What each scenario would make of each lead: a chance, infinite where it is not worth saying,
    and the points of each reason.
    """

    now: Now
    groups: Groups
    chances: Numbers = field(init=False)
    points: Numbers = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing worth saying."""
        count = len(self.now.lead_ids)
        self.chances = np.full((count, len(SCENARIOS)), np.inf)
        self.points = np.zeros((count, len(SCENARIOS), len(self.now.codes)))

    def add(
        self, scenario: Scenario, lead_ids: NDArray[np.int64], chance: Numbers, points: Numbers
    ) -> None:
        """Keep what a scenario would change by enough to be said."""
        at = SCENARIOS.index(scenario)
        places = np.searchsorted(self.now.lead_ids, lead_ids)
        gain = (self.now.chance[places] - chance) * (-1 if scenario.is_warning else 1)
        kept = gain >= WORTH_SAYING
        self.chances[places[kept], at] = chance[kept]
        self.points[places[kept], at] = points[kept]

    def told(self) -> dict[int, str]:
        """Return as JSON the best few of each lead, and the warning where there is one.

        Each is {"code", "probability", "verdict", "points", "moves": [{"code", "was", "becomes"}]}
        with `probability` of the target, as in the score.
        """
        leads, scenarios = self._chosen()
        if not leads.size:
            return {}
        chance, after = self.chances[leads, scenarios], self.points[leads, scenarios]
        before = self.now.points[leads]
        judged = verdicts(
            order_chance=1 - chance,
            usual_rate=1 - self.now.base_rate[leads],
            signals=Signals(self.now.codes, after, self.groups),
            previous=self.now.verdicts[leads],
        )
        names = np.array([scenario.code for scenario in SCENARIOS])
        frame = pl.DataFrame(
            {
                "lead": self.now.lead_ids[leads],
                "code": names[scenarios],
                "probability": chance,
                "verdict": judged,
                "points": after.sum(axis=1) - before.sum(axis=1),
                "moves": self._moves(before, after),
            }
        )
        return dict(frame.group_by("lead", maintain_order=True).agg(_whole()).iter_rows())

    def _chosen(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return pairs of lead and scenario: by lead, the best first and warnings last."""
        said = np.isfinite(self.chances)
        hopes = np.where(IS_WARNING, np.inf, self.chances)
        rank = hopes.argsort(axis=1, kind="stable").argsort(axis=1)
        room = MOST - (said & IS_WARNING).sum(axis=1)
        leads, scenarios = np.nonzero(said & (IS_WARNING | (rank < room[:, None])))
        order = np.lexsort((rank[leads, scenarios], IS_WARNING[scenarios], leads))
        return leads[order], scenarios[order]

    def _moves(self, before: Numbers, after: Numbers) -> pl.Series:
        """Return as JSON which reasons each pair would move, the most moved first."""
        by = np.abs(after - before)
        pairs, codes = np.nonzero(by > WORTH_ADDING)
        moves = pl.DataFrame(
            {
                "pair": pairs,
                "by": -by[pairs, codes],
                "code": np.array(self.now.codes)[codes],
                "was": before[pairs, codes],
                "becomes": after[pairs, codes],
            }
        ).sort("pair", "by", maintain_order=True)
        text = in_json.object_of(
            {
                "code": in_json.quoted(col("code")),
                "was": in_json.exact(col("was")),
                "becomes": in_json.exact(col("becomes")),
            }
        )
        joined = moves.group_by("pair", maintain_order=True).agg(text.str.join(", ").alias("text"))
        found = np.full(len(before), "", dtype=object)
        found[joined["pair"].to_numpy()] = joined["text"].to_numpy()
        return pl.Series(found, dtype=pl.String)


def _whole() -> pl.Expr:
    """Return all that is told of a lead."""
    told = in_json.object_of(
        {
            "code": in_json.quoted(col("code")),
            "probability": in_json.exact(col("probability")),
            "verdict": in_json.quoted(col("verdict")),
            "points": in_json.exact(col("points")),
            "moves": in_json.list_of(col("moves")),
        }
    )
    return in_json.list_of(told.str.join(", ")).alias("told")
