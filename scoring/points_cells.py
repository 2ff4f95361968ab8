"""The points as cells that a person can edit: what each is called, what it holds, what changed.

A cell is an answer or a step of a signal. Its points are edited, and where a step begins; the two
signals that count by their measure are not.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm import formats, wording
from crm.models import CustomField
from scoring import titles
from scoring.own_fields import PREFIX

OWN, BEGINS = "own", ".begins"
YES_NO = ("true", "false")
MOST_ANSWERS = 30
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """One answer or step; `begins` is where it starts, None where that is no matter of choice."""

    name: str
    feature: str
    code: str
    title: str
    words: str
    points: float
    begins: float | None = None
    bin: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Change:
    """One number of the points before and after an edit."""

    name: str
    code: str
    words: str
    was: float
    becomes: float
    is_begin: bool = False

    @property
    def before(self) -> str:
        """Return the number before, as tables show it."""
        return written(self.was, is_begin=self.is_begin)

    @property
    def after(self) -> str:
        """Return the number after, as tables show it."""
        return written(self.becomes, is_begin=self.is_begin)


def cells(data: Data, fields: Sequence[CustomField] = ()) -> list[Cell]:
    """Return every cell in the order of the catalogue, own fields last."""
    found = [cell for name, entry in data["points"].items() for cell in _of_signal(name, entry)]
    found.sort(key=lambda cell: cell.code)
    return [*found, *(cell for field in fields for cell in _of_field(field, data.get(OWN, {})))]


def _of_signal(feature: str, entry: Data) -> Iterator[Cell]:
    for answer, points in entry.get("is", {}).items():
        place = (feature, answer, None, None, False)
        yield _cell(f"{feature}.is.{answer}", place, points)
    key = "over" if "over" in entry else "from"
    steps = entry.get(key, [])
    ends = [start for start, _points in steps[1:]] + [None] * bool(steps)
    for at, ((start, points), end) in enumerate(zip(steps, ends, strict=True)):
        place = (feature, "", start, end, key == "over")
        is_choice = start > 0 and (start != 1 or len(steps) > 1)
        begins = float(start) if is_choice else None
        yield _cell(f"{feature}.{key}.{at}", place, points, begins)


def _cell(name: str, place: tuple[Any, ...], points: float, begins: float | None = None) -> Cell:
    feature = place[0]
    row = dict(zip(("feature", "answer", "start", "end", "is_above"), place, strict=True))
    return Cell(
        name=name,
        feature=feature,
        code=titles.code(feature),
        title=titles.title(feature),
        words=titles.of_bin(row),
        points=float(points),
        begins=begins,
        bin=place,
    )


def _of_field(field: CustomField, own: Data) -> Iterator[Cell]:
    given = own.get(field.key, {})
    is_yes_no = field.kind == CustomField.Kind.YES_NO
    answers = [*YES_NO] if is_yes_no else [*map(str, field.choices[:MOST_ANSWERS])]
    for answer in dict.fromkeys([*answers, *given]):
        said = answer
        if is_yes_no:
            said = _("yes") if answer == YES_NO[0] else _("no")
        yield Cell(
            name=f"{OWN}.{field.key}.{answer}",
            feature=field.key,
            code="",
            title=field.label,
            words=_("%(signal)s: %(answer)s") % {"signal": field.label, "answer": said},
            points=float(given.get(answer, 0)),
            bin=(PREFIX + field.key, answer, None, None, False),
        )


def edited(data: Data, values: Mapping[str, float]) -> dict[str, Any]:
    """Return points with some cells' numbers put in; names that the points lack are left out."""
    found: dict[str, Any] = deepcopy(dict(data))
    for name, value in values.items():
        feature, kind, place = name.split(".", 2)
        if feature == OWN:
            _give_own(found, kind, place, value)
            continue
        place = place.removesuffix(BEGINS)
        entry = found["points"].get(feature, {}).get(kind)
        if isinstance(entry, dict) and place in entry:
            entry[place] = value
        elif isinstance(entry, list) and int(place) < len(entry):
            entry[int(place)][0 if name.endswith(BEGINS) else 1] = value
    return found


def _give_own(data: dict[str, Any], key: str, answer: str, value: float) -> None:
    answers = data.setdefault(OWN, {}).setdefault(key, {})
    answers.pop(answer, None)
    if value:
        answers[answer] = value
    elif not answers:
        del data[OWN][key]


def numbers(found: Sequence[Cell]) -> dict[str, float]:
    """Return each number of the cells by the name of its input."""
    begins = {cell.name + BEGINS: cell.begins for cell in found if cell.begins is not None}
    return {**{cell.name: cell.points for cell in found}, **begins}


def changes(was: Data, becomes: Data, fields: Sequence[CustomField] = ()) -> list[Change]:
    """Return what differs between two versions, in the order of the catalogue."""
    before = {cell.name: cell for cell in cells(was, fields)}
    found = []
    for cell in cells(becomes, fields):
        old = before.pop(cell.name, None)
        points = old.points if old else 0.0
        if points != cell.points:
            found.append(Change(cell.name, cell.code, cell.words, points, cell.points))
        if old and old.begins is not None and old.begins != cell.begins:
            found.append(_begin(old, cell))
    gone = [cell for cell in before.values() if cell.points]
    return found + [Change(each.name, each.code, each.words, each.points, 0.0) for each in gone]


def _begin(old: Cell, new: Cell) -> Change:
    words = _("%(signal)s: step begins at") % {"signal": new.title}
    return Change(
        new.name + BEGINS, new.code, words, old.begins or 0.0, new.begins or 0.0, is_begin=True
    )


def written(number: float, *, is_begin: bool = False) -> str:
    """Return a number of a cell as tables show it."""
    return formats.plain(number, 1) if is_begin else wording.points(number)
