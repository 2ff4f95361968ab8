"""Which learned forecast of payments is in use; where none can be read, the curve foresees."""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sklearn.ensemble import HistGradientBoostingClassifier

from scoring import artifacts, hazard, originals
from scoring.artifacts import ArtifactError
from scoring.hazard_rows import Viewer
from scoring.models import Promotion, TrainedModel
from scoring.payments import Bill, Curve, Forecaster

TARGET = TrainedModel.Target.LATE_PAYMENT.value
log = logging.getLogger(__name__)


def named(*, as_of: datetime) -> TrainedModel | None:
    """Return the version that the log had put to use at a moment, readable or not."""
    decided = Promotion.objects.filter(target=TARGET, decided_at__lte=as_of)
    latest = decided.select_related("model").first()
    if latest is None or latest.decision == Promotion.Decision.SHADOW:
        return None
    return latest.model


def in_use(*, as_of: datetime) -> HistGradientBoostingClassifier | None:
    """Return what foresaw payments at a moment; None where the curve did."""
    model = named(as_of=as_of)
    if model is None:
        return None
    try:
        return _read(model.sha256, model.points_version, artifacts.folder())
    except ArtifactError as error:
        log.warning("learned payments %s cannot be read: %s", model, error)
        return None


def curves(
    forecaster: Forecaster, waiting: Sequence[Bill], *, as_of: datetime
) -> Sequence[Curve | None]:
    """Return the learned curve of each invoice; None where the forecaster's own holds."""
    model = in_use(as_of=as_of) if waiting else None
    if model is None:
        return [None] * len(waiting)
    viewer = Viewer(forecaster)
    return hazard.curves(model, [viewer.view(bill) for bill in waiting])


@lru_cache(maxsize=2)
def _read(sha256: str, name: str, where: Path) -> HistGradientBoostingClassifier:
    model = originals.load(sha256, where)
    if name != hazard.NAME or model.n_features_in_ != hazard.COLUMNS:
        raise ArtifactError(f"The model {sha256[:12]} was made of other columns ({name}).")
    return model
