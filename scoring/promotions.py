"""A person's word on which version scores; the web process may import this, it learns nothing."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Lead, User
from crm.services import forecasts, leads
from crm.services.errors import LedgerError
from scoring import active
from scoring.models import Promotion, TrainedModel


class VersionIsGone(LedgerError):
    """A version whose file cannot be read any more."""

    def __init__(self) -> None:
        """Say that nothing changed, and what would help."""
        super().__init__(
            _(
                "The file of that version is missing, damaged or of another release. Nothing was"
                " changed; the next training makes a new one."
            )
        )


@transaction.atomic
def return_to(*, model: TrainedModel, by: User, now: datetime) -> Promotion:
    """Put an earlier version to use again and have all open leads scored with it.

    Raise VersionIsGone where it could not score.
    """
    if not active.can_score(model):
        raise VersionIsGone
    return _decided(model.target, model, by=by, now=now)


@transaction.atomic
def return_to_points(*, target: str, by: User, now: datetime) -> Promotion:
    """Let experience score alone until the next training puts a version to use."""
    return _decided(target, None, by=by, now=now)


@transaction.atomic
def return_to_curve(*, by: User, now: datetime) -> Promotion:
    """Let the curve foresee payments alone until the next training, and foresee them anew."""
    forecasts.ask(now=now)
    return _logged(TrainedModel.Target.LATE_PAYMENT.value, None, by=by, now=now)


def _decided(target: str, model: TrainedModel | None, *, by: User, now: datetime) -> Promotion:
    leads.mark_for_scoring(list(Lead.objects.open().values_list("pk", flat=True)), now=now)
    return _logged(target, model, by=by, now=now)


def _logged(target: str, model: TrainedModel | None, *, by: User, now: datetime) -> Promotion:
    """Log a person's word once, however often an impatient thumb gives it."""
    User.objects.select_for_update().get(pk=by.pk)  # a second tap waits here
    latest = Promotion.objects.filter(target=target).first()
    if latest and latest.decision == Promotion.Decision.RETURNED and latest.model == model:
        return latest
    return Promotion.objects.create(
        target=target,
        model=model,
        decision=Promotion.Decision.RETURNED,
        decided_at=now,
        decided_by=by,
    )
