"""Each signal of late payment, by the rows that make it speak."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from scoring import marks, receivable, scorecard
from scoring.feature import features_at, fed
from scoring.frames import MONEY
from scoring.vocabulary import Source
from tests.scoring.timelines import MONDAY, OPENED, at, frame, row

TODAY = date(2026, 11, 23)


def terms(day: int = 10, **clauses: Any) -> dict[str, Any]:
    return row(Source.TERMS, day, OPENED + timedelta(days=day), **clauses)


def dated(source: Source, days_ago: int, key: int = 1, **facts: Any) -> dict[str, Any]:
    return row(source, key, MONDAY - timedelta(days=days_ago), **facts)


def value(name: str, *rows: dict[str, Any], kind: str = "LISTED") -> Any:
    opened = row(Source.OPENING, 1, OPENED)
    places = at(MONDAY).with_columns(account_kind=pl.lit(kind))
    found = features_at(
        frame([opened, *rows], MONEY),
        places,
        catalogue=receivable.FEATURES,
        marks=marks.MONEY_MARKS,
    )
    return found.get_column(name).item()


def test_the_catalogue_holds_every_signal_from_r01_to_r16():
    codes = {feature.reason_code for feature in receivable.FEATURES}

    assert codes == {f"R{number:02}" for number in range(1, 17)}


def test_what_the_ledger_cannot_feed_says_why():
    waiting = {each.name: each.not_fed for each in receivable.FEATURES if each.not_fed}

    assert set(waiting) == {"overdue_now"}
    assert all(reason.endswith(".") for reason in waiting.values())


def test_the_latest_terms_count():
    assert value("prepayment", terms(10, prepay_percent=0.0), terms(20, prepay_percent=30.0)) == 30
    assert value("payment_term", terms(10, term_days=90), terms(20)) is None


def test_retention_runs_for_a_year_unless_said():
    assert value("retention", terms(retention_percent=5.0)) == 60
    assert value("retention", terms(retention_percent=5.0, retention_months=24.0)) == 120


@pytest.mark.parametrize(
    ("name", "clause", "spoken"),
    [
        ("back_to_back", {"back_to_back": True}, 1),
        ("back_to_back", {"back_to_back": None}, 0),
        ("by_audit", {"by_audit": True}, 1),
        ("no_acceptance_criteria", {"has_criteria": False}, 1),
        ("no_acceptance_criteria", {"has_criteria": None}, 0),
        ("no_deemed_acceptance", {"deemed_accepted": False}, 1),
        ("onsite_before_payment", {"onsite_days": 21.0}, 21),
        ("funded_by_us", {"funded_amount": 6e4}, 6e4),
        ("funded_by_us", {"funded_amount": 0.0}, 0),
        ("pays_by_bill", {"by_bill": True}, 1),
    ],
)
def test_a_clause_speaks_only_when_it_is_known(name, clause, spoken):
    assert value(name, terms(**clause)) == spoken


def test_r10_ends_with_the_signature():
    started = dated(Source.FACT, 9, kind="WORK_STARTED")
    signed = dated(Source.FACT, 2, key=2, kind="CONTRACT_SIGNED")

    assert value("work_without_contract", started) == 1
    assert value("work_without_contract", started, signed) is None


def test_r01_starts_from_experience_and_r12_knows_integrators():
    assert value("account_kind_start", kind="GOVERNMENT") == "GOVERNMENT"
    assert value("through_an_integrator", kind="INTEGRATOR") == 1


def test_r13_holds_the_accounts_own_days_to_the_vendors():
    billed = dated(Source.EARLIER_INVOICE, 200, invoice_id=7, due_date=TODAY - timedelta(days=170))
    paid = dated(
        Source.EARLIER_PAYMENT, 110, invoice_id=7, settles=True,
        due_date=TODAY - timedelta(days=170),
    )  # fmt: skip

    assert value("account_days_late", billed, paid) == 20  # (60 x 1 + 0 x 2) / 3
    assert value("account_open_days", billed, paid) is None


def test_r13_of_an_invoice_open_for_more_than_90_days_says_that_alone():
    open_long = dated(Source.INVOICE, 130, invoice_id=8, due_date=TODAY - timedelta(days=94))
    paid = dated(
        Source.EARLIER_PAYMENT, 110, key=2, invoice_id=7, settles=True,
        due_date=TODAY - timedelta(days=110),
    )  # fmt: skip

    assert value("account_open_days", open_long, paid) == 94
    assert value("account_days_late", open_long, paid) is None


def test_r14_measures_the_slip_of_a_milestone_until_it_is_accepted():
    planned = {"milestone_id": 3, "planned_date": TODAY - timedelta(days=50)}
    waits = dated(Source.MILESTONE, 90, **planned)

    assert value("acceptance_slip", waits) == 50
    assert value("acceptance_slip", waits, dated(Source.ACCEPTANCE, 40, **planned)) == 10


def test_r15_is_our_own_late_invoice_or_a_dispute():
    accepted = dated(Source.ACCEPTANCE, 40, milestone_id=3, planned_date=TODAY)
    billed = dated(Source.INVOICE, 20, milestone_id=3, invoice_id=8)

    assert value("late_billing", accepted, billed) == 20
    assert value("disputed_invoice", billed, dated(Source.DISPUTE, 2, invoice_id=8)) == 1


@pytest.mark.parametrize(
    ("months", "need", "points"),
    [(3.0, 2.0, 0), (2.9, 2.0, 4), (1.0, 2.0, 4), (0.9, 2.0, 10), (-2.0, 6.0, 10), (0.5, 0.0, 0)],
)
def test_the_low_point_of_cash_takes_the_place_of_what_we_front(months, need, points):
    """R09: below three months of burn +4, below one +10; a deal that needs no money lowers none."""
    said = terms(
        funded_amount=60_000.0,
        curve_made_at=MONDAY,
        low_point_months=months,
        need_months=need,
    )
    assert value("funded_by_us", said) is None
    facts = {"cash_low_point": value("cash_low_point", said)}
    assert scorecard.points(facts, shipped_card()).get("cash_low_point", 0) == points


def test_a_curve_that_was_drawn_later_says_nothing_of_a_moment_before():
    said = terms(
        funded_amount=60_000.0,
        curve_made_at=MONDAY + timedelta(seconds=1),
        low_point_months=0.5,
        need_months=2.0,
    )
    assert value("cash_low_point", said) is None
    assert value("funded_by_us", said) == 60_000
    assert value("funded_by_us", terms(funded_amount=60_000.0, curve_made_at=MONDAY)) == 60_000


def shipped_card() -> scorecard.Scorecard:
    names = [feature.name for feature in fed(receivable.FEATURES)]
    return scorecard.read_scorecard("receivable_v1", features=names)
