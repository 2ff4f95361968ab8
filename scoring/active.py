"""Which trained version is in use; one that cannot be read gives way to the last good one."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from pathlib import Path

from scoring import artifacts, blend, own_values, past
from scoring.artifacts import ArtifactError, folder
from scoring.blend import Blend, BlendError, Learner
from scoring.models import Promotion, TrainedModel

PUT_TO_USE = (Promotion.Decision.PROMOTED, Promotion.Decision.RETURNED)
MOST_TRIED = 5
FEATURES = frozenset(feature.name for feature in past.CATALOGUE)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class InUse:
    """A trained version ready to score with, and whether it stands in for a damaged one."""

    model: TrainedModel
    blend: Blend
    stands_in: bool = False


def in_use(target: str, *, as_of: datetime) -> InUse | None:
    """Return the version in use at a moment; for a damaged one the last good one, if any."""
    latest = _latest(target, as_of)
    named = _named(latest)
    if latest is None or named is None:
        return None
    tried = [latest] if latest.decision in PUT_TO_USE else []
    for promotion in chain(tried, _put_to_use(target, as_of, but=latest)):
        model = promotion.model
        try:
            if model:
                return InUse(model, _read(model.sha256, folder()), model != named)
        except (ArtifactError, BlendError) as error:
            log.warning("trained version %s cannot be read: %s", model, error)
    return None


def _put_to_use(target: str, as_of: datetime, *, but: Promotion) -> Iterator[Promotion]:
    """Yield the other decisions that put a version to use, the latest first; asked when needed."""
    decided = Promotion.objects.filter(target=target, decided_at__lte=as_of).exclude(pk=but.pk)
    yield from decided.filter(decision__in=PUT_TO_USE).select_related("model")[:MOST_TRIED]


def _latest(target: str, as_of: datetime) -> Promotion | None:
    """Return the latest decision that says which version holds."""
    decided = Promotion.objects.filter(target=target, decided_at__lte=as_of)
    return decided.exclude(decision=Promotion.Decision.TOO_FEW).select_related("model").first()


def _named(latest: Promotion | None) -> TrainedModel | None:
    """Return the version that a decision names, readable or not."""
    if latest is None or latest.decision == Promotion.Decision.REFUSED:
        return None
    return latest.model


def is_damaged(target: str, *, as_of: datetime) -> bool:
    """Say whether the version that the log names cannot be read."""
    found = in_use(target, as_of=as_of)
    return _named(_latest(target, as_of)) is not None and (found is None or found.stands_in)


def can_score(model: TrainedModel) -> bool:
    """Say whether a version's file is there as it was saved, and of a form that is read today."""
    if not artifacts.is_whole(model.sha256, folder()):
        return False
    try:
        _read(model.sha256, folder())
    except (ArtifactError, BlendError):
        return False
    return True


def learner(target: str, *, as_of: datetime) -> Learner:
    """Return how the version in use learned: the champion, whom others have to beat."""
    found = in_use(target, as_of=as_of)
    return found.blend.learner if found else Learner.BLEND


@lru_cache(maxsize=8)
def _read(sha256: str, where: Path) -> Blend:
    found = blend.from_json(artifacts.load(sha256, where))
    unknown = {column.feature for column in found.columns} - FEATURES - own_values.told(found)
    if unknown:
        raise BlendError(f"The catalogue has no {', '.join(sorted(unknown))}.")
    return found
