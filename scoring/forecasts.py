"""Foresees the open invoices: by the curve, or by what was learned once that is put to use."""

from datetime import datetime

from crm.models import Firm
from crm.services import forecasts
from scoring import bills, hazard_active
from scoring.payments import Bill, Forecast, Forecaster

HIGHEST_STORED_DAYS = 32_000


def make(*, as_of: datetime, now: datetime) -> int:
    """Foresee all open invoices as of a moment, store it and return how many there are."""
    day = as_of.astimezone(Firm.current().zone).date()
    rows = [_row(said) for _bill, said in foreseen(as_of=as_of)]
    return forecasts.store(rows, as_of_date=day, now=now)


def foreseen(*, as_of: datetime) -> list[tuple[Bill, Forecast]]:
    """Return the invoices open at a moment with what was foreseen of each then."""
    known = bills.read(known_at=as_of)
    # A payment of today counts today: the day after is the first that knows of it.
    day = as_of.astimezone(Firm.current().zone).toordinal() + 1
    forecaster = Forecaster(known, bills.priors(), day=day)
    waiting = [
        bill
        for bill in known
        if bill.issued_day < day and not bill.is_paid_before(day) and bill.ended_day is None
    ]
    curves = hazard_active.curves(forecaster, waiting, as_of=as_of)
    return [
        (bill, forecaster.forecast(bill, learned=curve))
        for bill, curve in zip(waiting, curves, strict=True)
    ]


def _row(said: Forecast) -> tuple[float | int | None, ...]:
    days = (min(day, HIGHEST_STORED_DAYS) for day in said.days)
    counts = (said.own_count, said.own_median, said.pool_count)
    return (said.key, *said.late, said.long, *days, *counts)
