"""One change of many leads: assign, stage, tag, snooze, close; one transaction, few statements.

Each keeps what the leads were before, so that `bulk_undo` can take it back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from crm.models import Decision, Lead, LeadTag, Outcome, Stage, StageChange, Tag, Undoable, User
from crm.services import decisions, history, leads
from crm.services.answers import Answer
from crm.services.columns import write_columns
from crm.services.errors import LedgerError

MOST_LEADS, IDS_A_STATEMENT = 5_000, 500
Kind = Undoable.Kind
OF_AN_END = (
    "closed_at",
    "outcome",
    "outcome_recorded_at",
    "outcome_by_id",
    "outcome_is_guess",
    "outcome_reason",
    "outcome_basis",
    "outcome_lesson",
)


class TooManyLeads(LedgerError):
    """More leads than one change takes."""

    def __init__(self) -> None:
        """Say how to go on."""
        super().__init__(
            _("One change takes up to %(n)s leads. Narrow the list by a filter first.")
            % {"n": f"{MOST_LEADS:,}"}
        )


@dataclass(frozen=True)
class Done:
    """What became of a change: how many leads it changed, and how many were left as they are."""

    changed: int
    closed: int = 0
    undoable: Undoable | None = field(default=None, repr=False)


def chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield keys as many as one statement takes."""
    for start in range(0, len(ids), IDS_A_STATEMENT):
        yield ids[start : start + IDS_A_STATEMENT]


@transaction.atomic
def assign(*, lead_ids: Sequence[int], owner: User, by: User, now: datetime) -> Done:
    """Give leads to somebody; those that are his already stay as they are."""
    rows = [
        _before(lead, owner_id=lead.owner_id)
        for lead in locked(lead_ids, by)
        if lead.owner_id != owner.pk
    ]
    ids = _ids(rows)
    for chunk in chunks(ids):
        Lead.objects.filter(pk__in=chunk).update(owner=owner, version=F("version") + 1)
    _keep_history(ids, now=now, by=by, kind=Kind.ASSIGN)
    leads.mark_for_scoring(ids, now=now)
    return Done(len(ids), undoable=_undoable(Kind.ASSIGN, rows, by=by, now=now))


@transaction.atomic
def move(*, lead_ids: Sequence[int], to_stage: str, by: User, now: datetime) -> Done:
    """Move open leads to a stage, each with the dated row of it."""
    every = locked(lead_ids, by)
    moved = [lead for lead in every if lead.is_open and lead.stage != to_stage]
    leads.ask_for_evidence(moved, to_stage, now=now, by=by, despite=True)
    changes = StageChange.objects.bulk_create(
        [
            StageChange(
                lead=lead,
                from_stage=lead.stage,
                to_stage=Stage(to_stage),
                by=by,
                happened_at=now,
                recorded_at=now,
            )
            for lead in moved
        ],
        batch_size=IDS_A_STATEMENT,
    )
    rows = [
        _before(lead, stage=lead.stage) | {"change": change.pk}
        for lead, change in zip(moved, changes, strict=True)
    ]
    ids = _ids(rows)
    for chunk in chunks(ids):
        Lead.objects.filter(pk__in=chunk).update(stage=to_stage, version=F("version") + 1)
    _keep_history(ids, now=now, by=by, kind=Kind.STAGE)
    leads.mark_for_scoring(ids, now=now)
    return Done(len(ids), _closed(every), _undoable(Kind.STAGE, rows, by=by, now=now))


@transaction.atomic
def tag(*, lead_ids: Sequence[int], names: Sequence[str], by: User, now: datetime) -> Done:
    """Have leads carry tags; a tag that nobody used yet is made."""
    tags = [_tag(name) for name in names]
    ids = [lead.pk for lead in locked(lead_ids, by)]
    known = {
        pair
        for chunk in chunks(ids)
        for pair in LeadTag.objects.filter(lead__in=chunk, tag__in=tags).values_list(
            "lead_id", "tag_id"
        )
    }
    new = [(pk, each.pk) for pk in ids for each in tags if (pk, each.pk) not in known]
    LeadTag.objects.bulk_create(
        [LeadTag(lead_id=pk, tag_id=tag_id) for pk, tag_id in new], batch_size=IDS_A_STATEMENT
    )
    rows = [{"pk": pk, "tag": tag_id} for pk, tag_id in new]
    return Done(len({pk for pk, _ in new}), undoable=_undoable(Kind.TAG, rows, by=by, now=now))


