"""The cash curve of a deal: what comes in and goes out by day, drawn many times.

Pay day of milestone i = trigger + the largest slip of acceptance so far + term + days late. What
comes in is value x (1 + VAT) x share, unless it is lost; output VAT leaves a while after the
trigger, paid or not. Gap(t) = max(0, -cash(t)); its highest point is the peak funding need.
Financing cost = sum of gap(t) x rate / 365; net present value by the daily factor
(1 + rate / 365) ^ -day. Day 0 is the signature; months have 30 days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DRAWS = 2_000
FIRST_DAY, LAST_DAY = -120, 1_460
MONTH_DAYS, YEAR_DAYS = 30, 365
VAT_LEAVES_AFTER_DAYS = 15
TOLD = (0.1, 0.5, 0.9)


class Delay(Protocol):
    """How late a client pays: days late for draws from 0 to 1."""

    def draw(self, uniform: Floats) -> Floats:
        """Return days late for draws from 0 to 1."""


@dataclass(frozen=True)
class Slip:
    """How many days an acceptance slips: lognormal."""

    median_days: float
    sigma: float


@dataclass(frozen=True)
class Milestone:
    """A share of the price; `received_day` is set where work waits until the money is there."""

    share: float
    trigger_day: int
    term_days: int
    slip: Slip | None = None
    loss_chance: float = 0.0
    received_day: int | None = None
    delay: Delay | None = None  # where it is paid otherwise than the rest


@dataclass(frozen=True)
class Cost:
    """What goes out evenly from a day up to another, per month of 30 days."""

    first_day: int
    end_day: int
    monthly_amount: float


@dataclass(frozen=True)
class Lump:
    """What goes out on one day; below zero it comes in."""

    day: int
    amount: float


@dataclass(frozen=True)
class Deal:
    """A contract as money over time; amounts in one currency, the value without VAT."""

    value: float
    vat_rate: float
    milestones: Sequence[Milestone]
    costs: Sequence[Cost] = ()
    lumps: Sequence[Lump] = ()
    yearly_rate: float = 0.12


@dataclass(frozen=True)
class Range:
    """The 10 %, 50 % and 90 % points of what was drawn, and the mean."""

    p10: float
    p50: float
    p90: float
    mean: float


@dataclass(frozen=True)
class CashCurve:
    """What the draws say: days count from the signature, amounts are in the deal's currency."""

    days: NDArray[np.int64]
    band: Floats  # cumulative cash by day: rows are the 10, 50 and 90 % points
    peak: Range
    peak_day: Range
    financing: Range
    present_value: Range
    days_to_cash: Range  # weighted by share
    last_negative_day: Range
    expected_loss: float
    daily_mean: Floats = field(repr=False)  # mean flow of each day, for the firm's cash


def simulate(deal: Deal, delay: Delay, *, draws: int = DRAWS, seed: int = 0) -> CashCurve:
    """Return the cash curve of a deal; the same seed draws the same futures for every lever."""
    days = np.arange(FIRST_DAY, LAST_DAY + 1)
    flow, days_to_cash = drawn(deal, delay, draws=draws, seed=seed)
    cash = flow.cumsum(axis=1)
    gap = np.maximum(0.0, -cash)
    factor = (1 + deal.yearly_rate / YEAR_DAYS) ** -days
    negative = cash <= 0
    last = np.where(negative.any(axis=1), LAST_DAY - negative[:, ::-1].argmax(axis=1), 0)
    return CashCurve(
        days=days,
        band=np.quantile(cash, TOLD, axis=0),
        peak=_range(gap.max(axis=1)),
        peak_day=_range(gap.argmax(axis=1) + FIRST_DAY),
        financing=_range(gap.sum(axis=1) * deal.yearly_rate / YEAR_DAYS),
        present_value=_range(flow @ factor),
        days_to_cash=_range(days_to_cash),
        last_negative_day=_range(last),
        expected_loss=sum(
            deal.value * (1 + deal.vat_rate) * one.share * one.loss_chance
            for one in deal.milestones
        ),
        daily_mean=flow.mean(axis=0),
    )


def drawn(deal: Deal, delay: Delay, *, draws: int = DRAWS, seed: int = 0) -> tuple[Floats, Floats]:
    """Return what flows on each day from FIRST_DAY to LAST_DAY, draw by draw, and days to cash."""
    days = np.arange(FIRST_DAY, LAST_DAY + 1)
    flow = np.tile(_outflow(deal, days), (draws, 1))
    return flow, _add_milestones(flow, deal, delay, np.random.default_rng(seed))


def _outflow(deal: Deal, days: NDArray[np.int64]) -> Floats:
    """Return what costs and lumps do to each day, the same in every draw."""
    flow = np.zeros(len(days))
    for cost in deal.costs:
        flow[_place(cost.first_day) : _place(cost.end_day)] -= cost.monthly_amount / MONTH_DAYS
    for lump in deal.lumps:
        flow[_place(lump.day)] -= lump.amount
    return flow


def _add_milestones(
    flow: Floats, deal: Deal, delay: Delay, generator: np.random.Generator
) -> Floats:
    """Add what comes in, and the VAT of it, to each draw; return the weighted days to cash."""
    draws = len(flow)
    rows = np.arange(draws)
    slipped, days_to_cash = np.zeros(draws), np.zeros(draws)
    gross = deal.value * (1 + deal.vat_rate)
    for one in deal.milestones:
        # Each milestone takes three draws, used or not: levers meet the same futures.
        slip, late, lost = generator.standard_normal(draws), *generator.random((2, draws))
        if one.slip:
            slipped = np.maximum(slipped, one.slip.median_days * np.exp(one.slip.sigma * slip))
        days_late = (one.delay or delay).draw(late)
        pay_day = one.trigger_day + slipped + one.term_days + days_late
        if one.received_day is not None:
            pay_day = np.full(draws, float(one.received_day))
        days_to_cash += one.share * pay_day
        received = gross * one.share * (lost >= one.loss_chance)
        np.add.at(flow, (rows, _places(pay_day)), received)
        vat_day = one.trigger_day + slipped + VAT_LEAVES_AFTER_DAYS
        np.add.at(flow, (rows, _places(vat_day)), -deal.value * deal.vat_rate * one.share)
    return days_to_cash


def _place(day: int) -> int:
    return min(max(day, FIRST_DAY), LAST_DAY + 1) - FIRST_DAY


def _places(days: Floats) -> NDArray[np.int64]:
    return np.clip(np.rint(days), FIRST_DAY, LAST_DAY).astype(np.int64) - FIRST_DAY


def _range(values: NDArray[np.float64] | NDArray[np.int64]) -> Range:
    p10, p50, p90 = (float(value) for value in np.quantile(values, TOLD))
    return Range(p10, p50, p90, float(values.mean()))
