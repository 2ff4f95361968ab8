"""How far a score can be trusted: the figures of the score page, from a vendor's own past.

Each later lead is scored at one moment by a version that saw only ends known before the lead was
opened, so every figure is in the order of time. All results are plain data.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from polars import col

from scoring import evaluation, labels, measures, past, training
from scoring.beside_experts import signals, strongest
from scoring.blend import Blend, Learner
from scoring.past import History
from scoring.scorecard import Z_80, Numbers, Scorecard
from scoring.vocabulary import Outcome

DAYS = (30, 14, 0)
ENOUGH_OF_THEM = 0.5
MOST_LEADS = 2_000
SCORERS = {"base_rate": "base_rate", "points": "probability_points", "blend": "probability"}
RED_BELOW, AMBER_BELOW, SAID_OFTEN = 1 / 3, 2 / 3, 0.3
FEWEST_ORDERS_LEFT = 5
ENOUGH_TO_COMPARE = 20
GROUPS = 5
FORMAT = 1


@dataclass(frozen=True)
class Past:
    """Later leads with what was said of them at one moment, and the versions that said it."""

    days: int
    rows: pl.DataFrame
    versions: Sequence[tuple[datetime, Blend]]


def figures(
    history: History,
    values: pl.DataFrame,
    *,
    card: Scorecard,
    trained: Blend,
    until: datetime,
    target: str = labels.NO_ORDER,
    fields: Sequence[str] = (),
) -> dict[str, Any]:
    """Return all figures that the page shows of one target; `values` are its landmarks."""
    if history.leads.is_empty():
        return {"format": FORMAT, "n": 0, "signals": signals(trained, card, None)}
    known = past.labelled(history, values, cut=until, target=target)
    found = _scored_in_time(
        history, values, known, card=card, target=target, fields=fields, learner=trained.learner
    )
    rows = _with_efforts(found.rows, history)
    label = rows.get_column("label").to_numpy().astype(float)
    return {
        "format": FORMAT,
        "n": rows.height,
        "orders": int((1 - label).sum()),
        "day": found.days,
        "median_order": _median_order(history),
        "scorers": {name: _scorer(rows, column) for name, column in SCORERS.items()},
        "calibration": calibration(label, rows.get_column("probability").to_numpy(), _usual(rows)),
        "leads": _leads(rows),
        "curve": _curve(found, rows, card),
        "quarters": _quarters(rows),
        "shift": shift(1 - rows.get_column("probability").to_numpy()),
        "signals": signals(trained, card, known, line=_line(trained, known, card, fields=fields)),
        "strongest": strongest(rows, [*card.features, *fields]),
    }


def _line(trained: Blend, known: pl.DataFrame, card: Scorecard, *, fields: Sequence[str]) -> Blend:
    """Return what own outcomes say answer by answer; boosted steps do not say it."""
    if trained.learner is not Learner.BOOSTED:
        return trained
    cut = datetime.fromisoformat(trained.trained_until)
    return training.train(known, card=card, cut=cut, target=trained.target, fields=fields)


def _scored_in_time(
    history: History,
    values: pl.DataFrame,
    known: pl.DataFrame,
    *,
    card: Scorecard,
    target: str,
    fields: Sequence[str],
    learner: Learner,
) -> Past:
    """Score each later lead once, by the latest version that could be trained before it opened."""
    days, later = _moments(known)
    origins = evaluation.origins(history)
    versions, scored = [], []
    for origin, end in zip(origins, [*origins[1:], None], strict=True):
        blend = evaluation.train_until(
            history,
            values,
            card=card,
            cut=origin,
            target=target,
            fields=fields,
            learner=learner,
        )
        versions.append((origin, blend))
        block = later.filter(col("opened_at") >= origin)
        block = block if end is None else block.filter(col("opened_at") < end)
        if block.height:
            scored.append(evaluation.said_by(blend, block, card))
    empty = evaluation.said_by(versions[0][1], later.head(0), card)
    return Past(days, pl.concat([empty, *scored]), versions)


def _moments(known: pl.DataFrame) -> tuple[int, pl.DataFrame]:
    """Return the latest day of the list at which most leads still ran, and their rows of it."""
    leads = known.get_column("lead_id").n_unique()
    for days in DAYS:
        rows = known.filter(col("as_of") == col("opened_at") + timedelta(days=days))
        if rows.height >= ENOUGH_OF_THEM * leads:
            break
    return days, rows


def _with_efforts(rows: pl.DataFrame, history: History) -> pl.DataFrame:
    """Add the unpaid hours after the moment, how the lead ended and when."""
    spent = history.efforts.join(rows.select("lead_id", "as_of"), on="lead_id")
    spent = spent.filter(col("happened_at") > col("as_of"))
    hours = spent.group_by("lead_id").agg(hours=col("unpaid_hours").sum())
    ends = history.leads.select("lead_id", "outcome", "closed_at")
    found = rows.join(hours, on="lead_id", how="left").join(ends, on="lead_id", how="left")
    return found.with_columns(
        col("hours").fill_null(0.0),
        col("outcome").fill_null(""),
        ended_at=col("closed_at").fill_null(col("as_of") + history.horizon),
    ).sort("as_of", "lead_id")


def _usual(rows: pl.DataFrame) -> float:
    """Return the latest usual rate of orders."""
    return float(1 - rows.get_column("base_rate")[-1]) if rows.height else 0.2


def _median_order(history: History) -> float | None:
    won = history.leads.filter(col("outcome") == Outcome.WON).get_column("amount").median()
    return float(won) if isinstance(won, int | float) else None


def _scorer(rows: pl.DataFrame, column: str) -> dict[str, Any]:
    """Return a scorer's measures with their intervals, and what lay below a third of usual."""
    label = rows.get_column("label").to_numpy().astype(float)
    said = rows.get_column(column).to_numpy()
    accounts = rows.get_column("account_id").to_numpy()
    red = (1 - said) < RED_BELOW * (1 - rows.get_column("base_rate").to_numpy())
    shown = measures.measured(label, said, accounts, of=["auc", "brier"])
    return {
        **{name: asdict(each) for name, each in shown.items()},
        "red": int(red.sum()),
        "red_without_order": int(label[red].sum()),
    }


