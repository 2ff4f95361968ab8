"""Keeps the figures of the score page, computed where training runs; the page only reads them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from scoring import trust
from scoring.blend import Blend
from scoring.models import ModelCard
from scoring.past import History
from scoring.scorecard import Scorecard


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
    kept, _is_new = ModelCard.objects.update_or_create(
        target=trained.target, defaults={"computed_at": now, "facts": facts}
    )
    return kept