def _tag(name: str) -> Tag:
    known, _made = Tag.objects.get_or_create(name__iexact=name, defaults={"name": name})
    return known


@transaction.atomic
def snooze(
    *, lead_ids: Sequence[int], until: date, reason: str, by: User, now: datetime, today: date
) -> Done:
    """Pause open leads until a day; raise what `decisions.decide_all` raises."""
    every = locked(lead_ids, by)
    ids = [lead.pk for lead in every if lead.is_open]
    answer = Answer(kind=Decision.Kind.PAUSE, reason=reason, review_date=until)
    made = decisions.decide_all(lead_ids=ids, answer=answer, by=by, now=now, today=today)
    rows = [{"pk": row.lead_id, "decision": row.ledger_id} for row in made]
    return Done(len(ids), _closed(every), _undoable(Kind.SNOOZE, rows, by=by, now=now))


@transaction.atomic
def close(
    *,
    lead_ids: Sequence[int],
    outcome: str,
    is_guess: bool,
    by: User,
    now: datetime,
    reason: str = "",
    basis: str = "",
    lesson: str = "",
) -> Done:
    """Close open leads with one outcome, judged by a named person."""
    every = locked(lead_ids, by)
    rows = [_before(lead) for lead in every if lead.is_open]
    ids = _ids(rows)
    for chunk in chunks(ids):
        Lead.objects.filter(pk__in=chunk).update(
            closed_at=now,
            outcome=Outcome(outcome),
            outcome_recorded_at=now,
            outcome_by=by,
            outcome_is_guess=is_guess,
            outcome_reason=reason,
            outcome_basis=basis,
            outcome_lesson=lesson,
            version=F("version") + 1,
        )
    _keep_history(ids, now=now, by=by, kind=Kind.CLOSE)
    leads.mark_for_scoring(ids, now=now)
    return Done(len(ids), _closed(every), _undoable(Kind.CLOSE, rows, by=by, now=now))


def locked(lead_ids: Sequence[int], by: User) -> list[Lead]:
    """Lock the leads among these that a person may see, in the order of their keys."""
    ids = sorted(set(lead_ids))
    if len(ids) > MOST_LEADS:
        raise TooManyLeads
    seen = Lead.objects.visible_to(by).current().select_for_update(of=("self",)).order_by("pk")
    return [lead for chunk in chunks(ids) for lead in seen.filter(pk__in=chunk)]


def _before(lead: Lead, **values: Any) -> dict[str, Any]:
    """Return what a lead was, and the version that it has after the change."""
    return {"pk": lead.pk, "version": lead.version + 1, "before": values}


def _ids(rows: Sequence[dict[str, Any]]) -> list[int]:
    return [row["pk"] for row in rows]


def _closed(every: Sequence[Lead]) -> int:
    return sum(1 for lead in every if not lead.is_open)


def _keep_history(ids: Sequence[int], *, now: datetime, by: User, kind: str) -> None:
    history.keep(Lead, ids, kind=history.CHANGED, now=now, reason=kind, by=by.pk)


def _undoable(kind: str, rows: list[dict[str, Any]], *, by: User, now: datetime) -> Undoable | None:
    return Undoable.objects.create(kind=kind, by=by, made_at=now, rows=rows) if rows else None


def restore(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> None:
    """Write the values from before; a row without them gets what an open lead has."""
    empty = dict.fromkeys(("outcome", "outcome_reason", "outcome_basis", "outcome_lesson"), "")
    values = [
        (
            row["pk"],
            *(row["before"].get(name, empty.get(name)) for name in names),
            row["version"] + 1,
        )
        for row in rows
    ]
    write_columns(Lead, (*names, "version"), values)
