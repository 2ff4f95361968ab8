"""What a mapping file says: which column is which field, and what its cells mean."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext as _

from crm.models import Account, Lead
from crm.services.bundle.moments import read_moment
from crm.services.bundle.problems import BadCell
from crm.services.tables import nodes
from crm.services.tables.cells import Dates
from crm.services.tables.nodes import Node
from crm.services.tables.own_fields import OwnField, dates_of, is_decimal_comma, read_fields
from crm.services.tables.sources import Reader, Source, read_source, reader_of, text_reader

VERSION = 1
ENTRIES = ("version", "delimiter", "only", "empty", "join", "order", "lead", "account")
LEAD_FIELDS = (
    "title",
    "source",
    "first_ask",
    "stated_purpose",
    "deal_type",
    "use_case",
    "est_value_amount",
    "currency",
    "stage",
    "outcome",
    "outcome_basis",
    "outcome_lesson",
)
DATES = ("opened_at", "closed_at")
ACCOUNT_FIELDS = (
    "name",
    "kind",
    "industry",
    "size_class",
    "employees",
    "country",
    "city",
    "distance_km",
    "is_big_name",
    "has_ai_team",
)
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
LONGEST_ID, LONGEST_OWNER = 64, 150
MOST_JOINS = 5


@dataclass(frozen=True, slots=True)
class Order:
    """A column that tells the order of rows, in place of the dates when they were opened."""

    column: str
    is_number: bool
    first_at: datetime
    step: timedelta
    path: str


@dataclass(frozen=True, slots=True)
class Join:
    """Another file beside the first, whose columns are added to the rows of the same key."""

    file: str
    column: str  # of the first file
    key: str  # of the other file
    path: str


@dataclass(slots=True)
class TableMapping:
    """Everything that a mapping says."""

    delimiter: str = ","
    only: dict[str, frozenset[str]] = field(default_factory=dict)
    joins: list[Join] = field(default_factory=list)
    order: Order | None = None
    id: Source | None = None
    owner: Source | None = None
    lead: dict[str, Source] = field(default_factory=dict)
    account: dict[str, Source] = field(default_factory=dict)
    dates: dict[str, Dates] = field(default_factory=dict)
    closes_after: timedelta | None = None
    own_fields: list[OwnField] = field(default_factory=list)

    def sources(self) -> Iterator[Source]:
        """Yield every source."""
        yield from self.lead.values()
        yield from self.account.values()
        yield from (own.source for own in self.own_fields)
        yield from (source for source in (self.id, self.owner) if source)

    def columns(self) -> dict[str, str]:
        """Return the columns that are read, with the place in the mapping that names each."""
        found = {source.column: source.path for source in self.sources() if source.column}
        found |= {column: f"only.{column}" for column in self.only}
        if self.order:
            found[self.order.column] = self.order.path
        return found


def read(path: Path, zone: ZoneInfo) -> TableMapping:
    """Return the mapping in a file; refuse, with its place, what is wrong with it."""
    top = nodes.read(path)
    top.only(*ENTRIES, "custom_fields")
    return Reading(TableMapping(), zone, words_for_nothing(top)).read(top)


def words_for_nothing(top: Node) -> frozenset[str]:
    """Refuse another version; return the words that mean "not known" in every column."""
    if top.has("version") and top.get("version").value != VERSION:
        raise top.get("version").fault(_("this program reads version %d.") % VERSION)
    words = top.get("empty").words() if top.has("empty") else []
    return frozenset(each.strip() for each in words)


@dataclass(slots=True)
class Reading:
    """A mapping on its way in."""

    found: TableMapping
    zone: ZoneInfo
    empty: frozenset[str]

    def read(self, top: Node) -> TableMapping:
        """Read all parts, and check what they have to agree on."""
        self.shared(top)
        if top.has("order"):
            self.found.order = self._order(top.get("order"))
        self._lead(top.get("lead"))
        if top.has("custom_fields"):
            self.found.own_fields = read_fields(top.get("custom_fields"), self.zone, self.empty)
        return self.found

    def shared(self, top: Node) -> None:
        """Read what every kind of table has: how rows stand in the file, and whose they are."""
        found = self.found
        if top.has("delimiter"):
            found.delimiter = _delimiter(top.get("delimiter"))
        if top.has("only"):
            for column, node in top.get("only").items():
                found.only[column.strip()] = frozenset(each.strip() for each in node.words())
        if top.has("join"):
            found.joins = [_join(node) for node in top.get("join").elements()]
            if len(found.joins) > MOST_JOINS:
                raise top.get("join").fault(_("has more than %d files.") % MOST_JOINS)
        self._account(top.get("account"))

    def _order(self, node: Node) -> Order:
        node.only("column", "as", "from", "step")
        first = node.get("from")
        try:
            first_at = read_moment(first.word(), self.zone)
        except BadCell as bad:
            raise first.fault(bad.message) from None
        step = node.get("step").one_of(tuple(STEPS)) if node.has("step") else "hour"
        kind = node.get("as").one_of(("number", "text")) if node.has("as") else "number"
        column = node.get("column")
        return Order(
            column.word().strip(), kind == "number", first_at, STEPS[step], f"{node.path}.column"
        )

    def _lead(self, node: Node) -> None:
        node.only("id", "owner", *DATES, *LEAD_FIELDS)
        found = self.found
        if node.has("id"):
            found.id = self.source(node.get("id"), text_reader(LONGEST_ID, self.zone))
        if node.has("owner"):
            found.owner = self.source(node.get("owner"), text_reader(LONGEST_OWNER, self.zone))
        found.lead = self.fields(node, Lead, LEAD_FIELDS)
        for name in DATES:
            if node.has(name):
                self._date(name, node.get(name))
        if ("opened_at" in found.lead) == (found.order is not None):
            raise node.get("opened_at").fault(
                _("is needed, or else “order” at the top; one of the two.")
            )
        is_closing = "closed_at" in found.lead or found.closes_after is not None
        if "outcome" in found.lead and not is_closing:
            raise node.get("closed_at").fault(_("is needed where there is an outcome."))

    def _date(self, name: str, node: Node) -> None:
        if name == "closed_at" and isinstance(node.value, dict) and node.has("hours_after_opening"):
            node.only("hours_after_opening")
            self.found.closes_after = _hours(node.get("hours_after_opening"))
            return
        dates = self.found.dates[name] = dates_of(node, self.zone)
        self.found.lead[name] = self.source(node, dates.read, "format")

    def _account(self, node: Node) -> None:
        node.only(*ACCOUNT_FIELDS)
        if not node.has("name"):
            raise node.get("name").fault(_("is needed: the organisation that would pay."))
        self.found.account = self.fields(node, Account, ACCOUNT_FIELDS)

    def fields(
        self, node: Node, model: type[models.Model], known: tuple[str, ...]
    ) -> dict[str, Source]:
        """Return the sources of those fields of a model that a part of the mapping names."""
        by_name: dict[str, models.Field[Any, Any]] = {
            each.name: each for each in model._meta.concrete_fields
        }
        found = {}
        for name in known:
            if node.has(name):
                entry = node.get(name)
                comma = is_decimal_comma(entry)
                read = reader_of(by_name[name], self.zone, decimal_comma=comma)
                found[name] = self.source(entry, read, "decimal_comma")
        return found

    def source(self, node: Node, read: Reader, *more: str) -> Source:
        """Return the source that an entry describes."""
        return read_source(node, read, empty=self.empty, more=more)


def _delimiter(node: Node) -> str:
    sign = node.value
    if isinstance(sign, str) and sign in DELIMITERS.values():
        return sign
    return DELIMITERS[node.one_of(tuple(DELIMITERS))]


def _join(node: Node) -> Join:
    node.only("file", "column", "key")
    file = node.get("file").word(longest=255)
    if Path(file).name != file or file in {".", ".."}:
        raise node.get("file").fault(
            _("has to be the plain name of a file beside the table, without a folder.")
        )
    column = node.get("column").word().strip()
    key = node.get("key").word().strip() if node.has("key") else column
    return Join(file, column, key, node.path)


def _hours(node: Node) -> timedelta:
    hours = node.value
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 <= hours <= 87_600:
        raise node.fault(_("has to be a number of hours, 0 or more."))
    return timedelta(hours=hours)
