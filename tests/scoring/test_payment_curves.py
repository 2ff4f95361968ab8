"""Days to pay: open invoices are never paid ones, and the future never changes the past."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.payments import (
    EARLIEST,
    LATEST,
    Bill,
    Forecaster,
    Prior,
    curve_of,
    updated,
)

NOBODY_KNOWS = Prior(0.4, 30, 1.0)
PRIORS = {"unknown": curve_of(NOBODY_KNOWS), "cn_government": curve_of(Prior(0.25, 55, 0.95))}
DAY = 20_000
NONE = np.array([], dtype=np.int64)


def days(*values: int):
    return np.array(values, dtype=np.int64)


bills = st.builds(
    lambda key, account, issued, term, waits: Bill(
        key, account, "unknown", DAY - issued, DAY - issued + term, DAY - issued + waits
    ),
    st.integers(0, 10**6),
    st.integers(0, 4),
    st.integers(1, 700),
    st.integers(0, 90),
    st.integers(0, 900),
)


@pytest.mark.parametrize(
    ("prior", "chances", "p50", "p90"),
    [
        (Prior(0.25, 55, 0.95), (0.75, 0.55, 0.35, 0.23), 37, 158),
        (Prior(0.35, 40, 0.90), (0.65, 0.41, 0.21, 0.12), 21, 100),
        (Prior(0.45, 25, 0.90), (0.55, 0.23, 0.09, 0.04), 8, 57),
        (Prior(0.70, 12, 0.80), (0.30, 0.04, 0.01, 0.00), 0, 17),
    ],
)
def test_a_prior_says_what_its_row_of_the_table_says(prior, chances, p50, p90):
    curve = curve_of(prior)
    said = tuple(curve.late_chance(days) for days in (0, 30, 60, 90))
    assert said == pytest.approx(chances, abs=0.006)
    assert curve.quantile(0.5) == pytest.approx(p50, abs=1)
    assert curve.quantile(0.9) == pytest.approx(p90, abs=2)


def test_closed_invoices_alone_would_flatter_and_the_curve_does_not():
    generator = np.random.default_rng(5)
    late = np.rint(60 * np.exp(generator.standard_normal(4_000))).astype(np.int64)
    waited = generator.integers(0, 270, 4_000)
    is_paid = late < waited
    curve = updated(PRIORS["unknown"], 10, paid=late[is_paid], waiting=waited[~is_paid])
    truth = (late > 90).mean()
    closed_only = (late[is_paid] > 90).mean()
    assert closed_only < truth - 0.1
    assert curve.late_chance(90) == pytest.approx(truth, abs=0.03)


def test_ten_pseudo_invoices_weigh_as_much_as_ten_seen_ones():
    curve = updated(PRIORS["unknown"], 10, paid=days(*[5] * 10), waiting=NONE)
    before = PRIORS["unknown"].late_chance(30)
    assert curve.late_chance(30) == pytest.approx(before / 2, abs=0.02)


def test_nothing_seen_leaves_the_prior():
    curve = updated(PRIORS["unknown"], 10, paid=NONE, waiting=NONE)
    assert curve is PRIORS["unknown"]


def test_an_open_invoice_makes_late_days_likelier_never_less_likely():
    start = updated(PRIORS["unknown"], 10, paid=days(0, 5, 12, 40), waiting=NONE)
    after = updated(PRIORS["unknown"], 10, paid=days(0, 5, 12, 40), waiting=days(60))
    assert (after.survival >= start.survival - 1e-12).all()
    assert after.late_chance(90) > start.late_chance(90)


@settings(max_examples=40, deadline=None)
@given(past=st.lists(bills, max_size=30), more=st.integers(1, 400))
def test_a_payment_that_comes_later_never_changes_what_was_said_before(past, more):
    known = [
        bill if bill.paid_day < DAY else replace(bill, paid_day=bill.paid_day + more)
        for bill in past
    ]
    unpaid = [bill if bill.paid_day < DAY else replace(bill, paid_day=None) for bill in past]
    new = Bill(10**7, 1, "unknown", DAY - 10, DAY + 20)
    said = [Forecaster(rows, PRIORS, day=DAY).forecast(new) for rows in (past, known, unpaid)]
    assert said[0] == said[1] == said[2]


@settings(max_examples=40, deadline=None)
@given(past=st.lists(bills, max_size=30), age=st.integers(-40, 500))
def test_chances_fall_with_days_and_quantiles_rise_with_shares(past, age):
    bill = Bill(10**7, 1, "cn_government", DAY - age - 30, DAY - age)
    said = Forecaster(past, PRIORS, day=DAY).forecast(bill)
    assert all(0 <= chance <= 1 for chance in (*said.late, said.long))
    assert list(said.days) == sorted(said.days)
    assert said.late[0] >= said.late[1]
    assert said.late[2] >= said.late[3]
    assert all(late >= age for late in said.days)


def test_what_was_written_off_or_disputed_stops_to_speak_on_that_day():
    late = Bill(1, 1, "unknown", DAY - 300, DAY - 270)
    waiting = Forecaster([late], PRIORS, day=DAY).curve(late)
    ended = Forecaster([replace(late, ended_day=DAY - 260)], PRIORS, day=DAY).curve(late)
    assert waiting.late_chance(200) > ended.late_chance(200)
    paid_after = replace(late, ended_day=DAY - 260, paid_day=DAY - 100)
    assert np.allclose(
        Forecaster([paid_after], PRIORS, day=DAY).curve(late).survival, ended.survival
    )


def test_an_invoice_older_than_120_days_is_late_already():
    bill = Bill(9, 1, "unknown", DAY - 130, DAY - 100)
    assert Forecaster([], PRIORS, day=DAY).forecast(bill).long == 1.0


def test_advance_payments_tell_of_advance_payments_alone():
    soon = [
        Bill(n, n, "unknown", DAY - 300, DAY - 270, DAY - 290, is_advance=True) for n in range(40)
    ]
    final = Bill(99, 99, "unknown", DAY - 10, DAY + 20)
    with_them, without = (Forecaster(rows, PRIORS, day=DAY).forecast(final) for rows in (soon, []))
    assert with_them.late == without.late
    advance = Forecaster(soon, PRIORS, day=DAY).forecast(replace(final, is_advance=True))
    assert advance.late[0] < without.late[0] / 3


def test_buyers_of_a_kind_tell_more_of_each_other_than_of_the_rest():
    late = [Bill(n, n, "cn_government", DAY - 400, DAY - 370, DAY - 200) for n in range(30)]
    soon = [Bill(50 + n, 50 + n, "unknown", DAY - 400, DAY - 370, DAY - 371) for n in range(30)]
    forecaster = Forecaster([*late, *soon], PRIORS, day=DAY)
    slow, fast = (
        forecaster.forecast(Bill(99, 99, buyer, DAY - 10, DAY + 20)).long
        for buyer in ("cn_government", "unknown")
    )
    assert slow > 2 * fast


def test_draws_follow_the_curve():
    curve = updated(PRIORS["cn_government"], 10, paid=days(3, 44, 90), waiting=days(120))
    drawn = curve.draw((np.arange(20_000) + 0.5) / 20_000)
    for late in (-1, 0, 30, 90, 300):
        assert (drawn > late).mean() == pytest.approx(curve.late_chance(late), abs=0.001)
    assert drawn.min() >= EARLIEST
    assert drawn.max() <= LATEST
