"""What a mapping file says of invoices: which column is which field, and how dates are written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from crm.models import Invoice
from crm.services.tables import nodes
from crm.services.tables.mapping import LONGEST_ID, Reading, TableMapping, words_for_nothing
from crm.services.tables.nodes import Node
from crm.services.tables.own_fields import dates_of, is_decimal_comma
from crm.services.tables.sources import Source, amount, text_reader

ENTRIES = ("version", "delimiter", "only", "empty", "join", "invoice", "account")
FIELDS = ("number", "milestone_label", "amount", "currency")
DAYS = (
    "issued_date",
    "due_date",
    "settled_date",
    "paid_date",
    "disputed_date",
    "written_off_date",
)
NEEDED = ("number", "amount", "issued_date", "due_date")
TITLE_LETTERS = 200


@dataclass(slots=True)
class InvoiceMapping(TableMapping):
    """Everything that a mapping of invoices says."""

    invoice: dict[str, Source] = field(default_factory=dict)

    def sources(self) -> Iterator[Source]:
        """Yield every source."""
        yield from TableMapping.sources(self)
        yield from self.invoice.values()


def read(path: Path, zone: ZoneInfo) -> InvoiceMapping:
    """Return the mapping in a file; refuse, with its place, what is wrong with it."""
    top = nodes.read(path)
    top.only(*ENTRIES)
    found = InvoiceMapping()
    reading = Reading(found, zone, words_for_nothing(top))
    reading.shared(top)
    _invoice(found, top.get("invoice"), reading)
    return found


def _invoice(found: InvoiceMapping, node: Node, reading: Reading) -> None:
    node.only("id", "lead_id", "lead_title", "paid_amount", *FIELDS, *DAYS)
    for name in NEEDED:
        if not node.has(name):
            raise node.get(name).fault(_("is needed: the column in which it stands."))
    found.invoice = reading.fields(node, Invoice, FIELDS)
    for name in DAYS:
        if node.has(name):
            dates = dates_of(node.get(name), reading.zone)
            found.invoice[name] = reading.source(node.get(name), dates.read, "format")
    if node.has("paid_amount"):
        entry = node.get("paid_amount")
        comma = is_decimal_comma(entry)
        found.invoice["paid_amount"] = reading.source(
            entry, lambda text: amount(text, decimal_comma=comma), "decimal_comma"
        )
        if not node.has("paid_date") and not node.has("settled_date"):
            raise node.get("paid_date").fault(_("is needed where there is a paid amount."))
    for name, longest in (("lead_id", LONGEST_ID), ("lead_title", TITLE_LETTERS)):
        if node.has(name):
            found.invoice[name] = reading.source(node.get(name), text_reader(longest, reading.zone))
    if node.has("id"):
        found.id = reading.source(node.get("id"), text_reader(LONGEST_ID, reading.zone))
