"""Background work of scoring. Polars runs in the tasks only: a child forked after it hangs."""

import contextlib
from typing import Any

from celery import current_app, shared_task
from celery.signals import worker_process_init
from django.utils import timezone

from crm.recorded import Recorded, Sweep
from crm.services import statistics

LEADS_A_SWEEP = 2_000


@worker_process_init.connect
def warm_up(**_facts: Any) -> None:
    """Load, in a worker's own process, what its first score would wait for; not to send mail."""
    if current_app.conf.task_default_queue not in current_app.amqp.queues.consume_from:
        return
    from scoring import runs

    runs.warm_up()


@shared_task(name="scoring.score_due", base=Sweep, ignore_result=True)
def score_due() -> int:
    """Score the leads that are marked, until none is left; another sweep meanwhile gives way.

    Points whose day has come mark their leads first.
    """
    from scoring import points_edits, sweeps

    points_edits.apply_due(now=timezone.now())
    return sweeps.score_due(limit=LEADS_A_SWEEP)


@shared_task(name="scoring.score_open_leads", base=Recorded, ignore_result=True)
def score_open_leads() -> int | None:
    """Score all leads that run, with what is usual from today on."""
    from scoring import sweeps

    written = sweeps.score_open_leads(now=timezone.now())
    statistics.refresh()
    return written.leads if written else None


@shared_task(name="scoring.train", base=Recorded, ignore_result=True)
def train(*, is_asked: bool = False) -> int | None:
    """Learn when a training is due or asked for; another run meanwhile is enough.

    No score comes of free consulting: its page says how far it could be foretold.
    """
    from scoring import services

    with contextlib.suppress(services.TrainingRuns):
        return sum(
            services.train_if_due(target=target, now=timezone.now(), is_asked=is_asked) is not None
            for target in ("NO_ORDER", "FREE_CONSULTING")
        )
    return None


@shared_task(name="scoring.train_payments", base=Recorded, ignore_result=True)
def train_payments() -> int | None:
    """Learn once a week when invoices are paid; another run meanwhile is enough."""
    from scoring import hazard_runs

    with contextlib.suppress(hazard_runs.PaymentTrainingRuns):
        return int(hazard_runs.train_if_due(now=timezone.now()) is not None)
    return None


@shared_task(name="scoring.preview_points", base=Recorded, ignore_result=True)
def preview_points(*, draft_id: int) -> int:
    """Say what a draft of the points would do to the leads that run; once is enough."""
    from scoring import previews

    previews.compute(draft_id=draft_id, now=timezone.now())
    return 1


@shared_task(name="scoring.compute_cash", base=Sweep, ignore_result=True)
def compute_cash() -> int:
    """Compute the cash curves that were asked for, until none is left, then what they move."""
    from scoring import cash_runs

    done = cash_runs.compute_due(now=timezone.now())
    cash_runs.foresee_due(now=timezone.now())
    return done


@shared_task(name="scoring.foresee_due", base=Sweep, ignore_result=True)
def foresee_due() -> int | None:
    """Foresee anew where something was billed, paid or agreed since the last time."""
    from scoring import cash_runs

    return cash_runs.foresee_due(now=timezone.now())


@shared_task(name="scoring.foresee_payments", base=Recorded, ignore_result=True)
def foresee_payments() -> int | None:
    """Foresee open invoices and the firm's cash; another run meanwhile is enough."""
    from scoring import cash_runs

    return cash_runs.foresee(now=timezone.now())
