"""Stores what scoring foresees of open invoices."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from crm.models import InvoiceForecast
from crm.services.columns import insert_rows

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


@transaction.atomic
def store(rows: Iterable[tuple[Any, ...]], *, as_of_date: date, now: datetime) -> int:
    """Store the forecasts of a day in place of those made for it before; return how many.

    Each row holds the values of COLUMNS.
    """
    InvoiceForecast.objects.filter(as_of_date=as_of_date).delete()
    fresh = [(*row, as_of_date, now) for row in rows]
    insert_rows(InvoiceForecast, [*COLUMNS, "as_of_date", "made_at"], fresh)
    return len(fresh)
