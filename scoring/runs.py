"""Scores leads: read, features, points, chance, verdict, reasons, and store."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from polars import Expr, col
from polars import selectors as cs

from crm.models import Firm, Lead, Target
from crm.services import assessments
from crm.services.assessments import Recorded, Score
from scoring import (
    active,
    features,
    history,
    judging,
    marks,
    own_fields,
    own_reasons,
    own_values,
    past,
    points_versions,
    reader,
    receivable,
    receivable_facts,
    scorecard,
)
from scoring import what_if as imagined
from scoring.active import InUse
from scoring.feature import EVIDENCE, TOLD, Feature, features_at, fed
from scoring.frames import with_days, with_workdays
from scoring.landmarks import AT, landmarks
from scoring.reader import Chunk
from scoring.reasons import reasons_of
from scoring.receivable_facts import Standing
from scoring.scorecard import Numbers, Scorecard
from scoring.usual import late_rate, order_rate
from scoring.vocabulary import Outcome
from scoring.what_if import Ground


@dataclass(frozen=True)
class Scorer:
    """A catalogue with its points: all that turns a timeline into scores of one target."""

    target: str
    points: str
    catalogue: Sequence[Feature]
    marks: Mapping[str, Expr]
    timeline: Callable[..., pl.DataFrame]
    base_rate: Expr
    outcomes: str


INTENT = Scorer(
    target=Target.NO_ORDER.value,
    points="points_v1",
    catalogue=features.FEATURES,
    marks=marks.INTENT_MARKS,
    timeline=reader.intent_timeline,
    base_rate=1 - order_rate(col("usual_orders"), col("usual_closed")),
    outcomes="usual_closed",
)
MONEY = Scorer(
    target=Target.LATE_PAYMENT.value,
    points="receivable_v1",
    catalogue=receivable.FEATURES,
    marks=marks.MONEY_MARKS,
    timeline=reader.money_timeline,
    base_rate=late_rate(col("usual_late_invoices"), col("usual_invoices")),
    outcomes="usual_invoices",
)


@dataclass(frozen=True)
class Moment:
    """When leads are scored, and what holds then."""

    as_of: datetime
    zone: ZoneInfo
    usual: pl.DataFrame
    calendar: pl.DataFrame
    learned: InUse | None
    cards: Mapping[str, Scorecard]

    @property
    def own_names(self) -> set[str]:
        """Return the vendor's own fields that speak of an order."""
        learned = own_values.told(self.learned.blend) if self.learned else set()
        names = self.cards[INTENT.target].features
        return learned | {name for name in names if name.startswith(own_values.PREFIX)}


@dataclass(frozen=True)
class Batch:
    """The scores of some leads and what storing them wrote."""

    scores: list[Score]
    written: Recorded


@lru_cache(maxsize=4)
def points_of(scorer_points: str) -> Scorecard:
    """Return one of the shipped scorecards, checked against its catalogue."""
    scorer = INTENT if scorer_points == INTENT.points else MONEY
    names = [feature.name for feature in fed(scorer.catalogue)]
    loaded = scorecard.read_scorecard(scorer_points, features=names)
    scorecard.check_covers(loaded, fed=names)
    return loaded


def moment(as_of: datetime, *, refresh_usual: bool = False) -> Moment:
    """Return what holds at a moment for the firm."""
    firm = Firm.current()
    return Moment(
        as_of=as_of.astimezone(UTC),
        zone=firm.zone,
        usual=history.usual_at(as_of, zone=firm.zone, refresh=refresh_usual),
        calendar=reader.calendar(firm.holiday_country, as_of.year + 1),
        learned=active.in_use(INTENT.target, as_of=as_of),
        cards={
            target: points_versions.card_at(target, as_of=as_of)
            for target in (INTENT.target, MONEY.target)
        },
    )


def score(
    lead_ids: Iterable[int] | None, *, as_of: datetime, now: datetime, refresh_usual: bool = False
) -> Iterator[Batch]:
    """Score some leads, or all that ran at the moment, and store what is new; batch by batch."""
    at = moment(as_of, refresh_usual=refresh_usual)
    wanted = reader.lead_ids_at(as_of) if lead_ids is None else lead_ids
    for chunk in reader.chunks(wanted):
        with collector_resting():
            grounds = list(grounds_of(chunk, at))
            values = [values_of(*found) for found in grounds]
            scores = [
                score
                for (scorer, _, _), held in zip(grounds, values, strict=True)
                for score in scores_of(scorer, held, at)
            ]
            foresee = partial(_foreseen, list(zip(grounds, values, strict=True)), at)
            written = assessments.record(scores, as_of=as_of, now=now, foresee=foresee)
        yield Batch(scores, written)


@contextmanager
def collector_resting() -> Iterator[None]:
    """Let the garbage collector rest: over a batch's reasons it would take a third of the time."""
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


