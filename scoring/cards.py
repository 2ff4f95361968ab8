"""Keeps the figures of the score page, computed where training runs; the page only reads them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from scoring import evaluation, past, trust
from scoring.blend import Blend
from scoring.labels import FREE_CONSULTING
from scoring.models import ModelCard
from scoring.past import History
from scoring.scorecard import Scorecard

MOST_RUNNING = 100


def keep(
    history: History,
    values: pl.DataFrame,
    *,
    card: Scorecard,
    trained: Blend,
    now: datetime,
    probes: Sequence[dict[str, Any]] = (),
) -> ModelCard:
    """Compute the figures of the trained target from the past and keep them for the page."""
    facts: dict[str, Any] = trust.figures(
        history,
        values,
        card=card,
        trained=trained,
        until=now,
        target=trained.target,
        fields=history.field_names,
    )
    facts["probes"] = list(probes)
    facts["share"] = trained.share
    facts["points_version"] = card.version
    if trained.target == FREE_CONSULTING and trained.share:
        facts["running"] = running(history, trained, card=card, now=now)
    kept, _is_new = ModelCard.objects.update_or_create(
        target=trained.target, defaults={"computed_at": now, "facts": facts}
    )
    return kept


def running(
    history: History, trained: Blend, *, card: Scorecard, now: datetime
) -> list[list[float]]:
    """Return the leads that run now with their chance of the target, the likeliest first."""
    moments = history.leads.select("lead_id", as_of=pl.lit(now).dt.cast_time_unit("us"))
    rows = past.running_at(history, moments)
    if rows.is_empty():
        return []
    said = evaluation.said_by(trained, past.values_at(history, rows), card)
    likeliest = said.sort("probability", "lead_id", descending=[True, False]).head(MOST_RUNNING)
    chances = likeliest.select("lead_id", pl.col("probability").round(4))
    return [list(row) for row in chances.iter_rows()]
