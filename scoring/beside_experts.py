"""What a vendor's own outcomes say of each signal, beside what experience says of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from polars import col

from scoring import measures
from scoring.blend import Blend, column_of_bin
from scoring.scorecard import LOG_ODDS_PER_POINT, Z_80, Bin, Scorecard

FEWEST_KNOWN, MOST_FIELDS = 20, 5


def signals(blend: Blend, card: Scorecard, known: pl.DataFrame | None) -> list[dict[str, Any]]:
    """Return each bin of the points: what experience says, what own outcomes say, what counts.

    `n` is of how many leads with a known end it ever held. Points count against an order.
    """
    learned = dict(zip(blend.columns, blend.coefficients, strict=True))
    variance = np.diag(np.array(blend.covariance)) if blend.covariance else np.zeros(1)
    deviations = np.sqrt(variance)[1:].tolist()
    spread = dict(zip(blend.columns, deviations, strict=False))
    found = []
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
        if column in learned:
            data = learned[column] / LOG_ODDS_PER_POINT
            half = Z_80 * spread.get(column, 0.0) / LOG_ODDS_PER_POINT
            row |= {"data": data, "low": data - half, "high": data + half}
            row["in_use"] += blend.share * data
        found.append(row)
    return found


def _holders(each: Bin, known: pl.DataFrame | None) -> int:
    if known is None:
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
