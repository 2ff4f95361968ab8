"""Writes one batch of rows: new ones are made, changed ones updated, the others left alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from crm.models import Interaction
from crm.services import attendance
from crm.services.bundle import guarding, inserting, reasons
from crm.services.bundle.layout import Table, attribute
from crm.services.bundle.lookups import Lookups, keys_of
from crm.services.bundle.resolving import Resolver, own_reference
from crm.services.bundle.rows import Parser, Row
from crm.services.columns import insert_rows, write_columns

Key = tuple[Any, ...]
Values = dict[str, Any]


@dataclass(slots=True)
class Store:
    """Writes the rows of one file, and counts what became of them."""

    parser: Parser
    lookups: Lookups
    created: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    recounted: list[int] = field(default_factory=list)  # rows that followed from other files
    unchanged: int = 0
    former_leads: set[int] = field(default_factory=set)  # of rows that went to another lead
    lines: dict[int, int] = field(default_factory=dict)  # hash of a key -> its line
    times: dict[Key, int] = field(default_factory=dict)  # of keys that may come again

    @property
    def table(self) -> Table:
        """Return the table that is written."""
        return self.parser.table

    def write(self, rows: Sequence[Row]) -> list[Row]:
        """Write a batch; return its rows with their primary keys, none while only checking."""
        if not self.table.number_column:
            self._check_doubles(rows)
        Resolver(self.parser, self.lookups).resolve([row for row in rows if not row.is_bad])
        if self.parser.problems or self.lookups.is_checking_only:
            return self._only_checked(rows)
        reasons.to_primary_keys(self.table, [row.values for row in rows])
        new, changed = self._sorted_out(rows)
        self._create(new)
        self._update(changed)
        moved = self._set_people(rows, {row.line for row in new})
        touched = {row.pk for row, _before, _changes in changed} | moved
        if self.table.model is Interaction:
            attendance.forget(touched)
        self.updated += sorted(touched)
        self.unchanged += len(rows) - len(new) - len(touched)
        return self._only_checked(rows) if self.parser.problems else self._numbered(rows)

    def _only_checked(self, rows: Sequence[Row]) -> list[Row]:
        """Remember rows that were not written, so that others may still refer to them."""
        self.lookups.is_checking_only = True
        for row in rows:
            self.lookups.saw(self.table.file, row.values.get(self.table.key[0]))
            row.pk = 0
        self._numbered(rows)
        return []

    def _numbered(self, rows: Sequence[Row]) -> list[Row]:
        if self.table.number_column:
            numbers = self.lookups.numbers.setdefault(self.table.file, {})
            numbers |= {row.number: row.pk for row in rows}
        return list(rows)

    # --- which row is which ---

    def _check_doubles(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.is_bad:
                continue
            key = hash(tuple(row.values[name] for name in self.table.key))
            first = self.lines.setdefault(key, row.line)
            if first != row.line:
                message = _("stands in line %d already. Remove one of the two.") % first
                self.parser.fault(row, self._key_column(), message)

    def _key_column(self) -> str:
        first = self.table.key[0]
        names = [part.names[0] for part in self.table.parts if attribute(part) == first]
        return names[0] if names else ""

    def _sorted_out(
        self, rows: Sequence[Row]
    ) -> tuple[list[Row], list[tuple[Row, Values, Values]]]:
        current, new, changed = self._current(rows), [], []
        for row in rows:
            key = self._counted(tuple(row.values[name] for name in self.table.key), self.times)
            before = current.get(key)
            if before is None:
                new.append(row)
                continue
            row.pk = before["pk"]
            if changes := self._changes(row, before):
                changed.append((row, before, changes))
        return new, changed

    def _current(self, rows: Sequence[Row]) -> dict[Key, Values]:
        first = self.table.key[0]
        names = {attribute(part) for part in self.table.parts if not part.is_told}
        found = (
            self.table.model._default_manager.filter(
                **{f"{first}__in": {row.values[first] for row in rows}}
            )
            .order_by("pk")
            .values("pk", *names, *self.table.key)
        )
        times: dict[Key, int] = {}
        keys = self.table.key
        return {
            self._counted(tuple(before[name] for name in keys), times): before for before in found
        }

    def _counted(self, key: Key, times: dict[Key, int]) -> Key:
        """Return a key; where keys may come again, the time that it came belongs to it."""
        if not self.table.number_column:
            return key
        times[key] = times.get(key, 0) + 1
        return (*key, times[key])

    def _changes(self, row: Row, before: Values) -> Values:
        own = own_reference(self.table)
        kept = {attribute(part) for part in self.table.parts if part.field in self.table.kept}
        kept |= {attribute(own)} if own else set()
        changes = {
            name: value
            for name, value in row.values.items()
            if name not in kept and before[name] != value
        }
        for name, value in row.soft.items():
            if before[name] is None and value is not None:
                changes[name] = value
        if changes and self.table.append_only:
            message = _("differs from the ledger, where such rows are never changed. Leave it out.")
            names = (part.names[0] for part in self.table.parts if attribute(part) in changes)
            self.parser.fault(row, next(names), message)
        if changes.get("lead_id") and before["lead_id"]:
            self.former_leads.add(before["lead_id"])
        return changes

    # --- writes ---

    def _create(self, rows: Sequence[Row]) -> None:
        if self.table.key == ("ledger_id",):
            self._insert(rows)
        else:
            self._make(rows)
        self.created += [row.pk for row in rows]

    def _insert(self, rows: Sequence[Row]) -> None:
        """Add rows that are found again by their id; far faster than making objects of them."""
        columns = inserting.Columns(self.table)

        def insert(some: Sequence[tuple[Row, list[Any]]]) -> None:
            insert_rows(self.table.model, columns.names, [values for _row, values in some])

        guarding.write([(row, columns.values(row)) for row in rows], insert, self.parser)
        made = keys_of(self.table.model, "ledger_id", [row.values["ledger_id"] for row in rows])
        for row in rows:
            row.pk = made.get(row.values["ledger_id"], 0)

    def _make(self, rows: Sequence[Row]) -> None:
        """Add rows that have no id of their own."""
        pairs = [(row, inserting.made(self.table, row)) for row in rows]

        def make(some: Sequence[tuple[Row, models.Model]]) -> None:
            self.table.model._default_manager.bulk_create([made for _row, made in some])

        guarding.write(pairs, make, self.parser)
        for row, made in pairs:
            row.pk = made.pk or 0

    def _update(self, rows: Sequence[tuple[Row, Values, Values]]) -> None:
        if not rows or self.parser.problems:
            return
        names = sorted({name for _row, _before, changes in rows for name in changes})
        extra = self._extra_columns(names)

        def change(some: Sequence[tuple[Row, tuple[Values, Values]]]) -> None:
            written = [
                [
                    row.pk,
                    *(changes.get(name, before[name]) for name in names),
                    *self._extra(extra, {**before, **changes}),
                ]
                for row, (before, changes) in some
            ]
            write_columns(self.table.model, [*names, *extra], written)

        pairs = [(row, (before, changes)) for row, before, changes in rows]
        guarding.write(pairs, change, self.parser)

    def _extra_columns(self, names: Sequence[str]) -> list[str]:
        """Return the columns that follow from others: version and search keys."""
        concrete = {field.name for field in self.table.model._meta.concrete_fields}
        extra = ["version"] if "version" in concrete else []
        if "name" in names:
            extra += [name for name in inserting.SEARCH_KEYS if name in concrete]
        return extra

    def _extra(self, columns: Sequence[str], values: Values) -> list[Any]:
        if not columns:
            return []
        following: Values = {"version": values.get("version", 0) + 1}
        if len(columns) > 1:
            following |= inserting.search_keys(values["name"])
        return [following[name] for name in columns]

    def _set_people(self, rows: Sequence[Row], new: set[int]) -> set[int]:
        """Set who was there; return the rows of before that had others."""
        if not self.table.many or self.parser.problems:
            return set()
        through, meeting = self.table.through, self.table.meeting
        told = [row for row in rows if row.line in new or row.many is not None]
        there: dict[int, set[int]] = {}
        before = through._default_manager.filter(
            **{f"{meeting}__in": [row.pk for row in told if row.line not in new]}
        )
        for pk, contact in before.values_list(meeting, "contact_id"):
            there.setdefault(pk, set()).add(contact)
        changed = [row for row in told if set(row.people) != there.get(row.pk, set())]
        moved = {row.pk for row in changed if row.line not in new}
        through._default_manager.filter(**{f"{meeting}__in": moved}).delete()
        through._default_manager.bulk_create(
            through(**{meeting: row.pk, "contact_id": pk}) for row in changed for pk in row.people
        )
        return moved
