"""Turns the cells of a row into an invoice, its account, its lead and what was paid of it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, cast

from django.utils.translation import gettext as _

from crm import names
from crm.services.tables.invoice_mapping import DAYS, InvoiceMapping
from crm.services.tables.rows import Left, RowReader

KEPT = ("number", "milestone_label", "amount", "currency")
KEPT_DAYS = ("issued_date", "due_date", "disputed_date", "written_off_date")
LETTERS_OF_HASH = 40


@dataclass(slots=True)
class InvoiceRow:
    """One row on its way into the ledger; what it does not say is not in `values`."""

    row: int
    ledger_id: str
    account: dict[str, Any]
    values: dict[str, Any]
    issued_at: datetime
    paid: Decimal | None = None
    paid_at: datetime | None = None
    lead_id: str = ""
    lead_title: str = ""
    account_key: str = field(init=False)

    def __post_init__(self) -> None:
        """Find accounts by their names without legal form, width and case."""
        self.account_key = names.name_key(self.account["name"])

    @property
    def paid_date(self) -> date | None:
        """Return the day of the payment."""
        return self.paid_at.date() if self.paid_at else None


@dataclass(slots=True)
class InvoiceReader(RowReader):
    """Reads rows as invoices."""

    def convert(self, row: int, cells: list[str]) -> InvoiceRow | None:
        """Return a row, or None when it is left out, which is then listed."""
        try:
            return self._convert(row, cells)
        except Left:
            return None

    @property
    def _sources(self) -> InvoiceMapping:
        return cast(InvoiceMapping, self.mapping)

    def _convert(self, row: int, cells: list[str]) -> InvoiceRow:
        sources = self._sources.invoice
        account = self._values(row, cells, self.mapping.account)
        if "name" not in account:
            why = _("is blank. An invoice needs an account.")
            raise self._left(row, why, self.mapping.account["name"])
        said = self._values(row, cells, sources)
        for name, why in (
            ("number", _("is blank. It tells invoices apart.")),
            ("amount", _("is blank or nothing. What was billed?")),
            ("issued_date", _("is blank. When was it issued?")),
            ("due_date", _("is blank. When does it fall due?")),
        ):
            if said.get(name) is None:
                raise self._left(row, why, sources[name])
        self._take_currency(row, cells, said, sources)
        self._check_days(row, said)
        paid, paid_at = self._paid(row, said)
        return InvoiceRow(
            row,
            self._name(row, cells, account, said),
            account,
            {name: said[name] for name in KEPT if name in said}
            | {name: said[name].date() for name in KEPT_DAYS if name in said},
            said["issued_date"],
            paid=paid,
            paid_at=paid_at,
            lead_id=said.get("lead_id", ""),
            lead_title=said.get("lead_title", ""),
        )

    def _check_days(self, row: int, said: dict[str, Any]) -> None:
        """Refuse days that cannot be: in the future, due or paid before the invoice was issued."""
        sources, issued = self._sources.invoice, said["issued_date"].date()
        for name in DAYS:
            day = said.get(name)
            if day is None:
                continue
            if name != "due_date" and day > self.now:
                message = _("%s lies in the future.") % day.date().isoformat()
                raise self._left(row, message, sources[name])
            if day.date() < issued:
                told = {"day": day.date().isoformat(), "issued": issued.isoformat()}
                message = _("%(day)s lies before the day of issue, %(issued)s.") % told
                raise self._left(row, message, sources[name])

    def _paid(self, row: int, said: dict[str, Any]) -> tuple[Decimal | None, datetime | None]:
        """Return what came in and when: all of it when it is settled and no sum is named."""
        amount, settled = said.get("paid_amount"), said.get("settled_date")
        day = said.get("paid_date") or settled
        if amount is None and settled is not None:
            amount = said["amount"]
        if amount is not None and day is None:
            name = "paid_date" if "paid_date" in self._sources.invoice else "settled_date"
            why = _("is blank, but there is a paid amount.")
            raise self._left(row, why, self._sources.invoice[name])
        return (amount, day) if amount is not None else (None, None)

    def _name(
        self, row: int, cells: list[str], account: dict[str, Any], said: dict[str, Any]
    ) -> str:
        """Return the ledger id: the file's own, else one of account and number."""
        if self.mapping.id:
            return self._id(row, cells)
        key = f"{names.name_key(account['name'])}|{said['number']}"
        first = self.seen.setdefault(hash(key), row)
        if first != row:
            why = _("stands in row %d already, for the same account.") % first
            raise self._left(row, why, self._sources.invoice["number"])
        return f"invoice-{sha256(key.encode()).hexdigest()[:LETTERS_OF_HASH]}"
