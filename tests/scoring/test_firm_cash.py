"""The firm's cash: what is due comes, what is overdue comes later, the unsigned counts less."""

from datetime import date, timedelta

import numpy as np
import pytest

from scoring.firm_cash import DRAWS, LATER_DAYS, Receipt, project
from scoring.payments import Prior, curve_of

START = date(2026, 11, 24)
SLOW = curve_of(Prior(0.25, 55, 0.95))


class OnTheDay:
    """A client that pays on the day."""

    def draw(self, uniform):
        """Return no days late."""
        return np.zeros(len(uniform))


def cash(*receipts, at_hand=620_000, burn=228_000):
    return project(receipts, start=START, cash_at_hand=at_hand, monthly_burn=burn)


def due(days, amount=100_000, delay=None, **facts):
    return Receipt(amount, START + timedelta(days=days), delay or OnTheDay(), **facts)


def test_without_receipts_the_burn_leaves_on_the_day_of_payroll():
    found = cash()
    assert found.base.tolist() == found.none.tolist() == found.later.tolist()
    before, on = ((date(2026, 12, day) - START).days - 1 for day in (9, 10))
    assert found.none[before] == 620_000
    assert found.none[on] == 620_000 - 228_000
    assert found.empty_on(found.none) == date(2027, 2, 10)
    assert len(found.weekly(found.none)) == 26


def test_what_is_due_comes_on_its_day_and_90_days_later_in_the_other_case():
    found = cash(due(10), burn=0)
    assert (found.base[8], found.base[9]) == (620_000, 720_000)
    assert (found.later[8 + LATER_DAYS], found.later[9 + LATER_DAYS]) == (620_000, 720_000)


def test_the_low_line_is_never_above_the_middle_and_both_see_the_low_point():
    found = cash(*(due(day, delay=SLOW) for day in range(5, 90, 9)))
    assert (found.base_low <= found.base).all()
    low, day = found.lowest(found.base_low)
    assert low == round(float(found.base_low.min()))
    assert START < day <= START + timedelta(days=182)


def test_where_cash_only_grows_it_is_lowest_on_the_first_day():
    found = cash(due(10), burn=0)

    assert found.lowest(found.base) == (620_000, START)


def test_an_overdue_invoice_does_not_come_in_the_past_and_is_not_thought_paid():
    fresh = cash(due(0, delay=SLOW), burn=0)
    overdue = cash(due(-60, delay=SLOW, unpaid_after=59), burn=0)
    assert fresh.base[0] <= 720_000
    assert overdue.base_low[0] == 620_000
    drawn = project(
        [due(-60, delay=SLOW, unpaid_after=59)],
        start=START,
        cash_at_hand=0,
        monthly_burn=0,
        draws=4_000,
    )
    share_by_day_60 = 1 - SLOW.late_chance(119, unpaid_after=59)
    assert (drawn.base[59] > 0) == (share_by_day_60 > 0.5)


def test_what_is_not_signed_counts_by_its_chance():
    found = [
        project(
            [due(10, chance=chance)], start=START, cash_at_hand=0, monthly_burn=0, draws=DRAWS
        ).base[20]
        for chance in (1.0, 0.6, 0.4)
    ]
    assert found == [100_000, 100_000, 0]


def test_a_trigger_that_slips_brings_the_money_later():
    sure, slips = cash(due(30), burn=0), cash(due(30, slip_median_days=40), burn=0)
    assert sure.base[29] == 720_000
    assert slips.base[29] == 620_000
    assert slips.base[29 + 45] == 720_000


def test_the_same_seed_brings_the_same_futures():
    first, second = (cash(due(3, delay=SLOW), due(40, delay=SLOW)) for _ in range(2))
    assert first.base_low.tolist() == pytest.approx(second.base_low.tolist())
