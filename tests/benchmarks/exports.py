"""Reads exports of other CRMs as pasts whose leads have fields of the vendor's own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
from polars import Expr, col

from scoring import usual
from scoring.frames import INTENT, MOMENT, rows_of, timeline
from scoring.past import HISTORY_LEADS, History
from scoring.usual import usual_figures
from scoring.vocabulary import Source

START = datetime(2020, 1, 1, tzinfo=UTC)
KNOWN_LATER = (
    "Tags",
    "Lead Quality",
    "Lead Profile",
    "Asymmetrique Activity Index",
    "Asymmetrique Profile Index",
    "Asymmetrique Activity Score",
    "Asymmetrique Profile Score",
    "Last Activity",
    "Last Notable Activity",
)


def read_x_education(folder: Path, *, with_later: bool = False) -> History:
    """Return leads in the order of their numbers, one an hour."""
    table = pl.read_csv(folder / "xeducation_leads.csv", infer_schema_length=None)
    table = table.sort("Lead Number").with_row_index("lead_id")
    named = {"Prospect ID", "Lead Number", "Converted", "lead_id"}
    left_out = named if with_later else named | set(KNOWN_LATER)
    opened = pl.lit(START) + pl.duration(hours=col("lead_id"))
    return _past(
        table,
        opened=opened,
        closed=opened + pl.duration(minutes=1),
        outcome=pl.when(col("Converted") == 1).then(pl.lit("WON")).otherwise(pl.lit("LOST")),
        fields=[name for name in table.columns if name not in left_out],
    )


def read_olist(folder: Path) -> History:
    """Return leads by their first contact; those that never closed still run."""
    leads = pl.read_csv(folder / "olist_mql.csv")
    deals = pl.read_csv(folder / "olist_closed_deals_dataset.csv").select("mql_id", "won_date")
    table = leads.join(deals, on="mql_id", how="left")
    table = table.with_columns(
        opened=col("first_contact_date").str.to_datetime("%d-%m-%Y", time_zone="UTC"),
        won=col("won_date").str.to_datetime("%d-%m-%Y %H:%M", time_zone="UTC"),
    )
    table = table.sort("opened", "mql_id").with_row_index("lead_id")
    return _past(
        table,
        opened=col("opened"),
        closed=pl.when(col("won").is_not_null()).then(
            pl.max_horizontal("won", col("opened") + timedelta(minutes=1))
        ),
        outcome=pl.when(col("won").is_not_null()).then(pl.lit("WON")).otherwise(pl.lit("")),
        fields=["landing_page_id", "origin"],
    )


def read_maven(folder: Path) -> History:
    """Return the closed opportunities with what is known of their accounts."""
    table = pl.read_csv(folder / "maven_sales_pipeline.csv").filter(
        col("deal_stage").is_in(["Won", "Lost"])
    )
    table = table.with_columns(
        opened=col("engage_date").str.to_datetime("%d-%m-%y", time_zone="UTC"),
        ended=col("close_date").str.to_datetime("%d-%m-%y", time_zone="UTC"),
    )
    accounts = pl.read_csv(folder / "maven_accounts.csv")
    table = table.join(accounts, on="account", how="left")
    table = table.sort("opened", "opportunity_id").with_row_index("lead_id")
    known = [name for name in accounts.columns if name != "account"]
    return _past(
        table,
        opened=col("opened"),
        closed=pl.max_horizontal("ended", col("opened") + timedelta(minutes=1)),
        outcome=col("deal_stage").str.to_uppercase(),
        fields=["sales_agent", "product", "account", *known],
        account=col("account").rank("dense"),
    )


def _past(
    table: pl.DataFrame,
    *,
    opened: Expr,
    closed: Expr,
    outcome: Expr,
    fields: list[str],
    account: Expr | None = None,
) -> History:
    leads = table.select(
        lead_id=col("lead_id"),
        account_id=col("lead_id") if account is None else account,
        account_kind=pl.lit(""),
        opened_at=opened,
        recorded_at=opened,
        closed_at=closed,
        outcome_recorded_at=closed,
        outcome=outcome,
        amount=pl.lit(None),
    ).select(col(name).cast(dtype) for name, dtype in HISTORY_LEADS.items())
    span = leads.select(
        pl.datetime_range(col("opened_at").min(), col("opened_at").max(), "1mo").cast(MOMENT)
    )
    return History(
        leads=leads,
        timeline=timeline(
            INTENT,
            [
                rows_of(
                    Source.OPENING,
                    leads.select(
                        "lead_id", "recorded_at", id=col("lead_id"), happened_at=col("opened_at")
                    ),
                )
            ],
        ),
        usual=usual_figures(
            span.to_series().to_list(),
            leads=leads,
            contacts=pl.DataFrame(schema=usual.CONTACTS),
            events=pl.DataFrame(schema=usual.EVENTS),
            invoices=pl.DataFrame(schema=usual.INVOICES),
        ),
        calendar=pl.DataFrame(schema={"day": pl.Date, "workday": pl.Int64}),
        zone="UTC",
        fields=[
            table.select(
                col("lead_id").cast(pl.Int64), opened.cast(MOMENT).alias("known_at"), *fields
            )
        ],
    )
