"""Writes forecasts of invoices as CSV, by the ids of the ledger."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from crm.models import Invoice
from scoring.payment_backtest import Told
from scoring.payments import Bill, Forecast

SAID = (
    "invoice_id",
    "as_of",
    "p_late_0",
    "p_late_30",
    "p_late_60",
    "p_late_90",
    "p_long",
    "days_late_p10",
    "days_late_p50",
    "days_late_p80",
    "days_late_p90",
)
LABELS = ("late_0", "late_30", "late_60", "late_90", "long", "days_late")


def write_forecasts(path: Path, said: Iterable[tuple[Bill, Forecast]], *, as_of: date) -> None:
    """Write what is foreseen of open invoices; raises OSError."""
    names = _names()
    _write(path, SAID, ([*_cells(names, bill, one, as_of)] for bill, one in said))


def write_backtest(path: Path, told: Iterable[Told]) -> None:
    """Write what would have been foreseen beside what came; raises OSError."""
    names = _names()
    _write(
        path,
        (*SAID, *LABELS),
        (
            [
                *_cells(names, one.bill, one.said, date.fromordinal(one.bill.issued_day)),
                *("" if label is None else int(label) for label in one.label),
                "" if one.days_late is None else one.days_late,
            ]
            for one in told
        ),
    )


def _names() -> Mapping[int, str]:
    return dict(Invoice.objects.values_list("pk", "ledger_id"))


def _cells(
    names: Mapping[int, str], bill: Bill, said: Forecast, as_of: date
) -> Sequence[str | int]:
    chances = (f"{chance:.6f}" for chance in (*said.late, said.long))
    return [names[bill.key], as_of.isoformat(), *chances, *said.days]


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
