"""Fetches columns of a query as a frame, without making a Python object of each value.

PostgreSQL sends them as CSV (COPY), SQLite as it stores them; polars makes dates, truths and
lists of both. Django's own rows are four times slower.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl
from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from polars import Expr, col

from scoring.frames import Schema

Columns = Mapping[str, str | Combinable]
TRUTHS = {"1": True, "0": False, "t": True, "f": False, "true": True, "false": False}
MOMENT_FORMAT = "%Y-%m-%d %H:%M:%S%.f"


@dataclass(frozen=True)
class Statement:
    """A query that is compiled; in its parameters, some values may stand for others."""

    sql: str
    parameters: tuple[Any, ...]

    def asked(self, values: Mapping[Any, Any]) -> "Statement":
        """Return the same query with other values in place of those that stand for them."""
        return Statement(self.sql, tuple(values.get(each, each) for each in self.parameters))


def fetch(rows: QuerySet[Any], columns: Columns, schema: Schema) -> pl.DataFrame:
    """Return columns of a query; a type of the schema for each, else a whole number.

    Blank text is not known.
    """
    return fetch_compiled(compiled(rows, columns), columns, schema)


def compiled(rows: QuerySet[Any], columns: Columns) -> Statement | None:
    """Return the statement that fetches columns; None where a query can find nothing."""
    query = rows.order_by().values_list(*columns.values()).query
    return None if query.is_empty() else Statement(*query.sql_with_params())


def fetch_compiled(statement: Statement | None, columns: Columns, schema: Schema) -> pl.DataFrame:
    """Return the columns that a compiled statement finds."""
    types = {name: schema.get(name, pl.Int64) for name in columns}
    read = _copied if connection.vendor == "postgresql" else _fetched
    raw = read(statement, list(types)) if statement else None
    return pl.DataFrame(schema=types) if raw is None else raw.select(_typed(tuple(types.items())))


def _copied(statement: Statement, names: list[str]) -> pl.DataFrame | None:
    buffer = io.BytesIO()
    with connection.cursor() as cursor:
        # Django's wrapper of the cursor, when it logs queries, takes no parameters here.
        copy = cursor.cursor.copy(
            f"COPY ({statement.sql}) TO STDOUT (FORMAT csv)", statement.parameters
        )
        with copy:
            _drain(cursor.cursor.connection.pgconn, buffer)
    if not buffer.tell():
        return None
    buffer.seek(0)
    return pl.read_csv(buffer, has_header=False, new_columns=names, infer_schema=False)


def _drain(connection: Any, buffer: io.BytesIO) -> None:
    """Write all rows of a COPY to a buffer.

    The driver's own loop over them waits for each row by itself, which takes most of a reading.
    """
    while True:
        size, data = connection.get_copy_data(0)
        if size < 0:
            break
        buffer.write(data)
    while result := connection.get_result():
        if result.error_message:
            raise OperationalError(result.error_message.decode("utf-8", "replace"))


def _fetched(statement: Statement, names: list[str]) -> pl.DataFrame | None:
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.parameters)
        data = list(zip(*cursor.fetchall(), strict=True))
    if not data:
        return None
    return pl.DataFrame([pl.Series(name, said) for name, said in zip(names, data, strict=True)])


@lru_cache(maxsize=200)
def _typed(types: tuple[tuple[str, Any], ...]) -> list[Expr]:
    return [_typed_column(name, dtype) for name, dtype in types]


def _typed_column(name: str, dtype: Any) -> Expr:
    value = col(name)
    if dtype == pl.String:
        return value.cast(pl.String).replace("", None)
    if dtype == pl.Boolean:
        return value.cast(pl.String).replace_strict(TRUTHS, return_dtype=pl.Boolean)
    if dtype == pl.Date:
        return value.cast(pl.String).str.to_date("%Y-%m-%d")
    if isinstance(dtype, pl.Datetime):
        text = value.cast(pl.String).str.strip_suffix("+00")
        return text.str.to_datetime(MOMENT_FORMAT, time_unit="us", time_zone="UTC")
    if isinstance(dtype, pl.List):
        return value.cast(pl.String).str.json_decode(dtype)
    return value.cast(dtype)