def _foreseen(
    grounds: Iterable[tuple[Found, pl.DataFrame]], at: Moment, fresh: Iterable[Score]
) -> Mapping[int, Sequence[Any]]:
    """Return what would change the chance of an order of the leads that have a new score."""
    now = {score.lead_id: score for score in fresh if score.target == INTENT.target}
    for (scorer, ground, _), values in grounds:
        if scorer.target == INTENT.target and now:
            say = partial(_said, scorer, at=at)
            held = values.select(cs.exclude(cs.contains(EVIDENCE, TOLD)))
            return imagined.foresee(ground, held, now, say=say, groups=judging.GROUPS)
    return {}


def scores_of(scorer: Scorer, values: pl.DataFrame, at: Moment) -> Iterator[Score]:
    """Yield the scores of some leads by what holds at a moment."""
    base = values.get_column("base_rate").to_numpy()
    said = _said(scorer, values, at)
    low, high = _interval(scorer, values, at)
    reasons = reasons_of(
        values,
        said.worth,
        catalogue=scorer.catalogue,
        columns=said.columns,
        own=own_reasons.tellers(said.columns, at.learned.blend if at.learned else None),
    )
    standing: Mapping[int, Standing] = {}
    if scorer.target == MONEY.target:
        leads_read = values.get_column("lead_id").to_list()
        standing = receivable_facts.at(leads_read, as_of=at.as_of, zone=at.zone)
    for place, (row, found, probability) in enumerate(
        zip(
            values.select("lead_id", "outcomes", "interactions", "previous").iter_rows(named=True),
            reasons,
            said.chance,
            strict=True,
        )
    ):
        judged = judging.of_order if scorer.target == INTENT.target else judging.of_payment
        yield Score(
            lead_id=row["lead_id"],
            target=scorer.target,
            base_rate=float(base[place]),
            scorer_version=said.version,
            low=float(low[place]),
            high=float(high[place]),
            points=float(said.worth[place].sum()),
            reasons=found,
            outcomes_count=row["outcomes"],
            interactions_count=row["interactions"],
            **judged(
                float(probability),
                float(base[place]),
                found,
                row | {"standing": standing.get(row["lead_id"])},
            ),
        )


@dataclass(frozen=True)
class _Said:
    """What a scorer says of some leads: the points of each column, and what they come to."""

    version: str
    columns: Sequence[str]
    worth: Numbers
    chance: Numbers


def _said(scorer: Scorer, values: pl.DataFrame, at: Moment) -> _Said:
    """Score by the points, or by their blend with own outcomes where one is in use."""
    points = at.cards[scorer.target]
    base = values.get_column("base_rate").to_numpy()
    if scorer.target == INTENT.target and at.learned:
        blend = own_values.without_gone(at.learned.blend, values)
        worth = blend.worth(values, points)
        version = at.learned.model.version_with(points.version)
        return _Said(version, blend.features(points), worth, blend.chance_of(worth, base))
    worth = scorecard.contributions(values, points)
    return _Said(points.version, points.features, worth, scorecard.chance(base, worth))


def _interval(scorer: Scorer, values: pl.DataFrame, at: Moment) -> tuple[Numbers, Numbers]:
    """Return the 80 % interval of each chance."""
    points = at.cards[scorer.target]
    base = values.get_column("base_rate").to_numpy()
    if scorer.target == INTENT.target and at.learned:
        blend = own_values.without_gone(at.learned.blend, values)
        return blend.interval(values, points, base_rate=base)
    return scorecard.interval(base, scorecard.contributions(values, points))


def _ground(scorer: Scorer, chunk: Chunk, leads: pl.DataFrame, at: Moment) -> Ground:
    """Return the rows of some leads with their days, and their landmarks."""
    zone = str(at.zone)
    rows = scorer.timeline(chunk, leads, zone=zone)
    rows = with_days(rows, moment="happened_at", day="day", zone=zone)
    rows = with_workdays(rows, at.calendar, day="day", workday="workday")
    marked = leads.with_columns(as_of=pl.lit(at.as_of).dt.cast_time_unit("us"))
    places = landmarks(marked, usual=at.usual, calendar=at.calendar, zone=zone)
    return Ground(rows, places, scorer.catalogue, scorer.marks, scorer.base_rate)


def values_of(scorer: Scorer, ground: Ground, leads: pl.DataFrame) -> pl.DataFrame:
    """Return one row per lead with its features, evidence, base rate and previous verdict."""
    values = features_at(ground.rows, ground.places, catalogue=scorer.catalogue, marks=scorer.marks)
    context = ground.places.select(*AT, base_rate=scorer.base_rate, outcomes=scorer.outcomes)
    context = context.join(leads.select("lead_id", "previous"), on="lead_id")
    return ground.with_own(values.join(context, on=AT, maintain_order="left"))
