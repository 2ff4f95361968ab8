"""Reads a ledger bundle's CSV files straight into frames of scoring, without a database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from polars import Expr, col, when

from crm.workdays import running_workdays
from scoring import labels, usual
from scoring.frames import INTENT, MOMENT, rows_of, timeline
from scoring.past import HISTORY_LEADS, History
from scoring.usual import usual_figures
from scoring.vocabulary import Source

ZONE = "Asia/Shanghai"
KINDS = {"GOV": "GOVERNMENT", "FORTUNE500_CN": "FORTUNE_500", "SME": "PRIVATE_SME"}


def read_history(folder: Path) -> History:
    """Return a bundle as the history that a learner reads."""
    tables = {path.stem: _table(path) for path in sorted(folder.glob("*.csv"))}
    leads = _leads(tables)
    last_year = max(leads.get_column("opened_at")).year + 2
    return History(
        leads=leads,
        timeline=timeline(INTENT, list(_rows(tables, leads))),
        usual=_usual(tables, leads),
        calendar=pl.DataFrame(
            running_workdays("CN", last_year),
            schema={"day": pl.Date, "workday": pl.Int64},
            orient="row",
        ),
        zone=ZONE,
        efforts=_efforts(tables),
    )


def _table(path: Path) -> pl.DataFrame:
    frame = pl.read_csv(path, infer_schema=False).with_columns(pl.all().replace("", None))
    return frame.with_columns(
        col(name).str.slice(1).cast(pl.Int64) for name in frame.columns if _is_key(name)
    )


def _is_key(name: str) -> bool:
    return name.endswith("_id")


def _moment(name: str) -> Expr:
    """Return a day as the moment at which it begins for the vendor."""
    local = col(name).str.to_datetime("%Y-%m-%d").dt.replace_time_zone(ZONE)
    return local.dt.convert_time_zone("UTC").cast(MOMENT)


def _flag(name: str) -> Expr:
    return when(col(name).is_not_null()).then(col(name) == "1")


def _dated(name: str = "date") -> dict[str, Expr]:
    return {"happened_at": _moment(name), "recorded_at": _moment(name)}


def _leads(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    kind = tables["accounts"].select(
        "account_id", account_kind=col("type").str.to_uppercase().replace(KINDS)
    )
    found = tables["leads"].join(kind, on="account_id", how="left")
    return found.select(
        "lead_id",
        "account_id",
        "account_kind",
        opened_at=_moment("opened_at"),
        recorded_at=_moment("opened_at"),
        closed_at=_moment("closed_at"),
        outcome_recorded_at=_moment("closed_at"),
        outcome=col("outcome_recorded").str.to_uppercase().fill_null(""),
        amount=col("est_value_cny").cast(pl.Float64),
    ).select(col(name).cast(dtype) for name, dtype in HISTORY_LEADS.items())


def _rows(tables: dict[str, pl.DataFrame], leads: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield _opening(tables)
    met = _interactions(tables)
    yield rows_of(Source.INTERACTION, met.drop("department", "contact_id"))
    presence = ("id", "lead_id", "happened_at", "recorded_at", "contact_id", "department")
    yield rows_of(Source.PRESENCE, met.filter(col("contact_id").is_not_null()).select(presence))
    yield rows_of(
        Source.DELIVERABLE,
        tables["deliverables"].select(
            "lead_id",
            id=col("deliverable_id"),
            **_dated(),
            kind=col("kind").str.to_uppercase(),
            level=col("ladder_level").cast(pl.Int64),
        ),
    )
    yield rows_of(
        Source.BID,
        tables["bids"].select(
            "lead_id",
            id=col("bid_id"),
            **_dated("announced_at"),
            prep_days=col("prep_days").cast(pl.Int64),
            contact_before=_flag("contact_before_notice"),
            incumbent=_flag("incumbent_known"),
            fits_us=_flag("spec_matches_us"),
        ),
    )
    yield from _earlier(tables, leads)


def _opening(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return rows_of(
        Source.OPENING,
        tables["leads"].select(
            "lead_id",
            id=col("lead_id"),
            **_dated("opened_at"),
            came_from=col("source").str.to_uppercase(),
            first_ask=col("first_ask").str.to_uppercase(),
            est_value=col("est_value_cny").cast(pl.Float64),
        ),
    )


def _interactions(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    places = (
        tables["leads"]
        .select("lead_id", "account_id")
        .join(tables["accounts"].select("account_id", "distance_km"), on="account_id")
    )
    people = tables["contacts"].select("contact_id", "department")
    met = tables["interactions"].join(people, on="contact_id", how="left")
    return met.join(places, on="lead_id").select(
        "lead_id",
        "contact_id",
        "department",
        id=col("interaction_id"),
        **_dated(),
        kind=col("kind").str.to_uppercase(),
        asks=when(col("ask").is_not_null()).then(pl.concat_list(col("ask").str.to_uppercase())),
        by_client=when(col("initiated_by").is_not_null()).then(col("initiated_by") == "client"),
        seniority=col("max_seniority").cast(pl.Int64),
        budget_holder=_flag("budget_holder_present"),
        gave_count=col("client_gave_material").cast(pl.Int64),
        next_step_dated=_flag("next_step_dated"),
        budget=col("budget_stage").str.to_uppercase(),
        competitors=col("competitors_named").cast(pl.Int64),
        latency_days=col("response_latency_days").cast(pl.Float64),
        travel_hours=col("hours_travel").cast(pl.Float64),
        distance_km=col("distance_km").cast(pl.Float64),
    )


def _earlier(tables: dict[str, pl.DataFrame], leads: pl.DataFrame) -> Iterator[pl.DataFrame]:
    ended = leads.filter(~col("outcome").is_in(["", "WALKED_AWAY", "INVALID"])).select(
        "account_id",
        "outcome",
        id=col("lead_id"),
        happened_at=col("closed_at"),
        recorded_at=col("closed_at"),
    )
    pairs = leads.select("lead_id", "account_id").join(ended, on="account_id")
    yield rows_of(Source.EARLIER_LEAD, pairs.filter(col("lead_id") != col("id")).drop("account_id"))
    paid = (
        tables["invoices"]
        .filter(col("paid_at").is_not_null())
        .select("account_id", own_lead=col("lead_id"), id=col("invoice_id"), **_dated("paid_at"))
    )
    pairs = leads.select("lead_id", "account_id").join(paid, on="account_id")
    yield rows_of(
        Source.EARLIER_PAYMENT,
        pairs.filter(col("lead_id") != col("own_lead")).drop("account_id", "own_lead"),
    )


def _efforts(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    met = tables["interactions"].select(
        "lead_id",
        **_dated(),
        unpaid_hours=col("hours_presales").cast(pl.Float64) + col("hours_travel").cast(pl.Float64),
        by_client=col("initiated_by") == "client",
    )
    given = tables["deliverables"].select(
        "lead_id",
        **_dated(),
        level=col("ladder_level").cast(pl.Int64),
        unpaid_hours=col("hours").cast(pl.Float64),
    )
    return pl.concat([pl.DataFrame(schema=labels.EFFORTS), met, given], how="diagonal")


def _usual(tables: dict[str, pl.DataFrame], leads: pl.DataFrame) -> pl.DataFrame:
    spoke = tables["interactions"].filter(col("initiated_by") == "client")
    contacts = spoke.select("lead_id", **_dated()).join(
        leads.select("lead_id", "account_kind"), on="lead_id"
    )
    return usual_figures(
        _months(leads.get_column("opened_at").min(), leads),
        leads=leads,
        contacts=contacts,
        events=pl.DataFrame(schema=usual.EVENTS),
        invoices=pl.DataFrame(schema=usual.INVOICES),
    )


def _months(first: Any, leads: pl.DataFrame) -> list[datetime]:
    latest = max(leads.get_column("opened_at").max(), leads.get_column("closed_at").max())  # type: ignore[type-var]
    count = (latest.year - first.year) * 12 + latest.month - first.month + 1  # type: ignore[union-attr]
    month = date(first.year, first.month, 1)
    return [
        datetime(
            month.year + (month.month + n - 1) // 12, (month.month + n - 1) % 12 + 1, 1, tzinfo=UTC
        )
        for n in range(count + 1)
    ]
