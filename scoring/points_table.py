"""The points as a table, beside what own outcomes say of them."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from scoring import panels, titles
from scoring.scorecard import read_scorecard

SHIPPED, STRONGEST = "points_v1", 6


def rows(kept: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    """Return every bin in the order of the catalogue; before any training the shipped points."""
    found = panels.signals(kept or _shipped())
    return sorted(found, key=lambda row: row["code"])


def strongest() -> list[dict[str, Any]]:
    """Return the heaviest signals of the shipped points, each with its extremes."""
    by_signal: dict[str, list[float]] = {}
    for row in panels.signals(_shipped()):
        by_signal.setdefault(row["feature"], []).append(row["points"])
    return [
        {
            "code": titles.code(feature),
            "words": titles.title(feature),
            "points": sorted({points[0], max(points), min(points)}, reverse=True),
        }
        for feature, points in list(by_signal.items())[:STRONGEST]
    ]


def _shipped() -> list[dict[str, Any]]:
    """Return the shipped bins."""
    return [
        {
            "feature": each.feature,
            "answer": each.answer,
            "start": None if each.answer else each.start,
            "end": None if each.answer or each.end == inf else each.end,
            "is_above": each.is_above,
            "points": each.points,
            "in_use": each.points,
            "n": 0,
        }
        for each in read_scorecard(SHIPPED, features=titles.TITLES).bins
    ]
