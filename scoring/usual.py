"""What is usual for the vendor, as dated facts: each figure from rows known before its date.

The share of orders counts closed leads and those that ran past the horizon without an end; what
we walked away from and what was never a lead is left out.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import polars as pl
from polars import col

from scoring.frames import MOMENT, Schema
from scoring.vocabulary import LEFT_OUT, Outcome

ALL_KINDS = "*"
HORIZON = timedelta(days=180)
PRIOR_ORDER_RATE, PRIOR_LEADS = 0.20, 10.0
PRIOR_LATE_RATE, PRIOR_INVOICES = 0.20, 10.0
ENOUGH_ORDERS = 5
ENOUGH_GAPS = 10
CONTACTS_OF = timedelta(days=365)
LATE_AFTER = timedelta(days=120)

FIGURES = (
    "closed",            # leads with a known end, or past the horizon
    "orders",            # of these, won
    "order_amount",      # median value of the won ones
    "gap_days",          # median days between contacts that the client began
    "events",            # compelling events logged so far
    "invoices",          # invoices paid, or unpaid for longer than 120 days
    "late_invoices",     # of these, paid after more than 120 days or not at all
    "paid_invoices",
    "days_late",         # median days between due and paid
)  # fmt: skip
USUAL: Schema = {
    "from_at": MOMENT,
    "account_kind": pl.String,
    **dict.fromkeys(FIGURES, pl.Int64),
    **dict.fromkeys(("order_amount", "gap_days", "days_late"), pl.Float64),
}
LEADS: Schema = {
    "lead_id": pl.Int64,
    "account_kind": pl.String,
    "opened_at": MOMENT,
    "recorded_at": MOMENT,
    "closed_at": MOMENT,
    "outcome_recorded_at": MOMENT,
    "outcome": pl.String,
    "amount": pl.Float64,
}
CONTACTS: Schema = {
    "lead_id": pl.Int64,
    "account_kind": pl.String,
    "happened_at": MOMENT,
    "recorded_at": MOMENT,
}
EVENTS: Schema = {"happened_at": MOMENT, "recorded_at": MOMENT}
INVOICES: Schema = {
    "account_kind": pl.String,
    "issued_at": MOMENT,
    "recorded_at": MOMENT,
    "due_at": MOMENT,
    "paid_at": MOMENT,
    "paid_recorded_at": MOMENT,
}


def order_rate(orders: pl.Expr, closed: pl.Expr) -> pl.Expr:
    """Return the usual order rate, held to 20 % by ten pseudo-leads."""
    return (orders + PRIOR_LEADS * PRIOR_ORDER_RATE) / (closed + PRIOR_LEADS)


def late_rate(late: pl.Expr, invoices: pl.Expr) -> pl.Expr:
    """Return the usual share of late payments, held to 20 % by ten pseudo-invoices."""
    return (late + PRIOR_INVOICES * PRIOR_LATE_RATE) / (invoices + PRIOR_INVOICES)


def usual_figures(
    dates: Iterable[datetime],
    *,
    leads: pl.DataFrame,
    contacts: pl.DataFrame,
    events: pl.DataFrame,
    invoices: pl.DataFrame,
) -> pl.DataFrame:
    """Return a row per date and account kind, and one for all kinds, from what was known before."""
    rows = [
        _by_kind(
            [
                _ends(leads, moment),
                _gaps(contacts, moment),
                _payments(invoices, moment),
                _events(events, moment),
            ]
        ).with_columns(from_at=pl.lit(moment, dtype=MOMENT))
        for moment in dates
    ]
    return pl.concat([pl.DataFrame(schema=USUAL), *rows], how="diagonal_relaxed").select(
        col(name).cast(dtype) for name, dtype in USUAL.items()
    )


def _by_kind(parts: list[pl.DataFrame]) -> pl.DataFrame:
    kinds = pl.concat(
        [pl.DataFrame({"account_kind": [ALL_KINDS]})]
        + [part.select("account_kind") for part in parts]
    ).unique(maintain_order=True)
    for part in parts:
        kinds = kinds.join(part, on="account_kind", how="left")
    return kinds


def _per_kind_and_for_all(frame: pl.DataFrame, figures: list[pl.Expr]) -> pl.DataFrame:
    for_all = frame.select(*figures).with_columns(account_kind=pl.lit(ALL_KINDS))
    return pl.concat([frame.group_by("account_kind").agg(figures), for_all], how="diagonal")


def _before(moment: datetime, *columns: str) -> pl.Expr:
    return pl.all_horizontal(col(columns) < moment)


def _ends(leads: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    ended = _before(moment, "closed_at", "outcome_recorded_at") & (col("outcome") != "")
    known = leads.filter(_before(moment, "opened_at", "recorded_at")).with_columns(
        outcome=pl.when(ended).then("outcome"),
        is_zombie=~ended.fill_null(value=False) & (col("opened_at") < moment - HORIZON),
    )
    counted = known.filter(
        (col("outcome").is_not_null() | col("is_zombie"))
        & ~col("outcome").is_in(LEFT_OUT).fill_null(value=False)
    )
    won = col("outcome").eq_missing(str(Outcome.WON))
    figures = [
        pl.len().alias("closed"),
        won.sum().alias("orders"),
        col("amount").filter(won).median().alias("order_amount"),
    ]
    return _per_kind_and_for_all(counted, figures)


def _gaps(contacts: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    recent = contacts.filter(col("happened_at") >= moment - CONTACTS_OF)
    known = recent.filter(_before(moment, "happened_at", "recorded_at"))
    gaps = known.sort("lead_id", "happened_at").with_columns(
        gap=col("happened_at").diff().over("lead_id").dt.total_seconds() / 86_400
    )
    median = pl.when(col("gap").count() >= ENOUGH_GAPS).then(col("gap").median())
    return _per_kind_and_for_all(gaps, [median.alias("gap_days")])


def _events(events: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    known = events.filter(_before(moment, "happened_at", "recorded_at"))
    return known.select(events=pl.len()).with_columns(account_kind=pl.lit(ALL_KINDS))


def _payments(invoices: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    paid = _before(moment, "paid_at", "paid_recorded_at").fill_null(value=False)
    known = invoices.filter(_before(moment, "issued_at", "recorded_at")).with_columns(
        is_paid=paid, days=(pl.when(paid).then("paid_at").otherwise(moment) - col("issued_at"))
    )
    is_late = col("days") > LATE_AFTER
    days_late = (col("paid_at") - col("due_at")).dt.total_days()
    figures = [
        (col("is_paid") | is_late).sum().alias("invoices"),
        is_late.sum().alias("late_invoices"),
        col("is_paid").sum().alias("paid_invoices"),
        days_late.filter("is_paid").median().alias("days_late"),
    ]
    return _per_kind_and_for_all(known, figures)
