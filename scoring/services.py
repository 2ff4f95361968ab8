"""Training, backtests and the promotion of what was learned."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from crm.models import Lead
from crm.services import leads
from scoring import (
    active,
    artifacts,
    cards,
    evaluation,
    field_decisions,
    leaks,
    lessons,
    own_past,
    points_versions,
    sweeps,
)
from scoring.blend import Blend
from scoring.evaluation import Backtest, Gate, Landmark
from scoring.labels import NO_ORDER
from scoring.lessons import Lesson
from scoring.models import TRAINING, JobLock, Promotion, TrainedModel

JOB = TRAINING
EVERY, NEW_OUTCOMES = timedelta(days=7), 5


class TrainingRuns(Exception):
    """Another training is at work; wait for it to end."""


class NoPast(Exception):
    """The ledger holds no lead that was opened; import some first."""


@dataclass(frozen=True)
class Training:
    """What a training came to."""

    blend: Blend
    gate: Gate | None
    promotion: Promotion


def backtest(*, target: str, landmark: Landmark, test_share: float, now: datetime) -> Backtest:
    """Say what would have been said of later leads, from the ledger's past; raise NoPast."""
    history = own_past.read(now)
    if history.leads.is_empty():
        raise NoPast
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


def train(*, target: str, now: datetime, say: Callable[[str], object] | None = None) -> Training:
    """Learn from all outcomes known now; put the version to use unless the gate refuses it.

    `say` is told each step as it begins. Raise TrainingRuns while another training is at work.
    """
    with sweeps.held(JOB, say=say) as job:
        if job is None:
            raise TrainingRuns("Another training is at work. Try again when it has ended.")
        card = points_versions.card_at(NO_ORDER, as_of=now)
        lesson = lessons.challenged(lessons.learn(target=target, card=card, now=now, job=job), job)
        promotion = _decided(lesson, now=now)
        job.begin(JobLock.Step.FIGURES)
        cards.keep(
            lesson.history,
            lesson.values,
            card=card,
            trained=lesson.blend,
            now=now,
            probes=leaks.as_rows(lesson.probes, lesson.history),
        )
        return Training(lesson.blend, lesson.gate, promotion)


def _decided(lesson: Lesson, *, now: datetime) -> Promotion:
    if not lesson.gate:
        return _decide(None, lesson, {}, now=now)
    sha256 = artifacts.save(lesson.blend.as_json(), artifacts.folder())
    numbers = lessons.numbers_of(lesson.gate)
    if lesson.contest:
        numbers["contest"] = lesson.contest.as_json()
    return _decide(sha256, lesson, numbers, now=now)


def train_if_due(*, target: str, now: datetime, is_asked: bool = False) -> Training | None:
    """Train once a week, after enough new outcomes, or when the points or the fields are others.

    Return None when none of it is so, the version in use can be read and nobody asked. What was
    learned leans on the points, so that running leads are scored anew once it follows them, or a
    person's word.
    """
    latest = Promotion.objects.filter(target=target).first()
    other_fields = latest is not None and field_decisions.came_since(latest.decided_at)
    is_damaged = active.is_damaged(target, as_of=now)
    follows = is_asked or other_fields or is_damaged or _points_are_others(target, now)
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
