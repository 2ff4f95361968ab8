"""What a file of a bundle is made of; a field without a word here keeps its own name."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from crm.models import (
    Account,
    Assessment,
    Bid,
    Contact,
    Firm,
    Flag,
    Interaction,
    Invoice,
    Lead,
    PaymentMilestone,
    PaymentTerms,
    PlannedMeeting,
    Tag,
    Team,
    User,
)
from crm.services.bundle import cells, moments
from crm.services.bundle.parts import REQUIRED, Part, Plain, Reference

CODES: dict[
    tuple[type[models.Model], str], dict[str, str]
] = {  # names of the format that are not simply the code in lower case
    (Account, "kind"): {"GOVERNMENT": "gov"},
    (Bid, "result"): {"LOST": "lost_to_competitor", "CANCELLED": "cancelled_or_unknown"},
}
FILES = {
    Team: "teams",
    User: "users",
    Account: "accounts",
    Contact: "contacts",
    Lead: "leads",
    Tag: "tags",
    Interaction: "interactions",
    PlannedMeeting: "planned_meetings",
    PaymentTerms: "payment_terms",
    PaymentMilestone: "milestones",
    Invoice: "invoices",
    Assessment: "assessments",
    Flag: "flags",
}
KEYS: dict[type[models.Model], str] = {
    User: "username",
    Tag: "name",
    Team: "name",
    Assessment: "pk",
    Flag: "pk",
}
# What a bundle leaves out: keys, search keys, figures that services keep, rights and passwords.
LEFT_OUT: dict[type[models.Model], set[str]] = {
    Account: {"name_key", "pinyin", "initials"},
    Contact: {"pinyin", "initials"},
    Lead: {
        "assessment_due_at",
        "scored_at",
        "order_chance",
        "order_chance_is_wide",
        "usual_order_rate",
        "verdict",
        "pattern",
        "late_payment_chance",
        "payment_mark",
        "payment_cause",
        "expected_loss_amount",
        "has_money",
        "interaction_count",
        "unpaid_hours",
        "travel_amount",
        "last_interaction_at",
        "last_client_contact_at",
        "next_step_date",
        "next_step",
        "rest_kind",
        "rests_until_date",
        "asked_again_below",
        "effort_share",
        "effort_reviewed_at",
    },
    Invoice: {"paid_amount", "settled_date"},
    User: {"password", "is_superuser", "is_staff"},
    Firm: {"demo_password_shown_at"},
}


@dataclass(frozen=True, slots=True)
class Table:
    """One file of a bundle and the table behind it."""

    file: str
    model: type[models.Model]
    parts: tuple[Part, ...]
    key: tuple[str, ...] = ("ledger_id",)  # what tells rows apart
    many: str = ""  # a list of contacts
    number_column: str = ""  # a running number, for references within the bundle only
    append_only: bool = False
    kept: frozenset[str] = frozenset({"version"})  # written once, when the row is made
    past: tuple[str, ...] = ("recorded_at",)  # cannot lie after today
    dated: tuple[str, ...] = ()  # cannot lie more than a year ahead
    touches: str = ""  # the field that leads to the lead whose figures follow

    @property
    def columns(self) -> list[str]:
        """Return the header of the file: the format's own columns come first."""
        first = [part.names[0] for part in self.parts]
        second = [name for part in self.parts for name in part.names[1:]]
        return [name for name in (self.number_column, *first, *second, self.many) if name]

    def column_of(self, field: str) -> str:
        """Return the column that holds a field of the model."""
        return next((part.names[0] for part in self.parts if part.field == field), "")

    @property
    def through(self) -> type[models.Model]:
        """Return the table that says who was there."""
        found: type[models.Model] = getattr(self.model, self.many).through
        return found

    @property
    def meeting(self) -> str:
        """Return the column of that table that names the row of this one."""
        return f"{self.model._meta.model_name}_id"

    @property
    def has_history(self) -> bool:
        """Say whether the audit trail follows the table."""
        return hasattr(self.model, "history")


