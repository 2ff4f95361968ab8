"""What the score page says of the scorer itself: what runs, what stands in, who challenged it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from scoring import active, model_card
from scoring.models import TRAINING, JobLock, Promotion, TrainedModel

PUT_TO_USE = (Promotion.Decision.PROMOTED, Promotion.Decision.RETURNED)
MOST_TRIED = 5
WINS_FROM, LEAST_SLOPE, MOST_SLOPE = 0.9, 0.7, 1.3


@dataclass(frozen=True)
class State:
    """The training at work, the version that cannot be read, and what scores in its place."""

    training: JobLock | None = None
    damaged: TrainedModel | None = None
    stands_in: TrainedModel | None = None

    @property
    def steps(self) -> int:
        """Return of how many steps a training is made."""
        return len(JobLock.Step)


def state(log: Sequence[Promotion], *, now: datetime) -> State:
    """Return the state of the scorer that the log names: one query and a look at its file."""
    training = JobLock.at_work(TRAINING, now=now)
    model = model_card.in_use(log)
    if model is None or active.can_score(model):
        return State(training)
    kept = [row.model for row in log if row.decision in PUT_TO_USE and row.model]
    good = (each for each in kept[:MOST_TRIED] if active.can_score(each))
    return State(training, damaged=model, stands_in=next(good, None))


def contest(log: Sequence[Promotion]) -> Mapping[str, Any] | None:
    """Return the latest contest with its rows in words; None where there was none yet."""
    for promotion in log:
        found = promotion.numbers.get("contest")
        if found:
            rows = [row | _words(row) for row in found["rows"]]
            return {"leads": found["leads"], "decided_at": promotion.decided_at, "rows": rows}
    return None


def _words(row: Mapping[str, Any]) -> dict[str, str]:
    learner = TrainedModel.Learner(row["learner"])
    return {"words": str(learner.label), "result": _result(row)}


def _result(row: Mapping[str, Any]) -> str:
    """Say what came of one way to learn, and why."""
    if row["is_promoted"]:
        return _("put to use")
    if row["is_champion"]:
        return pgettext("way of learning", "was in use")
    if row["wins"] < WINS_FROM:
        return _("not better beyond doubt")
    if row["slope"] is None or row["slope"] < LEAST_SLOPE:
        return _("its chances are too bold")
    if row["slope"] > MOST_SLOPE:
        return _("its chances are too timid")
    return _("another did better")
