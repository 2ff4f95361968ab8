"""Which imagined facts are worth saying of a lead, in which order, and what each would move."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars import col

from scoring import in_json
from scoring.scenarios import SCENARIOS
from scoring.scorecard import Numbers
from scoring.verdict import Groups, Signals, verdicts

MOST = 5
WORTH_SAYING = 0.005  # of chance: half a per cent
WORTH_ADDING = 0.05  # points
Places = NDArray[np.int64]
_MOVE = in_json.object_of(
    {
        "code": in_json.quoted(col("code")),
        "was": in_json.exact(col("was")),
        "becomes": in_json.exact(col("becomes")),
    }
)
_TOLD = in_json.object_of(
    {
        "code": in_json.quoted(col("code")),
        "probability": in_json.exact(col("probability")),
        "verdict": in_json.quoted(col("verdict")),
        "points": in_json.exact(col("points")),
        "moves": in_json.list_of(col("moves")),
    }
)
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


@dataclass(frozen=True)
class Foretold:
    """Says what scenarios would make of leads."""

    now: Now
    groups: Groups

    def told(
        self, scenarios: Places, lead_ids: NDArray[np.int64], chance: Numbers, points: Numbers
    ) -> dict[int, str]:
        """Return as JSON the best few of each lead, and the warning where there is one.

        Each is {"code", "probability", "verdict", "points", "moves": [{"code", "was", "becomes"}]}
        with `probability` of the target, as in the score.
        """
        leads = np.searchsorted(self.now.lead_ids, lead_ids)
        gain = (self.now.chance[leads] - chance) * np.where(IS_WARNING[scenarios], -1, 1)
        worth_saying = np.flatnonzero(gain >= WORTH_SAYING)
        # Where each scenario of each lead stands among all, -1 where it is not worth saying.
        places = np.full((len(self.now.lead_ids), len(SCENARIOS)), -1)
        places[leads[worth_saying], scenarios[worth_saying]] = worth_saying
        chosen = _chosen(places, chance)
        if not chosen.size:
            return {}
        leads, scenarios, chance = leads[chosen], scenarios[chosen], chance[chosen]
        before, after = self.now.points[leads], points[chosen]
        judged = verdicts(
            order_chance=1 - chance,
            usual_rate=1 - self.now.base_rate[leads],
            signals=Signals(self.now.codes, after, self.groups),
            previous=self.now.verdicts[leads],
        )
        names = np.array([scenario.code for scenario in SCENARIOS])
        frame = pl.DataFrame(
            {
                "code": names[scenarios],
                "probability": chance,
                "verdict": judged,
                "points": after.sum(axis=1) - before.sum(axis=1),
                "moves": self._moves(before, after),
            }
        )
        texts = frame.select(_TOLD).to_series()
        of_each = in_json.by_owner(self.now.lead_ids[leads], texts)
        return {lead_id: f"[{text}]" for lead_id, text in of_each.iter_rows()}

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
        texts = moves.select(_MOVE).to_series()
        return in_json.of_each_owner(moves["pair"].to_numpy(), texts, count=len(before))


def _chosen(places: Places, chance: Numbers) -> Places:
    """Return the places of what is told: lead by lead, the best first and warnings last."""
    said = places >= 0
    hopes = np.where(said & ~IS_WARNING, chance[places], np.inf)
    rank = hopes.argsort(axis=1, kind="stable").argsort(axis=1)
    room = MOST - (said & IS_WARNING).sum(axis=1)
    leads, scenarios = np.nonzero(said & (IS_WARNING | (rank < room[:, None])))
    order = np.lexsort((rank[leads, scenarios], IS_WARNING[scenarios], leads))
    found: Places = places[leads[order], scenarios[order]]
    return found
