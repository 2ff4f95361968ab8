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
    """Return one row per (lead, as_of) with its day, its working day and the usual figures."""
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
    return rows.drop("from_at", strict=False).with_columns(col(counts).fill_null(0)).sort(AT)


def _named(figures: pl.DataFrame, scope: str) -> pl.DataFrame:
    return figures.rename({name: f"{scope}_{name}" for name in FIGURES})


def known(timeline: pl.LazyFrame, at: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows of each lead that were known at each of its landmarks, oldest first."""
    at_the_time = (col("happened_at") <= col("as_of")) & (col("recorded_at") <= col("as_of"))
    return at.join(timeline, on="lead_id").filter(at_the_time).sort(*AT, "happened_at", "row_id")
