"""What a score would be if something came about that the seller can bring about.

The imagined fact is a row of the timeline like any other, dated at the landmark. Features, points
and chance then take the path of every score, so that the same fact, once logged, gives the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypedDict

import numpy as np
import polars as pl
from polars import Expr, col, lit

from scoring.feature import Feature, features_at, fed
from scoring.frames import INTENT, rows_of
from scoring.landmarks import known
from scoring.scenarios import SCENARIOS, Scenario
from scoring.scorecard import Numbers
from scoring.verdict import Groups, verdict
from scoring.vocabulary import Verdict

MOST = 5
# Each costs as much as its score: where more leads are new at once, those in need come first and
# the rest wait for their next score.
MOST_LEADS = 2_000
NEED = (Verdict.LOW, Verdict.WATCH)
WORTH_SAYING = 0.005  # of chance: half a per cent
WORTH_ADDING = 0.05  # points
IMAGINED_ID = 1 << 40


class Move(TypedDict):
    """What a reason is worth now and what it would be."""

    code: str
    was: float
    becomes: float


class WhatIf(TypedDict):
    """One imagined fact; `probability` is of the target, as in the score."""

    code: str
    probability: float
    verdict: str
    points: float
    moves: list[Move]


class Said(Protocol):
    """What a scorer says of rows of values."""

    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def worth(self) -> Numbers: ...
    @property
    def chance(self) -> Numbers: ...


class Now(Protocol):
    """A lead's score as it is."""

    @property
    def probability(self) -> float | None: ...
    @property
    def verdict(self) -> str: ...
    @property
    def reasons(self) -> list[Any]: ...


@dataclass(frozen=True)
class Ground:
    """What the scores of some leads stand on: their rows with days, and their landmarks.

    `own` has a row per lead with what it says in the vendor's own fields.
    """

    rows: pl.DataFrame
    places: pl.DataFrame
    catalogue: Sequence[Feature]
    marks: Mapping[str, Expr]
    base_rate: Expr
    own: pl.DataFrame | None = None

    def with_own(self, values: pl.DataFrame) -> pl.DataFrame:
        """Add what each lead says in the vendor's own fields."""
        if self.own is None:
            return values
        return values.join(self.own, on="lead_id", how="left", maintain_order="left")


def foresee(
    ground: Ground,
    values: pl.DataFrame,
    now: Mapping[int, Now],
    *,
    say: Callable[[pl.DataFrame], Said],
    groups: Groups,
) -> dict[int, list[WhatIf]]:
    """Return what would change the scores of some leads, by lead, the best first.

    `values` are those that the scores were made of.
    """
    found: dict[int, list[Imagined]] = {}
    judged = [lead_id for lead_id, score in now.items() if score.probability is not None]
    lead_ids = sorted(judged, key=lambda lead_id: now[lead_id].verdict not in NEED)[:MOST_LEADS]
    rows = _known(ground, lead_ids)
    for scenario in SCENARIOS if lead_ids else ():
        imagined = imagined_values(ground, values, scenario, rows)
        if imagined.height:
            for each in _worth_saying(scenario, imagined, say(imagined), now, ground):
                found.setdefault(each.lead_id, []).append(each)
    return {
        lead_id: [each.told(now[lead_id], groups) for each in _chosen(some)]
        for lead_id, some in found.items()
    }


def _known(ground: Ground, lead_ids: Sequence[int]) -> pl.DataFrame:
    """Return the rows of some leads that were known at their landmark."""
    places = ground.places.select("lead_id", "as_of").filter(col("lead_id").is_in(lead_ids))
    at_the_time = (col("happened_at") <= col("as_of")) & (col("recorded_at") <= col("as_of"))
    return ground.rows.join(places, on="lead_id").filter(at_the_time).drop("as_of")


def imagined_values(
    ground: Ground, values: pl.DataFrame, scenario: Scenario, rows: pl.DataFrame
) -> pl.DataFrame:
    """Return the values of the leads of some rows as they would be, a row for each lead.

    Only the signals that the imagined rows speak to are computed again.
    """
    leads = rows.select("lead_id").unique()
    ruled_out = rows.filter(scenario.unless).select("lead_id").unique()
    places = ground.places.join(leads.join(ruled_out, on="lead_id", how="anti"), on="lead_id")
    imagined = list(rows_logged(scenario, places))
    moved = moved_by(imagined, places, ground.catalogue, ground.marks)
    timeline = pl.concat([rows, *imagined], how="diagonal")
    again = features_at(timeline, places, catalogue=moved, marks=ground.marks, is_bare=True)
    again = again.drop("as_of", "interactions")
    kept = values.drop(again.columns[1:])
    return kept.join(again, on="lead_id", maintain_order="left")


