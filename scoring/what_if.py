"""What a score would be if something came about that the seller can bring about.

The imagined fact is a row of the timeline like any other, dated at the landmark. Features, points
and chance then take the path of every score, so that the same fact, once logged, gives the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl
from polars import Expr, col, lit

from scoring.feature import IS_TALK, Feature, Marks, features_of, fed, rests_on, roots_of
from scoring.foretold import Foretold, Now
from scoring.landmarks import AT, edges
from scoring.reasons import FEW_LEADS, Codes
from scoring.scenarios import SCENARIOS, rows_logged
from scoring.scorecard import Numbers
from scoring.verdict import Groups


class Said(Protocol):
    """What a scorer says of rows of values."""

    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def worth(self) -> Numbers: ...
    @property
    def chance(self) -> Numbers: ...


@dataclass(frozen=True)
class Ground:
    """What the scores of some leads stand on: their marked rows, and their landmarks.

    `own` has a row per lead with what it says in the vendor's own fields.
    """

    rows: pl.DataFrame
    places: pl.DataFrame
    catalogue: Sequence[Feature]
    marks: Marks
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
    now: Now,
    *,
    say: Callable[[pl.DataFrame], Said],
    groups: Groups,
) -> dict[int, str]:
    """Return as JSON what would change the scores of some leads, by lead, the best first.

    `values` are those that the scores were made of.
    """
    if not now.lead_ids.size:
        return {}
    judged = values.filter(col("lead_id").is_in(now.lead_ids.tolist()))
    imagine = together if judged.height <= FEW_LEADS else one_by_one
    whole = imagine(ground, judged)
    if whole.is_empty():
        return {}
    said = say(whole)
    points = said.worth @ Codes.of(said.columns, ground.catalogue).adds
    of, leads = (whole[name].to_numpy() for name in ("scenario", "lead_id"))
    return Foretold(now, groups).told(of, leads, said.chance, points)


def together(ground: Ground, values: pl.DataFrame) -> pl.DataFrame:
    """Return the values of leads as they would be, scenario by scenario: all made at once.

    Each lead is there once for each scenario that is open to it. For many leads this would take
    far longer than to make again only what each scenario moves.
    """
    rows = ground.rows.join(values, on="lead_id", how="semi", maintain_order="left")
    done = rows.group_by("place", maintain_order=True).agg(
        (each.unless & (col("place") >= 0)).any().alias(str(at))
        for at, each in enumerate(SCENARIOS)
    )
    leads = done.get_column("place").to_numpy()
    scenarios, open_to = np.nonzero(~done.drop("place").to_numpy().T)
    pairs = pl.DataFrame({"scenario": scenarios, "of": leads[open_to]}).with_row_index("place")
    at = ground.places.rename({"place": "of"})
    logged = rows_logged(pairs.join(at, on="of", maintain_order="left"))
    logged = logged.with_columns(is_talk=IS_TALK, **ground.marks.rows)
    again = pairs.join(rows.rename({"place": "of"}), on="of")
    roots = rests_on(ground.catalogue, ground.marks)
    names = dict.fromkeys(["place", *AT, "happened_at", "row_id", "is_talk", *roots])
    kept = [name for name in names if name not in edges()]
    whole = pl.concat([again.select(kept), logged.select(kept)])
    whole = whole.sort("place", "happened_at", "row_id").with_columns(**edges())
    moved = features_of(whole, catalogue=ground.catalogue, marks=ground.marks)
    moved = moved.drop("interactions").with_columns(scenario=pairs.get_column("scenario"))
    rest = values.select("lead_id", *(name for name in values.columns if name not in moved.columns))
    return moved.join(rest, on="lead_id", maintain_order="left").select("scenario", *values.columns)


def one_by_one(ground: Ground, values: pl.DataFrame) -> pl.DataFrame:
    """Return the same, made for one scenario after the other."""
    told: list[Imagined] = []
    return pl.concat(
        imagined_values(ground, values, at, told).select(
            lit(at, dtype=pl.Int64).alias("scenario"), *values.columns
        )
        for at in range(len(SCENARIOS))
    )


@dataclass(frozen=True)
class Imagined:
    """The rows that one scenario logs, and what they make of the signals that they speak to."""

    logged: pl.DataFrame
    values: pl.DataFrame

    def same(self, logged: pl.DataFrame, features: Sequence[Feature], marks: Marks) -> list[str]:
        """Name the signals to which other rows say just what these say, lead by lead."""
        known = [each for each in features if each.name in self.values.columns]
        if not known:
            return []
        leads = logged.select("lead_id").unique()
        rows = self.logged.join(leads, on="lead_id", how="semi", maintain_order="left")
        if rows.height != logged.height:
            return []
        rests_on = {
            each.name: {"lead_id", "row_id", *roots_of(each, marks)} - edges().keys()
            for each in known
        }
        equal = {
            name
            for name in set[str]().union(*rests_on.values())
            if rows.get_column(name).equals(logged.get_column(name))
        }
        return [name for name, roots in rests_on.items() if roots <= equal]


def imagined_values(
    ground: Ground, values: pl.DataFrame, scenario: int, told: list[Imagined]
) -> pl.DataFrame:
    """Return the values of leads as they would be, a row for each that a scenario is open to.

    Only the signals that the imagined rows speak to are computed again, and those that wait for
    one interaction more. What another scenario, one of those `told`, made of the same is taken.
    """
    ruled_out = ground.rows.filter(SCENARIOS[scenario].unless).select("lead_id").unique()
    found = values.join(ruled_out, on="lead_id", how="anti", maintain_order="left")
    if found.is_empty():
        return found
    places = ground.places.join(found, on="lead_id", how="semi", maintain_order="left")
    logged = rows_logged(places.with_columns(scenario=lit(scenario, dtype=pl.Int64)))
    logged = logged.with_columns(is_talk=IS_TALK, **ground.marks.rows)
    moved = moved_by(logged, ground)
    again = _moved_values(ground, logged, moved, told)
    told.append(Imagined(logged, again))
    found = _with(found, again)
    waiting = [
        feature for feature in fed(ground.catalogue) if feature.needs and feature not in moved
    ]
    awake = _awake(found, waiting, talks=int(logged.get_column("is_talk").sum()) // places.height)
    if awake.is_empty():
        return found
    of_awake = logged.join(awake, on="lead_id", how="semi")
    return found.update(_again(ground, of_awake, waiting), on="lead_id")


def _moved_values(
    ground: Ground, logged: pl.DataFrame, moved: Sequence[Feature], told: Sequence[Imagined]
) -> pl.DataFrame:
    """Return what rows make of the signals that they move, as far as can be what others made."""
    left, found = list(moved), logged.select("lead_id").unique(maintain_order=True)
    for each in told:
        names = each.same(logged, left, ground.marks)
        if names:
            found = _with(found, each.values.select("lead_id", *names))
        left = [feature for feature in left if feature.name not in names]
    return _with(found, _again(ground, logged, left)) if left else found


def _with(values: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    """Return values of leads with the columns of more, which has a row for each of the leads."""
    leads = values.get_column("lead_id")
    if not leads.equals(more.get_column("lead_id")):
        more = values.select("lead_id").join(more, on="lead_id", how="left", maintain_order="left")
    return values.with_columns(more.get_columns()[1:])


def _awake(values: pl.DataFrame, waiting: Sequence[Feature], *, talks: int) -> pl.DataFrame:
    """Return the leads in which signals may speak that waited for so many more interactions."""
    count = col("interactions")
    reached = [(count < needs) & (count + talks >= needs) for needs in {f.needs for f in waiting}]
    return values.filter(pl.any_horizontal(lit(value=False), *reached)).select("lead_id")


def _again(ground: Ground, logged: pl.DataFrame, features: Sequence[Feature]) -> pl.DataFrame:
    """Return the values of some features of the leads for which rows were logged."""
    needed = set[str]().union(*(roots_of(each, ground.marks) for each in features))
    keys = dict.fromkeys([*AT, "place", "happened_at", "row_id", "is_talk"])
    names = [*keys, *sorted(needed - keys.keys() - edges().keys())]
    rows = ground.rows.select(*names, "is_last")
    leads = logged.select("lead_id").unique()
    if leads.height < ground.places.height:
        rows = rows.join(leads, on="lead_id", how="semi", maintain_order="left")
    whole = with_logged(rows, logged.select(names))
    values = features_of(whole, catalogue=features, marks=ground.marks)
    return values.drop("as_of", "interactions")


def with_logged(rows: pl.DataFrame, logged: pl.DataFrame) -> pl.DataFrame:
    """Return rows with the logged ones each in its place: behind all that is older.

    Both lie landmark by landmark, and each landmark has as many logged rows as any other.
    """
    ends = np.flatnonzero(rows.get_column("is_last").to_numpy()) + 1
    places = np.repeat(ends, logged.height // len(ends))
    # Of two rows of the same moment the one with the higher id comes later.
    same = rows.filter(col("happened_at") == col("as_of")).select(*AT, other="row_id")
    later = logged.with_row_index("at").join(same, on=AT).filter(col("other") > col("row_id"))
    for at, count in later.group_by("at").len().iter_rows():
        places[at] -= count
    order = np.insert(np.arange(rows.height), places, rows.height + np.arange(logged.height))
    whole = pl.concat([rows.drop("is_last"), logged])[order].rechunk()
    return whole.with_columns(**edges()).rechunk()


def moved_by(logged: pl.DataFrame, ground: Ground) -> list[Feature]:
    """Return the features that rows can move: those that look at what the rows are marked as."""
    marks = logged.select(list(ground.marks.rows))
    spoken = {
        mark.name
        for mark in marks
        if (mark.any() if mark.dtype == pl.Boolean else mark.null_count() < mark.len())
    }
    return [each for each in fed(ground.catalogue) if spoken & roots_of(each, ground.marks)]
