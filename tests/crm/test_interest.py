"""Statutory interest: each kind against cases computed by hand, exact to the cent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import interest
from crm.interest import RateUnknown, Terms, fixed_sum, rates_by_code

RATES = rates_by_code(
    [
        ("LPR1Y", date(2024, 10, 21), Decimal("0.031")),
        ("LPR1Y", date(2025, 5, 20), Decimal("0.03")),
        ("ECB", date(2023, 9, 20), Decimal("0.045")),
        ("ECB", date(2024, 6, 12), Decimal("0.0425")),
        ("ECB", date(2024, 12, 18), Decimal("0.0315")),
        ("RBI", date(2023, 2, 8), Decimal("0.0675")),
        ("RBI", date(2025, 2, 7), Decimal("0.065")),
        ("UST", date(2021, 1, 1), Decimal("0.00875")),
        ("UST", date(2021, 7, 1), Decimal("0.01125")),
    ]
)
CHINA = Terms("FIXED_DAILY", Decimal("0.0005"))
EUROPE = Terms("REFERENCE_PLUS", Decimal("0.08"), RATES["ECB"])
INDIA = Terms("MULTIPLE_COMPOUND", Decimal(3), RATES["RBI"])
AMERICA = Terms("PUBLISHED", reference=RATES["UST"])
LPR = Terms("FIXED_ANNUAL", Decimal("0.03"))


@pytest.mark.parametrize(
    ("principal", "terms", "due", "until", "expected"),
    [
        # 600,000 x 0.0005 x 200
        ("600000", CHINA, date(2025, 6, 30), date(2026, 1, 16), "60000.00"),
        # 29 February counts: 100,000 x 0.0005 x 2
        ("100000", CHINA, date(2024, 2, 28), date(2024, 3, 1), "100.00"),
        ("100000", CHINA, date(2023, 2, 28), date(2023, 3, 1), "50.00"),
        # 600,000 x 0.03 x 200 / 365
        ("600000", LPR, date(2025, 6, 30), date(2026, 1, 16), "9863.01"),
        # a leap year has 366 days late and the divisor stays 365: 36,500 x 0.03 x 366 / 365
        ("36500", LPR, date(2023, 12, 31), date(2024, 12, 31), "1098.00"),
        # first half of 2024 at 4.5 + 8, 30 days: 10,000 x 0.125 x 30 / 365
        ("10000", EUROPE, date(2024, 3, 1), date(2024, 3, 31), "102.74"),
        # across 1 July 2024: 30 days at 12.5 %, 31 at 12.25 %; the cut of June counts from July
        ("10000", EUROPE, date(2024, 5, 31), date(2024, 7, 31), "206.78"),
        # across 1 January 2025: 31 days at 12.25 %, 31 at 11.15 %
        ("10000", EUROPE, date(2024, 11, 30), date(2025, 1, 31), "198.74"),
        # 10,000 x 0.00875 x 45 / 365: the rate of the first day stays past 1 July
        ("10000", AMERICA, date(2021, 6, 1), date(2021, 7, 16), "10.79"),
        # never for more than a year: 10,000 x 0.00875
        ("10000", AMERICA, date(2021, 6, 1), date(2023, 6, 1), "87.50"),
        # 3 x 6.75 % / 12 = 1.6875 % a month: 100,000 x (1.016875^2 - 1)
        ("100000", INDIA, date(2024, 1, 15), date(2024, 3, 15), "3403.48"),
        # two months and 10 of 31 days: x 1.016875^2 x (1 + 0.016875 x 10 / 31)
        ("100000", INDIA, date(2024, 1, 15), date(2024, 3, 25), "3966.36"),
        # rests on the last day of a short month: 31 January, 29 February
        ("100000", INDIA, date(2024, 1, 31), date(2024, 2, 29), "1687.50"),
        # the lower bank rate of 7 February 2025 counts from the next rest on
        ("100000", INDIA, date(2025, 1, 15), date(2025, 3, 15), "3339.92"),
    ],
)
def test_interest_is_what_a_pencil_finds(principal, terms, due, until, expected):
    assert interest.interest(Decimal(principal), terms, due_date=due, until=until) == Decimal(
        expected
    )


def test_the_floor_is_the_reference_at_signature():
    lpr = RATES["LPR1Y"].on(date(2025, 5, 19))
    assert lpr == Decimal("0.031")
    assert interest.floor(
        Decimal(365_000), lpr, due_date=date(2026, 1, 1), until=date(2026, 1, 11)
    ) == Decimal("310.00")


@given(
    principal=st.decimals(1, 10**9, places=2),
    days=st.integers(-30, 700),
    terms=st.sampled_from([CHINA, LPR, EUROPE, INDIA, AMERICA]),
)
def test_interest_never_falls_with_days_and_is_nothing_before_the_due_date(principal, days, terms):
    due = date(2024, 8, 31)
    ran, more = (
        interest.interest(principal, terms, due_date=due, until=due + timedelta(days=count))
        for count in (days, days + 1)
    )
    assert ran <= more
    assert (ran == 0) or days > 0


def test_a_rate_before_the_first_known_one_is_said_to_be_unknown():
    with pytest.raises(RateUnknown, match="ECB 2020-01-01"):
        interest.interest(Decimal(1), EUROPE, due_date=date(2020, 1, 5), until=date(2020, 2, 5))


def test_a_kind_that_is_none_of_the_five_is_refused():
    with pytest.raises(ValueError, match="COURT"):
        interest.interest(
            Decimal(1), Terms("COURT"), due_date=date(2025, 1, 1), until=date(2025, 1, 2)
        )


@pytest.mark.parametrize(
    ("text", "principal", "expected"),
    [
        ("", "5000", None),
        ("40 EUR", "5000", (Decimal(40), "EUR")),
        ("40 GBP < 1000; 70 GBP < 10000; 100 GBP", "999.99", (Decimal(40), "GBP")),
        ("40 GBP < 1000; 70 GBP < 10000; 100 GBP", "1000", (Decimal(70), "GBP")),
        ("40 GBP < 1000; 70 GBP < 10000; 100 GBP", "10000", (Decimal(100), "GBP")),
    ],
)
def test_the_flat_sum_follows_the_size_of_the_debt(text, principal, expected):
    assert fixed_sum(text, Decimal(principal)) == expected