def calibration(label: Numbers, no_order: Numbers, usual: float) -> list[dict[str, Any]]:
    """Return four bands of the chance of an order: what was said and what happened."""
    chance, cuts = 1 - no_order, [RED_BELOW * usual, AMBER_BELOW * usual, max(SAID_OFTEN, usual)]
    bands = []
    for start, end in zip([0.0, *cuts], [*cuts, 1.0], strict=True):
        inside = (chance >= start) & ((chance < end) | (end == 1))
        orders, n = int((1 - label)[inside].sum()), int(inside.sum())
        low, high = interval(orders, n)
        said = float(chance[inside].mean()) if n else None
        bands.append(
            {"from": start, "to": end, "said": said, "n": n, "orders": orders}
            | {"low": low, "high": high}
        )
    return bands


def interval(hits: int, of: int) -> tuple[float, float]:
    """Return the 80 % interval of a share after Wilson."""
    if not of:
        return 0.0, 1.0
    share, square = hits / of, Z_80**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z_80 * math.sqrt(share * (1 - share) / of + square / (4 * of**2)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def _leads(rows: pl.DataFrame) -> list[list[Any]]:
    """Return the latest leads: id, day, chance, usual rate, no order, hours after, outcome."""
    kept = rows.tail(MOST_LEADS).select(
        "lead_id",
        day=col("as_of").dt.strftime("%Y-%m-%d"),
        chance=(1 - col("probability")).round(4),
        usual=(1 - col("base_rate")).round(4),
        no_order=col("label").cast(pl.Int8),
        spent=col("hours").round(1),
        ended="outcome",
    )
    return [list(row) for row in kept.iter_rows()]


def _curve(found: Past, rows: pl.DataFrame, card: Scorecard) -> list[dict[str, Any]]:
    """Return how well each version ranked all leads that were opened after it."""
    steps = []
    for origin, blend in found.versions:
        later = rows.filter(col("opened_at") >= origin)
        label = later.get_column("label").to_numpy().astype(float)
        orders = int((1 - label).sum())
        said = later.drop("probability", "probability_learned", "probability_points")
        ranked: dict[str, Any] = asdict(measures.Measured(None))
        if orders >= FEWEST_ORDERS_LEFT:
            chance = evaluation.said_by(blend, said, card).get_column("probability").to_numpy()
            accounts = later.get_column("account_id").to_numpy()
            ranked = asdict(measures.measured(label, chance, accounts, of=["auc"])["auc"])
        learned_from = blend.outcomes.deals if blend.share else 0
        steps.append({"from": learned_from, "n": later.height, "orders": orders, "auc": ranked})
    return steps


def _quarters(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Return orders beside the mean chance said, by the quarter in which the leads ended."""
    dated = rows.with_columns(
        name=pl.format("{} Q{}", col("ended_at").dt.year(), col("ended_at").dt.quarter())
    )
    by_quarter = dated.group_by("name").agg(
        n=pl.len(), orders=(1 - col("label")).sum(), said=(1 - col("probability")).mean()
    )
    return [
        row | dict(zip(("low", "high"), interval(row["orders"], row["n"]), strict=True))
        for row in by_quarter.sort("name").tail(6).iter_rows(named=True)
    ]


def shift(chance: Numbers) -> dict[str, Any] | None:
    """Return the population stability index of the latest third of the chances said."""
    cut = len(chance) * 2 // 3
    before, after = chance[:cut], chance[cut:]
    if len(after) < ENOUGH_TO_COMPARE:
        return None
    edges = np.quantile(before, np.linspace(0, 1, GROUPS + 1)[1:-1])
    shares = [
        (np.bincount(np.searchsorted(edges, part, side="right"), minlength=GROUPS) + 0.5)
        / (len(part) + 0.5 * GROUPS)
        for part in (before, after)
    ]
    index = float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())
    return {"index": index, "before": len(before), "after": len(after)}
