"""Pasts of a vendor for tests of the learned score: leads with interactions and known ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from polars import col

from scoring import features, scorecard, usual
from scoring.feature import fed
from scoring.frames import INTENT, rows_of, timeline
from scoring.past import HISTORY_LEADS, History
from scoring.scorecard import Scorecard
from scoring.usual import usual_figures
from scoring.vocabulary import Source
from tests.scoring.timelines import ZONE, a_calendar

START = datetime(2025, 1, 6, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CARD: Scorecard = scorecard.read_scorecard(
    "points_v1", features=[feature.name for feature in fed(features.FEATURES)]
)


def lead(
    key: int, *, opened: float = 0, closed: float | None = None, **facts: Any
) -> dict[str, Any]:
    """Return one lead; days count from the start of the past."""
    closed_at = None if closed is None else START + closed * DAY
    return {
        "lead_id": key,
        "account_id": key,
        "account_kind": "LISTED",
        "opened_at": START + opened * DAY,
        "recorded_at": START + opened * DAY,
        "closed_at": closed_at,
        "outcome_recorded_at": closed_at,
        "outcome": "" if closed is None else "LOST",
        "amount": None,
        **facts,
    }


def leads_of(*rows: dict[str, Any]) -> pl.DataFrame:
    """Return leads as a frame."""
    return pl.DataFrame(list(rows), schema=HISTORY_LEADS, orient="row")


def a_past(leads: pl.DataFrame, interactions: pl.DataFrame | None = None) -> History:
    """Return a history of leads and their interactions (lead_id, id, happened_at, facts)."""
    opened = leads.select("lead_id", "recorded_at", id="lead_id", happened_at="opened_at")
    rows = [rows_of(Source.OPENING, opened)]
    if interactions is not None:
        met = interactions.with_columns(recorded_at=col("happened_at"))
        rows.append(rows_of(Source.INTERACTION, met))
    return History(
        leads=leads,
        timeline=timeline(INTENT, rows),
        usual=usual_figures(
            [START + 30 * each * DAY for each in range(24)],
            leads=leads,
            contacts=pl.DataFrame(schema=usual.CONTACTS),
            events=pl.DataFrame(schema=usual.EVENTS),
            invoices=pl.DataFrame(schema=usual.INVOICES),
        ),
        calendar=a_calendar(),
        zone=ZONE,
    )


def a_telling_past(count: int, *, seed: int = 0, signal: float = 2.0) -> History:
    """Return leads, one a day, whose budget and replies say how they end.

    A lead without budget ends without an order the likelier, by `signal` in log-odds.
    """
    rng = np.random.default_rng(seed)
    no_budget = rng.random(count) < 0.5
    chance = 1 / (1 + np.exp(-(0.5 + signal * (no_budget - 0.5))))
    won = rng.random(count) >= chance
    leads = leads_of(
        *(
            lead(
                key,
                opened=key,
                closed=key + 20,
                outcome="WON" if won[key] else "NO_DECISION",
                account_id=key // 2,
            )
            for key in range(count)
        )
    )
    met = [
        {
            "lead_id": key,
            "id": key * 10 + step,
            "happened_at": START + (key + step * 3) * DAY,
            "kind": "CALL",
            "budget": "NO_BUDGET" if no_budget[key] else "APPLIED",
            "latency_days": float(rng.exponential(3)),
        }
        for key in range(count)
        for step in range(4)
    ]
    moments = pl.DataFrame(met, schema_overrides={"happened_at": pl.Datetime("us", "UTC")})
    return a_past(leads, moments)


def flipped(card: Scorecard) -> Scorecard:
    """Return points with every sign turned."""
    bins = tuple(replace(each, points=-each.points) for each in card.bins)
    return replace(card, bins=bins)
