"""Learned days to pay: open invoices are never paid ones, and the future never changes the past."""

from dataclasses import replace

import numpy as np
import pytest

from scoring import hazard, payment_backtest
from scoring.hazard_contest import Contest, judge
from scoring.hazard_rows import LASTS, STARTS, Viewer, lives, moments, period_of, views
from scoring.payments import (
    EARLIEST,
    LATEST,
    Bill,
    Forecast,
    Forecaster,
    Prior,
    curve_of,
)

PRIORS = {"unknown": curve_of(Prior(0.4, 30, 1.0))}
DAY, TERM, ACCOUNTS = 20_000, 30, 25
SMALL, LARGE = 1_000.0, 100_000.0


def a_past(count: int, *, by_amount: bool, seed: int = 1) -> list[Bill]:
    """Return invoices, paid around the due day; large ones two months late if the amount tells."""
    rng = np.random.default_rng(seed)
    issued = np.sort(DAY - rng.integers(1, 900, count))
    late, large = rng.integers(-10, 15, count), rng.random(count) < 0.5
    return [
        Bill(
            key=n,
            account=n % ACCOUNTS,
            buyer="unknown",
            issued_day=int(issued[n]),
            due_day=int(issued[n]) + TERM,
            paid_day=int(issued[n] + TERM + late[n] + (60 if by_amount and large[n] else 0)),
            amount=LARGE if large[n] else SMALL,
        )
        for n in range(count)
    ]


def seen_by(known, *, until):
    return [view for view, _ in views(known, PRIORS, moments(known, until=until))]


def contest_of(known) -> Contest:
    cut = payment_backtest.cut_of(known, 0.3)
    model = hazard.fit(seen_by(known, until=cut + 1), until=cut + 1)
    later = list(payment_backtest.foresee(known, PRIORS, cut=cut, model=model))
    return payment_backtest.judged(later, until=DAY)


def test_periods_follow_each_other_without_a_gap():
    assert (STARTS[0], LASTS[-1]) == (EARLIEST, LATEST)
    assert list(STARTS[1:]) == [day + 1 for day in LASTS[:-1]]
    assert [period_of(day) for day in STARTS] == [period_of(day) for day in LASTS]


def test_an_invoice_says_paid_once_and_only_when_that_was_known():
    known = a_past(120, by_amount=True)
    for until in (DAY - 400, DAY - 100, DAY):
        seen = seen_by(known, until=until)
        x, paid = lives(seen, until=until)
        assert paid.sum() == sum(view.bill.is_paid_before(until) for view in seen)
        # No row tells of days that an invoice had not lived through by then.
        assert (x[:, 0] <= until - min(bill.due_day for bill in known)).all()


def test_an_open_invoice_has_rows_of_its_wait_and_none_that_says_paid():
    waits = Bill(1, 1, "unknown", DAY - 200, DAY - 200 + TERM)
    x, paid = lives(seen_by([waits], until=DAY), until=DAY)
    assert len(x)
    assert not paid.any()
    disputed = replace(waits, ended_day=DAY - 190)
    assert len(lives(seen_by([disputed], until=DAY), until=DAY)[1]) < len(paid)


def test_what_comes_later_changes_nothing_that_was_learned_or_foreseen():
    known, until = a_past(150, by_amount=True), DAY - 200
    later = [
        replace(bill, paid_day=bill.paid_day + 77) if bill.paid_day >= until else bill
        for bill in known
    ]
    hidden = [
        replace(bill, terms_known_day=until, is_back_to_back=True)
        if bill.paid_day >= until
        else bill
        for bill in later
    ]
    before = lives(seen_by(known, until=until), until=until)
    for changed in (later, hidden, [bill for bill in later if bill.issued_day < until]):
        after = lives(seen_by(changed, until=until), until=until)
        assert all(np.array_equal(was, now) for was, now in zip(before, after, strict=True))


def test_it_beats_the_curve_where_an_invoice_says_more_than_its_account():
    known = a_past(600, by_amount=True)
    contest = contest_of(known)
    assert contest.favours(in_use=False)
    assert contest.brier_learned < contest.brier_curve
    model = hazard.fit(seen_by(known, until=DAY), until=DAY)
    viewer = Viewer(Forecaster(known, PRIORS, day=DAY))
    fresh = [
        Bill(n, 1, "unknown", DAY, DAY + TERM, amount=size) for n, size in enumerate((SMALL, LARGE))
    ]
    small, large = hazard.curves(model, [viewer.view(bill) for bill in fresh])
    assert small.late_chance(30) < 0.1
    assert large.late_chance(30) > 0.9
    assert large.quantile(0.5) == pytest.approx(62, abs=8)


def test_it_does_not_win_where_there_is_nothing_more_to_learn():
    assert not contest_of(a_past(600, by_amount=False)).favours(in_use=False)


def test_a_learned_curve_falls_from_one_and_knows_how_long_an_invoice_has_waited():
    known = a_past(200, by_amount=False)
    model = hazard.fit(seen_by(known, until=DAY), until=DAY)
    viewer = Viewer(Forecaster(known, PRIORS, day=DAY))
    waits = Bill(9_999, 3, "unknown", DAY - 100, DAY - 100 + TERM, amount=SMALL)
    (curve,) = hazard.curves(model, [viewer.view(waits)])
    assert (np.diff(curve.survival) <= 0).all()
    assert curve.at(DAY - waits.due_day - 10) == 1.0
    said = viewer.forecaster.forecast(waits, learned=curve)
    assert said.late[:3] == (1.0, 1.0, 1.0)
    assert said.days[0] >= DAY - waits.due_day
    assert said.own_count == viewer.forecaster.forecast(waits).own_count


def said(late: float, days: int) -> Forecast:
    return Forecast(0, (late,) * 4, late, (days,) * 4, 0, None, 0)


def test_quick_payments_do_not_speak_for_invoices_that_still_wait():
    """Half are paid at once, half wait: who says "paid at once" of all is not the better one."""
    young = [
        Bill(n, n, "unknown", DAY - 40, DAY - 10, DAY - 10 if n % 2 else None) for n in range(80)
    ]
    hasty, patient = [said(0.0, 0)] * 80, [said(0.5, 9)] * 80
    found = judge(young, patient, hasty, until=DAY)
    assert found.brier_learned == 0.5 > found.brier_curve == 0.25  # late > 0 alone is known by now
    assert found.pinball_wins < 0.5
    few = judge(young[:30], hasty[:30], patient[:30], until=DAY)
    assert not few.favours(in_use=True)


@pytest.mark.parametrize(
    ("brier", "pinball", "in_use", "favoured"),
    [
        (0.95, 0.92, False, True),
        (0.95, 0.89, False, False),
        (0.89, 0.99, False, False),
        (0.6, 0.7, True, True),
        (0.6, 0.4, True, False),
    ],
)
def test_it_takes_over_by_both_measures_and_stays_while_it_is_ahead(
    brier, pinball, in_use, favoured
):
    contest = Contest(100, 0.2, 0.1, brier, 5.0, 4.0, pinball)
    assert contest.favours(in_use=in_use) is favoured
