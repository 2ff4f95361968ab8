"""What own outcomes teach: learned in the champion's way, judged on later leads, challenged."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, TypedDict

import polars as pl

from scoring import (
    active,
    artifacts,
    boosting,
    challengers,
    evaluation,
    field_decisions,
    originals,
    own_past,
    past,
)
from scoring.artifacts import ArtifactError
from scoring.blend import Blend, Learner
from scoring.challengers import Contest
from scoring.evaluation import Gate
from scoring.leaks import Probe
from scoring.models import JobLock
from scoring.past import History
from scoring.scorecard import Scorecard
from scoring.sweeps import Job

log = logging.getLogger(__name__)


class Terms(TypedDict):
    """What every way to learn is told alike."""

    target: str
    card: Scorecard
    fields: Sequence[str]


@dataclass(frozen=True)
class Study:
    """What can be learned from at a moment, and beside which points."""

    history: History
    values: pl.DataFrame
    target: str
    card: Scorecard
    now: datetime
    probes: Sequence[Probe] = ()

    @property
    def terms(self) -> Terms:
        """Return what every way to learn is told alike."""
        return Terms(target=self.target, card=self.card, fields=self.history.field_names)


@dataclass(frozen=True)
class Lesson:
    """What own outcomes taught beside some points, how that was judged and who challenged it."""

    study: Study
    blend: Blend
    gate: Gate | None
    contest: Contest | None = None
    original: str = ""

    @property
    def history(self) -> History:
        """Return the past that was learned from."""
        return self.study.history

    @property
    def values(self) -> pl.DataFrame:
        """Return its landmarks."""
        return self.study.values

    @property
    def probes(self) -> Sequence[Probe]:
        """Return what was said of the vendor's own fields."""
        return self.study.probes

    @property
    def is_used(self) -> bool:
        """Say whether it would score: enough was known, and the gate does not refuse it."""
        return bool(self.blend.share) and not (self.gate and self.gate.withdraws)


def learn(*, target: str, card: Scorecard, now: datetime, job: Job | None = None) -> Lesson:
    """Learn from all outcomes known now beside some points, and judge it on later leads.

    It is learned in the way of the version in use, the champion.
    """
    begin(job, JobLock.Step.READING)
    history, found = field_decisions.without_leaks(
        own_past.read(now), cut=now, target=target, now=now
    )
    values = past.training_values(history, until=now)
    champion = active.learner(target, as_of=now)
    study = Study(history, values, target, card, now, found)
    return _lesson(study, champion, job)


def begin(job: Job | None, step: JobLock.Step) -> None:
    """Say which step of a job begins, if it is one."""
    if job:
        job.begin(step)


def _lesson(study: Study, learner: Learner, job: Job | None = None) -> Lesson:
    """Learn in one of the ways and judge it."""
    begin(job, JobLock.Step.LEARNING)
    trained = evaluation.train_until(
        study.history, study.values, cut=study.now, learner=learner, **study.terms
    )
    begin(job, JobLock.Step.JUDGING)
    judged = None
    if trained.share:
        judged = evaluation.gate(
            study.history, study.values, until=study.now, learner=trained.learner, **study.terms
        )
    return Lesson(study, trained, judged)


def challenged(lesson: Lesson, job: Job) -> Lesson:
    """Let the challengers try, where enough is known; the one that wins is learned instead."""
    if not lesson.blend.share:
        return lesson
    begin(job, JobLock.Step.COMPARING)
    study, champion = lesson.study, lesson.blend.learner
    found = challengers.contest(
        study.history, study.values, until=study.now, champion=champion, **study.terms
    )
    if found and found.winner:
        lesson = _lesson(study, found.winner.learner, job)
    return _with_record(replace(lesson, contest=found))


def _with_record(lesson: Lesson) -> Lesson:
    """Keep the record of boosted steps; where it says otherwise, the blend is learned instead."""
    if lesson.blend.learner is not Learner.BOOSTED:
        return lesson
    study = lesson.study
    rows = evaluation.known_at(study.history, study.values, cut=study.now, target=study.target)
    fitted = boosting.fit(rows, cut=study.now, **study.terms)
    try:
        original = originals.keep(fitted, artifacts.folder())
    except ArtifactError as error:
        log.warning("boosted steps cannot be kept, the blend is learned instead: %s", error)
        return replace(_lesson(study, Learner.BLEND), contest=lesson.contest)
    return replace(lesson, blend=fitted.blend, original=original)


def numbers_of(judged: Gate) -> dict[str, Any]:
    """Return a judgement as plain data."""
    return asdict(judged) | {
        "is_unproven": judged.is_unproven,
        "withdraws": judged.withdraws,
        "points_fail": judged.points_fail,
    }
