"""How few outcomes teach how much, in the ledger that the environment names; prints JSON.

A part of `bench_exports`, in a process of its own: each export has its own ledger.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from django.utils import timezone
from polars import col

from scoring import (
    evaluation,
    field_decisions,
    measures,
    own_past,
    past,
    points_versions,
    training,
)
from scoring.evaluation import Landmark
from scoring.usual import PRIOR_LEADS, PRIOR_ORDER_RATE
from tests.benchmarks.odoo_bayes import odoo_bayes

COUNTS = (20, 50, 100, 200, 500, None)
DRAWS = 100


def main() -> None:
    """Print the peer's measures and the learning curve of the ledger's past."""
    now = timezone.now()
    history = own_past.read(now)
    cut = evaluation.cut_of(history)
    history, _found = field_decisions.without_leaks(history, cut=cut, target="NO_ORDER", now=now)
    rows = past.values_at(history, Landmark(days=0).rows(history))
    earlier = rows.filter((col("opened_at") < cut) & (col("as_of") <= cut))
    earlier = past.labelled(history, earlier, cut=cut, target="NO_ORDER").sort("as_of", "lead_id")
    later = rows.filter(col("opened_at") >= cut)
    later = past.labelled(history, later, cut=now, target="NO_ORDER")
    fields = history.field_names
    curve = list(_curve(earlier, later, cut, fields))
    print(json.dumps({"peer": _peer(earlier, later, fields), "curve": curve}))


def _peer(earlier: pl.DataFrame, later: pl.DataFrame, fields: list[str]) -> dict[str, float]:
    """Return how well Odoo's rules do, with the same fields and the same outcomes."""
    label = later["label"].to_numpy().astype(float)
    chance = odoo_bayes(earlier, later, fields)
    return {"auc": measures.auc(label, chance), "brier": measures.brier(label, chance)}


def _curve(
    earlier: pl.DataFrame, later: pl.DataFrame, cut: datetime, fields: list[str]
) -> Iterator[dict[str, Any]]:
    """Yield what so many outcomes teach: the latest ones, and some drawn from all."""
    card = points_versions.card_at("NO_ORDER", as_of=cut)
    label = later["label"].to_numpy().astype(float)
    for count in COUNTS:
        drawn = [earlier if count is None else earlier.tail(count)]
        drawn += [earlier.sample(count, seed=seed) for seed in range(1, DRAWS) if count]
        aucs, above = [], []
        for rows in drawn:
            blend = training.train(rows, card=card, cut=cut, fields=fields)
            orders = float((1 - rows["label"]).to_numpy().sum())
            rate = 1 - (orders + PRIOR_LEADS * PRIOR_ORDER_RATE) / (rows.height + PRIOR_LEADS)
            base = np.full(later.height, rate)
            chance = blend.chance(later, card, base_rate=base)
            aucs.append(measures.auc(label, chance))
            above.append(measures.brier(label, chance) - measures.brier(label, base))
        yield {
            "n": count or earlier.height,
            "draws": len(drawn),
            "latest": aucs[0],
            "auc": float(np.mean(aucs)),
            "lowest": min(aucs),
            "above": float(np.mean(above)),
            "worst": max(above),
        }
