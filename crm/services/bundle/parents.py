"""Links rows to rows of the same file, once all of them are in: the parent may stand below."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from crm.services.bundle.layout import attribute
from crm.services.bundle.lookups import chunks
from crm.services.bundle.parts import Reference
from crm.services.bundle.problems import excerpt
from crm.services.bundle.resolving import own_reference
from crm.services.bundle.rows import Row
from crm.services.bundle.storing import Store
from crm.services.columns import write_columns


@dataclass(slots=True)
class Parents:
    """The parents that the rows of one file name."""

    store: Store
    named: list[tuple[Row, str | None]] = field(default_factory=list)

    def collect(self, rows: Sequence[Row]) -> None:
        """Remember the parent that each row names."""
        if part := own_reference(self.store.table):
            key = attribute(part)
            self.named += [
                (row, row.values[key]) for row in rows if not row.is_bad and key in row.values
            ]

    def link(self) -> None:
        """Write the parents; list those that nothing has."""
        if part := own_reference(self.store.table):
            for chunk in chunks(self.named, 500):
                self._link(part, chunk)

    def _link(self, part: Reference, named: Sequence[tuple[Row, str | None]]) -> None:
        lookups, parser = self.store.lookups, self.store.parser
        found = lookups.find(part.to, {name for _row, name in named if name is not None})
        for row, name in named:
            if name is not None and name not in found:
                message = _("there is no “%(name)s” in %(file)s.csv or in the ledger.")
                parser.fault(row, part.names[0], message % {"name": excerpt(name), "file": part.to})
        if parser.problems or lookups.is_checking_only:
            return
        model, key = self.store.table.model, attribute(part)
        keys = [row.pk for row, _name in named]
        before = dict(model._default_manager.filter(pk__in=keys).values_list("pk", key))
        after = {row.pk: found[name] if name else None for row, name in named}
        changed = [(pk, parent) for pk, parent in after.items() if before[pk] != parent]
        if changed:
            write_columns(model, [key], changed)
            self._count([pk for pk, _parent in changed])

    def _count(self, changed: Sequence[int]) -> None:
        others = set(changed) - set(self.store.created) - set(self.store.updated)
        self.store.updated += sorted(others)
        self.store.unchanged -= len(others)
