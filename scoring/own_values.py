"""What a lead said in the vendor's own fields at a moment, from states that carry their date."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from scoring.blend import Blend
from scoring.blend_columns import Column, Kind

PREFIX = "cf_"  # so that no field of the vendor's bears the name of a feature
KEYS = ("lead_id", "known_at")
OF_NUMBERS = frozenset({Kind.NUMBER, Kind.STEPS, Kind.SPAN})


def names_of(states: Sequence[pl.DataFrame]) -> tuple[str, ...]:
    """Return the names of the fields of all states."""
    return tuple(name for frame in states for name in frame.columns if name not in KEYS)


def known_at(rows: pl.DataFrame, states: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Add to rows (lead_id, as_of, ...) the latest state of each field that was known then.

    A frame of states has a row per change: `lead_id`, `known_at` and a column for each field.
    """
    if not states:
        return rows
    found = rows.with_row_index("place").sort("as_of")
    for frame in states:
        found = found.join_asof(
            frame.sort("known_at"),
            left_on="as_of",
            right_on="known_at",
            by="lead_id",
            check_sortedness=False,
        ).drop("known_at", strict=False)
    return found.sort("place").drop("place")


def without_gone(blend: Blend, values: pl.DataFrame) -> Blend:
    """Return a blend in which own fields that are gone, or of another kind now, count nothing."""
    schema = values.schema
    gone = {each.feature for each in blend.columns if _is_gone(each, schema)}
    kept = [at for at, column in enumerate(blend.columns) if column.feature not in gone]
    if not gone:
        return blend
    covariance = np.array(blend.covariance)
    if blend.covariance:
        rows = [0, *(at + 1 for at in kept)]
        covariance = covariance[rows][:, rows]
    return replace(
        blend,
        columns=tuple(blend.columns[at] for at in kept),
        coefficients=tuple(blend.coefficients[at] for at in kept),
        covariance=tuple(tuple(row) for row in covariance.tolist()),
    )


def _is_gone(column: Column, schema: pl.Schema) -> bool:
    if not column.feature.startswith(PREFIX):
        return False
    dtype = schema.get(column.feature)
    if dtype is None:
        return True
    return column.kind is not Kind.MISSING and (column.kind in OF_NUMBERS) != dtype.is_numeric()


def told(blend: Blend) -> set[str]:
    """Return the own fields that a blend reads."""
    return {each.feature for each in blend.columns if each.feature.startswith(PREFIX)}