def moved_by(
    imagined: Sequence[pl.DataFrame],
    places: pl.DataFrame,
    catalogue: Sequence[Feature],
    marks: Mapping[str, Expr],
) -> list[Feature]:
    """Return the features that rows can move: those that look at what the rows are marked as."""
    one = places.head(1)
    rows = pl.concat([pl.DataFrame(schema=INTENT), *imagined], how="diagonal")
    marked = known(rows.lazy(), one.lazy()).select(**marks).collect()
    spoken = {
        mark.name
        for mark in marked
        if (mark.any() if mark.dtype == pl.Boolean else mark.null_count() < mark.len())
    }
    counts = "met" in spoken
    return [
        feature
        for feature in fed(catalogue)
        if (counts and feature.needs) or spoken & set(feature.value.meta.root_names())
    ]


def rows_logged(scenario: Scenario, places: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the rows that would be logged, at the landmark of each lead."""
    for source, facts in scenario.rows.items():
        frame = places.select(
            "lead_id",
            id=lit(IMAGINED_ID),
            happened_at="as_of",
            recorded_at="as_of",
            day="as_of_day",
            workday="as_of_workday",
            **{name: lit(value) for name, value in facts.items()},
        )
        yield rows_of(source, frame)


@dataclass(frozen=True)
class Codes:
    """The reason codes of a scorer's columns, and how its columns add up to them."""

    names: Sequence[str]
    adds: Numbers

    @cached_property
    def place(self) -> dict[str, int]:
        """Return where each code stands."""
        return {code: place for place, code in enumerate(self.names)}


@dataclass(frozen=True)
class Imagined:
    """What one scenario would make of one lead; put in words only where it is told."""

    lead_id: int
    scenario: Scenario
    probability: float
    usual_rate: float
    points: Numbers
    codes: Codes

    def told(self, before: Now, groups: Groups) -> WhatIf:
        """Return it as it is stored, with the reasons that would move."""
        points = self.points.tolist()
        named = zip(self.codes.names, points, strict=True)
        judged = verdict(
            order_chance=1 - self.probability,
            usual_rate=self.usual_rate,
            signals={code: worth for code, worth in named if worth > 0},
            groups=groups,
            previous=before.verdict,
        )
        return WhatIf(
            code=self.scenario.code,
            probability=self.probability,
            verdict=judged.value,
            points=sum(points) - sum(reason["points"] for reason in before.reasons),
            moves=_moves(before, self.points, self.codes),
        )


def _codes(said: Said, ground: Ground) -> Codes:
    code_of = {feature.name: feature.reason_code for feature in ground.catalogue}
    named = [code_of.get(name, name) for name in said.columns]
    codes = list(dict.fromkeys(named))
    return Codes(codes, np.array([[each == code for code in codes] for each in named], dtype=float))


def _worth_saying(
    scenario: Scenario,
    values: pl.DataFrame,
    said: Said,
    now: Mapping[int, Now],
    ground: Ground,
) -> Iterator[Imagined]:
    """Yield what would change the chance by enough to be said."""
    codes = _codes(said, ground)
    points = said.worth @ codes.adds
    chances = said.chance.tolist()
    usual = (1 - values.get_column("base_rate")).to_list()
    sign = -1 if scenario.is_warning else 1
    for place, lead_id in enumerate(values.get_column("lead_id").to_list()):
        gain = (now[lead_id].probability or 0) - chances[place]
        if gain * sign >= WORTH_SAYING:
            yield Imagined(lead_id, scenario, chances[place], usual[place], points[place], codes)


def _moves(before: Now, after: Numbers, codes: Codes) -> list[Move]:
    was = np.zeros(len(codes.names))
    for reason in before.reasons:
        was[codes.place[reason["code"]]] = reason["points"]
    moved = np.abs(after - was)
    places = [place for place in np.argsort(-moved, kind="stable") if moved[place] > WORTH_ADDING]
    return [
        Move(code=codes.names[place], was=float(was[place]), becomes=float(after[place]))
        for place in places
    ]


def _chosen(found: Sequence[Imagined]) -> list[Imagined]:
    """Keep the best few, and the warning where there is one."""
    ordered = sorted(found, key=lambda each: each.probability)
    warnings = [each for each in ordered if each.scenario.is_warning]
    best = [each for each in ordered if not each.scenario.is_warning]
    return [*best[: MOST - len(warnings)], *warnings]
