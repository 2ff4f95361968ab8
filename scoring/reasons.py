"""Reasons of a score: codes with their points, the words of their sentence and the rows behind."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, TypedDict

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.feature import EVIDENCE, TOLD, Feature
from scoring.frames import written

MOST_ROWS = 20


class Reason(TypedDict):
    """One reason as it is stored; positive points speak for the target, the bad end."""

    code: str
    points: float
    params: dict[str, Any]
    rows: list[str]


def reasons_of(
    values: pl.DataFrame,
    worth: NDArray[np.float64],
    *,
    catalogue: Sequence[Feature],
    columns: Sequence[str],
) -> Iterator[list[Reason]]:
    """Yield the reasons of each landmark, the heaviest first; they add up to its points.

    `worth` has a column for each name of `columns`.
    """
    features = {feature.name: feature for feature in catalogue}
    told = _columns_told(values)
    plain = values.to_dict(as_series=False)
    for row in range(values.height):
        found: dict[str, Reason] = {}
        for place in np.flatnonzero(worth[row]).tolist():
            feature = features[columns[place]]
            reason = found.setdefault(
                feature.reason_code,
                Reason(code=feature.reason_code, points=0.0, params={}, rows=[]),
            )
            reason["points"] += float(worth[row, place])
            words = [(feature.says, feature.name), *told.get(feature.name, ())]
            for key, column in words:
                if (value := plain[column][row]) is not None:
                    reason["params"][key] = said(value)
            _add_rows(reason["rows"], plain[feature.name + EVIDENCE][row])
        yield sorted(found.values(), key=lambda reason: -abs(reason["points"]))


def _columns_told(values: pl.DataFrame) -> dict[str, list[tuple[str, str]]]:
    told: dict[str, list[tuple[str, str]]] = {}
    for column in values.columns:
        if TOLD in column:
            name, key = column.split(TOLD)
            told.setdefault(name, []).append((key, column))
    return told


def _add_rows(rows: list[str], ids: Sequence[int]) -> None:
    for row_id in ids:
        name = written(row_id)
        if name not in rows and len(rows) < MOST_ROWS:
            rows.append(name)


def said(value: Any) -> Any:
    """Return a value as it can be stored: numbers to one decimal, dates as ISO, codes as such."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 1)
    if isinstance(value, date):
        return value.isoformat()
    return value
