"""The whole input of scoring: one timeline of dated rows per lead, and where the rows come from.

Two timelines, so that what is agreed or paid on a lead can never reach its chance of an order:
`INTENT` for the chance of an order, `MONEY` for late payment.
"""

from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars import col

from scoring.vocabulary import PREFIXES, Source

Schema = Mapping[str, type[pl.DataType] | pl.DataType]

ID_BITS = 48
MOMENT = pl.Datetime("us", "UTC")

DATED: Schema = {
    "lead_id": pl.Int64,
    "row_id": pl.Int64,
    "source": pl.String,
    "happened_at": MOMENT,
    "recorded_at": MOMENT,
    # when the row was corrected or put away; empty while it stands
    "until_at": MOMENT,
}
INTENT: Schema = {
    **DATED,
    # the lead itself, at its opening
    "came_from": pl.String,
    "first_ask": pl.String,
    "est_value": pl.Float64,
    "has_ai_team": pl.Boolean,
    "distance_km": pl.Float64,
    # interactions; `kind` also of facts and deliverables
    "kind": pl.String,
    "asks": pl.List(pl.String),
    "by_client": pl.Boolean,
    "seniority": pl.Int64,
    "budget_holder": pl.Boolean,
    "gave_count": pl.Int64,
    "next_step_dated": pl.Boolean,
    "budget": pl.String,
    "competitors": pl.Int64,
    "latency_days": pl.Float64,
    "travel_hours": pl.Float64,
    "is_paid": pl.Boolean,
    # who was there
    "contact_id": pl.Int64,
    "role": pl.String,
    "department": pl.String,
    # deliverables
    "level": pl.Int64,
    # bids, as the notice has them
    "prep_days": pl.Int64,
    "contact_before": pl.Boolean,
    "incumbent": pl.Boolean,
    "fits_us": pl.Boolean,
    "set_criteria": pl.Boolean,
    "asked_at": MOMENT,
    "answered_at": MOMENT,
    # facts and answers to offers
    "value": pl.String,
    "due_date": pl.Date,
    # how earlier leads of the account ended
    "outcome": pl.String,
}
MONEY: Schema = {
    **DATED,
    # payment terms, as proposed or agreed
    "prepay_percent": pl.Float64,
    "retention_percent": pl.Float64,
    "retention_months": pl.Float64,
    "term_days": pl.Int64,
    "back_to_back": pl.Boolean,
    "by_audit": pl.Boolean,
    "has_criteria": pl.Boolean,
    "deemed_accepted": pl.Boolean,
    "by_bill": pl.Boolean,
    "bill_days": pl.Int64,
    "funded_amount": pl.Float64,
    "onsite_days": pl.Float64,
    # their cash curve, and since when it is known
    "curve_made_at": MOMENT,
    "low_point_months": pl.Float64,
    "low_point_amount": pl.Float64,
    "need_months": pl.Float64,
    # facts, milestones, invoices and payments
    "kind": pl.String,
    "label": pl.String,
    "milestone_id": pl.Int64,
    "invoice_id": pl.Int64,
    "planned_date": pl.Date,
    "due_date": pl.Date,
    "settles": pl.Boolean,
}


def row_ids(source: Source) -> pl.Expr:
    """Return ids that no row of another source shares, from the column `id`."""
    return col("id").cast(pl.Int64) + (list(Source).index(source) << ID_BITS)


_KEYS = 1 << ID_BITS
_PRESENCE = list(Source).index(Source.PRESENCE)
_prefixes = [PREFIXES[source] for source in Source]
_FIRST_OF_PREFIX = np.array([_prefixes.index(prefix) for prefix in _prefixes])


def in_source(source: Source) -> pl.Expr:
    """Return the id that the row of the same key has in another source."""
    return col("row_id") % _KEYS + (list(Source).index(source) << ID_BITS)


def written(row_id: pl.Expr) -> pl.Expr:
    """Return a row's id as it is stored beside a reason, in quotes: "I:12"."""
    prefixes = [f'"{PREFIXES[source]}:' for source in Source]
    prefix = (row_id // _KEYS).replace_strict(
        list(range(len(prefixes))), prefixes, return_dtype=pl.String
    )
    return pl.concat_str(prefix, (row_id % _KEYS).cast(pl.String), pl.lit('"'))


def same_row(row_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return ids that are the same where rows are written alike: a talk and who was there."""
    found: NDArray[np.int64] = (_FIRST_OF_PREFIX[row_ids // _KEYS] << ID_BITS) + row_ids % _KEYS
    return found


def may_repeat(row_ids: NDArray[np.int64]) -> bool:
    """Say whether rows may be written alike: those of several sources, or who was there."""
    sources = row_ids // _KEYS
    return bool((sources == _PRESENCE).any() or (sources != sources[:1]).any())


def rows_of(source: Source, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of one table as rows of the timeline; the frame has `id` for the key."""
    return frame.select(*(name for name in frame.columns if name != "id"), **identity(source))


@cache
def identity(source: Source) -> Mapping[str, pl.Expr]:
    """Return what names a row, from its key in the column `id`."""
    return {"row_id": row_ids(source), "source": pl.lit(str(source))}


def timeline(schema: Schema, frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return the rows of all sources below each other, with every column of the schema."""
    return pl.concat([pl.DataFrame(schema=schema), *frames], how="diagonal", rechunk=True)


def as_said(rows: pl.DataFrame, told: pl.DataFrame, *, key: str) -> pl.DataFrame:
    """Let rows say what `told` says of their `key` at the moment `as_of` of each.

    A row of `told` stands from `since` until `until_at`; a key that it does not name stays.
    """
    names = [name for name in told.columns if name not in (key, "since", "until_at")]
    stood = (col("since") <= col("as_of")) & (col("until_at") > col("as_of"))
    stood = stood.fill_null(value=True)
    moments = rows.select(key, "as_of").unique()
    then = moments.join(told, on=key).filter(stood).select(key, "as_of", *names)
    corrected = rows.drop(names).join(then, on=[key, "as_of"]).select(rows.columns)
    return pl.concat([rows.join(then, on=[key, "as_of"], how="anti"), corrected])


def with_days(frame: pl.DataFrame, *, moment: str, day: str, zone: str) -> pl.DataFrame:
    """Add the calendar day of a moment in the vendor's zone."""
    return frame.with_columns(col(moment).dt.convert_time_zone(zone).dt.date().alias(day))


def midnight(name: str, zone: str) -> pl.Expr:
    """Return the moment at which a day begins for the vendor."""
    local = (
        col(name)
        .cast(pl.Datetime("us"))
        .dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    )
    return local.dt.convert_time_zone("UTC").alias(name)


def with_workdays(
    frame: pl.DataFrame, calendar: pl.DataFrame, *, day: str, workday: str
) -> pl.DataFrame:
    """Add the running count of working days at a day, from rows (day, workday)."""
    running = calendar.select(col("day").alias(day), col("workday").alias(workday))
    return frame.join(running, on=day, how="left")
