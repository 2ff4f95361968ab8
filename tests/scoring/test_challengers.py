"""Which way to learn scores: challengers beside the champion, on later leads alone."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from polars import col

from scoring import challengers
from scoring.blend import Learner
from scoring.challengers import Challenger, Contest
from scoring.past import History, training_values
from tests.scoring.pasts import CARD, DAY, START, a_past, a_telling_past, lead, leads_of

LATER = START + 700 * DAY


def contest(history: History, *, champion: Learner = Learner.BLEND) -> Contest | None:
    values = training_values(history, until=LATER)
    return challengers.contest(history, values, card=CARD, until=LATER, champion=champion)


def a_stepped_past(count: int) -> History:
    """Return leads that end well below a reply time and badly above it, on no line at all."""
    rng = np.random.default_rng(3)
    days = rng.uniform(0, 20, count)
    lost = rng.random(count) < np.where(days < 16, 0.15, 0.95)
    leads = leads_of(
        *(
            lead(key, opened=key, closed=key + 20, outcome="NO_DECISION" if lost[key] else "WON")
            for key in range(count)
        )
    )
    met = pl.DataFrame(
        [
            {
                "lead_id": key,
                "id": key * 10 + step,
                "happened_at": START + (key + step * 3) * DAY,
                "kind": "CALL",
                "latency_days": float(days[key]),
            }
            for key in range(count)
            for step in range(4)
        ],
        schema_overrides={"happened_at": pl.Datetime("us", "UTC")},
    )
    return a_past(leads, met)


def said(learner: Learner, log_loss: float, *, wins: float | None, slope: float | None = 1.0):
    return Challenger(learner, log_loss=log_loss, slope=slope, auc=0.7, wins=wins)


CHAMPION = said(Learner.BLEND, 0.5, wins=None)


def test_too_few_of_a_kind_leave_the_champion_unchallenged() -> None:
    assert contest(a_telling_past(120)) is None


def test_each_way_is_judged_on_the_same_later_leads() -> None:
    found = contest(a_telling_past(420))

    assert found is not None
    assert found.leads >= 40
    assert found.champion.learner is Learner.BLEND
    assert {each.learner for each in found.challengers} == {Learner.LINE, Learner.BOOSTED}
    assert all(0 <= (each.wins or 0) <= 1 for each in found.challengers)


def test_steps_win_where_the_truth_is_a_step() -> None:
    found = contest(a_stepped_past(600))

    assert found is not None
    won = found.winner
    assert won is not None
    assert won.learner is Learner.BOOSTED
    assert won.log_loss < found.champion.log_loss - 0.01


def test_a_champion_that_does_well_stays() -> None:
    found = contest(a_stepped_past(600), champion=Learner.BOOSTED)

    assert found is not None
    assert found.champion.learner is Learner.BOOSTED
    assert found.winner is None


def test_how_later_leads_end_does_not_change_what_is_said_of_earlier_ones() -> None:
    history = a_telling_past(420)
    cut = START + 400 * DAY
    turned = history.leads.with_columns(
        outcome=pl.when(col("opened_at") >= cut).then(pl.lit("WON")).otherwise("outcome")
    )
    until = cut - DAY
    values = training_values(history, until=until)

    def judged(past: History) -> Contest | None:
        return challengers.contest(past, values, card=CARD, until=until, champion=Learner.BLEND)

    assert judged(history) is not None
    assert judged(history) == judged(replace(history, leads=turned))


@pytest.mark.parametrize(
    ("challenger", "leads", "wins"),
    [
        (said(Learner.BOOSTED, 0.45, wins=0.9, slope=0.7), 40, True),
        (said(Learner.BOOSTED, 0.45, wins=0.9, slope=1.3), 40, True),
        (said(Learner.BOOSTED, 0.45, wins=0.898), 40, False),
        (said(Learner.BOOSTED, 0.45, wins=1.0, slope=0.69), 40, False),
        (said(Learner.BOOSTED, 0.45, wins=1.0, slope=1.31), 40, False),
        (said(Learner.BOOSTED, 0.45, wins=1.0, slope=None), 40, False),
        (said(Learner.BOOSTED, 0.45, wins=1.0), 39, False),
    ],
)
def test_a_challenger_wins_by_nine_draws_of_ten_and_honest_chances(
    challenger: Challenger, leads: int, *, wins: bool
) -> None:
    won = Contest(leads, CHAMPION, [challenger]).winner

    assert (won is challenger) is wins


def test_of_two_winners_the_better_one_is_taken_and_the_rest_is_logged() -> None:
    line, boosted = said(Learner.LINE, 0.47, wins=0.99), said(Learner.BOOSTED, 0.46, wins=0.95)

    found = Contest(90, CHAMPION, [line, boosted])

    assert found.winner is boosted
    logged = found.as_json()
    assert logged["leads"] == 90
    assert [row["learner"] for row in logged["rows"]] == ["BLEND", "LINE", "BOOSTED"]
    assert [row["is_champion"] for row in logged["rows"]] == [True, False, False]
    assert [row["is_promoted"] for row in logged["rows"]] == [False, False, True]
    assert [row["wins"] for row in logged["rows"]] == [None, 0.99, 0.95]