def attribute(part: Part) -> str:
    """Return the name under which the model holds a part's value."""
    return f"{part.field}_id" if isinstance(part, Reference) else part.field


def layout(model: type[models.Model], columns: str, *special: Part) -> tuple[Part, ...]:
    """Return the parts of a file: the format's columns in its order, then what we add."""
    chosen = {part.names[0]: part for part in special}
    parts: list[Part] = []
    for column in columns.split():
        name, _, field = column.partition("=")
        parts.append(chosen.get(name) or plain(model, field or name, name))
    covered = {part.field for part in parts} | LEFT_OUT.get(model, set()) | {"id"}
    added = [field for field in model._meta.concrete_fields if field.name not in covered]
    return (*parts, *(plain(model, field.name, _column_name(field)) for field in added))


def _column_name(field: "models.Field[Any, Any]") -> str:
    """Return "contact_id" for a row of the ledger, "author" for a person."""
    if field.related_model in (None, User, Team):
        return field.name
    return f"{field.name}_id"


def plain(model: type[models.Model], name: str, column: str) -> Part:
    """Return the part of one field, as the field itself describes it."""
    field = next(field for field in model._meta.concrete_fields if field.name == name)
    if isinstance(field, models.ForeignKey):
        to = field.remote_field.model
        key = KEYS.get(to, "ledger_id")
        empty = None if field.null else REQUIRED
        return Reference(name, (column,), empty, to=FILES[to], key=key)
    return Plain(name, (column,), _empty(field), cell=_cell(model, field))


def _empty(field: "models.Field[Any, Any]") -> Any:
    if field.null or field.name == "recorded_at":  # where it is blank, `completing` fills it in
        return None
    if field.name != "ledger_id" and field.has_default():
        return field.default
    return "" if field.blank else REQUIRED


SIMPLE: dict["type[models.Field[Any, Any]]", cells.Cell] = {
    models.BooleanField: cells.Flag(),
    models.FloatField: cells.Real(),
    models.DateTimeField: moments.Moment(),
    models.DateField: moments.Day(),
    models.TimeField: moments.Clock(),
    models.UUIDField: cells.Token(),
}


def _cell(model: type[models.Model], field: "models.Field[Any, Any]") -> cells.Cell:
    if simple := SIMPLE.get(type(field)):
        return simple
    bound = bounds(model, field.name)
    if isinstance(field, models.DecimalField):
        return cells.Amount(field.max_digits, field.decimal_places, **bound)
    if isinstance(field, models.IntegerField):
        small = isinstance(field, models.PositiveSmallIntegerField | models.SmallIntegerField)
        lowest = -32_768 if type(field) is models.SmallIntegerField else 0
        highest = bound.get("high", 32_767 if small else 2_147_483_647)
        return cells.Whole(int(bound.get("low", lowest)), int(highest))
    if isinstance(field, models.JSONField):
        return cells.Json(field.default if field.has_default() else None)
    return _text(model, field)


def _text(model: type[models.Model], field: "models.Field[Any, Any]") -> cells.Cell:
    if field.choices:
        values = tuple(str(value) for value, _ in field.flatchoices)
        return cells.Code(values, CODES.get((model, field.name), {}))
    if field.name == "ledger_id" or (field.unique and not field.null):
        return cells.Name(field.max_length)
    return cells.Text(field.max_length)


def bounds(model: type[models.Model], name: str) -> dict[str, Decimal]:
    """Return the bounds that the database holds a field to, by the field alone."""
    found: dict[str, Decimal] = {}
    words = {"gte": "low", "gt": "above", "lte": "high"}
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            checks = list(_checks(constraint.condition))
            if {field for field, _, _ in checks} == {name}:
                for _, word, limit in checks:
                    if word in words and isinstance(limit, int):
                        found[words[word]] = Decimal(limit)
    return found


def _checks(condition: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield (field, lookup, value) of a condition, however deep."""
    for child in condition.children:
        if isinstance(child, Q):
            yield from _checks(child)
        else:
            path, value = child
            field, _, word = path.partition("__")
            yield field, word, value
