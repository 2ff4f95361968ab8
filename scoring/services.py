"""Training, backtests and the promotion of what was learned."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.db import transaction

from crm.models import Lead
from scoring import active, artifacts, cards, evaluation, own_fields, own_past, past, runs, sweeps
from scoring.blend import Blend
from scoring.evaluation import Backtest, Gate, Landmark
from scoring.models import Promotion, TrainedModel
from scoring.past import History
from scoring.scorecard import Scorecard
from scoring.sweeps import Job

JOB = "train"
EVERY, NEW_OUTCOMES = timedelta(days=7), 5


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
    history = replace(own_past.read(now), fields=own_fields.read(Lead.objects.all()))
    return evaluation.backtest(
        history,
        card=runs.points_of(runs.INTENT.points),
        landmark=landmark,
        until=now,
        target=target,
        test_share=test_share,
        fields=own_fields.names_of(history.fields),
    )


def train(*, target: str, now: datetime) -> Training:
    """Learn from all outcomes known now; put the version to use unless the gate refuses it.

    Raise TrainingRuns while another training is at work.
    """
    with sweeps.held(JOB) as job:
        if job is None:
            raise TrainingRuns("Another training is at work. Try again when it has ended.")
        history = own_past.read(now)
        card = runs.points_of(runs.INTENT.points)
        values = past.training_values(history, until=now)
        trained = evaluation.train_until(history, values, card=card, cut=now, target=target)
        training = _judged(history, values, trained, card, job, now=now)
        job.take()
        cards.keep(history, values, card=card, trained=trained, now=now)
        return training


def _judged(
    history: History,
    values: pl.DataFrame,
    trained: Blend,
    card: Scorecard,
    job: Job,
    *,
    now: datetime,
) -> Training:
    if not trained.share:
        return Training(trained, None, _decide(None, trained, {}, now=now))
    job.take()
    judged = evaluation.gate(history, values, card=card, until=now, target=trained.target)
    sha256 = artifacts.save(trained.as_json(), active.folder())
    promotion = _decide(sha256, trained, _numbers(judged), now=now, refuse=judged.withdraws)
    return Training(trained, judged, promotion)


def train_if_due(*, target: str, now: datetime) -> Training | None:
    """Train once a week, or when enough new outcomes have come; None when neither is so."""
    latest = Promotion.objects.filter(target=target).first()
    if latest and now - latest.decided_at < EVERY:
        since = Lead.objects.exclude(outcome="").filter(outcome_recorded_at__gt=latest.decided_at)
        if since.count() < NEW_OUTCOMES:
            return None
    return train(target=target, now=now)


def _numbers(judged: Gate) -> dict[str, Any]:
    return asdict(judged) | {
        "is_unproven": judged.is_unproven,
        "withdraws": judged.withdraws,
        "points_fail": judged.points_fail,
    }


@transaction.atomic
def _decide(
    sha256: str | None,
    trained: Blend,
    numbers: dict[str, Any],
    *,
    now: datetime,
    refuse: bool = False,
) -> Promotion:
    """Log what becomes of a training; the row alone puts a version to use, or out of it."""
    model, decision = None, Promotion.Decision.TOO_FEW
    if sha256:
        decision = Promotion.Decision.REFUSED if refuse else Promotion.Decision.PROMOTED
        model = TrainedModel.objects.create(
            target=trained.target,
            sha256=sha256,
            points_version=trained.points_version,
            trained_at=now,
            share=trained.share,
            **asdict(trained.outcomes),
        )
    return Promotion.objects.create(
        target=trained.target,
        model=model,
        decision=decision,
        decided_at=now,
        numbers=numbers | {"outcomes": asdict(trained.outcomes)},
    )
