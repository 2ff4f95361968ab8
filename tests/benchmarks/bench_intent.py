"""Holds the chance of an order to its numbers on simulated worlds, beside what is possible.

    python -m tests.benchmarks.bench_intent --simulator DIR/world.py [--seeds 20] [--large-seeds 6]

Each world goes the user's way: its bundle is imported into a database of its own and
`manage.py backtest --landmark interactions:K` (its service, in this process) scores the later
leads by what was known when the first of them was opened. They are judged against their true end,
beside the simulator's own (Bayes-optimal) chance.
"""

import argparse
import importlib.util
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from scoring import evaluation, features, measures, past, scorecard, verdict
from scoring.evaluation import Backtest, Landmark
from scoring.feature import fed
from scoring.past import History
from scoring.reasons import Codes
from scoring.scorecard import Numbers, Scorecard
from scoring.verdict import Signals
from scoring.vocabulary import Verdict
from tests.benchmarks import ledgers
from tests.benchmarks.odoo_bayes import odoo_bayes

LANDMARKS = (2, 4, 8)
LOST_SHARE = 0.05
# So many later leads has a world of 300 after four talks; with a dozen orders among them not one
# may be lost, so what can be saved is judged on as many in a large world, too.
PORTION = 63
PORTIONS = 60
GROUPS = {feature.reason_code: feature.group for feature in past.CATALOGUE}
FIELDS = [feature.name for feature in past.CATALOGUE if not feature.not_fed]
CARD: Scorecard = scorecard.read_scorecard(
    "points_v1", features=[feature.name for feature in fed(features.FEATURES)]
)


@dataclass
class Judged:
    """What one scorer said of one world's later leads."""

    label: Numbers
    chance: Numbers
    base_rate: Numbers
    hours: Numbers
    is_red: Numbers

    @property
    def saved(self) -> measures.Stop:
        """Return what stopping the likeliest leads would have saved, at a few orders lost."""
        return measures.best_stop(self.label, self.chance, self.hours, lost_share=LOST_SHARE)

    @property
    def saved_in_portions(self) -> float:
        """Return the share of hours saved, judged on as many leads as a small world has."""
        size = len(self.label)
        draws = np.random.default_rng(1)
        found = []
        for _ in range(PORTIONS if size > PORTION else 1):
            rows = draws.choice(size, min(PORTION, size), replace=False)
            part = (self.label[rows], self.chance[rows], self.hours[rows])
            found.append(measures.best_stop(*part, lost_share=LOST_SHARE).saved_share)
        return float(np.mean(found))

    @property
    def red(self) -> measures.Stop:
        """Return what stopping the red leads would have meant."""
        return measures.stop(self.label, self.hours, self.is_red.astype(bool))


def main() -> None:
    """Run all worlds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulator", type=Path, required=True, help="the simulator's world.py")
    parser.add_argument("--seeds", type=int, default=20, help="worlds of 300 leads")
    parser.add_argument("--large-seeds", type=int, default=6, help="worlds of 2,000 leads")
    parser.add_argument("--first-seed", type=int, default=1)
    given = parser.parse_args()
    simulator = _load(given.simulator)
    with ledgers.database() as empty:
        for size, count in ((300, given.seeds), (2000, given.large_seeds)):
            began = time.monotonic()
            judged: dict[tuple[int, str], list[Judged]] = defaultdict(list)
            for seed in range(given.first_seed, given.first_seed + count):
                world = simulator.World("demo", size, seed)
                ledgers.refill(empty, simulator, world)
                for landmark, name, each in judge_world(world):
                    judged[landmark, name].append(each)
            if judged:
                print_table(size, judged)
                print(f"{time.monotonic() - began:.0f} seconds", flush=True)


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("world", path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path} is no Python file.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge_world(world: Any) -> Iterator[tuple[int, str, Judged]]:
    """Yield what each scorer said of a world's later leads, landmark by landmark."""
    in_ledger: Any = importlib.import_module("tests.benchmarks.in_ledger")
    now = datetime.now(UTC)
    history, ids = in_ledger.history(now), in_ledger.ids()
    best = world.lead_scores(LANDMARKS)
    for count in LANDMARKS:
        found = in_ledger.backtest(Landmark(interactions=count), now=now)
        truth = _truth(world, best[count], count, ids)
        rows = found.rows.drop("label").join(truth, on="lead_id", maintain_order="left")
        for name, chance, is_red in _said(history, found, rows, count):
            yield (
                count,
                name,
                Judged(
                    rows["label"].to_numpy().astype(float),
                    chance,
                    rows["base_rate"].to_numpy(),
                    rows["hours"].to_numpy(),
                    is_red,
                ),
            )


