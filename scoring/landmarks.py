"""Landmarks: the (lead, as_of) rows that are scored, with what was usual for the vendor then."""

import polars as pl
from polars import col

from scoring.frames import MOMENT, Schema, with_days, with_workdays
from scoring.usual import ALL_KINDS, FIGURES

AT = ("lead_id", "as_of")
LANDMARK: Schema = {"lead_id": pl.Int64, "as_of": MOMENT, "account_kind": pl.String}
COUNTS = ("closed", "orders", "events", "invoices", "late_invoices", "paid_invoices")


def landmarks(
    leads: pl.DataFrame, *, usual: pl.DataFrame, calendar: pl.DataFrame, zone: str
) -> pl.DataFrame:
    """Return one row per (lead, as_of) with its day, its working day and the usual figures.

    `place` counts them.
    """
    rows = leads.select(list(LANDMARK)).with_columns(col("account_kind").fill_null(""))
    rows = with_days(rows, moment="as_of", day="as_of_day", zone=zone)
    rows = with_workdays(rows, calendar, day="as_of_day", workday="as_of_workday")
    figures = usual.sort("from_at")
    rows = rows.sort("as_of").join_asof(
        _named(figures.filter(account_kind=ALL_KINDS).drop("account_kind"), "usual"),
        left_on="as_of",
        right_on="from_at",
    )
    rows = rows.drop("from_at", strict=False).join_asof(
        _named(figures.filter(col("account_kind") != ALL_KINDS), "usual_kind"),
        left_on="as_of",
        right_on="from_at",
        by="account_kind",
        check_sortedness=False,
    )
    counts = [f"{scope}_{name}" for scope in ("usual", "usual_kind") for name in COUNTS]
    filled = rows.drop("from_at", strict=False).with_columns(col(counts).fill_null(0))
    return filled.sort(AT).with_row_index("place")


def _named(figures: pl.DataFrame, scope: str) -> pl.DataFrame:
    return figures.rename({name: f"{scope}_{name}" for name in FIGURES})


def known(timeline: pl.DataFrame, at: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of each lead that were known at each of its landmarks, oldest first.

    They lie landmark by landmark; `is_first` and `is_last` say where one begins and ends. Keys
    alone are sorted, all other columns are taken in their order, each in one piece: columns in
    pieces of different length would be put together again for every query.
    """
    places = at.lazy().select(*AT, "place").with_row_index("nth")
    keys = timeline.lazy().select("lead_id", "happened_at", "recorded_at", "until_at", "row_id")
    at_the_time = (col("happened_at") <= col("as_of")) & (col("recorded_at") <= col("as_of"))
    stood = (col("until_at") > col("as_of")).fill_null(value=True)
    rows = places.join(keys.with_row_index("row"), on="lead_id").filter(at_the_time, stood)
    order = rows.sort("place", "happened_at", "row_id").select("nth", "row").collect()
    parts = [at[order["nth"]], timeline.drop("lead_id", "until_at")[order["row"]]]
    return pl.concat(parts, how="horizontal").with_columns(**edges())


def edges() -> dict[str, pl.Expr]:
    """Say where the rows of a landmark begin and where they end."""
    place = col("place")
    return {
        "is_first": (place != place.shift()).fill_null(value=True),
        "is_last": (place != place.shift(-1)).fill_null(value=True),
    }
