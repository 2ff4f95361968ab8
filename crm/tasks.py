"""Celery's entry points to the ledger."""

from celery import shared_task
from django.utils import timezone

from crm.models import Heartbeat


@shared_task(name="crm.beat", ignore_result=True, expires=60)
def beat() -> None:
    """Note that beat, broker and worker are all alive."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"beat_at": timezone.now()})
