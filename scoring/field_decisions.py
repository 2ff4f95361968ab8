"""A person's word on own fields that look like leaks; what is learned follows it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from crm import wake
from crm.models import User
from scoring import leaks, own_values
from scoring.leaks import Probe
from scoring.models import FieldDecision
from scoring.past import History

TRAIN_TASK = "scoring.train"


@transaction.atomic
def decide(*, key: str, is_allowed: bool, reason: str, by: User, now: datetime) -> FieldDecision:
    """Let a field be learned from, or not any more, and have that learned anew."""
    decided = FieldDecision.objects.create(
        key=key, is_allowed=is_allowed, reason=reason, decided_at=now, decided_by=by
    )
    wake.after_commit(TRAIN_TASK)
    return decided


def latest(*, as_of: datetime) -> Mapping[str, FieldDecision]:
    """Return the word that holds on each field, by its key."""
    rows = FieldDecision.objects.filter(decided_at__lte=as_of).select_related("decided_by")
    return _latest(rows.order_by("decided_at", "pk"))


def _latest(rows: Iterable[FieldDecision]) -> dict[str, FieldDecision]:
    return {row.key: row for row in rows}


def without_leaks(
    history: History, *, cut: datetime, target: str, now: datetime
) -> tuple[History, list[Probe]]:
    """Return a past of which no field that looks like a leak is learned, and what was found."""
    found = leaks.probes(history, cut=cut, target=target)
    allowed = {
        own_values.PREFIX + key for key, word in latest(as_of=now).items() if word.is_allowed
    }
    return replace(history, left_out=leaks.left_out(found, allowed)), found


def came_since(moment: datetime) -> bool:
    """Say whether a person's word came after a moment."""
    return FieldDecision.objects.filter(decided_at__gt=moment).exists()
