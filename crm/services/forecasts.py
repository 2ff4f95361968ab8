"""Asks scoring to foresee open invoices, and stores what it foresees."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from crm import wake
from crm.models import ForecastMark, InvoiceForecast
from crm.services.columns import insert_rows

TASK = "scoring.foresee_payments"
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


def asked() -> int | None:
    """Return the newest mark that waits, None where nothing changed."""
    return ForecastMark.objects.order_by("-pk").values_list("pk", flat=True).first()


def answered(mark: int) -> None:
    """Take the marks away that forecasts were made after; one set meanwhile stays."""
    ForecastMark.objects.filter(pk__lte=mark).delete()


@transaction.atomic
def store(rows: Iterable[tuple[Any, ...]], *, as_of_date: date, now: datetime) -> int:
    """Store the forecasts of a day in place of those made for it before; return how many.

    Each row holds the values of COLUMNS.
    """
    InvoiceForecast.objects.filter(as_of_date=as_of_date).delete()
    fresh = [(*row, as_of_date, now) for row in rows]
    insert_rows(InvoiceForecast, [*COLUMNS, "as_of_date", "made_at"], fresh)
    return len(fresh)
