"""Reads rows with what they said before they were corrected, put away or moved.

A state stands from when it was recorded until the next one, or until its row was put away; the
audit trail has the dates. What a table or a ledger brought in stands for all that was said before
it. A row that was never changed, or left no trail, has the one state that it is in.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import polars as pl
from django.db.models import Case, Q, QuerySet, Value, When
from polars import col, when
from simple_history.utils import get_history_model_for_model

from crm.models import Lead
from crm.services.history import BROUGHT_IN, CHANGED, DELETED, MERGE
from scoring.columns import Columns, fetch
from scoring.frames import MOMENT, Schema, in_source
from scoring.tables import ACCOUNTS, LEADS_ACCOUNTS, Table
from scoring.vocabulary import Source

UNTIL = "until_at"
OF_THE_TRAIL: Columns = {
    "key": "history_id",
    "at": "history_date",
    "why": "history_change_reason",
}
TYPES: Schema = {"at": MOMENT, "why": pl.String, UNTIL: MOMENT}


Where = Callable[[str], Q]  # a condition on a column


def rows_of_table(table: Table, where: Where, types: Schema, *, is_past: bool) -> pl.DataFrame:
    """Return a table's rows as they stand, with what they said before where that is asked for."""
    if is_past:
        return _read(table, where, types)
    return fetch(standing(table, where), columns_of(table), types)


def standing(table: Table, where: Where) -> QuerySet[Any]:
    """Return a table's rows as they stand."""
    stands = {table.put_away: None}
    return table.model._default_manager.filter(where(table.lead), table.only, **stands)


def columns_of(table: Table) -> Columns:
    """Return what is read of a table's rows as they stand."""
    return {**table.columns, **table.beside}


def _read(table: Table, where: Where, types: Schema) -> pl.DataFrame:
    """Return a table's rows as they stand and as they stood, each with when that ended."""
    types = {**types, **TYPES}
    rows = table.model._default_manager.filter(where(table.lead), table.only)
    now = fetch(rows, {**table.columns, **table.beside, UNTIL: table.put_away}, types)
    if table.as_it_stands or not hasattr(table.model, "history"):
        return now
    told = states(_trail(table.model, where(_of_trail(table.lead))), _told(table), types)
    latest = told.filter(is_latest=True).select("id", "since")
    now = now.join(latest, on="id", how="left", maintain_order="left")
    earlier = told.filter(is_latest=False)
    if table.only:
        earlier = earlier.filter(is_one=1).drop("is_one")
    earlier = earlier.drop("key", "at", "why", "is_latest")
    both = pl.concat([now, earlier], how="diagonal")
    recorded = pl.max_horizontal("recorded_at", "since")
    standing = [col(name).first().over("id") for name in table.current]  # those come first
    both = both.with_columns(*standing, recorded_at=recorded).drop("since")
    return both.filter((col("recorded_at") < col(UNTIL)).fill_null(value=True))


def states(trail: QuerySet[Any], told: Columns, types: Schema) -> pl.DataFrame:
    """Return the states of changed rows by `id`, each `since` when and `until_at` when it stood.

    The latest one is the row as it stands, unless something wrote to it and left no trail.
    """
    found = fetch(trail, {**told, **OF_THE_TRAIL}, {**types, **TYPES}).sort("id", "at", "key")
    brought_in = col("why").is_in(BROUGHT_IN).fill_null(value=False).cast(pl.Int64)
    follows = brought_in.cum_sum(reverse=True).over("id") - brought_in
    found = found.filter(follows == 0)
    nth, ended = pl.int_range(pl.len()).over("id"), col("at").shift(-1).over("id")
    found = found.with_columns(
        since=when(nth > 0).then("at"),
        is_latest=ended.is_null(),
        until_at=pl.min_horizontal(UNTIL, ended),
    )
    stood = (col("since") < col(UNTIL)).fill_null(value=True)
    return found.filter(stood | col("is_latest"))


def beside(table: Table, where: Where, *, key: str) -> pl.DataFrame:
    """Return the states of changed rows of a table beside the timeline's, by `key`.

    The last of them stands on.
    """
    found = states(_trail(table.model, where(_of_trail(table.lead))), _told(table), table.read_as)
    ends = when(~col("is_latest")).then(UNTIL)
    return found.select(col("id").alias(key), *table.read_as, "since", ends.alias(UNTIL))


def places(pairs: pl.DataFrame, *, leads: Where, accounts: Where) -> pl.DataFrame:
    """Return the states of the accounts of leads by `lead_id`, of those that ever changed.

    A lead that came to its account by a merge was at another before.
    """
    told = beside(ACCOUNTS, accounts, key="account_id")
    moved = _moved(leads)
    stayed = pairs.select("lead_id", "account_id").join(moved, on="lead_id", how="anti")
    found = stayed.join(told, on="account_id")
    if moved.is_empty():
        return found.drop("account_id")
    passed = moved.get_column("account_id").unique().to_list()
    there = beside(ACCOUNTS, lambda column: Q(**{f"{column}__in": passed}), key="account_id")
    was_there = moved.join(there, on="account_id", suffix="_there").with_columns(
        since=pl.max_horizontal("since", "since_there"),
        until_at=pl.min_horizontal(UNTIL, f"{UNTIL}_there"),
    )
    stood = (col("since") < col(UNTIL)).fill_null(value=True)
    return pl.concat([found, was_there.filter(stood).select(found.columns)]).drop("account_id")


