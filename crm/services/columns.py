"""Writes a few columns of many rows at once; Django's own bulk writes are far slower.

PostgreSQL takes the rows by COPY, SQLite by executemany.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, connections, models, transaction

Rows = Sequence[Sequence[Any]]
# What SQLite takes as it is, unless the field keeps it in a form of its own.
PLAIN = frozenset({str, int, bool})
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


class JsonText(str):
    """What is JSON already and is stored as it stands."""

    __slots__ = ()


def as_json(value: Any) -> str:
    """Return a value as JSON."""
    return value if isinstance(value, JsonText) else _encode(value)


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Rows) -> None:
    """Add rows with a value for each of the named fields."""
    fields = _fields(model, names)
    columns, table = _columns(fields), connection.ops.quote_name(model._meta.db_table)
    if connection.vendor == "postgresql":
        _copy(table, columns, _prepared(fields, rows))
        return
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
            list(_prepared(fields, rows)),
        )


def write_columns(model: type[models.Model], names: Sequence[str], rows: Rows) -> None:
    """Set the named fields of many rows; each row is (primary key, value, value, ...)."""
    fields = [model._meta.pk, *_fields(model, names)]
    key, *columns = _columns(fields)
    table = connection.ops.quote_name(model._meta.db_table)
    if connection.vendor == "postgresql":
        _copy_and_update(table, key, columns, _prepared(fields, rows))
        return
    setting = ", ".join(f"{column} = %s" for column in columns)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {setting} WHERE {key} = %s",  # noqa: S608
            [[*values, pk] for pk, *values in _prepared(fields, rows)],
        )


def _copy_and_update(
    table: str, key: str, columns: list[str], rows: Iterable[Sequence[Any]]
) -> None:
    every = ", ".join([key, *columns])
    setting = ", ".join(f"{column} = new_values.{column}" for column in columns)
    # The table of new values lives until the commit: it needs a transaction to live in.
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE new_values ON COMMIT DROP AS"  # noqa: S608
            f" SELECT {every} FROM {table} WITH NO DATA"
        )
        _copy("new_values", [key, *columns], rows)
        cursor.execute(
            f"UPDATE {table} SET {setting} FROM new_values"  # noqa: S608
            f" WHERE {table}.{key} = new_values.{key}"
        )
        cursor.execute("DROP TABLE new_values")


def _copy(table: str, columns: list[str], rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        copy = cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN")
        with copy as lines:
            for row in rows:
                lines.write_row(row)


def _fields(model: type[models.Model], names: Sequence[str]) -> list[Any]:
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in names]


def _columns(fields: Sequence[Any]) -> list[str]:
    return [connection.ops.quote_name(field.column) for field in fields]


def _prepared(fields: Sequence[Any], rows: Rows) -> Iterable[Sequence[Any]]:
    """Yield rows as the driver takes them; psycopg knows every type but JSON by itself."""
    if connection.vendor == "postgresql":
        json_places = [n for n, field in enumerate(fields) if isinstance(field, models.JSONField)]
        for row in rows:
            values = list(row)
            for place in json_places:
                if values[place] is not None:  # not known is NULL, not a JSON null
                    values[place] = as_json(values[place])
            yield values
        return
    own = connections[connection.alias]
    as_is = [not isinstance(field, models.JSONField | models.DecimalField) for field in fields]
    stored: dict[datetime, Any] = {}  # the same moment stands in many rows and columns

    def prepared(field: Any, value: Any) -> Any:
        if isinstance(value, JsonText):
            return str(value)
        if type(value) is not datetime or not isinstance(field, models.DateTimeField):
            return field.get_db_prep_save(value, own)
        if value not in stored:
            stored[value] = field.get_db_prep_save(value, own)
        return stored[value]

    for row in rows:
        yield [
            value if value is None or (plain and type(value) in PLAIN) else prepared(field, value)
            for field, plain, value in zip(fields, as_is, row, strict=True)
        ]
