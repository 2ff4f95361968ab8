"""Asks scoring to foresee open invoices, and stores what it foresees."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from crm import wake
from crm.models import ForecastMark, InvoiceForecast
from crm.services.columns import insert_rows

TASK = "scoring.foresee_due"
MOST_MARKS = 1_000
COLUMNS = (
    "invoice_id",
    "late_0",
    "late_30",
    "late_60",
    "late_90",
    "long_chance",
    "days_p10",
    "days_p50",
    "days_p80",
    "days_p90",
    "own_count",
    "own_median_days",
    "pool_count",
)


def ask(*, now: datetime) -> None:
    """Ask for new forecasts in this transaction and wake the worker after it."""
    ForecastMark.objects.create(asked_at=now)
    wake.after_commit(TASK)


def asked(*, now: datetime) -> list[int]:
    """Return the marks that wait at a moment; none where nothing changed."""
    waiting = ForecastMark.objects.filter(asked_at__lte=now).order_by("pk")
    return list(waiting.values_list("pk", flat=True)[:MOST_MARKS])


def answered(marks: Sequence[int]) -> None:
    """Take the marks away that forecasts were made after; one set meanwhile stays."""
    ForecastMark.objects.filter(pk__in=marks).delete()


@transaction.atomic
def store(rows: Iterable[tuple[Any, ...]], *, as_of_date: date, now: datetime) -> int:
    """Store the forecasts of a day in place of those made for it before; return how many.

    Each row holds the values of COLUMNS.
    """
    InvoiceForecast.objects.filter(as_of_date=as_of_date).delete()
    fresh = [(*row, as_of_date, now) for row in rows]
    insert_rows(InvoiceForecast, [*COLUMNS, "as_of_date", "made_at"], fresh)
    return len(fresh)
