"""Reasons of a score: codes with their points, the words of their sentence and the rows behind.

They are written as JSON, for all landmarks of a code at once. A reason is {"code", "points",
"params", "rows"}; positive points speak for the target, the bad end.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars import Expr, coalesce, col, concat_list, lit, when

from scoring import in_json
from scoring.feature import EVIDENCE, TOLD, Feature
from scoring.frames import may_repeat, written

MOST_ROWS = 20
as_json = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
Numbers = NDArray[np.float64]


class Tells(Protocol):
    """Says in params what a lead's value in an own field is."""

    def params(self, value: Any) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Codes:
    """The reason codes of a scorer's columns, and the places of the columns of each."""

    names: Sequence[str]
    places: Sequence[Sequence[int]]

    @classmethod
    def of(cls, columns: Sequence[str], catalogue: Sequence[Feature]) -> "Codes":
        """Return the codes in the order of the columns; an own field is a code of its own."""
        code_of = {feature.name: feature.reason_code for feature in catalogue}
        found: dict[str, list[int]] = {}
        for place, name in enumerate(columns):
            found.setdefault(code_of.get(name, name), []).append(place)
        return cls(tuple(found), tuple(found.values()))

    @cached_property
    def adds(self) -> Numbers:
        """Return how the columns add up to the codes."""
        size = sum(map(len, self.places))
        found = np.zeros((size, len(self.names)))
        for at, places in enumerate(self.places):
            found[places, at] = 1
        return found


def reasons_of(
    values: pl.DataFrame,
    worth: Numbers,
    *,
    catalogue: Sequence[Feature],
    columns: Sequence[str],
    own: Mapping[str, Tells] = MappingProxyType({}),
) -> list[str]:
    """Return the reasons of each landmark, the heaviest first; they add up to its points.

    `worth` has a column for each name of `columns`; those of `own` are the vendor's own fields.
    Only the rows in which a feature is worth something are taken out of the frame.
    """
    codes = Codes.of(columns, catalogue)
    features = {feature.name: feature for feature in catalogue}
    parts = []
    for code, places in zip(codes.names, codes.places, strict=True):
        of_all = worth[:, places]
        active = np.flatnonzero(of_all.any(axis=1))
        if not active.size:
            continue
        of_code = of_all[active]
        if code in own:
            text = _own_texts(code, values.get_column(code)[active], of_code[:, 0], own[code])
        else:
            behind = [features[columns[place]] for place in places]
            there = values.select({name for each in behind for name in _columns(each)})[active]
            text = _texts(code, behind, there, of_code)
        parts.append(pl.DataFrame({"at": active, "weight": -np.abs(of_code.sum(axis=1))}))
        parts[-1].insert_column(2, text.alias("text"))
    return _joined(parts, values.height)


def _joined(parts: Sequence[pl.DataFrame], count: int) -> list[str]:
    found = ["[]"] * count
    if parts:
        ordered = pl.concat(parts).sort("at", "weight", maintain_order=True)
        whole = ordered.group_by("at", maintain_order=True).agg(
            in_json.list_of(col("text").str.join(", "))
        )
        for at, text in whole.iter_rows():
            found[at] = text
    return found


def _texts(code: str, behind: Sequence[Feature], there: pl.DataFrame, worth: Numbers) -> pl.Series:
    """Return the reasons of one code, of which one or several features speak."""
    speaks = {f"is_{at}": pl.Series(worth[:, at] != 0) for at in range(len(behind))}
    frame = there.with_columns(points=worth.sum(axis=1), **speaks)
    params: dict[str, list[Expr]] = {}
    for at, feature in enumerate(behind):
        for key, name in _told(feature).items():
            said = in_json.value_of(name, frame.schema[name])
            params.setdefault(key, []).insert(0, when(f"is_{at}").then(said))
    rows = [
        when(f"is_{at}").then(col(feature.name + EVIDENCE).list.head(MOST_ROWS))
        for at, feature in enumerate(behind)
    ]
    reason = in_json.object_of(
        {
            "code": lit(f'"{code}"'),
            "points": in_json.exact(col("points")),
            "params": in_json.object_of({key: coalesce(said) for key, said in params.items()}),
            "rows": _rows(rows, frame, behind),
        }
    )
    return frame.select(reason).to_series()


def _rows(rows: Sequence[Expr], frame: pl.DataFrame, behind: Sequence[Feature]) -> Expr:
    """Return the ids of the rows behind a reason, each once."""
    none = lit([], dtype=pl.List(pl.Int64))
    found = concat_list([each.fill_null(none) for each in rows]) if len(rows) > 1 else rows[0]
    ids = found.list.eval(written(pl.element()))
    evidence = [frame.get_column(feature.name + EVIDENCE) for feature in behind]
    if len(rows) > 1 or any(may_repeat(each) for each in evidence):
        ids = ids.list.unique(maintain_order=True).list.head(MOST_ROWS)
    return in_json.list_of(ids.list.join(", "))


def _columns(feature: Feature) -> list[str]:
    return [*_told(feature).values(), feature.name + EVIDENCE]


def _told(feature: Feature) -> dict[str, str]:
    """Return the columns of what its sentence says, by the name under which it says it."""
    told = {key: f"{feature.name}{TOLD}{key}" for key in feature.told}
    return {feature.says: feature.name, **told}


def _own_texts(name: str, said: pl.Series, points: Numbers, tells: Tells) -> pl.Series:
    """Return what a field of the vendor's own says; no row but the lead itself stands behind."""
    return pl.Series(
        [
            as_json({"code": name, "points": worth, "params": tells.params(value), "rows": []})
            for value, worth in zip(said.to_list(), points.tolist(), strict=True)
        ],
        dtype=pl.String,
    )
