"""Scores leads: read, features, points, chance, verdict, reasons, and store."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import numpy as np
import polars as pl
from polars import col
from polars import selectors as cs

from crm.models import Lead
from crm.services import assessments
from crm.services.assessments import Recorded, Score
from crm.services.columns import JsonText
from scoring import judging, own_fields, past, reader
from scoring import what_if as imagined
from scoring.feature import TOLD, marked, told_of
from scoring.foretold import Now
from scoring.frames import with_days, with_workdays
from scoring.landmarks import AT, landmarks
from scoring.lanes import side_by_side
from scoring.reader import Chunk
from scoring.reasons import Codes
from scoring.scorers import INTENT, MONEY, Moment, Scorer, moment, points_of
from scoring.scores import Said, said, scores_of
from scoring.vocabulary import Outcome
from scoring.what_if import Ground


@dataclass(frozen=True)
class Batch:
    """The scores of some leads and what storing them wrote."""

    scores: list[Score]
    written: Recorded


def warm_up() -> None:
    """Read what every process needs once, before its first score."""
    for scorer in (INTENT, MONEY):
        points_of(scorer.points)


def score(
    lead_ids: Iterable[int] | None, *, as_of: datetime, now: datetime, refresh_usual: bool = False
) -> Iterator[Batch]:
    """Score some leads, or all that ran at the moment, and store what is new; batch by batch."""
    at = moment(as_of, refresh_usual=refresh_usual)
    wanted = reader.lead_ids_at(as_of) if lead_ids is None else lead_ids
    with collector_resting():
        for batches in side_by_side(partial(_batches, at=at, now=now), reader.readings(wanted)):
            yield from batches


def _batches(lead_ids: Sequence[int], *, at: Moment, now: datetime) -> list[Batch]:
    chunks = reader.chunks(lead_ids, is_past=at.as_of < now)
    return [_batch(chunk, at=at, now=now) for chunk in chunks]


def _batch(chunk: Chunk, *, at: Moment, now: datetime) -> Batch:
    found = [_judged(*each, at) for each in grounds_of(chunk, at)]
    scores = [score for each in found for score in each.scores]
    foresee = partial(_foreseen, found, at)
    return Batch(scores, assessments.record(scores, as_of=at.as_of, now=now, foresee=foresee))


@contextmanager
def collector_resting() -> Iterator[None]:
    """Let the garbage collector rest: over reasons it would take a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


Found = tuple[Scorer, Ground, pl.DataFrame]


def grounds_of(chunk: Chunk, at: Moment, *, own: Set[str] | None = None) -> Iterator[Found]:
    """Yield what a chunk is scored by: of an order while leads run, of late payment by terms.

    `own` names the vendor's own fields to read, by default those that speak.
    """
    leads = reader.leads_of(chunk, as_of=at.as_of)
    runs = (col("closed_at") > at.as_of).fill_null(value=True)
    running = leads.filter(runs)
    if running.height:
        intent = replace(INTENT, catalogue=past.CATALOGUE) if at.learned else INTENT
        ground = _ground(intent, chunk, running, at)
        names = at.own_names if own is None else own
        leads_read = Lead.objects.filter(chunk.where("pk"))
        said = own_fields.at(ground.places, names=names, leads=leads_read)
        yield intent, replace(ground, own=said), running
    with_terms = leads.filter(
        col("lead_id").is_in(reader.leads_with_terms(chunk, as_of=at.as_of))
        & (runs | col("outcome").eq_missing(str(Outcome.WON)))
    )
    if with_terms.height:
        yield MONEY, _ground(MONEY, chunk, with_terms, at), with_terms


@dataclass(frozen=True)
class _Judged:
    """The scores of some leads with all that they were made of."""

    scorer: Scorer
    ground: Ground
    values: pl.DataFrame
    told: Said
    scores: list[Score]


def _judged(scorer: Scorer, ground: Ground, leads: pl.DataFrame, at: Moment) -> _Judged:
    values, behind = values_of(scorer, ground, leads)
    told = said(scorer, values, at)
    return _Judged(scorer, ground, values, told, list(scores_of(scorer, values, behind, told, at)))


def _foreseen(
    found: Iterable[_Judged], at: Moment, fresh: Iterable[Score]
) -> Mapping[int, JsonText]:
    """Return what would change the chance of an order of the leads that have a new score."""
    wanted = {score.lead_id for score in fresh if score.target == INTENT.target}
    for each in found:
        if each.scorer.target == INTENT.target and wanted:
            told = imagined.foresee(
                each.ground,
                each.values.select(cs.exclude(cs.contains(TOLD))),
                _now(each, wanted),
                say=partial(said, each.scorer, at=at),
                groups=judging.GROUPS,
            )
            return {lead_id: JsonText(text) for lead_id, text in told.items()}
    return {}


def _now(found: _Judged, wanted: Set[int]) -> Now:
    """Return the wanted scores that say a chance, as arrays."""
    kept = [
        place
        for place, score in enumerate(found.scores)
        if score.probability is not None and score.lead_id in wanted
    ]
    codes = Codes.of(found.told.columns, found.scorer.catalogue)
    return Now(
        lead_ids=np.array([found.scores[place].lead_id for place in kept], dtype=np.int64),
        chance=found.told.chance[kept],
        base_rate=np.array([found.scores[place].base_rate for place in kept]),
        verdicts=np.array([found.scores[place].verdict for place in kept], dtype=str),
        codes=codes.names,
        points=found.told.worth[kept] @ codes.adds,
    )


def _ground(scorer: Scorer, chunk: Chunk, leads: pl.DataFrame, at: Moment) -> Ground:
    """Return the rows of some leads with their days, and their landmarks."""
    zone = str(at.zone)
    rows = scorer.timeline(chunk, leads, zone=zone)
    rows = with_days(rows, moment="happened_at", day="day", zone=zone)
    rows = with_workdays(rows, at.calendar, day="day", workday="workday")
    dated = leads.with_columns(as_of=pl.lit(at.as_of).dt.cast_time_unit("us"))
    places = landmarks(dated, usual=at.usual, calendar=at.calendar, zone=zone)
    rows = marked(rows, places, scorer.marks)
    return Ground(rows, places, scorer.catalogue, scorer.marks, scorer.base_rate)


def values_of(
    scorer: Scorer, ground: Ground, leads: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one row per lead with its features, words, base rate and previous verdict; and the
    rows of all, with the word behind which features each stands.
    """
    values, behind = told_of(ground.rows, catalogue=scorer.catalogue, marks=scorer.marks)
    context = ground.places.select(*AT, base_rate=scorer.base_rate, outcomes=scorer.outcomes)
    context = context.join(leads.select("lead_id", "previous"), on="lead_id")
    return ground.with_own(values.join(context, on=AT, maintain_order="left")), behind
