"""Invoices as a file: what each says, what came in, what is foreseen."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models.money import InvoiceQuerySet
from crm.reports import files, xlsx
from crm.reports.columns import Column, Kind
from crm.selectors import invoice_rows, paging
from crm.selectors.invoice_rows import Row
from crm.selectors.invoices import Asked

ROWS_A_FETCH = 500
COLUMNS = (
    Column("number", _("Invoice number"), width=16),
    Column("account", _("Account"), width=24),
    Column("lead", _("Lead"), width=20),
    Column("milestone_label", _("Milestone"), width=16),
    Column("amount", _("Amount"), Kind.MONEY, 14),
    Column("paid_amount", _("Paid so far"), Kind.MONEY, 14),
    Column("receivable_amount", _("Open"), Kind.MONEY, 14),
    Column("currency", _("Currency"), width=8),
    Column("issued_date", _("Issued"), Kind.DAY),
    Column("due_date", _("Due"), Kind.DAY),
    Column("settled_date", _("Paid in full"), Kind.DAY),
    Column("disputed_date", _("Disputed"), Kind.DAY),
    Column("written_off_date", _("Written off"), Kind.DAY),
    Column("days_late", _("Days late"), Kind.COUNT),
    Column("p50", _("P50"), Kind.DAY),
    Column("p10", _("P10"), Kind.DAY),
    Column("p90", _("P90"), Kind.DAY),
    Column("long_chance", _("P(> 120 d)"), Kind.SHARE),
    Column("last_step", _("Last reminder"), Kind.COUNT),
)


class Line:
    """One invoice as a file says it."""

    def __init__(self, row: Row) -> None:
        """Keep the row as the list shows it."""
        self.row, self.invoice = row, row.invoice

    def __getattr__(self, name: str) -> Any:
        """Return what the list, or else the invoice itself, holds under the name."""
        return getattr(self.row, name) if hasattr(self.row, name) else getattr(self.invoice, name)

    @property
    def account(self) -> str:
        """Return the name of the account."""
        return str(self.invoice.account.name)

    @property
    def lead(self) -> str:
        """Return the title of the lead."""
        return str(self.invoice.lead.title) if self.invoice.lead else ""

    @property
    def long_chance(self) -> float | None:
        """Return the chance of over 120 days, nothing where none is foreseen."""
        return self.row.forecast.long_chance if self.row.forecast else None

    @property
    def last_step(self) -> int | None:
        """Return the highest step of the ladder that was sent."""
        return max(self.row.sent, default=None)


def rows(found: InvoiceQuerySet, want: Asked, *, today: date) -> Iterator[Line]:
    """Yield all invoices in the order of the list, some hundred read at a time."""
    ordered = found.select_related("account", "lead", "milestone").order_by(
        *paging.ordering(want.keys)
    )
    waiting = ordered.iterator(ROWS_A_FETCH)
    while some := list(islice(waiting, ROWS_A_FETCH)):
        yield from (Line(row) for row in invoice_rows.rows_of(some, today=today))


def csv_lines(rows: Iterable[Line]) -> Iterator[str]:
    """Yield the CSV file line by line."""
    return files.csv_lines(COLUMNS, rows)


def write_xlsx(rows: Iterable[Line], target: IO[bytes], *, today: date) -> None:
    """Write the workbook; its notes say of which day it is."""
    notes = [(gettext("As of"), today.isoformat())]
    xlsx.write(target, title=gettext("Invoices"), columns=COLUMNS, rows=rows, notes=notes)
