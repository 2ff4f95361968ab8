"""Imports a plain table: the rows that can be read, in one transaction, or none of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import DatabaseError, OperationalError, transaction
from django.utils.translation import gettext as _

from crm.models import Firm
from crm.services import leads, statistics
from crm.services.bundle import encodings
from crm.services.bundle.lookups import chunks
from crm.services.bundle.problems import BundleRefused
from crm.services.tables import invoice_mapping, order, own_fields
from crm.services.tables import mapping as mappings
from crm.services.tables.invoice_rows import InvoiceReader, InvoiceRow
from crm.services.tables.invoice_storing import InvoiceStore
from crm.services.tables.refusals import BadRow, BadRows, TableRefused
from crm.services.tables.rows import Converter, LeadRow
from crm.services.tables.sheet import Sheet
from crm.services.tables.storing import LeadStore

LEADS, INVOICES = "leads", "invoices"
KINDS = (LEADS, INVOICES)
ROWS_A_BATCH = 900
MOST_NAMED = 100
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did, or would have done."""

    created: int
    updated: int
    unchanged: int
    skipped: int
    bad: int
    problems: list[BadRow]
    accounts_created: int
    fields_created: list[str]
    added_users: int
    leads_to_score: int
    unread_columns: list[str]
    is_dry_run: bool


def run(
    path: Path,
    *,
    kind: str,
    mapping: Path,
    now: datetime,
    encoding: str = encodings.UTF8,
    is_dry_run: bool = False,
    is_strict: bool = False,
    progress: Progress = lambda rows: None,
) -> Result:
    """Import a table; raise TableRefused, in one sentence, when it cannot be."""
    of_kind = _of_kind(kind)
    try:
        checked = encodings.checked(encoding)
    except BundleRefused as refused:
        raise TableRefused(refused.message) from None
    work = of_kind(path, mapping, checked, now, progress)
    try:
        with transaction.atomic():
            result = work.run(is_dry_run=is_dry_run)
            _refuse_bad(result, work.bad, is_strict=is_strict)
            if is_dry_run:
                transaction.set_rollback(True)
            else:
                statistics.refresh()
    except OperationalError as error:
        raise TableRefused(
            _("The database is busy or away: %s. Nothing was written; try again.") % error
        ) from None
    except (DatabaseError, OverflowError) as error:
        why = str(error).split("\n", 1)[0][:200]
        raise TableRefused(
            _("The database refuses what the file says: %s. Nothing was written.") % why
        ) from None
    return result


def _of_kind(kind: str) -> "type[TableImport] | type[InvoiceImport]":
    if kind not in KINDS:
        raise TableRefused(
            _(
                "Only leads and invoices can be imported from a table; take other records in with"
                " a ledger bundle (import_ledger)."
            )
        )
    return InvoiceImport if kind == INVOICES else TableImport


def _refuse_bad(result: Result, bad: BadRows, *, is_strict: bool) -> None:
    if bad.count and is_strict:
        raise TableRefused(_("Some rows cannot be read; nothing was written."), bad_rows=bad)
    if bad.count and not result.created + result.updated + result.unchanged:
        raise TableRefused(_("No row can be read; nothing was written."), bad_rows=bad)


@dataclass(slots=True)
class TableImport:
    """One import on its way."""

    path: Path
    mapping_path: Path
    encoding: str
    now: datetime
    progress: Progress
    bad: BadRows = field(default_factory=BadRows)

    def run(self, *, is_dry_run: bool) -> Result:
        """Read and write everything."""
        mapping = mappings.read(self.mapping_path, Firm.current().zone)
        sheet = Sheet(self.path, self.encoding, mapping)
        store = LeadStore(self.bad, self.now, is_stage_known="stage" in mapping.lead)
        done = 0
        for batch in chunks(self._rows(sheet), ROWS_A_BATCH):
            store.write(batch)
            done += len(batch)
            self.progress(done)
        if not done + self.bad.count + sheet.skipped:
            raise TableRefused(_("%s has a header and no rows.") % self.path.name)
        fields = own_fields.store(mapping.own_fields) if done else []
        store.finish()
        leads.mark_for_scoring(sorted([*store.created, *store.updated]), now=self.now)
        return Result(
            created=len(store.created),
            updated=len(store.updated),
            unchanged=store.unchanged,
            skipped=sheet.skipped,
            bad=self.bad.count,
            problems=self.bad.listed,
            accounts_created=len(store.accounts),
            fields_created=fields,
            added_users=len(store.lookups.added_users),
            leads_to_score=len(store.created) + len(store.updated),
            unread_columns=sheet.unread[:MOST_NAMED],
            is_dry_run=is_dry_run,
        )

    def _rows(self, sheet: Sheet) -> Iterator[LeadRow]:
        """Yield the rows that can be read."""
        converter = Converter(sheet.mapping, self.bad, self.now)
        if sheet.mapping.order:
            converter.opened = order.moments(sheet, sheet.mapping.order)
        for number, cells in sheet.rows(self.bad.add):
            converter.places = sheet.places
            row = converter.convert(number, cells)
            if row:
                yield row


@dataclass(slots=True)
class InvoiceImport(TableImport):
    """An import of invoices on its way."""

    def run(self, *, is_dry_run: bool) -> Result:
        """Read and write everything."""
        sheet = Sheet(
            self.path,
            self.encoding,
            invoice_mapping.read(self.mapping_path, Firm.current().zone),
        )
        store = InvoiceStore(self.bad, self.now)
        done = 0
        for batch in chunks(self._invoices(sheet), ROWS_A_BATCH):
            store.write(batch)
            done += len(batch)
            self.progress(done)
        if not done + self.bad.count + sheet.skipped:
            raise TableRefused(_("%s has a header and no rows.") % self.path.name)
        concerned = store.finish()
        return Result(
            created=len(store.created),
            updated=len(store.updated),
            unchanged=store.unchanged,
            skipped=sheet.skipped,
            bad=self.bad.count,
            problems=self.bad.listed,
            accounts_created=len(store.accounts),
            fields_created=[],
            added_users=0,
            leads_to_score=len(concerned),
            unread_columns=sheet.unread[:MOST_NAMED],
            is_dry_run=is_dry_run,
        )

    def _invoices(self, sheet: Sheet) -> Iterator[InvoiceRow]:
        """Yield the rows that can be read."""
        reader = InvoiceReader(sheet.mapping, self.bad, self.now)
        for number, cells in sheet.rows(self.bad.add):
            reader.places = sheet.places
            row = reader.convert(number, cells)
            if row:
                yield row
