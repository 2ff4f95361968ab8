"""The cash curve of a deal: the worked example of the research, and what must always add up."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import cash
from scoring.cash import Cost, Deal, Lump, Milestone, Slip
from scoring.payments import Prior, curve_of

GOVERNMENT = curve_of(Prior(0.25, 55, 0.95))
SLIPS = Slip(60, 0.7)
ADVANCE, ARRIVAL = Milestone(0.10, 0, 15), Milestone(0.20, 90, 30)
ACCEPTANCE, RETENTION = Milestone(0.60, 180, 60, SLIPS), Milestone(0.10, 545, 30, None, 0.15)
MILESTONES = (ADVANCE, ARRIVAL, ACCEPTANCE, RETENTION)
ON_SITE, WARRANTY = Cost(0, 180, 102_000), Cost(180, 545, 4_000)
PRE_SALES = Lump(-60, 80_000)
BOND = (Lump(-5, 60_000), Lump(200, -60_000))
EXAMPLE = Deal(1_200_000, 0.06, MILESTONES, (ON_SITE, WARRANTY), (PRE_SALES, *BOND))


@dataclass(frozen=True)
class OnTheDay:
    """A client that pays on the day."""

    def draw(self, uniform):
        """Return no days late."""
        return np.zeros(len(uniform))


def shares(*parts, of=MILESTONES):
    return tuple(replace(one, share=part) for part, one in zip(parts, of, strict=True))


def gated(milestones, *received):
    days = (*received, *([None] * (len(milestones) - len(received))))
    return tuple(replace(one, received_day=day) for one, day in zip(milestones, days, strict=True))


def with_acceptance(**changes):
    return (ADVANCE, ARRIVAL, replace(ACCEPTANCE, **changes), RETENTION)


THIRDS = shares(0.3, 0.3, 0.3, 0.1)
HALF_ON_SITE = (Cost(0, 90, 90_000), Cost(0, 180, 12_000), WARRANTY)
BEST = (
    Milestone(0.3, 0, 15, received_day=-1),
    Milestone(0.3, 90, 30, received_day=90),
    Milestone(0.37, 180, 30, Slip(15, 0.7)),
    Milestone(0.03, 545, 30, None, 0.15),
)
# Peak P50 and P90 in thousands, days to cash P50 and P90.
LEVERS = {
    "as drafted": (EXAMPLE, (592, 653, 327, 432)),
    "30 % advance": (
        replace(EXAMPLE, milestones=shares(0.3, 0.2, 0.45, 0.05)),
        (409, 645, 253, 344),
    ),
    "start when the advance is paid": (
        replace(EXAMPLE, milestones=gated(shares(0.3, 0.2, 0.45, 0.05), -1)),
        (332, 409, 230, 309),
    ),
    "30/30/30/10": (replace(EXAMPLE, milestones=THIRDS), (416, 652, 252, 333)),
    "30/30/30/10, both gates": (
        replace(EXAMPLE, milestones=gated(THIRDS, -1, 90)),
        (140, 140, 203, 257),
    ),
    "acceptance term 30": (
        replace(EXAMPLE, milestones=with_acceptance(term_days=30)),
        (592, 652, 309, 414),
    ),
    "deemed acceptance": (
        replace(EXAMPLE, milestones=with_acceptance(slip=Slip(15, 0.7))),
        (592, 655, 290, 370),
    ),
    "retention 3 %": (
        replace(EXAMPLE, milestones=shares(0.1, 0.2, 0.67, 0.03)),
        (592, 658, 302, 410),
    ),
    "no unpaid pre-sales": (replace(EXAMPLE, lumps=BOND), (512, 573, 327, 432)),
    "half the on-site months": (replace(EXAMPLE, costs=HALF_ON_SITE), (379, 487, 327, 432)),
    "all of it": (replace(EXAMPLE, milestones=BEST), (140, 140, 145, 191)),
}


@pytest.mark.parametrize("lever", LEVERS)
def test_the_worked_example_and_its_levers_come_out_within_three_per_cent(lever):
    deal, expected = LEVERS[lever]
    curve = cash.simulate(deal, GOVERNMENT, draws=4_000)
    peak, wait = curve.peak, curve.days_to_cash
    found = (peak.p50 / 1000, peak.p90 / 1000, wait.p50, wait.p90)
    assert found == pytest.approx(expected, rel=0.03)


def test_a_client_that_pays_on_the_day_leaves_the_peak_of_the_costs_alone():
    curve = cash.simulate(EXAMPLE, OnTheDay(), draws=400)
    assert curve.peak.p50 == curve.peak.p90 == pytest.approx(442_000, rel=0.03)
    assert curve.days_to_cash.p50 == pytest.approx(270, rel=0.03)


def test_what_comes_in_less_what_goes_out_is_the_margin_less_what_is_lost():
    curve = cash.simulate(EXAMPLE, OnTheDay(), draws=500, seed=3)
    costs = 6 * 102_000 + 365 / 30 * 4_000 + 80_000
    kept = curve.daily_mean.sum() + costs
    assert kept == pytest.approx(1_200_000 - curve.expected_loss, rel=0.01)
    assert curve.expected_loss == pytest.approx(1_200_000 * 1.06 * 0.1 * 0.15)


def test_the_same_seed_brings_the_same_curve_and_another_one_hardly_another():
    once, again = (cash.simulate(EXAMPLE, GOVERNMENT, seed=1) for _ in range(2))
    other = cash.simulate(EXAMPLE, GOVERNMENT, seed=2)
    assert once.peak == again.peak
    assert other.peak.p50 == pytest.approx(once.peak.p50, rel=0.03)


@settings(max_examples=25, deadline=None)
@given(later=st.integers(0, 200), day=st.integers(0, 300))
def test_money_that_comes_later_never_makes_the_peak_smaller(later, day):
    soon = Deal(100_000, 0.06, (Milestone(1.0, day, 0),), (Cost(0, 180, 10_000),))
    late = replace(soon, milestones=(Milestone(1.0, day, later),))
    first, second = (cash.simulate(one, OnTheDay(), draws=2) for one in (soon, late))
    assert second.peak.p50 >= first.peak.p50
    assert second.financing.p50 >= first.financing.p50
    assert first.daily_mean.sum() == pytest.approx(second.daily_mean.sum())


def test_days_beyond_the_window_stay_in_its_last_day_and_nothing_is_lost():
    deal = Deal(1_000, 0.0, (Milestone(1.0, 5_000, 0),))
    curve = cash.simulate(deal, OnTheDay(), draws=2)
    assert curve.daily_mean[-1] == 1_000
    assert curve.daily_mean.sum() == 1_000
