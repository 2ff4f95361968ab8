"""Reads what leads say in the vendor's own fields, with the moment from which each counts.

The audit trail keeps every state of a lead with its date. A field known when the lead is opened
counts from the opening on as it was first entered, or as a table or a ledger brought it in; what a
person enters afterwards, and any field known later, counts from the moment it was entered on. A
value of a field known later that has no date is never used.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db.models import QuerySet
from polars import Expr, col
from simple_history.utils import get_history_model_for_model

from crm.models import CustomField, Lead
from crm.services.history import BROUGHT_IN, DELETED, MADE
from scoring import own_values
from scoring.columns import fetch
from scoring.frames import MOMENT, Schema

PREFIX = own_values.PREFIX
MOST_FIELDS = 60
LEARNED = (
    CustomField.Kind.CHOICE,
    CustomField.Kind.NUMBER,
    CustomField.Kind.DATE,
    CustomField.Kind.YES_NO,
)
TRAIL: Schema = {
    "values": pl.String,
    "how": pl.String,
    "why": pl.String,
    "at": MOMENT,
    "opened_at": MOMENT,
    "recorded_at": MOMENT,
}


@dataclass(frozen=True)
class OwnPast:
    """The states of the vendor's own fields, and when each standing value was entered."""

    states: Sequence[pl.DataFrame] = ()
    entered: pl.DataFrame | None = None


def learned_fields() -> list[CustomField]:
    """Return the fields of which scores may be made; free text says nothing that is counted."""
    return list(CustomField.objects.filter(kind__in=LEARNED).in_order()[:MOST_FIELDS])


def read(leads: QuerySet[Lead], *, fields: Sequence[CustomField] | None = None) -> OwnPast:
    """Return all states of some leads, by fields known at the opening and fields known later."""
    known = learned_fields() if fields is None else fields
    if not known:
        return OwnPast()
    trail = _trail(leads).with_columns(*map(_column, known)).drop("values")
    states = []
    for since, moment in (
        (CustomField.KnownFrom.CREATION, _from_the_opening()),
        (CustomField.KnownFrom.LATER, col("at")),
    ):
        names = [PREFIX + field.key for field in known if field.known_from == since]
        if names:
            states.append(_states(trail, names, moment))
    return OwnPast(states, _entered(trail, [PREFIX + field.key for field in known]))


def at(rows: pl.DataFrame, *, names: Collection[str], leads: QuerySet[Lead]) -> pl.DataFrame | None:
    """Return what leads (lead_id, as_of) say at their moment in the fields of these names."""
    if not names:
        return None
    fields = [field for field in learned_fields() if PREFIX + field.key in names]
    if not fields:
        return None
    states = read(leads, fields=fields).states
    return own_values.known_at(rows.select("lead_id", "as_of"), states).drop("as_of")


def _trail(leads: QuerySet[Lead]) -> pl.DataFrame:
    """Return every state of some leads by its date; what left no trail has none."""
    told = {
        "lead_id": "pk",
        "opened_at": "opened_at",
        "recorded_at": "recorded_at",
        "values": "custom_fields",
    }
    now = fetch(leads, told, TRAIL)
    columns = {
        "lead_id": "id",
        "key": "history_id",
        "at": "history_date",
        "how": "history_type",
        "why": "history_change_reason",
        "values": "custom_fields",
    }
    kept: QuerySet[Any] = get_history_model_for_model(Lead).objects.exclude(history_type=DELETED)
    states = fetch(kept.filter(id__in=leads.order_by().values("pk")), columns, TRAIL)
    states = states.join(now.drop("values"), on="lead_id")
    rows = pl.concat([states, now.join(states, on="lead_id", how="anti")], how="diagonal")
    rows = rows.sort("lead_id", "at", "key").with_columns(
        is_brought_in=col("at").is_null() | col("why").is_in(BROUGHT_IN).fill_null(value=False)
    )
    # What a person entered with the lead was known when the lead was.
    is_with_it = (col("how") == MADE).fill_null(value=False) & ~col("is_brought_in")
    return rows.with_columns(at=pl.when(is_with_it).then("recorded_at").otherwise("at"))


def _from_the_opening() -> Expr:
    """Return from when a state counts: what is brought in stands for all that was said before."""
    is_first = (col("how") == MADE).fill_null(value=False)
    moment = pl.when(is_first | col("is_brought_in")).then("opened_at").otherwise("at")
    return moment.cum_min(reverse=True).over("lead_id")


def _states(trail: pl.DataFrame, names: Sequence[str], moment: Expr) -> pl.DataFrame:
    found = trail.with_columns(known_at=moment).filter(col("known_at").is_not_null())
    found = found.select("lead_id", "known_at", *names)
    return found.unique(["lead_id", "known_at"], keep="last", maintain_order=True)


def _entered(trail: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Return when a person entered the value that stands; empty where it was brought in."""
    by_hand = pl.when(~col("is_brought_in")).then("at")
    return trail.group_by("lead_id", maintain_order=True).agg(
        pl.when(col(name).last().is_not_null())
        .then(by_hand.filter(col(name).ne_missing(col(name).shift())).last())
        .alias(name)
        for name in names
    )


def _column(field: CustomField) -> Expr:
    said = col("values").str.json_path_match(f"$.{field.key}")
    match field.kind:
        case CustomField.Kind.NUMBER:
            said = said.cast(pl.Float64, strict=False)
            said = pl.when(said.is_finite()).then(said)
        case CustomField.Kind.DATE:
            said = said.str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32).cast(pl.Float64)
    return said.alias(PREFIX + field.key)
