"""Writes the audit trail of rows that were written in bulk, in one statement for many rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models
from simple_history.utils import get_history_model_for_model

MADE, CHANGED, DELETED = "+", "~", "-"
# Why rows were written in bulk: taken in from a ledger bundle or a table, or moved by a merge.
IMPORT, TABLE_IMPORT, MERGE = "import", "table import", "merge"
BROUGHT_IN = (IMPORT, TABLE_IMPORT)
IDS_A_STATEMENT = 500
OF_THE_TRAIL = ("history_date", "history_change_reason", "history_type", "history_user_id")


def keep(
    model: type[models.Model],
    ids: Sequence[int],
    *,
    kind: str,
    now: datetime,
    reason: str,
    by: int | None = None,
) -> None:
    """Copy rows as they stand into their model's audit trail; `kind` is MADE or CHANGED.

    `by` is the id of who did it, None where a program did.
    """
    trail: type[models.Model] = get_history_model_for_model(model)
    own = [str(field.column) for field in trail._meta.concrete_fields if _is_copied(field)]
    for start in range(0, len(ids), IDS_A_STATEMENT):
        chunk = ids[start : start + IDS_A_STATEMENT]
        _copy(model, trail, own, chunk, [_stored(now), reason[:100], kind, by])


def begin(row: Any) -> None:
    """Begin the trail of a row that came in bulk and has none, before it changes.

    Without it nobody could say later what the row said at first.
    """
    model = type(row)
    if not model.history.filter(**{model._meta.pk.attname: row.pk}).exists():
        keep(model, [row.pk], kind=MADE, now=row.recorded_at, reason="")


def _is_copied(field: "models.Field[Any, Any]") -> bool:
    return not field.primary_key and field.column not in OF_THE_TRAIL


def _stored(now: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(now)


def _copy(
    model: type[models.Model],
    trail: type[models.Model],
    own: Sequence[str],
    ids: Sequence[int],
    told: Sequence[Any],
) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(column) for column in own)
    into = ", ".join(quote(column) for column in OF_THE_TRAIL)
    marks = ", ".join(["%s"] * len(ids))
    statement = (
        f"INSERT INTO {quote(trail._meta.db_table)} ({columns}, {into})"
        f" SELECT {columns}, %s, %s, %s, %s FROM {quote(model._meta.db_table)}"
        f" WHERE {quote(str(model._meta.pk.column))} IN ({marks}) ORDER BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*told, *ids])
