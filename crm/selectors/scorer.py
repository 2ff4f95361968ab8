"""What the scores of a moment stand on."""

from dataclasses import dataclass
from datetime import datetime

from crm.models import Assessment, Target
from crm.models.assessment import learned_from_outcomes, leaves_points_out


@dataclass(frozen=True)
class Scorer:
    """How many own outcomes the latest scores knew, whether any was learned from, and alone."""

    outcomes: int = 0
    is_learned: bool = False
    is_alone: bool = False


def at(moment: datetime) -> Scorer:
    """Return what the latest scores up to a moment stand on."""
    latest = Assessment.objects.filter(target=Target.NO_ORDER, as_of__lte=moment)
    said = latest.order_by("-as_of", "-pk").values_list("outcomes_count", "scorer_version").first()
    if said is None:
        return Scorer()
    outcomes, version = said
    return Scorer(
        outcomes=outcomes,
        is_learned=learned_from_outcomes(version),
        is_alone=leaves_points_out(version),
    )
