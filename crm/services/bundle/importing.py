"""Reads a bundle into the ledger: all of it in one transaction, or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from crm.models import Firm, Lead
from crm.services import statistics
from crm.services.bundle import encodings, finishing, own_values, reading
from crm.services.bundle.checks import CHECKS
from crm.services.bundle.completing import Completer
from crm.services.bundle.finishing import Paid
from crm.services.bundle.lookups import Lookups, chunks
from crm.services.bundle.moments import read_day
from crm.services.bundle.parents import Parents
from crm.services.bundle.problems import BadCell, BundleRefused, Problems, TooManyProblems
from crm.services.bundle.reading import Bundle, Sheet
from crm.services.bundle.rows import Moments, Parser, Row
from crm.services.bundle.storing import Store
from crm.services.bundle.tables import BY_FILE, TABLES

ROWS_A_BATCH = 900
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of the rows of one file."""

    file: str
    created: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did, or would have done."""

    files: list[FileResult]
    leads_to_score: int
    added_users: int
    unread_columns: dict[str, list[str]]
    unread_files: list[str]
    is_dry_run: bool


def run(
    folder: Path,
    *,
    now: datetime,
    encoding: str = encodings.UTF8,
    is_dry_run: bool = False,
    progress: Progress = lambda file, rows: None,
) -> Result:
    """Import a bundle; raise BundleRefused, with the places, when anything in it is wrong.

    A dry run does the same and takes it back.
    """
    reading_run = Import(reading.find(folder), now, encodings.checked(encoding), progress)
    result: Result | None = None
    try:
        with transaction.atomic():
            result = reading_run.work(is_dry_run=is_dry_run)
            if result is None or is_dry_run:
                transaction.set_rollback(True)
            else:
                statistics.refresh()
    except OperationalError as error:
        raise BundleRefused(
            _("The database is busy or away: %s. Nothing was written; try again.") % error
        ) from None
    if result is None:
        raise BundleRefused(_("The bundle was refused; nothing was written."), reading_run.problems)
    return result


@dataclass(slots=True)
class Import:
    """One import on its way."""

    bundle: Bundle
    now: datetime
    encoding: str
    progress: Progress
    problems: Problems = field(default_factory=Problems)
    lookups: Lookups = field(default_factory=Lookups)
    stores: dict[str, Store] = field(default_factory=dict)
    paid: list[Paid] = field(default_factory=list)
    entered: dict[int, own_values.Entered] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: Firm.current().zone)

    @property
    def moments(self) -> Moments:
        """Return what now, midnight and then mean in this import."""
        return Moments(self.now, self.zone, self.bundle.snapshot_date)

    def work(self, *, is_dry_run: bool) -> Result | None:
        """Read and write everything; None when something is wrong."""
        was_empty = not Lead.objects.exists()
        try:
            for table in TABLES:
                if table.file in self.bundle.paths:
                    self._read(table.file)
        except TooManyProblems:
            return None
        if self.problems:
            return None
        self._pay()
        if self.problems:
            return None
        return self._finish(was_empty=was_empty, is_dry_run=is_dry_run)

    def _read(self, file: str) -> None:
        """Read and write one file, batch by batch."""
        store = self.stores[file] = Store(self._parser(file), self.lookups)
        completer, parents = Completer(store.parser), Parents(store)
        done = 0
        for batch in chunks(store.parser.rows(), ROWS_A_BATCH):
            for row in batch:
                self._prepare(row, completer)
            store.write(batch)
            parents.collect(batch)
            self._note_entered(batch)
            done += len(batch)
            self.progress(file, done)
        parents.link()
        store.lines.clear()
        if file == "firm" and not self.problems:
            self.zone = Firm.current().zone

    def _note_entered(self, batch: Sequence[Row]) -> None:
        """Remember when own values of leads were entered."""
        for row in batch:
            if row.pk and (said := row.told.get(own_values.COLUMN)):
                self.entered[row.pk] = own_values.read(said, now=self.now)

    def _parser(self, file: str, source: str = "") -> Parser:
        path = self.bundle.paths[source or file]
        sheet = Sheet(BY_FILE[file], path, self.encoding, self.problems)
        return Parser(sheet, self.moments, self.problems)

    def _prepare(self, row: Row, completer: Completer) -> None:
        """Check what two columns have to agree on, and fill in what other makers leave out."""
        if row.is_bad:
            return
        parser = completer.parser
        try:
            if check := CHECKS.get(parser.table.file):
                check(row, parser)
            completer.complete(row)
        except BadCell as bad:
            parser.fault(row, bad.column, bad.message)
            return
        if parser.table.file == "invoices" and row.told.get("paid_at"):
            values = row.values
            self.paid.append(
                Paid(row.line, values["ledger_id"], read_day(row.told["paid_at"]), values["amount"])
            )

    def _pay(self) -> None:
        """Give paid invoices without a payment one of the full amount."""
        if not self.paid:
            return
        told = self.stores.get("payments")
        store = Store(self._parser("payments", "invoices"), self.lookups)
        rows = finishing.payments_of(self.paid, self.moments, are_told=told is not None)
        for batch in chunks(rows, ROWS_A_BATCH):
            store.write(batch)
        if told:
            told.created += store.created
        else:
            self.stores["payments"] = store

    def _finish(self, *, was_empty: bool, is_dry_run: bool) -> Result:
        finishing.link(self.stores)
        finishing.settle(self.stores)
        finishing.keep_trail(self.stores, self.moments)
        if store := self.stores.get("leads"):
            new = set(store.created)
            own_values.keep({pk: said for pk, said in self.entered.items() if pk in new})
        if self.bundle.is_synthetic and was_empty:
            Firm.objects.update_or_create(pk=1, defaults={"holds_demo_data": True})
        files = [
            FileResult(file, len(store.created), len(store.updated), store.unchanged)
            for file, store in self.stores.items()
        ]
        return Result(
            files=files,
            leads_to_score=finishing.refresh(self.stores, self.moments),
            added_users=len(self.lookups.added_users),
            unread_columns={
                store.parser.sheet.path.name: store.parser.sheet.unread
                for store in self.stores.values()
                if store.parser.sheet.unread
            },
            unread_files=self.bundle.others,
            is_dry_run=is_dry_run,
        )
