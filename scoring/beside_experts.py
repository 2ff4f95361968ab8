"""What a vendor's own outcomes say of each signal, beside what experience says of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from polars import col

from scoring import measures, training
from scoring.blend import Blend
from scoring.blend_columns import Column, column_of_bin
from scoring.scorecard import LOG_ODDS_PER_POINT, Z_80, Bin, Numbers, Scorecard

FEWEST_KNOWN, MOST_FIELDS = 20, 5
WIDEST = 40 * LOG_ODDS_PER_POINT / Z_80  # of a deviation: its interval still fits the clip


def signals(
    blend: Blend, card: Scorecard, known: pl.DataFrame | None, *, line: Blend | None = None
) -> list[dict[str, Any]]:
    """Return each bin of the points: what experience says, what own outcomes say, what counts.

    `n` is of how many leads with a known end it ever held. Points count against an order. `line`
    says what own outcomes say of one answer, where the version in use learned steps.
    """
    said = said_by_data(line or blend, card)
    added = None if known is None else blend.learned(known, card)
    names, found = blend.features(card), []
    for each in card.bins:
        column = column_of_bin(each)
        row: dict[str, Any] = {
            "feature": each.feature,
            "answer": each.answer,
            "start": column.start,
            "end": column.end,
            "is_above": each.is_above,
            "points": each.points,
            "n": _holders(each, known),
            "in_use": (1 - blend.share) * blend.slope * each.points,
        }
        if known is not None and added is not None and each.feature in known.columns:
            row["in_use"] += _learned(each, known, added[:, names.index(each.feature)])
        if column in said:
            row |= dict(zip(("data", "low", "high"), said[column], strict=True))
        found.append(row)
    return found


def _learned(each: Bin, known: pl.DataFrame, added: Numbers) -> float:
    """Return the points that were learned of a bin's feature where the bin held, on average."""
    held = known.select(each.holds.fill_null(value=False)).to_series().to_numpy()
    return float(added[held].mean()) if held.any() else 0.0


def said_by_data(blend: Blend, card: Scorecard) -> dict[Column, tuple[float, float, float]]:
    """Return what own outcomes alone say of each column, in points, with the 80 % interval.

    What was learned leans on what experience expects; here that is taken out again, so that the
    two can be compared. A column of which the outcomes say next to nothing is left out.
    """
    if not blend.covariance:
        return {}
    variance = np.diag(np.array(blend.covariance))[1:]
    expected = training.expected(blend.columns, card, slope=blend.slope)
    held = training.penalties(blend.columns)
    told = 1 / variance - held
    found = {}
    for at, column in enumerate(blend.columns):
        if told[at] * WIDEST**2 < 1:
            continue
        leaning = blend.coefficients[at] / variance[at] - expected[at] * held[at]
        data, half = leaning / told[at], Z_80 / np.sqrt(told[at])
        points = (data / LOG_ODDS_PER_POINT, half / LOG_ODDS_PER_POINT)
        found[column] = (float(points[0]), float(points[0] - points[1]), float(sum(points)))
    return found


def _holders(each: Bin, known: pl.DataFrame | None) -> int:
    if known is None or each.feature not in known.columns:
        return 0
    return known.filter(each.holds.fill_null(value=False)).get_column("lead_id").n_unique()


def strongest(rows: pl.DataFrame, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the fields that alone rank the leads best; one above 0.9 looks like a leak."""
    found: list[dict[str, Any]] = []
    for name in names:
        if not rows.schema[name].is_numeric():
            continue
        known = rows.filter(col(name).is_not_null())
        value = known.get_column(name).cast(pl.Float64).to_numpy()
        ranked = measures.auc(known.get_column("label").to_numpy().astype(float), value)
        if known.height >= FEWEST_KNOWN and not np.isnan(ranked):
            found.append({"feature": name, "n": known.height, "auc": max(ranked, 1 - ranked)})
    return sorted(found, key=lambda each: each["auc"], reverse=True)[:MOST_FIELDS]
