"""Levers of a deal: each changes one thing, shares add up, and the table of the research holds."""

import pytest

from scoring import cash
from scoring.cash import Cost, Deal, Lump, Milestone, Slip
from scoring.levers import Inputs, levers
from scoring.payments import Prior, curve_of

GOVERNMENT = curve_of(Prior(0.25, 55, 0.95))
EXAMPLE = Deal(
    1_200_000,
    0.06,
    (
        Milestone(0.10, 0, 15),
        Milestone(0.20, 90, 30),
        Milestone(0.60, 180, 60, Slip(60, 0.7)),
        Milestone(0.10, 545, 30, None, 0.15),
    ),
    (Cost(0, 180, 90_000), Cost(0, 180, 12_000), Cost(180, 545, 4_000)),
    (Lump(-60, 80_000), Lump(-5, 60_000), Lump(200, -60_000)),
)
INPUTS = Inputs(EXAMPLE, acceptance=2, retention=3, on_site=(0,), pre_sales=(0,))
# Peak P50 and P90 in thousands, days to cash P50.
TABLE = {
    "THIRDS": (416, 652, 252),
    "BOTH_GATES": (140, 140, 203),
    "SHORTER_TERM": (592, 652, 309),
    "DEEMED_ACCEPTANCE": (592, 655, 290),
    "LOWER_RETENTION": (592, 658, 302),
    "PAID_PRE_SALES": (512, 573, 327),
    "HALF_ON_SITE": (379, 487, 327),
}


def test_shares_add_up_under_every_lever():
    for code, deal in levers(INPUTS):
        assert sum(one.share for one in deal.milestones) == pytest.approx(1), code


@pytest.mark.parametrize("code", TABLE)
def test_the_lever_table_of_the_worked_example_comes_out_within_three_per_cent(code):
    deal = dict(levers(INPUTS))[code]
    curve = cash.simulate(deal, GOVERNMENT, draws=4_000)
    found = (curve.peak.p50 / 1000, curve.peak.p90 / 1000, curve.days_to_cash.p50)
    assert found == pytest.approx(TABLE[code], rel=0.03)


def test_to_wait_for_the_advance_makes_the_peak_much_smaller():
    changed = dict(levers(INPUTS))
    peaks = [
        cash.simulate(deal, GOVERNMENT).peak.p90
        for deal in (EXAMPLE, changed["HIGHER_ADVANCE"], changed["WAIT_FOR_ADVANCE"])
    ]
    assert peaks[0] > peaks[1] > peaks[2] * 1.3


def test_what_the_terms_grant_already_is_no_lever():
    good = Deal(
        100_000,
        0.06,
        (Milestone(0.5, 0, 10, received_day=-1), Milestone(0.5, 60, 20, Slip(10, 0.7))),
    )
    assert list(levers(Inputs(good, acceptance=1, retention=None))) == []


def test_a_deal_without_an_advance_can_ask_for_one():
    late = Deal(100_000, 0.06, (Milestone(1.0, 90, 30, Slip(60, 0.7)),))
    asked = dict(levers(Inputs(late, acceptance=0, retention=None)))["HIGHER_ADVANCE"]
    assert [(one.share, one.trigger_day) for one in asked.milestones] == [(0.3, 0), (0.7, 90)]
    assert "THIRDS" not in dict(levers(Inputs(late, acceptance=0, retention=None)))


def test_a_deal_without_milestones_has_no_levers():
    assert list(levers(Inputs(Deal(1, 0, ()), acceptance=None, retention=None))) == []
