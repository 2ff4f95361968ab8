"""Reasons of a score: codes with their points, the words of their sentence and the rows behind."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Protocol, TypedDict

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


class Tells(Protocol):
    """Says in params what a lead's value in an own field is."""

    def params(self, value: Any) -> dict[str, Any]: ...


def reasons_of(
    values: pl.DataFrame,
    worth: NDArray[np.float64],
    *,
    catalogue: Sequence[Feature],
    columns: Sequence[str],
    own: Mapping[str, Tells] = MappingProxyType({}),
) -> Iterator[list[Reason]]:
    """Yield the reasons of each landmark, the heaviest first; they add up to its points.

    `worth` has a column for each name of `columns`; those of `own` are the vendor's own fields.
    Only the rows in which a feature is worth something are taken out of the frame.
    """
    features = {feature.name: feature for feature in catalogue}
    told = _columns_told(values)
    found: list[dict[str, Reason]] = [{} for _ in range(values.height)]
    for place, name in enumerate(columns):
        active = np.flatnonzero(worth[:, place])
        if not active.size:
            continue
        points = dict(zip(active.tolist(), worth[active, place].tolist(), strict=True))
        if name in own:
            _add_own(found, name, points, tells=own[name], said=values.get_column(name))
        else:
            feature = features[name]
            words = {feature.says: name, **told.get(name, {})}
            there = values.select(*set(words.values()), name + EVIDENCE)[active]
            _add(found, feature, points, words=words, there=there)
    for reasons in found:
        yield sorted(reasons.values(), key=lambda reason: -abs(reason["points"]))


def _add(
    found: list[dict[str, Reason]],
    feature: Feature,
    points: Mapping[int, float],
    *,
    words: Mapping[str, str],
    there: pl.DataFrame,
) -> None:
    """Add what one feature says to the reasons of the landmarks where it is worth something."""
    told = {key: there.get_column(column).to_list() for key, column in words.items()}
    behind = there.get_column(feature.name + EVIDENCE).list.head(MOST_ROWS).to_list()
    code = feature.reason_code
    for index, (landmark, worth) in enumerate(points.items()):
        reason = found[landmark].get(code)
        if reason is None:
            reason = found[landmark][code] = Reason(code=code, points=0.0, params={}, rows=[])
        reason["points"] += worth
        for key, values in told.items():
            if (value := values[index]) is not None:
                reason["params"][key] = said(value)
        names = dict.fromkeys([*reason["rows"], *map(written, behind[index])])
        reason["rows"] = list(names)[:MOST_ROWS]


def _add_own(
    found: list[dict[str, Reason]],
    name: str,
    points: Mapping[int, float],
    *,
    tells: Tells,
    said: pl.Series,
) -> None:
    """Add what a field of the vendor's own says; no row but the lead itself stands behind it."""
    for landmark, worth in points.items():
        params = tells.params(said[landmark])
        found[landmark][name] = Reason(code=name, points=worth, params=params, rows=[])


def _columns_told(values: pl.DataFrame) -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, str]] = {}
    for column in values.columns:
        if TOLD in column:
            name, key = column.split(TOLD)
            told.setdefault(name, {})[key] = column
    return told


def said(value: Any) -> Any:
    """Return a value as it can be stored: numbers to one decimal, dates as ISO, codes as such."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 1)
    if isinstance(value, date):
        return value.isoformat()
    return value
