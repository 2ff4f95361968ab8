"""Finds the row of a batch that the database refuses, and the rule that it breaks."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import DataError, IntegrityError, connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.services.bundle.layout import Table
from crm.services.bundle.problems import excerpt
from crm.services.bundle.rows import Parser, Row

Item = TypeVar("Item")
REFUSALS = (IntegrityError, DataError, OverflowError)


def write(
    items: Sequence[tuple[Row, Item]],
    how: Callable[[Sequence[tuple[Row, Item]]], None],
    parser: Parser,
) -> None:
    """Write a batch; when the database refuses it, halve it until the bad rows are found."""
    if not items:
        return
    try:
        # COPY raises the driver's own errors, where other statements raise Django's.
        with transaction.atomic(), connection.wrap_database_errors:
            how(items)
    except REFUSALS as error:
        if len(items) == 1:
            column, message = explained(parser.table, str(error))
            parser.fault(items[0][0], column, message)
            return
        middle = len(items) // 2
        write(items[:middle], how, parser)
        write(items[middle:], how, parser)


def explained(table: Table, error: str) -> tuple[str, str]:
    """Return the columns and the rule that a row breaks."""
    for constraint in table.model._meta.constraints:
        fields = _fields(constraint)
        unique = _as_sqlite_says(table.model, fields)
        if constraint.name in error or (fields and unique in error):
            columns = " + ".join(filter(None, (table.column_of(name) for name in fields)))
            rule = constraint.name.replace("_", " ")
            return columns, _("breaks a rule of the ledger: %s. Correct it.") % rule
    return "", _("the database refuses this row: %s") % excerpt(error.split("\n", 1)[0])


def _fields(constraint: models.BaseConstraint) -> list[str]:
    if isinstance(constraint, models.CheckConstraint):
        return list(dict.fromkeys(_names(constraint.condition)))
    return list(getattr(constraint, "fields", ()))


def _as_sqlite_says(model: type[models.Model], fields: Sequence[str]) -> str:
    """Return the columns of a unique rule, which SQLite names instead of the rule."""
    columns = {field.name: field.column for field in model._meta.concrete_fields}
    return ", ".join(f"{model._meta.db_table}.{columns.get(name, name)}" for name in fields)


def _names(condition: Any) -> list[str]:
    names: list[str] = []
    for child in condition.children:
        names += _names(child) if isinstance(child, Q) else [child[0].partition("__")[0]]
    return names
