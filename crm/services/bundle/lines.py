"""Turns rows of the ledger into lines of a bundle, chunk by chunk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import QuerySet

from crm.models import Assessment, Decision, Flag, Lead
from crm.services.bundle import own_values, reasons
from crm.services.bundle.cells import BETWEEN_VALUES, NOTHING
from crm.services.bundle.checks import CLOSED, OPEN, PAID
from crm.services.bundle.layout import Table
from crm.services.bundle.lookups import chunks
from crm.services.bundle.parts import Reference

ROWS_A_CHUNK = 900
ORDER = "#"  # no field is called so
Values = Mapping[str, Any]
# Files whose rows have only a running number: who refers to them, by which field.
NUMBERS_OF: dict[str, tuple[type[models.Model], str, type[models.Model]]] = {
    "assessments": (Flag, "assessment", Assessment),
    "flags": (Decision, "flag", Flag),
}


def lines_of(table: Table, zone: ZoneInfo) -> Iterator[list[list[str]]]:
    """Yield the lines of a file in chunks, in the order of its columns."""
    numbers = _Numbers(table)
    for rows in chunks(_rows(table).iterator(ROWS_A_CHUNK), ROWS_A_CHUNK):
        reasons.to_ledger_ids(table, rows)
        numbers.put(rows)
        if table.model is Lead:
            own_values.told(rows)
        people = _people(table, [row["pk"] for row in rows]) if table.many else {}
        yield [_line(table, row, zone, people) for row in rows]


def _rows(table: Table) -> QuerySet[Any, dict[str, Any]]:
    """Return the rows in the order of the file: interactions lead by lead, others as made."""
    paths = [part.path for part in table.parts if part.path]
    order = ["lead_id", "happened_at", "pk"] if table.file == "interactions" else ["pk"]
    return table.model._default_manager.order_by(*order).values("pk", *paths)


def _line(table: Table, row: Values, zone: ZoneInfo, people: Mapping[int, list[str]]) -> list[str]:
    cells: dict[str, str] = {}
    for part in table.parts:
        value = row[part.path] if part.path else _told(table, part.names[0], row)
        cells.update(zip(part.names, part.write(value, zone), strict=True))
    if table.many:
        cells[table.many] = BETWEEN_VALUES.join(people.get(row["pk"], ())) or NOTHING
    if table.number_column:
        cells[table.number_column] = row[ORDER]
    return [cells[name] for name in table.columns]


def _told(table: Table, column: str, row: Values) -> str:
    """Return what a column says that no field of the model holds."""
    if column == own_values.COLUMN:
        return str(row[column])
    if table.file == "leads":
        return CLOSED if row["closed_at"] else OPEN
    if table.file == "invoices":
        return PAID if row["settled_date"] else OPEN
    return str(row[ORDER])


def _people(table: Table, meetings: list[int]) -> dict[int, list[str]]:
    """Return who was there, in the order in which they were named."""
    there: dict[int, list[str]] = {}
    rows = table.through._default_manager.filter(**{f"{table.meeting}__in": meetings})
    for pk, name in rows.order_by("pk").values_list(table.meeting, "contact__ledger_id"):
        there.setdefault(pk, []).append(name)
    return there


@dataclass(slots=True)
class _Numbers:
    """Numbers the interactions of a lead, and the rows of files that have no ids of their own."""

    table: Table
    count: int = 0
    lead: str = ""
    of_others: dict[str, dict[int, str]] = field(default_factory=dict)

    def put(self, rows: list[dict[str, Any]]) -> None:
        """Number the next rows, and put numbers in the place of keys."""
        numbered = [
            part
            for part in self.table.parts
            if isinstance(part, Reference) and part.to in NUMBERS_OF
        ]
        for row in rows:
            if self.table.file == "interactions" and row["lead__ledger_id"] != self.lead:
                self.lead, self.count = row["lead__ledger_id"], 0
            self.count += 1
            row[ORDER] = str(self.count)
            for part in numbered:
                if row[part.path] is not None:
                    row[part.path] = self._number(part, row[part.path])

    def _number(self, part: Reference, key: int) -> str:
        if part.to not in self.of_others:
            self.of_others[part.to] = _numbers_of(part)
        return self.of_others[part.to][key]


def _numbers_of(part: Reference) -> dict[int, str]:
    """Return the running numbers of the rows that others refer to."""
    model, name, target = NUMBERS_OF[part.to]
    referring = model._default_manager.exclude(**{name: None})
    wanted = set(referring.values_list(f"{name}_id", flat=True))
    keys = target._default_manager.order_by("pk").values_list("pk", flat=True)
    return {
        key: str(number) for number, key in enumerate(keys.iterator(), start=1) if key in wanted
    }
