"""Turns the cells of a row into a lead, its account and its own fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from crm import amounts, names
from crm.services.bundle.problems import BadCell, excerpt
from crm.services.tables.cells import end_of_day
from crm.services.tables.mapping import TableMapping
from crm.services.tables.refusals import BadRows
from crm.services.tables.sources import Source

AMOUNTS = ("est_value_amount", "amount", "paid_amount")


class Left(Exception):
    """A row that is left out."""


@dataclass(slots=True)
class LeadRow:
    """One row on its way into the ledger; what it does not say is not in `values`."""

    row: int
    ledger_id: str
    account: dict[str, Any]
    values: dict[str, Any]
    own: dict[str, Any]
    owner: str = ""
    account_key: str = field(init=False)

    def __post_init__(self) -> None:
        """Find accounts by their names without legal form, width and case."""
        self.account_key = names.name_key(self.account["name"])


@dataclass(slots=True)
class RowReader:
    """Reads the cells of rows as the mapping says, and tells rows apart."""

    mapping: TableMapping
    bad: BadRows
    now: datetime
    places: Mapping[str, int] = field(default_factory=dict)  # of columns in the cells of a row
    opened: Callable[[int], datetime | None] = lambda row: None
    seen: dict[int, int] = field(default_factory=dict)  # hash of an id -> its row
    times: dict[bytes, int] = field(default_factory=dict)  # of rows without an id

    def _values(self, row: int, cells: list[str], sources: Mapping[str, Source]) -> dict[str, Any]:
        found = {}
        for name, source in sources.items():
            value = self._value(row, cells, source)
            if value is not None:
                found[name] = value
        return found

    def _value(
        self,
        row: int,
        cells: list[str],
        source: Source,
        read: Callable[[list[str], int], Any] | None = None,
    ) -> Any:
        place = self.places[source.column] if source.column else -1
        try:
            return (read or source.value)(cells, place)
        except BadCell as bad:
            raise self._left(row, bad.message, source) from None

    def _take_currency(
        self, row: int, cells: list[str], values: dict[str, Any], sources: Mapping[str, Source]
    ) -> None:
        """Take the currency that stands beside an amount; leave out a row that says two."""
        for name in AMOUNTS:
            source = sources.get(name)
            if source is None or name not in values:
                continue
            said = source.text(cells, self.places[source.column] if source.column else -1)
            meant = amounts.currencies_of(said)
            if len(meant) == 1:
                values.setdefault("currency", next(iter(meant)))
            if meant and values.get("currency", amounts.HOME) not in meant:
                message = _("“%s” is in another currency than its row. Map a column to “currency”.")
                raise self._left(row, message % excerpt(said), source)

    def _left(self, row: int, message: str, source: Source | None = None) -> Left:
        self.bad.add(row, message, source.column if source else "")
        return Left()

    # --- which row is which ---

    def _id(self, row: int, cells: list[str]) -> str:
        source = self.mapping.id
        if source is None:
            return self._id_of_content(cells)
        name = self._value(row, cells, source)
        if not name:
            raise self._left(row, _("is blank. It tells rows apart."), source)
        if not name.isprintable() or "|" in name:
            message = _("“%s” holds a line break or “|”.") % excerpt(name)
            raise self._left(row, message, source)
        first = self.seen.setdefault(hash(name), row)
        if first != row:
            raise self._left(row, _("stands in row %d already.") % first, source)
        return str(name)

    def _id_of_content(self, cells: list[str]) -> str:
        """Return an id that the same row gets again, so that no import doubles it."""
        content = sha256("\x1f".join(cells).encode("utf-8", "replace")).digest()[:16]
        n = self.times[content] = self.times.get(content, 0) + 1
        return f"row-{content.hex()}" if n == 1 else f"row-{content.hex()}-{n}"


@dataclass(slots=True)
class Converter(RowReader):
    """Reads rows as leads."""

    def convert(self, row: int, cells: list[str]) -> LeadRow | None:
        """Return a row, or None when it is left out, which is then listed."""
        try:
            return self._convert(row, cells)
        except Left:
            return None

    def _convert(self, row: int, cells: list[str]) -> LeadRow:
        mapping = self.mapping
        account = self._values(row, cells, mapping.account)
        if "name" not in account:
            raise self._left(row, _("is blank. A lead needs an account."), mapping.account["name"])
        values = self._values(row, cells, mapping.lead)
        if self.mapping.order:
            values["opened_at"] = self.opened(row)
        self._take_currency(row, cells, values, mapping.lead)
        self._check(row, values)
        said = [
            (each, self._value(row, cells, each.source, each.value)) for each in mapping.own_fields
        ]
        own = {each.definition.key: value for each, value in said if value is not None}
        owner = self._value(row, cells, mapping.owner) if mapping.owner else None
        name = self._id(row, cells)
        for each, value in said:
            if value is not None:
                each.meet(value)
        return LeadRow(row, name, account, values, own, owner=owner or "")

    # --- what values have to agree on ---

    def _check(self, row: int, values: dict[str, Any]) -> None:
        mapping = self.mapping
        opened = values.get("opened_at")
        if opened is None:
            column = mapping.order.column if mapping.order else mapping.lead["opened_at"].column
            self.bad.add(row, _("is blank or cannot be read. When was it opened?"), column)
            raise Left
        if mapping.closes_after is not None and values.get("outcome"):
            values["closed_at"] = opened + mapping.closes_after
        closed = values.get("closed_at")
        if closed is not None and closed.date() == opened.date() and not self._tells_time():
            closed = values["closed_at"] = min(end_of_day(closed), max(self.now, opened))
        if values.get("outcome") and closed is None:
            raise self._left(
                row, _("is blank, but there is an outcome."), self._source("closed_at")
            )
        if closed is not None and closed < opened:
            message = _("lies before the lead was opened.")
            raise self._left(row, message, self._source("closed_at"))
        for name in ("opened_at", "closed_at"):
            if values.get(name) and values[name] > self.now:
                message = _("%s lies in the future.") % values[name].date().isoformat()
                raise self._left(row, message, self._source(name))

    def _tells_time(self) -> bool:
        dates = self.mapping.dates.get("closed_at")
        return dates is None or dates.has_time

    def _source(self, name: str) -> Source | None:
        return self.mapping.lead.get(name)
