"""What the score page says of learned days to pay: what foresees, and how each contest went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from scoring import artifacts
from scoring.hazard_contest import ACTIVE_FROM, SHADOW_FROM, WINS_FROM
from scoring.models import Promotion, TrainedModel

SHOWN, MOST_READ = 6, 120
ENDING = "skops"
FEW, WAITS, SHADOW, ACTIVE, DAMAGED, RETURNED = (
    *("FEW", "WAITS", "SHADOW", "ACTIVE", "DAMAGED", "RETURNED"),
)


@dataclass(frozen=True)
class State:
    """What foresees payments now, since when, and the latest decisions with their numbers."""

    kind: str
    paid: int
    since: datetime | None
    log: Sequence[Promotion]
    shadow_from: int = SHADOW_FROM
    active_from: int = ACTIVE_FROM
    wins_from: float = WINS_FROM

    @property
    def latest(self) -> dict[str, Any] | None:
        """Return the numbers of the latest contest."""
        return next((row.numbers for row in self.log if row.numbers), None)

    @property
    def shown(self) -> Sequence[Promotion]:
        """Return the decisions that the table shows."""
        return self.log[:SHOWN]


def state(*, paid: int, as_of: datetime) -> State:
    """Return what foresees payments at a moment: one query and a look at its file."""
    target = TrainedModel.Target.LATE_PAYMENT
    decided = Promotion.objects.filter(target=target, decided_at__lte=as_of)
    log = list(decided.select_related("model", "decided_by")[:MOST_READ])
    if not log:
        return State(FEW if paid < SHADOW_FROM else WAITS, paid, None, log)
    latest = log[0]
    same = list(takewhile(lambda row: row.decision == latest.decision, log))
    paid = next((row.numbers["paid"] for row in log if row.numbers), paid)
    return State(_kind(latest), paid, same[-1].decided_at, log)


def _kind(latest: Promotion) -> str:
    if latest.decision == Promotion.Decision.SHADOW:
        return SHADOW
    if latest.model is None:
        return RETURNED
    kept = artifacts.is_whole(latest.model.sha256, artifacts.folder(), ending=ENDING)
    return ACTIVE if kept else DAMAGED
