"""Puts primary keys in the place of ids, and lists the ids that nothing has."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm.services.bundle.layout import Table, attribute
from crm.services.bundle.lookups import Lookups
from crm.services.bundle.parts import Reference
from crm.services.bundle.problems import excerpt
from crm.services.bundle.rows import Parser, Row

Found = dict[str, dict[str, int]]


def references(table: Table) -> list[Reference]:
    """Return the parts of a table that name rows of other files."""
    parts = [part for part in table.parts if isinstance(part, Reference)]
    return [part for part in parts if part.to != table.file]


def own_reference(table: Table) -> Reference | None:
    """Return the part that names a row of the same file, which may stand further down."""
    parts = [part for part in table.parts if isinstance(part, Reference)]
    return next((part for part in parts if part.to == table.file), None)


@dataclass(slots=True)
class Resolver:
    """Resolves what a batch of rows refers to, one query for each file."""

    parser: Parser
    lookups: Lookups

    def resolve(self, rows: Sequence[Row]) -> None:
        """Resolve all references; a row that names something unknown is marked as bad."""
        table = self.parser.table
        found = self._found(rows)
        for row in rows:
            for part in references(table):
                name = row.values.get(attribute(part))
                if name is None:
                    continue
                if name in found[part.to]:
                    row.values[attribute(part)] = found[part.to][name]
                else:
                    self._unknown(row, part.names[0], part.to, name)
            if table.many:
                self._resolve_many(row, found["contacts"])

    def _found(self, rows: Sequence[Row]) -> Found:
        table = self.parser.table
        wanted: dict[str, set[str]] = {}
        for part in references(table):
            names = (row.values.get(attribute(part)) for row in rows)
            wanted.setdefault(part.to, set()).update(name for name in names if name is not None)
        if table.many:
            people = wanted.setdefault("contacts", set())
            for row in rows:
                people.update(people_of(row))
        return {file: self.lookups.find(file, names) for file, names in wanted.items()}

    def _resolve_many(self, row: Row, people: dict[str, int]) -> None:
        for name in people_of(row):
            if name not in people:
                self._unknown(row, self.parser.table.many, "contacts", name)
                return
        row.people = [people[name] for name in people_of(row)]

    def _unknown(self, row: Row, column: str, file: str, name: str) -> None:
        message = _("there is no “%(name)s” in %(file)s.csv or in the ledger.")
        self.parser.fault(row, column, message % {"name": excerpt(name), "file": file})


def people_of(row: Row) -> list[str]:
    """Return the contacts that a row names, or those that follow from its other columns."""
    return row.many if row.many is not None else row.soft_many
