"""The fields of the vendor's own that a mapping asks for, made on the way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from crm import names
from crm.models import CustomField
from crm.models.custom_field import KEY
from crm.services.tables import cells
from crm.services.tables.nodes import Node
from crm.services.tables.sources import ENTRIES, Reader, Source, read_source, text_reader

MOST_FIELDS = 100
NOT_IN_A_KEY = re.compile(r"[^a-z0-9]+")
OF_A_FIELD = ("columns", "key", "label", "kind", "known_from", "format", "decimal_comma")


@dataclass(slots=True)
class OwnField:
    """One field: where its values come from, and the definition that it gets."""

    source: Source
    definition: CustomField
    node: Node
    is_new: bool = True
    met: dict[str, None] = field(default_factory=dict)  # choices, in the order they were met

    def value(self, row: list[str], place: int) -> Any:
        """Return a row's value, None where it says nothing; raise BadCell."""
        said = self.source.text(row, place)
        return said if said in self.met else self.source.value(row, place)

    def meet(self, value: Any) -> None:
        """Remember a choice of a row that is taken."""
        if self.definition.kind != CustomField.Kind.CHOICE:
            return
        self.met[value] = None
        if len(self.met) > CustomField.MOST_CHOICES:
            raise self.node.get("kind").fault(
                _("“%(column)s” has more than %(n)d different values. Make it a text.")
                % {"column": self.source.column, "n": CustomField.MOST_CHOICES}
            )


def read_fields(node: Node, zone: ZoneInfo, empty: frozenset[str]) -> list[OwnField]:
    """Return the fields that a mapping asks for; refuse two of one name."""
    known = {one.key: one for one in CustomField.objects.in_order()[: 2 * MOST_FIELDS]}
    found: dict[str, OwnField] = {}
    for entry in node.elements():
        for own in _fields_of(entry, zone, empty):
            key = own.definition.key
            if key in found:
                raise entry.fault(_("names the field “%s” a second time.") % key)
            found[key] = own
            if key in known:
                _take_known(own, known[key])
    if len(known.keys() | found.keys()) > MOST_FIELDS:
        raise node.fault(_("a ledger has at most %d fields of its own.") % MOST_FIELDS)
    for place, own in enumerate(each for each in found.values() if each.is_new):
        own.definition.position = len(known) + place
    return list(found.values())


def _take_known(own: OwnField, known: CustomField) -> None:
    """Go on with a field that the ledger has, when it is of the same kind."""
    for name in ("kind", "known_from"):
        if getattr(known, name) != getattr(own.definition, name):
            raise own.node.get(name).fault(
                _("the ledger has “%(key)s” as “%(known)s” already. Say so, or name another key.")
                % {"key": known.key, "known": getattr(known, name).lower()}
            )
    own.definition, own.is_new = known, False
    own.met = dict.fromkeys(known.choices)


def _fields_of(entry: Node, zone: ZoneInfo, empty: frozenset[str]) -> Iterator[OwnField]:
    entry.only(*ENTRIES, *OF_A_FIELD)
    if not entry.has("columns"):
        yield _field(entry, entry, zone, empty)
        return
    for name in ("column", "constant", "key", "label"):
        if entry.has(name):
            raise entry.get(name).fault(_("cannot stand beside “columns”."))
    for each in entry.get("columns").elements():
        one = {**entry.entries(), "column": each.word()}
        del one["columns"]
        yield _field(Node(one, entry.path), each, zone, empty)


def _field(entry: Node, named: Node, zone: ZoneInfo, empty: frozenset[str]) -> OwnField:
    kind = entry.get("kind").one_of(tuple(CustomField.Kind.values))
    source = read_source(entry, _reader(entry, kind, zone), empty=empty, more=OF_A_FIELD)
    label = entry.get("label").word(longest=80) if entry.has("label") else source.column[:80]
    key = entry.get("key").word() if entry.has("key") else key_of(label)
    if not re.fullmatch(KEY, key):
        raise named.fault(
            _("needs a “key” of small letters, digits and _, at most 40, a letter first.")
        )
    known_from = entry.get("known_from").one_of(tuple(CustomField.KnownFrom.values))
    definition = CustomField(key=key, label=label or key, kind=kind, known_from=known_from)
    return OwnField(source, definition, entry)


def key_of(label: str) -> str:
    """Return the key that a label gets where a mapping names none."""
    key = NOT_IN_A_KEY.sub("_", names.pinyin(label.replace(" ", "_"))).strip("_")
    return (key if key[:1].isalpha() else f"f_{key}")[:40].rstrip("_") if key else ""


def _reader(entry: Node, kind: str, zone: ZoneInfo) -> Reader:
    comma = is_decimal_comma(entry)
    match kind:
        case CustomField.Kind.NUMBER:
            return lambda text: cells.read_number(text, decimal_comma=comma)
        case CustomField.Kind.DATE:
            dates = dates_of(entry, zone)
            return lambda text: dates.read(text).date().isoformat()
        case CustomField.Kind.YES_NO:
            return cells.read_yes_no
        case CustomField.Kind.CHOICE:
            return text_reader(CustomField.LONGEST_CHOICE, zone)
        case _:
            return text_reader(CustomField.LONGEST_TEXT, zone)


def is_decimal_comma(entry: Node) -> bool:
    """Say whether numbers stand as 1.234,50."""
    if not isinstance(entry.value, dict) or not entry.has("decimal_comma"):
        return False
    node = entry.get("decimal_comma")
    if not isinstance(node.value, bool):
        raise node.fault(_("has to be true or false."))
    return node.value


def dates_of(entry: Node, zone: ZoneInfo) -> cells.Dates:
    """Return how the dates of an entry stand in the file; ISO where it does not say."""
    if not isinstance(entry.value, dict) or not entry.has("format"):
        return cells.Dates(cells.ISO, zone)
    written = entry.get("format").word(longest=60)
    if not cells.is_format(written):
        raise entry.get("format").fault(
            _("“%s” is no format of a date. Write %%d-%%m-%%Y, iso or excel, for example.")
            % written
        )
    return cells.Dates(written, zone)


def store(fields: list[OwnField]) -> list[str]:
    """Write the definitions, with the choices that were met; return the keys of new ones."""
    for own in fields:
        choices = list(own.met)
        if own.is_new or choices != own.definition.choices:
            own.definition.choices = choices
            own.definition.save()
    return [own.definition.key for own in fields if own.is_new]
