"""Timelines for tests of scoring: rows of one lead or many, made by hand or by hypothesis."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from scoring import features, marks
from scoring.feature import IS, fed, marked, told_of
from scoring.frames import INTENT, Schema, row_ids, timeline, with_days, with_workdays
from scoring.landmarks import landmarks
from scoring.usual import USUAL
from scoring.vocabulary import Ask, Budget, Fact, Kind, Source

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OPENED = MONDAY - timedelta(days=200)
ZONE = "Asia/Shanghai"
NOTHING_USUAL = pl.DataFrame(schema=USUAL)


def a_calendar() -> pl.DataFrame:
    """Return weeks of five working days."""
    days = pl.date_range(date(2025, 1, 1), date(2027, 12, 31), eager=True)
    return pl.DataFrame({"day": days}).with_columns(
        workday=(pl.col("day").dt.weekday() <= 5).cast(pl.Int64).cum_sum()
    )


def opening(lead_id: int = 1, **facts: Any) -> dict[str, Any]:
    """Return the opening row of a lead."""
    return row(Source.OPENING, lead_id, OPENED, lead_id=lead_id, **facts)


def row(source: Source, key: int, happened_at: datetime, **facts: Any) -> dict[str, Any]:
    """Return one row, recorded when it happened unless said otherwise."""
    return {
        "source": str(source),
        "id": key,
        "lead_id": 1,
        "happened_at": happened_at,
        "recorded_at": happened_at,
        **facts,
    }


def met(day: float, key: int | None = None, **facts: Any) -> dict[str, Any]:
    """Return an interaction so many days after the opening."""
    happened_at = OPENED + timedelta(days=day)
    number = int(day * 100) if key is None else key
    return row(Source.INTERACTION, number, happened_at, **{"kind": "ONLINE_MEETING", **facts})


def frame(rows: list[dict[str, Any]], schema: Schema = INTENT) -> pl.DataFrame:
    """Return rows as a timeline with days and working days."""
    types = {"id": pl.Int64, **{k: v for k, v in schema.items() if k != "row_id"}}
    found = pl.DataFrame(rows, schema=types, orient="row") if rows else pl.DataFrame(schema=types)
    parts = [
        found.filter(source=str(source)).with_columns(row_id=row_ids(source)).drop("id")
        for source in Source
    ]
    whole = with_days(timeline(schema, parts), moment="happened_at", day="day", zone=ZONE)
    return with_workdays(whole, a_calendar(), day="day", workday="workday")


def at(*moments: datetime, lead_id: int = 1, usual: pl.DataFrame = NOTHING_USUAL) -> pl.DataFrame:
    """Return landmarks of a lead at some moments."""
    places = pl.DataFrame(
        {"lead_id": [lead_id] * len(moments), "as_of": moments, "account_kind": "LISTED"},
        schema={"lead_id": pl.Int64, "as_of": pl.Datetime("us", "UTC"), "account_kind": pl.String},
    )
    return landmarks(places, usual=usual, calendar=a_calendar(), zone=ZONE)


def values(rows: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Return the features of intent at landmarks, each with the ids of the rows behind it."""
    catalogue, known = features.FEATURES, marked(rows, places, marks.INTENT_MARKS)
    found, behind = told_of(known, catalogue=catalogue, marks=marks.INTENT_MARKS)
    ids = [
        pl.col("row_id").filter(feature.name + IS).alias(f"{feature.name}__rows")
        for feature in fed(catalogue)
    ]
    evidence = behind.group_by("place", maintain_order=True).agg(ids).drop("place")
    return pl.concat([found, evidence], how="horizontal")


def value(name: str, *rows: dict[str, Any], as_of: datetime = MONDAY, **opened: Any) -> Any:
    """Return one feature of one lead with the given rows after its opening."""
    found = values(frame([opening(**opened), *rows]), at(as_of))
    return found.get_column(name).item()


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Let a value be unknown."""
    return st.none() | strategy


yes_or_no = maybe(st.booleans())
days_in = st.integers(0, 260)
FACTS_OF: dict[Source, dict[str, st.SearchStrategy[Any]]] = {
    Source.INTERACTION: {
        "kind": st.sampled_from([*map(str, Kind), "CALL"]),
        "asks": maybe(st.lists(st.sampled_from(list(map(str, Ask))), max_size=2)),
        "by_client": yes_or_no,
        "seniority": maybe(st.integers(1, 5)),
        "budget_holder": yes_or_no,
        "gave_count": maybe(st.integers(0, 2)),
        "next_step_dated": yes_or_no,
        "budget": maybe(st.sampled_from(list(map(str, Budget)))),
        "competitors": maybe(st.integers(0, 4)),
        "latency_days": maybe(st.integers(0, 12).map(float)),
        "travel_hours": maybe(st.integers(0, 9).map(float)),
        "distance_km": maybe(st.sampled_from([5.0, 900.0])),
        "is_paid": st.booleans(),
    },
    Source.PRESENCE: {
        "contact_id": st.integers(1, 3),
        "role": maybe(st.sampled_from(["IT", "FINANCE", "BUSINESS_OWNER"])),
        "department": maybe(st.sampled_from(["创新/战略", "采购"])),
    },
    Source.DELIVERABLE: {
        "kind": st.just("SOLUTION_DOC"),
        "level": st.integers(0, 6),
    },
    Source.BID: {
        "prep_days": maybe(st.integers(3, 20)),
        "fits_us": yes_or_no,
        "incumbent": yes_or_no,
        "contact_before": yes_or_no,
    },
    Source.FACT: {
        "kind": st.sampled_from(list(map(str, Fact))),
        "value": maybe(st.sampled_from(["US", "VETO", "MANDATE"])),
        "due_date": maybe(st.just(date(2026, 12, 24))),
    },
    Source.OFFER: {},
    Source.OFFER_ANSWER: {"value": st.sampled_from(["ACCEPTED", "REFUSED"])},
    Source.EARLIER_LEAD: {"outcome": st.sampled_from(["WON", "LOST"])},
    Source.EARLIER_PAYMENT: {},
}


@st.composite
def some_rows(draw: st.DrawFn, source: Source) -> list[dict[str, Any]]:
    """Draw a few rows of one source, some of them recorded late."""
    rows = []
    for key in range(draw(st.integers(0, 6 if source is Source.INTERACTION else 2))):
        happened_at = OPENED + timedelta(days=draw(days_in))
        rows.append(
            row(
                source,
                key + 1,
                happened_at,
                **{name: draw(strategy) for name, strategy in FACTS_OF[source].items()},
                recorded_at=happened_at + timedelta(days=draw(st.sampled_from([0, 0, 0, 9]))),
            )
        )
    return rows


@st.composite
def timelines(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw the rows of one lead."""
    rows = [
        opening(
            came_from=draw(maybe(st.sampled_from(["TENDER_NOTICE", "REFERRAL"]))),
            first_ask=draw(maybe(st.sampled_from(list(map(str, Ask))))),
            est_value=draw(maybe(st.sampled_from([9e4, 9e7]))),
        )
    ]
    for source in FACTS_OF:
        rows += draw(some_rows(source))
    return rows
