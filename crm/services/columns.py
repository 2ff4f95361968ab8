"""Writes a few columns of many rows in one statement; Django's bulk_update is far slower."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

ROWS_A_STATEMENT = 5_000


def write_columns(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Set the named fields of many rows; each row is (primary key, value, value, ...)."""
    by_name = {field.name: field for field in model._meta.concrete_fields}
    fields = [model._meta.pk, *(by_name[name] for name in names)]
    prepared = [
        [
            field.get_db_prep_save(value, connection)
            for field, value in zip(fields, row, strict=True)
        ]
        for row in rows
    ]
    write = _by_unnest if connection.vendor == "postgresql" else _one_by_one
    for start in range(0, len(prepared), ROWS_A_STATEMENT):
        write(model, fields, prepared[start : start + ROWS_A_STATEMENT])


def _by_unnest(model: type[models.Model], fields: Sequence[Any], rows: Sequence[Any]) -> None:
    quote = connection.ops.quote_name
    columns = [quote(field.column) for field in fields]
    setting = ", ".join(f"{column} = new.{column}" for column in columns[1:])
    arrays = ", ".join(f"%s::{field.cast_db_type(connection)}[]" for field in fields)
    table = quote(model._meta.db_table)
    statement = (
        f"UPDATE {table} SET {setting} FROM unnest({arrays}) AS new({', '.join(columns)})"  # noqa: S608
        f" WHERE {table}.{columns[0]} = new.{columns[0]}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def _one_by_one(model: type[models.Model], fields: Sequence[Any], rows: Sequence[Any]) -> None:
    quote = connection.ops.quote_name
    setting = ", ".join(f"{quote(field.column)} = %s" for field in fields[1:])
    statement = (
        f"UPDATE {quote(model._meta.db_table)} SET {setting}"  # noqa: S608
        f" WHERE {quote(fields[0].column)} = %s"
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[*values, pk] for pk, *values in rows])
