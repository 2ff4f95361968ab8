"""Reasons of a score: codes with their points, the words of their sentence and the rows behind.

They are written as JSON, for all landmarks of a code at once. A reason is {"code", "points",
"params", "rows"}; positive points speak for the target, the bad end.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars import Expr, coalesce, col, when

from scoring import in_json
from scoring.evidence import Evidence, Places
from scoring.feature import TOLD, Feature

FEW_LEADS = 100
SPEAKS = "__speaks"
as_json = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
Numbers = NDArray[np.float64]
_REASON = in_json.object_of(
    {
        "code": col("code"),
        "points": in_json.exact(col("points")),
        "params": col("params"),
        "rows": in_json.list_of(col("rows")),
    }
)


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


@dataclass(frozen=True)
class Spoken:
    """One code, the places of the leads in which it is worth something, and what each of its
    features is worth there.
    """

    code: str
    leads: Places
    worth: Numbers
    features: Sequence[Feature]

    @cached_property
    def points(self) -> Numbers:
        """Return what the code is worth in each of its leads."""
        total: Numbers = self.worth.sum(axis=1)
        return total


def reasons_of(
    values: pl.DataFrame,
    behind: pl.DataFrame,
    worth: Numbers,
    *,
    catalogue: Sequence[Feature],
    columns: Sequence[str],
    own: Mapping[str, Tells] = MappingProxyType({}),
) -> list[str]:
    """Return the reasons of each landmark, the heaviest first; they add up to its points.

    `worth` has a column for each name of `columns`; those of `own` are the vendor's own fields.
    `behind` says which rows of the landmarks stand behind which features. Words and rows are
    written of those reasons alone that are worth something.
    """
    features = {feature.name: feature for feature in catalogue}
    codes = Codes.of(columns, catalogue)
    spoken = []
    for code, places in zip(codes.names, codes.places, strict=True):
        of_code = worth[:, places]
        leads = np.flatnonzero(of_code.any(axis=1))
        if leads.size:
            named = [] if code in own else [features[columns[place]] for place in places]
            spoken.append(Spoken(code, leads, of_code[leads], named))
    joined = ["[]"] * values.height
    if spoken:
        leads = np.concatenate([each.leads for each in spoken])
        weights = np.concatenate([-np.abs(each.points) for each in spoken])
        order = np.lexsort((weights, leads))
        texts = _in_order(spoken, _texts(spoken, values, behind), values, own)
        for lead, text in in_json.by_owner(leads[order], texts[order]).iter_rows():
            joined[lead] = f"[{text}]"
    return joined


def _in_order(
    spoken: Sequence[Spoken], texts: pl.Series, values: pl.DataFrame, own: Mapping[str, Tells]
) -> pl.Series:
    """Return the texts of all codes, those of own fields among them."""
    if not own:
        return texts
    parts, start = [], 0
    for each in spoken:
        if each.code in own:
            said = values.get_column(each.code)[each.leads]
            parts.append(_own_texts(each.code, said, each.points, own[each.code]))
        else:
            parts.append(texts.slice(start, each.leads.size))
            start += each.leads.size
    return pl.concat(parts)


def _texts(spoken: Sequence[Spoken], values: pl.DataFrame, behind: pl.DataFrame) -> pl.Series:
    """Return the reasons of one code after the other as JSON, without those of own fields."""
    told = [each for each in spoken if each.features]
    if not told:
        return pl.Series(dtype=pl.String)
    counts = [each.leads.size for each in told]
    parts = pl.DataFrame(
        {
            "code": np.repeat(np.array([f'"{each.code}"' for each in told]), counts),
            "points": np.concatenate([each.points for each in told]),
            "params": _params(told, values),
            "rows": Evidence(behind).written([(each.leads, _pairs(each)) for each in told]),
        }
    )
    return parts.select(_REASON).to_series()


def _pairs(each: Spoken) -> list[tuple[str, Places]]:
    """Return the features of a code, each with the leads in which it is worth something."""
    return [
        (feature.name, each.leads[each.worth[:, at] != 0])
        for at, feature in enumerate(each.features)
    ]


def _params(told: Sequence[Spoken], values: pl.DataFrame) -> pl.Series:
    """Return the words of the reasons, one code after the other.

    Those of few leads are made at once, those of many of the leads alone that have the reason.
    """
    schema = values.schema
    if values.height <= FEW_LEADS:
        frame = values.hstack([one for each in told for one in _speaks(each, values.height)])
        texts = frame.select(
            _words(tuple(each.features), _types(each, schema)).alias(each.code) for each in told
        )
        return pl.concat([texts.get_column(each.code)[each.leads] for each in told])
    parts = []
    for each in told:
        needed = {name for one in each.features for name in _told(one).values()}
        frame = values.select(needed)[each.leads]
        frame = frame.hstack([one[each.leads] for one in _speaks(each, values.height)])
        text = frame.select(_words(tuple(each.features), _types(each, schema)))
        parts.append(text.to_series())
    return pl.concat([part.rename("params") for part in parts])


def _speaks(each: Spoken, height: int) -> Iterator[pl.Series]:
    """Yield for each of several features of a code in which leads it speaks."""
    if len(each.features) > 1:
        for at, feature in enumerate(each.features):
            found = np.zeros(height, dtype=bool)
            found[each.leads] = each.worth[:, at] != 0
            yield pl.Series(feature.name + SPEAKS, found)


def _types(each: Spoken, schema: Mapping[str, pl.DataType]) -> tuple[pl.DataType, ...]:
    return tuple(schema[name] for one in each.features for name in _told(one).values())


@lru_cache(maxsize=1_000)
def _words(features: tuple[Feature, ...], types: tuple[pl.DataType, ...]) -> Expr:
    """Return what is said by a code of which one or several features speak, as JSON."""
    params: dict[str, list[Expr]] = {}
    of_each = iter(types)
    for feature in features:
        for key, name in _told(feature).items():
            said = in_json.value_of(name, next(of_each))
            if len(features) > 1:
                said = when(feature.name + SPEAKS).then(said)
            params.setdefault(key, []).insert(0, said)
    return in_json.object_of({key: coalesce(said) for key, said in params.items()})


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