def _moved(leads: Where) -> pl.DataFrame:
    """Return at which accounts leads were that a merge moved."""
    trail: QuerySet[Any] = get_history_model_for_model(Lead).objects
    merged = trail.filter(leads("id"), history_change_reason=MERGE).order_by().values("id")
    return beside(LEADS_ACCOUNTS, lambda column: Q(**{f"{column}__in": merged}), key="lead_id")


def as_then(rows: pl.DataFrame, told: pl.DataFrame, *, key: str) -> pl.DataFrame:
    """Let rows say what a row beside them, named by `key`, said at each time."""
    names = [name for name in told.columns if name in rows.columns and name not in (key, UNTIL)]
    if told.is_empty() or rows.is_empty() or not names:
        return rows
    told = told.select(key, *names, "since", UNTIL)
    changed = rows.drop(names).join(told, on=key, suffix="_beside", maintain_order="left")
    changed = changed.with_columns(
        recorded_at=pl.max_horizontal("recorded_at", "since"),
        until_at=pl.min_horizontal(UNTIL, f"{UNTIL}_beside"),
    )
    stood = (col("recorded_at") < col(UNTIL)).fill_null(value=True)
    unchanged = rows.join(told, on=key, how="anti")
    return pl.concat([unchanged, changed.filter(stood).select(rows.columns)])


def as_present(rows: Sequence[pl.DataFrame], trail: pl.DataFrame) -> list[pl.DataFrame]:
    """Return rows with who counted as present at each time, of talks as they were told then.

    Whoever the trail names at a talk counts there by the trail alone.
    """
    found = [each for each in (*rows, trail) if "contact_id" in each.columns]
    if not found:
        return list(rows)
    others = [each for each in rows if "contact_id" not in each.columns]
    talks = pl.concat(
        each.filter(source=Source.INTERACTION).select(
            "happened_at", UNTIL, row_id=in_source(Source.PRESENCE), since="recorded_at"
        )
        for each in others
    )
    if not trail.is_empty():
        corrected = trail.select("row_id", "contact_id")
        found = [each.join(corrected, on=corrected.columns, how="anti") for each in found[:-1]]
        found.append(trail)
    return [*others, *(as_then(each, talks, key="row_id") for each in found)]


def joined(accounts: QuerySet[Lead, Any]) -> pl.DataFrame:
    """Return when leads came to their accounts by a merge."""
    trail: QuerySet[Any] = get_history_model_for_model(Lead).objects
    merged = trail.filter(account__in=accounts, history_change_reason=MERGE)
    found = fetch(merged, {"lead_id": "id", "joined_at": "history_date"}, {"joined_at": MOMENT})
    return found.group_by("lead_id").agg(col("joined_at").max())


def since_merged(pairs: pl.DataFrame, joined: pl.DataFrame | None, *, of: str) -> pl.DataFrame:
    """Let rows of another lead, named by `of`, count from when both leads had one account."""
    if joined is None:
        return pairs
    others = joined.rename({"lead_id": of, "joined_at": "other_joined_at"})
    both = pairs.join(joined, on="lead_id", how="left").join(others, on=of, how="left")
    apart = col("joined_at").ne_missing(col("other_joined_at"))
    met_at = when(apart).then(pl.max_horizontal("joined_at", "other_joined_at"))
    recorded = pl.max_horizontal("recorded_at", met_at)
    return both.with_columns(recorded_at=recorded).drop("joined_at", "other_joined_at")


def leads_of_trail(model: Any, where: Q, *, moment: datetime) -> set[int]:
    """Return the leads that had a row at a moment which was changed or put away since."""
    trail: QuerySet[Any] = get_history_model_for_model(model).objects
    gone = model.objects.filter(where, archived_at__lte=moment)
    then = trail.filter(
        where, happened_at__lte=moment, recorded_at__lte=moment, archived_at=None
    ).exclude(id__in=gone.values("pk"))
    return set(then.order_by().values_list("lead_id", flat=True))


def _trail(model: Any, where: Q) -> QuerySet[Any]:
    """Return the trail of the rows that were ever changed."""
    trail: QuerySet[Any] = get_history_model_for_model(model).objects
    changed = trail.filter(where, history_type=CHANGED)
    return trail.filter(id__in=changed.order_by().values("id")).exclude(history_type=DELETED)


def _told(table: Table) -> Columns:
    told = {
        name: _of_trail(of) if isinstance(of, str) else of
        for name, of in {**table.columns, UNTIL: table.put_away}.items()
    }
    if table.only:
        told["is_one"] = Case(When(table.only, then=Value(1)), default=Value(0))
    return told


def _of_trail(column: str) -> str:
    return "id" if column == "pk" else column
