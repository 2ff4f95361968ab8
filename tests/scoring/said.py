"""What scoring says of a ledger at a moment, for tests that ask whether it stays so."""

from datetime import datetime
from typing import Any

from scoring import runs


def said_at(
    moment: datetime, *, now: datetime, refresh_usual: bool = False
) -> dict[tuple[int, str], Any]:
    """Return what is said of every lead, by lead and target."""
    batches = runs.score(None, as_of=moment, now=now, refresh_usual=refresh_usual)
    return {
        (score.lead_id, score.target): (score.probability, score.points, score.reasons)
        for batch in batches
        for score in batch.scores
    }
