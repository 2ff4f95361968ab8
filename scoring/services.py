"""Training, backtests and the promotion of what was learned."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypedDict

import polars as pl
import structlog
from django.db import transaction

from crm.models import Lead
from crm.services import leads
from scoring import (
    active,
    artifacts,
    boosting,
    cards,
    challengers,
    evaluation,
    field_decisions,
    leaks,
    originals,
    own_past,
    past,
    points_versions,
    sweeps,
)
from scoring.artifacts import ArtifactError
from scoring.blend import Blend, Learner
from scoring.challengers import Contest
from scoring.evaluation import Backtest, Gate, Landmark
from scoring.labels import NO_ORDER
from scoring.leaks import Probe
from scoring.models import TRAINING, JobLock, Promotion, TrainedModel
from scoring.past import History
from scoring.scorecard import Scorecard
from scoring.sweeps import Job

JOB = TRAINING
EVERY, NEW_OUTCOMES = timedelta(days=7), 5
log = structlog.get_logger(__name__)


class TrainingRuns(Exception):
    """Another training is at work; wait for it to end."""


@dataclass(frozen=True)
class Training:
    """What a training came to."""

    blend: Blend
    gate: Gate | None
    promotion: Promotion


def backtest(*, target: str, landmark: Landmark, test_share: float, now: datetime) -> Backtest:
    """Say what would have been said of later leads, from the ledger's past."""
    history = own_past.read(now)
    cut = evaluation.cut_of(history, test_share=test_share)
    history, found = field_decisions.without_leaks(history, cut=cut, target=target, now=now)
    said = evaluation.backtest(
        history,
        card=points_versions.card_at(NO_ORDER, as_of=now),
        landmark=landmark,
        until=now,
        target=target,
        test_share=test_share,
        fields=history.field_names,
    )
    return replace(said, probes=leaks.as_rows(found, history))


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


def train(*, target: str, now: datetime, say: Callable[[str], object] | None = None) -> Training:
    """Learn from all outcomes known now; put the version to use unless the gate refuses it.

    `say` is told each step as it begins. Raise TrainingRuns while another training is at work.
    """
    with sweeps.held(JOB, say=say) as job:
        if job is None:
            raise TrainingRuns("Another training is at work. Try again when it has ended.")
        card = points_versions.card_at(NO_ORDER, as_of=now)
        lesson = _challenged(learn(target=target, card=card, now=now, job=job), job)
        promotion = _decided(lesson, now=now)
        begin(job, JobLock.Step.FIGURES)
        cards.keep(
            lesson.history,
            lesson.values,
            card=card,
            trained=lesson.blend,
            now=now,
            probes=leaks.as_rows(lesson.probes, lesson.history),
        )
        return Training(lesson.blend, lesson.gate, promotion)


def _challenged(lesson: Lesson, job: Job) -> Lesson:
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
        log.warning("record_unusable", error=str(error))
        return replace(_lesson(study, Learner.BLEND), contest=lesson.contest)
    return replace(lesson, blend=fitted.blend, original=original)


def _decided(lesson: Lesson, *, now: datetime) -> Promotion:
    if not lesson.gate:
        return _decide(None, lesson, {}, now=now)
    sha256 = artifacts.save(lesson.blend.as_json(), artifacts.folder())
    numbers = numbers_of(lesson.gate)
    if lesson.contest:
        numbers["contest"] = lesson.contest.as_json()
    return _decide(sha256, lesson, numbers, now=now)


def train_if_due(*, target: str, now: datetime) -> Training | None:
    """Train once a week, after enough new outcomes, or when the points or the fields are others.

    Return None when none of it is so. What was learned leans on the points, so that running leads
    are scored anew once it follows them, or a person's word on a field that looks like a leak.
    """
    latest = Promotion.objects.filter(target=target).first()
    other_fields = latest is not None and field_decisions.came_since(latest.decided_at)
    follows = other_fields or _points_are_others(target, now)
    if latest and now - latest.decided_at < EVERY and not follows:
        since = Lead.objects.exclude(outcome="").filter(outcome_recorded_at__gt=latest.decided_at)
        if since.count() < NEW_OUTCOMES:
            return None
    training = train(target=target, now=now)
    if follows:
        leads.mark_for_scoring(list(Lead.objects.open().values_list("pk", flat=True)), now=now)
    return training


def _points_are_others(target: str, now: datetime) -> bool:
    """Say whether the latest training knew other points than those in force."""
    trained = Promotion.objects.filter(target=target).exclude(decision=Promotion.Decision.RETURNED)
    latest = trained.values_list("numbers", flat=True).first()
    if latest is None:
        return False
    first = points_versions.name(NO_ORDER, points_versions.FIRST)
    version = points_versions.in_force(NO_ORDER, as_of=now)
    then: str = latest.get("points_version", first)
    return then != points_versions.name(NO_ORDER, points_versions.number_of(version))


def numbers_of(judged: Gate) -> dict[str, Any]:
    """Return a judgement as plain data."""
    return asdict(judged) | {
        "is_unproven": judged.is_unproven,
        "withdraws": judged.withdraws,
        "points_fail": judged.points_fail,
    }


@transaction.atomic
def _decide(
    sha256: str | None, lesson: Lesson, numbers: dict[str, Any], *, now: datetime
) -> Promotion:
    """Log what becomes of a training; the row alone puts a version to use, or out of it."""
    trained, model, decision = lesson.blend, None, Promotion.Decision.TOO_FEW
    if sha256:
        decision = Promotion.Decision.PROMOTED if lesson.is_used else Promotion.Decision.REFUSED
        model = TrainedModel.objects.create(
            target=trained.target,
            sha256=sha256,
            points_version=trained.points_version,
            trained_at=now,
            share=trained.share,
            learner=trained.learner,
            original_sha256=lesson.original,
            **asdict(trained.outcomes),
        )
    return Promotion.objects.create(
        target=trained.target,
        model=model,
        decision=decision,
        decided_at=now,
        numbers=numbers
        | {"outcomes": asdict(trained.outcomes), "points_version": trained.points_version},
    )
