"""A person's word on which version scores; the web process may import this, it learns nothing."""

from datetime import datetime

from django.db import transaction

from crm.models import Lead, User
from crm.services import forecasts, leads
from scoring.models import Promotion, TrainedModel


@transaction.atomic
def return_to(*, model: TrainedModel, by: User, now: datetime) -> Promotion:
    """Put an earlier version to use again and have all open leads scored with it."""
    return _decided(model.target, model, by=by, now=now)


@transaction.atomic
def return_to_points(*, target: str, by: User, now: datetime) -> Promotion:
    """Let experience score alone until the next training puts a version to use."""
    return _decided(target, None, by=by, now=now)


@transaction.atomic
def return_to_curve(*, by: User, now: datetime) -> Promotion:
    """Let the curve foresee payments alone until the next training, and foresee them anew."""
    forecasts.ask(now=now)
    return Promotion.objects.create(
        target=TrainedModel.Target.LATE_PAYMENT,
        decision=Promotion.Decision.RETURNED,
        decided_at=now,
        decided_by=by,
    )


def _decided(target: str, model: TrainedModel | None, *, by: User, now: datetime) -> Promotion:
    leads.mark_for_scoring(list(Lead.objects.open().values_list("pk", flat=True)), now=now)
    return Promotion.objects.create(
        target=target,
        model=model,
        decision=Promotion.Decision.RETURNED,
        decided_at=now,
        decided_by=by,
    )
