"""What is usual, as facts with a date."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import usual
from scoring.landmarks import landmarks
from tests.scoring.timelines import MONDAY, OPENED, ZONE, a_calendar

SOON = timedelta(days=1)


def lead(key: int, outcome: str = "", **facts: Any) -> dict[str, Any]:
    closed_at = OPENED + timedelta(days=50) if outcome else None
    return {
        "lead_id": key,
        "account_kind": "SME",
        "opened_at": OPENED,
        "recorded_at": OPENED,
        "closed_at": closed_at,
        "outcome_recorded_at": closed_at,
        "outcome": outcome,
        "amount": None,
        **facts,
    }


def invoice(days_to_pay: int | None, issued_at: datetime = OPENED) -> dict[str, Any]:
    paid_at = None if days_to_pay is None else issued_at + timedelta(days=days_to_pay)
    return {
        "account_kind": "SME",
        "issued_at": issued_at,
        "recorded_at": issued_at,
        "due_at": issued_at + timedelta(days=30),
        "paid_at": paid_at,
        "paid_recorded_at": paid_at,
    }


def figures(
    *moments: datetime,
    leads: list[dict[str, Any]] | None = None,
    contacts: list[dict[str, Any]] | None = None,
    invoices: list[dict[str, Any]] | None = None,
) -> pl.DataFrame:
    return usual.usual_figures(
        moments or [MONDAY],
        leads=pl.DataFrame(leads or [], schema=usual.LEADS),
        contacts=pl.DataFrame(contacts or [], schema=usual.CONTACTS),
        events=pl.DataFrame([], schema=usual.EVENTS),
        invoices=pl.DataFrame(invoices or [], schema=usual.INVOICES),
    )


def of_all(found: pl.DataFrame, figure: str) -> Any:
    return found.filter(account_kind=usual.ALL_KINDS).get_column(figure).to_list()


def test_leads_past_the_horizon_count_as_ended_without_an_order():
    leads = [lead(1, "WON"), lead(2, "LOST"), lead(3), lead(4, opened_at=MONDAY - SOON)]

    found = figures(leads=leads)

    assert of_all(found, "closed") == [3]
    assert of_all(found, "orders") == [1]


@pytest.mark.parametrize("outcome", ["WALKED_AWAY", "INVALID"])
def test_what_we_walked_away_from_and_what_was_no_lead_is_left_out(outcome):
    assert of_all(figures(leads=[lead(1, outcome)]), "closed") == [0]


def test_an_end_counts_from_the_day_on_which_it_was_recorded():
    late = lead(1, "WON", outcome_recorded_at=MONDAY + SOON)

    found = figures(MONDAY, MONDAY + 2 * SOON, leads=[late])

    assert of_all(found, "orders") == [0, 1]
    assert of_all(found, "closed") == [1, 1]  # a zombie before, an order after


def test_the_order_rate_is_held_to_a_fifth_by_ten_pseudo_leads():
    found = figures(leads=[lead(key, "WON") for key in range(10)])
    rate = found.select(usual.order_rate(pl.col("orders"), pl.col("closed")))

    assert rate.to_series()[0] == pytest.approx(12 / 20)


def test_a_kind_has_figures_of_its_own_and_all_have_one():
    found = figures(leads=[lead(1, "WON"), lead(2, "LOST", account_kind="SOE")])

    assert dict(found.select("account_kind", "orders").iter_rows()) == {"*": 1, "SME": 1, "SOE": 0}


def test_the_usual_gap_waits_for_ten_gaps():
    contacts = [
        {"lead_id": 1, "account_kind": "SME", "happened_at": moment, "recorded_at": moment}
        for moment in (OPENED + timedelta(days=4 * n) for n in range(11))
    ]

    assert of_all(figures(contacts=contacts[:10]), "gap_days") == [None]
    assert of_all(figures(contacts=contacts), "gap_days") == [4]


def test_an_invoice_is_judged_once_paid_or_after_120_days():
    invoices = [invoice(30), invoice(130), invoice(None), invoice(None, MONDAY - SOON)]

    found = figures(invoices=invoices)

    assert of_all(found, "invoices") == [3]
    assert of_all(found, "late_invoices") == [2]
    assert of_all(found, "days_late") == [50]


days = st.integers(0, 400)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(days, days, st.sampled_from(["WON", "LOST", ""])), max_size=6),
    st.lists(st.tuples(days, days), max_size=5),
)
def test_what_is_known_later_never_changes_an_earlier_figure(ends, payments):
    leads = [
        lead(
            key,
            outcome,
            opened_at=OPENED - timedelta(days=300 - key),
            closed_at=OPENED + timedelta(days=closed) if outcome else None,
            outcome_recorded_at=OPENED + timedelta(days=closed + late) if outcome else None,
        )
        for key, (closed, late, outcome) in enumerate(ends)
    ]
    cut = [
        row | {"closed_at": None, "outcome_recorded_at": None, "outcome": ""}
        if row["outcome_recorded_at"] and row["outcome_recorded_at"] >= MONDAY
        else row
        for row in leads
    ]
    invoices = [invoice(paid, OPENED + timedelta(days=issued)) for issued, paid in payments]
    unpaid = [
        row | {"paid_at": None, "paid_recorded_at": None} if row["paid_at"] >= MONDAY else row
        for row in invoices
    ]

    whole = figures(leads=leads, invoices=invoices).sort("account_kind")

    assert whole.equals(figures(leads=cut, invoices=unpaid).sort("account_kind"))


def test_a_landmark_reads_the_figures_of_its_own_time_and_kind():
    found = figures(
        OPENED + timedelta(days=60),
        MONDAY,
        leads=[lead(1, "WON"), lead(2, "WON", account_kind="SOE")],
    )
    moments = [OPENED + timedelta(days=10), OPENED + timedelta(days=70)]
    places = pl.DataFrame({"lead_id": [1, 1], "as_of": moments, "account_kind": ["SME", "SME"]})
    places = places.cast({"as_of": pl.Datetime("us", "UTC")})

    at = landmarks(places, usual=found, calendar=a_calendar(), zone=ZONE)

    assert at.get_column("usual_orders").to_list() == [0, 2]
    assert at.get_column("usual_kind_orders").to_list() == [0, 1]
