"""Celery's entry points to the ledger."""

import contextlib
from typing import Any

from celery import Task, shared_task
from django.conf import settings
from django.utils import timezone

from crm import wake
from crm.models import Heartbeat
from crm.recorded import OneOfMany, Recorded, Sweep
from crm.selectors import health
from crm.services import digests, job_runs
from crm.services.backup import writing


@shared_task(name="crm.beat", bind=True, ignore_result=True, expires=60)
def beat(self: Task[Any, Any]) -> None:
    """Note that beat, broker and the worker of this message's queue are all alive."""
    queue = (self.request.delivery_info or {}).get("routing_key")
    name = health.WORKERS.get(queue or "", "worker")
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": timezone.now()})


@shared_task(name="crm.send_due_digests", base=Sweep, ignore_result=True, expires=60)
def send_due_digests() -> int:
    """Add the mails that are due and give each to a task of its own, so that none waits for one."""
    due = digests.sweep(now=timezone.now())
    for digest_id in due:
        if not wake.now("crm.send_digest", digest_id=digest_id):
            break  # each try costs a second while the broker hangs; the next sweep goes on
    return len(due)


# Well within the lease: a server that answers each word late is not talked to by two senders.
@shared_task(
    name="crm.send_digest",
    base=OneOfMany,
    ignore_result=True,
    soft_time_limit=90,
    time_limit=110,
)
def send_digest(*, digest_id: int) -> None:
    """Claim and send one mail; the sweep, not Celery, tries again."""
    digests.send(digest_id=digest_id, now=timezone.now())


@shared_task(name="crm.run_again", base=Sweep, ignore_result=True, expires=120)
def run_again() -> int:
    """Wake what broke off; its own message may have come while its dead run still held the lock."""
    scheduled = {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    names = job_runs.broken_off(scheduled, now=timezone.now())
    for name in names:
        wake.now(name)
    return len(names)


@shared_task(name=writing.JOB, base=Recorded, ignore_result=True)
def back_up() -> dict[str, str | int | bool]:
    """Write tonight's backup; another one at work is enough."""
    with contextlib.suppress(writing.AnotherRuns):
        return writing.back_up(
            settings.BACKUP_DIR, keep=settings.BACKUP_KEEP, now=timezone.now()
        ).as_json()
    return {}
