"""Takes one change of many leads back, except where somebody edited a lead since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Decision, Lead, LeadTag, StageChange, Undoable, User
from crm.services import bulk, decisions, history, leads
from crm.services.errors import LedgerError

UNDO_FOR = timedelta(hours=24)
MOST_NAMED = 5
Kind = Undoable.Kind


class TooLateToUndo(LedgerError):
    """A change that stands too long, or was taken back before."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("This was taken back already, or stands for more than a day."))


@dataclass(frozen=True)
class Undone:
    """How many leads are as they were, and the names of those that somebody edited since."""

    restored: int
    edited: Sequence[str]
    edited_count: int


@transaction.atomic
def undo(*, undoable: Undoable, by: User, now: datetime) -> Undone:
    """Take a change back; raise TooLateToUndo, or what taking decisions back raises."""
    stored = Undoable.objects.select_for_update().get(pk=undoable.pk)
    if stored.undone_at or stored.by_id != by.pk or now - stored.made_at > UNDO_FOR:
        raise TooLateToUndo
    undone = _take_back(stored, by=by, now=now)
    stored.undone_at = now
    stored.save(update_fields=["undone_at"])
    return undone


def _take_back(stored: Undoable, *, by: User, now: datetime) -> Undone:
    if stored.kind == Kind.TAG:
        return _untag(stored.rows)
    if stored.kind == Kind.SNOOZE:
        return _wake(stored.rows, by=by, now=now)
    names = {Kind.ASSIGN: ("owner_id",), Kind.STAGE: ("stage",), Kind.CLOSE: bulk.OF_AN_END}
    # What one gave away one may take back: a lead need not be visible any more.
    every = _locked([row["pk"] for row in stored.rows])
    same = [row for row in stored.rows if every[row["pk"]].version == row["version"]]
    bulk.restore(same, names[Kind(stored.kind)])
    ids = [row["pk"] for row in same]
    for chunk in bulk.chunks([row["change"] for row in same if "change" in row]):
        StageChange.objects.filter(pk__in=chunk).update(archived_at=now)
    history.keep(Lead, ids, kind=history.CHANGED, now=now, reason=f"undo {stored.kind}", by=by.pk)
    leads.mark_for_scoring(ids, now=now)
    kept = set(ids)
    edited = [str(every[row["pk"]]) for row in stored.rows if row["pk"] not in kept]
    return Undone(len(ids), edited[:MOST_NAMED], len(edited))


def _locked(ids: Sequence[int]) -> dict[int, Lead]:
    found = Lead.objects.select_for_update(of=("self",)).select_related("account").order_by("pk")
    return {
        lead.pk: lead for chunk in bulk.chunks(sorted(ids)) for lead in found.filter(pk__in=chunk)
    }


def _untag(rows: Sequence[dict[str, Any]]) -> Undone:
    by_tag: dict[int, list[int]] = {}
    for row in rows:
        by_tag.setdefault(row["tag"], []).append(row["pk"])
    for tag, ids in by_tag.items():
        for chunk in bulk.chunks(ids):
            LeadTag.objects.filter(tag=tag, lead__in=chunk).delete()
    return Undone(len({row["pk"] for row in rows}), [], 0)


def _wake(rows: Sequence[dict[str, Any]], *, by: User, now: datetime) -> Undone:
    made = [
        decision
        for chunk in bulk.chunks([row["decision"] for row in rows])
        for decision in Decision.objects.filter(ledger_id__in=chunk).order_by("pk")
    ]
    decisions.take_back_all(decisions=made, by=by, now=now)
    return Undone(len(made), [], 0)
