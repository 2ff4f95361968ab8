"""Founders' edits of the points: drafts, versions, and what follows once a version holds."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crm import wake
from crm.models import Lead, Target, User
from crm.services import leads
from crm.services.errors import LedgerError
from scoring import points_versions
from scoring.models import PointsDraft, PointsVersion

PREVIEW_TASK, TRAIN_TASK = "scoring.preview_points", "scoring.train"
KEPT_FOR = timedelta(days=7)


class PointsAreOthers(LedgerError):
    """Someone else saved a version since this draft was begun."""

    def __init__(self) -> None:
        """Say that nothing was overwritten."""
        super().__init__(
            _("Someone else saved a version of the points meanwhile. Nothing was overwritten.")
        )


class NothingToReturnTo(LedgerError):
    """There is no such version, or it is the newest already."""

    def __init__(self) -> None:
        """Say that nothing changed."""
        super().__init__(_("These points are the newest already. Nothing was changed."))


@transaction.atomic
def draft(
    *,
    target: str,
    base: int,
    data: Mapping[str, Any],
    reason: str,
    effective_at: datetime | None,
    by: User,
    now: datetime,
) -> PointsDraft:
    """Keep points for a preview and have the worker compute it; old drafts go."""
    PointsDraft.objects.filter(version=None, created_at__lt=now - KEPT_FOR).delete()
    kept = PointsDraft.objects.create(
        target=target,
        base=base,
        data=dict(data),
        reason=reason,
        effective_at=effective_at,
        created_at=now,
        created_by=by,
    )
    transaction.on_commit(lambda: preview(kept), robust=True)
    return kept


def preview(kept: PointsDraft) -> bool:
    """Have the worker compute a draft's preview; say whether the broker took the message."""
    return wake.now(PREVIEW_TASK, draft_id=kept.pk)


def save(*, kept: PointsDraft, by: User, now: datetime) -> PointsVersion:
    """Make a version of a draft, once; raise PointsAreOthers when another came before it."""
    with transaction.atomic():
        locked = PointsDraft.objects.select_for_update().get(pk=kept.pk)
        if locked.version:
            return locked.version
        newest = points_versions.newest(locked.target)
        if points_versions.number_of(newest) != locked.base:
            raise PointsAreOthers
        locked.version = _version(
            target=locked.target,
            number=locked.base + 1,
            data=locked.data,
            reason=locked.reason,
            effective_at=max(locked.effective_at or now, now),
            preview=locked.preview,
            by=by,
            now=now,
        )
        locked.save(update_fields=["version"])
        return locked.version


@transaction.atomic
def return_to(*, target: str, number: int, by: User, now: datetime) -> PointsVersion:
    """Make an earlier version's points the newest again, as a version of its own."""
    newest = points_versions.newest(target)
    earlier = PointsVersion.objects.filter(target=target, number=number).first()
    is_there = earlier or number == points_versions.FIRST
    data = points_versions.data_of(earlier, target)
    if not is_there or data == points_versions.data_of(newest, target):
        raise NothingToReturnTo
    return _version(
        target=target,
        number=points_versions.number_of(newest) + 1,
        data=data,
        returns_to=number,
        effective_at=now,
        by=by,
        now=now,
    )


def _version(*, by: User, now: datetime, **facts: Any) -> PointsVersion:
    try:
        with transaction.atomic():
            version = PointsVersion.objects.create(recorded_at=now, decided_by=by, **facts)
    except IntegrityError as error:
        raise PointsAreOthers from error
    apply_due(now=now)
    return version


@transaction.atomic
def apply_due(*, now: datetime) -> int:
    """Mark leads for scores with points that hold from now on, and have them learned from.

    A sweep comes by each minute, so a version made for a later day needs no message.
    """
    due = PointsVersion.objects.filter(applied_at=None, effective_at__lte=now)
    found = dict(due.values_list("pk", "target"))
    claimed = {
        target
        for key, target in found.items()
        if PointsVersion.objects.filter(pk=key, applied_at=None).update(applied_at=now)
    }
    for target in sorted(claimed):
        leads.mark_for_scoring(_concerned(target), now=now)
    if Target.NO_ORDER in claimed:
        wake.after_commit(TRAIN_TASK)
    return len(claimed)


def _concerned(target: str) -> list[int]:
    """Return the leads that have a score of the target."""
    scored = Q(closed_at=None)
    if target == Target.LATE_PAYMENT:
        scored = Q(late_payment_chance__isnull=False)
    found = Lead.objects.filter(scored, archived_at=None)
    return list(found.values_list("pk", flat=True))
