"""Holds the chance of an order to its numbers on exports of other CRMs, at the opening.

    python -m tests.benchmarks.bench_exports --exports DIR

Prints each set's measures, what the gate says, and how few outcomes teach how much.
"""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from polars import col

from scoring import evaluation, measures, past, training
from scoring.evaluation import Landmark
from scoring.past import History
from scoring.scorecard import Numbers
from scoring.usual import PRIOR_LEADS, PRIOR_ORDER_RATE
from tests.benchmarks import exports
from tests.benchmarks.bench_intent import CARD
from tests.benchmarks.odoo_bayes import odoo_bayes

OPENING = Landmark(days=0)
COUNTS = (20, 50, 100, 200, 500, None)
DRAWS = 20


def main() -> None:
    """Run all sets and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exports", type=Path, required=True, help="the folder of the CSV files")
    folder = parser.parse_args().exports
    education = exports.read_x_education(folder)
    after: datetime = education.leads.select(col("opened_at").max() + timedelta(days=1)).item()
    judge("X Education", education, until=after)
    judge("Olist", exports.read_olist(folder), until=datetime(2018, 11, 30, tzinfo=UTC))
    judge("Maven", exports.read_maven(folder), until=datetime(2018, 1, 31, tzinfo=UTC))
    learning_curve(education, until=after)


def fields_of(history: History) -> Sequence[str]:
    """Return the names of the vendor's own fields."""
    return history.field_names


def judge(name: str, history: History, *, until: datetime) -> None:
    """Print the measures of each scorer on later leads, and what the gate says."""
    fields = fields_of(history)
    found = evaluation.backtest(history, card=CARD, landmark=OPENING, until=until, fields=fields)
    label = found.rows["label"].to_numpy().astype(float)
    print(f"\n{name}: {len(label)} later leads, trained on {found.blend.outcomes.deals} outcomes")
    chances = found.chances() | {"Odoo's Bayes": _peer(history, found.cut, found.rows)}
    for scorer, chance in chances.items():
        figures = (f"{key} {each(label, chance):.4f}" for key, each in measures.MEASURES.items())
        print(f"  {scorer:13}{', '.join(figures)}")
    values = past.training_values(history, until=until)
    judged = evaluation.gate(history, values, card=CARD, until=until, fields=fields)
    verdict = "refuses" if judged.withdraws else "lets through"
    print(f"  the gate {verdict} what was learned: it wins {judged.learned_wins:.0%} of the draws")


def _rows(history: History) -> pl.DataFrame:
    return past.values_at(history, OPENING.rows(history))


def _peer(history: History, cut: datetime, later: pl.DataFrame) -> Numbers:
    earlier = _rows(history).filter((col("opened_at") < cut) & (col("as_of") <= cut))
    known = past.labelled(history, earlier, cut=cut, target="NO_ORDER")
    return odoo_bayes(known, later, list(fields_of(history)))


def learning_curve(history: History, *, until: datetime) -> None:
    """Print how well so many earlier outcomes, the latest or any, teach."""
    cut = evaluation.cut_of(history)
    values = _rows(history)
    earlier = past.labelled(
        history, values.filter(col("opened_at") < cut), cut=cut, target="NO_ORDER"
    )
    later = values.filter(col("opened_at") >= cut)
    later = past.labelled(history, later, cut=until, target="NO_ORDER")
    label = later["label"].to_numpy().astype(float)
    print("\nX Education: outcomes, AUC of the latest and of any, Brier less the base rate's")
    for count in COUNTS:
        drawn = [earlier] if count is None else [earlier.tail(count)]
        if count:
            drawn += [earlier.sample(count, seed=seed) for seed in range(1, DRAWS)]
        aucs, above = [], []
        for rows in drawn:
            blend = training.train(rows, card=CARD, cut=cut, fields=fields_of(history))
            orders = float((1 - rows["label"]).to_numpy().sum())
            rate = 1 - (orders + PRIOR_LEADS * PRIOR_ORDER_RATE) / (rows.height + PRIOR_LEADS)
            base = np.full(later.height, rate)
            chance = blend.chance(later, CARD, base_rate=base)
            aucs.append(measures.auc(label, chance))
            above.append(measures.brier(label, chance) - measures.brier(label, base))
        print(
            f"{count or earlier.height:6}{aucs[0]:8.3f}{np.mean(aucs):8.3f}"
            f"{np.mean(above):9.4f}, at worst {max(above):.4f}"
        )


if __name__ == "__main__":
    main()
