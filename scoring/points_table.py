"""The points as a table, beside what own outcomes say of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from scoring import panels
from scoring.points_cells import Cell

STRONGEST = 6


def rows(cells: Sequence[Cell], kept: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """Return every cell that has points or of which the latest training knows something.

    What is in use is not known for points that were changed since that training.
    """
    known = {_place(row): row for row in kept}
    words = {cell.bin: (place, cell.words) for place, cell in enumerate(cells)}
    found = panels.signals([_row(cell, known.get(cell.bin)) for cell in cells])
    for row in found:
        row["place"], row["words"] = words[_place(row)]
    return sorted(found, key=lambda row: row["place"])


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("feature", "answer", "start", "end", "is_above"))


def _row(cell: Cell, known: Mapping[str, Any] | None) -> dict[str, Any]:
    feature, answer, start, end, is_above = cell.bin
    place = {"feature": feature, "answer": answer, "start": start, "end": end, "is_above": is_above}
    if known is None:
        return {**place, "points": cell.points, "in_use": None, "n": 0}
    in_use = known["in_use"] if known["points"] == cell.points else None
    return {**known, **place, "points": cell.points, "in_use": in_use}


def strongest(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """Return the signals that weigh most, each with its extremes."""
    by_signal: dict[str, list[Cell]] = {}
    for cell in cells:
        by_signal.setdefault(cell.feature, []).append(cell)
    ordered = sorted(by_signal.values(), key=lambda found: -max(abs(c.points) for c in found))
    return [
        {
            "code": found[0].code,
            "words": found[0].title,
            "points": _extremes([cell.points for cell in found]),
        }
        for found in ordered[:STRONGEST]
    ]


def _extremes(points: Sequence[float]) -> list[float]:
    heaviest = max(points, key=abs)
    return sorted({heaviest, max(points), min(points)}, reverse=True)