def _truth(world: Any, best: Numbers, count: int, ids: dict[str, int]) -> pl.DataFrame:
    """Return each lead that went on: its true end, the best chance, the hours still to come."""
    spent: dict[str, list[tuple[Any, float]]] = defaultdict(list)
    began: dict[str, Any] = {}
    for row in world.inter:
        spent[row["lead_id"]].append((row["date"], row["hours_presales"] + row["hours_travel"]))
        if row["seq"] == count:
            began[row["lead_id"]] = row["date"]
    for row in world.deliv:
        spent[row["lead_id"]].append((row["date"], row["hours"]))
    for row in world.bids:
        spent[row["lead_id"]].append((row["announced_at"], row["bid_hours"]))
    rows = []
    for place, _fc, _none, won, *_rest in best:
        lead = world.leads[int(place)]
        name, is_order = lead["lead_id"], lead["_true"] == 0
        if name in began and not (is_order and lead["_walked"]):
            hours = sum(each for day, each in spent[name] if day > began[name])
            rows.append((ids[name], int(not is_order), 1 - won, hours))
    schema = {"lead_id": pl.Int64, "label": pl.Int64, "best": pl.Float64, "hours": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _said(
    history: History, found: Backtest, rows: pl.DataFrame, count: int
) -> Iterator[tuple[str, Numbers, Numbers]]:
    """Yield each scorer's chance and whether it shows red."""
    base = rows["base_rate"].to_numpy()
    none = np.zeros(rows.height)
    of_points, of_blend = rows["probability_points"].to_numpy(), rows["probability"].to_numpy()
    worth = scorecard.contributions(rows, CARD)
    yield "possible", rows["best"].to_numpy(), none
    yield "base rate", base, none
    yield "points", of_points, _red(of_points, base, worth, CARD.features)
    worth = found.blend.worth(rows, CARD)
    yield "blend", of_blend, _red(of_blend, base, worth, found.blend.features(CARD))
    yield "learned", rows["probability_learned"].to_numpy(), none
    values = past.values_at(history, Landmark(interactions=count).rows(history))
    known = evaluation.known_at(history, values, cut=found.cut, target=found.blend.target)
    yield "Odoo's Bayes", odoo_bayes(known, rows, FIELDS), none


def _red(chance: Numbers, base: Numbers, worth: Numbers, names: Sequence[str]) -> Numbers:
    """Say which leads show red: far below the usual rate, with signals of two groups."""
    codes = Codes.of(names, past.CATALOGUE)
    found = verdict.verdicts(
        order_chance=1 - chance,
        usual_rate=1 - base,
        signals=Signals(codes.names, worth @ codes.adds, GROUPS),
        previous=np.full(len(chance), ""),
    )
    return (found == Verdict.LOW.value).astype(float)


def print_table(size: int, judged: dict[tuple[int, str], list[Judged]]) -> None:
    """Print a line a scorer and landmark: means over the worlds."""
    worlds = len(next(iter(judged.values())))
    print(f"\n{worlds} worlds of {size} leads; later leads; target no order")
    print(
        f"{'k':>2} {'scorer':13}{'leads':>6}{'AUC':>7}{'  se':>6}{'Brier':>8}{'base':>7}"
        f"{'saved':>7}{'by 63':>7}{'pooled':>8}{'red lost':>10}{'red saved':>11}"
    )
    for (landmark, name), each in judged.items():
        aucs = [measures.auc(one.label, one.chance) for one in each]
        pooled = Judged(
            *(
                np.concatenate([getattr(one, part) for one in each])
                for part in Judged.__annotations__
            )
        )
        saved = np.mean([one.saved.saved_share for one in each])
        print(
            f"{landmark:2} {name:13}{np.mean([len(one.label) for one in each]):6.0f}"
            f"{np.nanmean(aucs):7.3f}{np.nanstd(aucs) / np.sqrt(len(each)):6.3f}"
            f"{np.mean([measures.brier(one.label, one.chance) for one in each]):8.4f}"
            f"{np.mean([measures.brier(one.label, one.base_rate) for one in each]):7.4f}"
            f"{saved:7.3f}{np.mean([one.saved_in_portions for one in each]):7.3f}"
            f"{pooled.saved.saved_share:8.3f}"
            f"{pooled.red.lost_share:10.3f}{pooled.red.saved_share:11.3f}"
        )


if __name__ == "__main__":
    main()
