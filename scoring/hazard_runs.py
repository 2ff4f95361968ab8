"""Lets the learned forecast of payments run in shadow, and put to use once it beats the curve."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction
from sklearn.ensemble import HistGradientBoostingClassifier

from crm.models import Firm
from scoring import artifacts, bills, hazard, hazard_active, originals, payment_backtest
from scoring.hazard_contest import ACTIVE_FROM, SHADOW_FROM, Contest
from scoring.hazard_rows import moments, views
from scoring.models import JobLock, Promotion, TrainedModel
from scoring.payments import LONG_DAYS, Bill
from scoring.sweeps import Job, held

JOB = "train_payments"
KEPT_INVOICES = 6_000  # the latest, to learn from
EVERY = timedelta(days=7)
DAYS_A_LEASE = 25


class PaymentTrainingRuns(Exception):
    """Another training is at work; wait for it to end."""


@dataclass(frozen=True)
class Lesson:
    """What own invoices taught, and how that did on later ones."""

    model: HistGradientBoostingClassifier
    contest: Contest
    paid: int
    long: int


def train_if_due(*, now: datetime) -> Promotion | None:
    """Train once a week, or when the version in use cannot be read; None where neither is so."""
    latest = Promotion.objects.filter(target=hazard_active.TARGET).first()
    is_damaged = hazard_active.named(as_of=now) and not hazard_active.in_use(as_of=now)
    if latest and now - latest.decided_at < EVERY and not is_damaged:
        return None
    return train(now=now)


def train(*, now: datetime) -> Promotion | None:
    """Learn from all invoices known now; put to use what beats the curve, else run it in shadow.

    Return None while too few are paid; raise PaymentTrainingRuns while another run is at it.
    """
    with held(JOB) as job:
        if job is None:
            raise PaymentTrainingRuns("Another training is at work. Try again when it has ended.")
        job.begin(JobLock.Step.READING)
        known = bills.read(known_at=now)
        day = now.astimezone(Firm.current().zone).toordinal() + 1
        if payment_backtest.paid_count(known, day=day) < SHADOW_FROM:
            return None
        return _decide(learn(known, day=day, job=job), now=now)


def learn(known: Sequence[Bill], *, day: int, job: Job) -> Lesson:
    """Learn from invoices as known before a day, and judge that on the later of them."""
    latest = sorted(known, key=lambda bill: (bill.issued_day, bill.key))[-KEPT_INVOICES:]
    priors, cut = bills.priors(), payment_backtest.cut_of(latest, payment_backtest.TEST_SHARE)
    rest = _now_and_then(job)
    seen = [view for view, _ in views(known, priors, moments(latest, until=day), rest=rest)]
    job.begin(JobLock.Step.COMPARING)
    until_cut = hazard.fit([view for view in seen if view.day <= cut], until=cut + 1)
    later = list(payment_backtest.foresee(known, priors, cut=cut, model=until_cut, rest=rest))
    job.begin(JobLock.Step.LEARNING)
    return Lesson(
        model=hazard.fit(seen, until=day),
        contest=payment_backtest.judged(later, until=day - 1),
        paid=payment_backtest.paid_count(known, day=day),
        long=sum(_is_long(bill) for bill in known),
    )


def _now_and_then(job: Job) -> Callable[[], object]:
    """Return what prolongs a job's lease once in some days of the past that is walked through."""
    days = count()
    return lambda: job.take() if next(days) % DAYS_A_LEASE == 0 else None


def _is_long(bill: Bill) -> bool:
    return bill.paid_day is not None and bill.paid_day - bill.issued_day > LONG_DAYS


@transaction.atomic
def _decide(lesson: Lesson, *, now: datetime) -> Promotion:
    """Keep what was learned, and log whether it foresees from now on."""
    is_used = lesson.paid >= ACTIVE_FROM and lesson.contest.favours(
        in_use=hazard_active.named(as_of=now) is not None
    )
    model = TrainedModel.objects.create(
        target=hazard_active.TARGET,
        sha256=originals.save(lesson.model, artifacts.folder()),
        points_version=hazard.NAME,
        trained_at=now,
        deals=lesson.paid,
        positives=lesson.long,
        negatives=lesson.paid - lesson.long,
        share=1.0,
        learner=TrainedModel.Learner.HAZARD,
    )
    numbers: dict[str, Any] = {"paid": lesson.paid, "contest": lesson.contest.as_json()}
    return Promotion.objects.create(
        target=hazard_active.TARGET,
        model=model,
        decision=Promotion.Decision.PROMOTED if is_used else Promotion.Decision.SHADOW,
        decided_at=now,
        numbers=numbers,
    )
