"""Writes leads of a table, batch by batch, with one look-up of each kind a batch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from crm.models import Account, Lead, Outcome, Stage, StageChange
from crm.models.base import new_ledger_id
from crm.services import history
from crm.services.bundle import inserting
from crm.services.bundle.completing import derived_id
from crm.services.bundle.lookups import Lookups, chunks, keys_of
from crm.services.bundle.rows import Row
from crm.services.bundle.tables import BY_FILE
from crm.services.columns import insert_rows, write_columns
from crm.services.tables.refusals import BadRows
from crm.services.tables.rows import LeadRow

REASON = history.TABLE_IMPORT
MOVE = ("ledger_id", "lead_id", "from_stage", "to_stage", "happened_at", "recorded_at")
Values = dict[str, Any]


Named = tuple[int, str, Values, datetime]  # row, key of the name, account, known since


def accounts_of(rows: Sequence[Named]) -> tuple[dict[str, int], list[int]]:
    """Return the accounts by the key of their names, and those that were new and are added."""
    keys = {key for _row, key, _account, _known in rows}
    found = Account.objects.current().filter(name_key__in=keys).order_by("-pk")
    known = dict(found.values_list("name_key", "pk"))
    new: dict[str, Row] = {}
    for number, key, account, since in rows:
        if key not in known and key not in new:
            told = {"ledger_id": new_ledger_id(), "recorded_at": since}
            new[key] = Row(number, {**account, **told})
    if not new:
        return known, []
    columns = inserting.Columns(BY_FILE["accounts"])
    insert_rows(Account, columns.names, [columns.values(row) for row in new.values()])
    ids = {row.values["ledger_id"]: key for key, row in new.items()}
    made = keys_of(Account, "ledger_id", list(ids))
    known |= {ids[ledger_id]: pk for ledger_id, pk in made.items()}
    return known, sorted(made.values())


@dataclass(slots=True)
class LeadStore:
    """Finds what the ledger has, adds what it has not, changes what differs."""

    bad: BadRows
    now: datetime
    is_stage_known: bool
    lookups: Lookups = field(default_factory=Lookups)
    created: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)
    unchanged: int = 0

    def write(self, rows: Sequence[LeadRow]) -> None:
        """Write a batch."""
        known = self._known(rows)
        owners = self.lookups.find("users", {row.owner for row in rows if row.owner})
        for row in rows:
            if row.owner:
                row.values["owner_id"] = owners[row.owner]
        new = [row for row in rows if row.ledger_id not in known]
        accounts, made = accounts_of(
            [(row.row, row.account_key, row.account, row.values["opened_at"]) for row in new]
        )
        self.accounts += made
        self._create(new, accounts)
        self._update([(row, known[row.ledger_id]) for row in rows if row.ledger_id in known])

    def _known(self, rows: Sequence[LeadRow]) -> dict[str, Values]:
        names = {name for row in rows for name in row.values} - {"owner_id"}
        needed = {"pk", "ledger_id", "owner_id", "custom_fields", "version"}
        needed |= {"opened_at", "closed_at", "stage", "outcome"}
        found = Lead.objects.filter(ledger_id__in=[row.ledger_id for row in rows])
        return {before["ledger_id"]: before for before in found.values(*needed | names)}

    def _create(self, rows: Sequence[LeadRow], accounts: dict[str, int]) -> None:
        if not rows:
            return
        columns = inserting.Columns(BY_FILE["leads"])
        written, moves = [], []
        for row in rows:
            told: Values = {
                "ledger_id": row.ledger_id,
                "account_id": accounts[row.account_key],
                "recorded_at": row.values["opened_at"],
                "custom_fields": row.own,
            }
            if row.values.get("outcome"):
                told["outcome_recorded_at"] = row.values["closed_at"]
            steps = self._steps(row)
            told["stage"] = steps[-1][0]
            written.append(columns.values(Row(row.row, {**row.values, **told})))
            moves.append(steps)
        insert_rows(Lead, columns.names, written)
        made = keys_of(Lead, "ledger_id", [row.ledger_id for row in rows])
        insert_rows(StageChange, MOVE, list(_moves(rows, moves, made)))
        self.created += sorted(made.values())

    def _steps(self, row: LeadRow) -> list[tuple[str, datetime]]:
        """Return the stages of a new lead; an order was a contract when the file names no stage."""
        steps = [(row.values.get("stage", Stage.NEW.value), row.values["opened_at"])]
        if not self.is_stage_known and row.values.get("outcome") == Outcome.WON:
            steps.append((Stage.CONTRACT.value, row.values["closed_at"]))
        return steps

    def _update(self, pairs: Sequence[tuple[LeadRow, Values]]) -> None:
        changed: list[tuple[Values, Values]] = []
        for row, before in pairs:
            changes = self._changes(row, before)
            if changes is None:
                continue
            if changes:
                changed.append((before, changes))
            else:
                self.unchanged += 1
        if not changed:
            return
        names = sorted({name for _before, changes in changed for name in changes})
        written = [
            [
                before["pk"],
                *(changes.get(name, before.get(name)) for name in names),
                before["version"] + 1,
            ]
            for before, changes in changed
        ]
        write_columns(Lead, [*names, "version"], written)
        self._move(changed)
        self.updated += [before["pk"] for before, _changes in changed]

    def _changes(self, row: LeadRow, before: Values) -> Values | None:
        """Return what differs; what the file does not say stays. None when it cannot be."""
        changes = {name: value for name, value in row.values.items() if before[name] != value}
        own = {**before["custom_fields"], **row.own}
        if own != before["custom_fields"]:
            changes["custom_fields"] = own
        after = {**before, **changes}
        if after["closed_at"] is not None and after["closed_at"] < after["opened_at"]:
            self.bad.add(row.row, _("the ledger has a close that lies before this opening."))
            return None
        if changes.get("outcome"):
            changes["outcome_recorded_at"] = max(self.now, after["closed_at"])
        return changes

    def _move(self, changed: Sequence[tuple[Values, Values]]) -> None:
        StageChange.objects.bulk_create(
            StageChange(
                lead_id=before["pk"],
                from_stage=before["stage"],
                to_stage=Stage(changes["stage"]),
                happened_at=self.now,
                recorded_at=self.now,
            )
            for before, changes in changed
            if "stage" in changes
        )

    def finish(self) -> None:
        """Date the accounts by their first lead, and keep the audit trail."""
        opened = Lead.objects.filter(account=OuterRef("pk")).order_by().values("account")
        first = Subquery(opened.annotate(at=Min("opened_at")).values("at"))
        for chunk in chunks(self.accounts, 500):
            Account.objects.filter(pk__in=chunk).update(
                recorded_at=Coalesce(first, F("recorded_at"))
            )
        history.keep(Account, self.accounts, kind=history.MADE, now=self.now, reason=REASON)
        history.keep(Lead, self.created, kind=history.MADE, now=self.now, reason=REASON)
        history.keep(Lead, self.updated, kind=history.CHANGED, now=self.now, reason=REASON)


def _moves(
    rows: Sequence[LeadRow], moves: Sequence[list[tuple[str, datetime]]], made: dict[str, int]
) -> Iterator[list[Any]]:
    """Yield the dated stages of new leads, as the table of stage changes has them."""
    for row, steps in zip(rows, moves, strict=True):
        before = ""
        for stage, moment in steps:
            name = derived_id(f"{row.ledger_id}/{stage.lower()}")
            yield [name, made[row.ledger_id], before, stage, moment, moment]
            before = stage
