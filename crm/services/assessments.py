"""Stores scores: the assessment, what lists show of it, and the flags that it raises or clears."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from crm import rules
from crm.models import Assessment, FirmFigure, Flag, Lead, Mark, Target, Verdict
from crm.selectors import planned
from crm.services.columns import JsonText, insert_rows, write_columns

IDS_A_STATEMENT = 2_000
FINGERPRINT_BYTES = 16
NO_REASONS = JsonText("[]")
WORTH_A_FLAG = {Verdict.LOW.value, Verdict.WATCH.value, Mark.HIGH.value}
COLUMNS = (
    "order_chance",
    "order_chance_is_wide",
    "usual_order_rate",
    "verdict",
    "pattern",
    "late_payment_chance",
    "payment_mark",
    "payment_cause",
    "expected_loss_amount",
)
SAID = (
    "probability",
    "verdict",
    "mark",
    "pattern",
    "reasons",
    "scorer_version",
    "interactions_count",
)


@dataclass(frozen=True, slots=True)
class Score:
    """One lead's score for one target, ready to be stored."""

    lead_id: int
    target: str
    base_rate: float
    scorer_version: str
    probability: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = Verdict.UNKNOWN.value
    mark: str = Mark.UNKNOWN.value
    pattern: str = ""
    points: float = 0.0
    reasons: JsonText = NO_REASONS
    outcomes_count: int = 0
    interactions_count: int = 0
    cause: str = ""  # what made the mark, where the chance did not; kept on the lead alone

    @property
    def key(self) -> tuple[int, str]:
        """Return what the score is of."""
        return self.lead_id, self.target

    @property
    def fingerprint(self) -> str:
        """Return a short name of what it says; scores that say the same have the same."""
        said = [getattr(self, name) for name in SAID if name != "reasons"]
        text = f"{said}{self.reasons}"
        return blake2b(text.encode(), digest_size=FINGERPRINT_BYTES).hexdigest()

    @property
    def level(self) -> str:
        """Return the word that a flag would carry."""
        return self.verdict if self.target == Target.NO_ORDER else self.mark


STORED = tuple(each.name for each in fields(Score) if each.name != "cause")
_stored = attrgetter(*STORED)
# Asked of the scores that say something new: what would change them, by lead.
Foresee = Callable[[Sequence[Score]], Mapping[int, Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a run wrote."""

    assessments: int = 0
    leads: int = 0
    flags: int = 0

    def __add__(self, other: "Recorded") -> "Recorded":
        return Recorded(
            self.assessments + other.assessments,
            self.leads + other.leads,
            self.flags + other.flags,
        )


def foresee_nothing(_scores: Sequence[Score]) -> Mapping[int, Sequence[Any]]:
    """Say nothing of what would change a score."""
    return {}


@transaction.atomic
def record(
    scores: Sequence[Score],
    *,
    as_of: datetime,
    now: datetime,
    foresee: Foresee = foresee_nothing,
) -> Recorded:
    """Store the scores that say something new.

    A score of an earlier moment is kept as history; what lists show and which flags stand is
    left to the newer one. What would change a score follows from the same facts as the score, so
    it never makes a score new and is asked of the new ones alone.
    """
    prints = {score.key: score.fingerprint for score in scores}
    before = _latest_prints({score.lead_id for score in scores}, as_of)
    changed = [score for score in scores if before.get(score.key) != prints[score.key]]
    foreseen = foresee(changed) if changed else {}
    insert_rows(
        Assessment,
        ("as_of", "recorded_at", "what_if", "fingerprint", *STORED),
        [
            (
                as_of,
                now,
                foreseen.get(score.lead_id, ()) if score.target == Target.NO_ORDER else (),
                prints[score.key],
                *_stored(score),
            )
            for score in changed
        ],
    )
    shown = _shown_of({score.lead_id for score in scores}, as_of)
    newer = [s for s in scores if (at := shown[s.lead_id].scored_at) is None or at <= as_of]
    return Recorded(
        assessments=len(changed),
        leads=_show(newer, shown, as_of),
        flags=_move_flags(newer, as_of),
    )


def _some(lead_ids: Iterable[int]) -> Iterator[list[int]]:
    """Yield ids in bites that a statement takes."""
    ordered = sorted(lead_ids)
    for start in range(0, len(ordered), IDS_A_STATEMENT):
        yield ordered[start : start + IDS_A_STATEMENT]


def _latest_prints(lead_ids: Iterable[int], as_of: datetime) -> dict[tuple[int, str], str]:
    """Return the fingerprints of the latest scores stored up to the moment."""
    latest = Assessment.objects.filter(lead=OuterRef("pk"), as_of__lte=as_of).order_by(
        "-as_of", "-pk"
    )
    of_target = {
        target.value: Subquery(latest.filter(target=target).values("fingerprint")[:1])
        for target in (Target.NO_ORDER, Target.LATE_PAYMENT)
    }
    found: dict[tuple[int, str], str] = {}
    for some in _some(lead_ids):
        rows = Lead.objects.filter(pk__in=some).annotate(**of_target)
        for lead_id, *prints in rows.values_list("pk", *of_target):
            found |= {(lead_id, name): one for name, one in zip(of_target, prints, strict=True)}
    return found


@dataclass(slots=True)
class _Shown:
    """What a lead's row shows now, and what its loss is made of."""

    scored_at: datetime | None
    unpaid_hours: Decimal
    travel_amount: Decimal
    ahead: planned.Ahead
    columns: dict[str, Any]


def _shown_of(lead_ids: set[int], as_of: datetime) -> dict[int, _Shown]:
    names = ("pk", "scored_at", "unpaid_hours", "travel_amount", *COLUMNS)
    found = {}
    for some in _some(lead_ids):
        ahead = planned.of_leads(some, as_of)
        rows = Lead.objects.filter(pk__in=some).order_by().values_list(*names)
        for pk, scored_at, hours, travel, *said in rows:
            columns = dict(zip(COLUMNS, said, strict=True))
            found[pk] = _Shown(scored_at, hours, travel, ahead[pk], columns)
    return found


def _show(scores: Sequence[Score], shown: Mapping[int, _Shown], as_of: datetime) -> int:
    """Write what lists sort and filter by, where it is not there already."""
    hour_cost = FirmFigure.objects.at(FirmFigure.Kind.HOUR_COST, as_of) or Decimal(0)
    after = {score.lead_id: dict(shown[score.lead_id].columns) for score in scores}
    for score in scores:
        after[score.lead_id] |= _columns(score, shown[score.lead_id], hour_cost)
    rows = [
        (lead_id, *columns.values(), as_of)
        for lead_id, columns in after.items()
        if columns != shown[lead_id].columns or shown[lead_id].scored_at is None
    ]
    write_columns(Lead, (*COLUMNS, "scored_at"), rows)
    return len(rows)


def _columns(score: Score, shown: _Shown, hour_cost: Decimal) -> dict[str, Any]:
    if score.target == Target.LATE_PAYMENT:
        return {
            "late_payment_chance": score.probability,
            "payment_mark": score.mark,
            "payment_cause": score.cause,
        }
    spent = rules.exposure_amount(
        hours=shown.unpaid_hours, hour_cost=hour_cost, travel_amount=shown.travel_amount
    )
    chance = None if score.probability is None else 1 - score.probability
    loss = None
    if chance is not None:
        ahead = rules.exposure_amount(
            hours=shown.ahead.hours,
            hour_cost=hour_cost,
            travel_amount=shown.ahead.travel_amount,
        )
        loss = rules.expected_loss(order_chance=chance, spent=spent, planned=ahead)
    return {
        "order_chance": chance,
        "order_chance_is_wide": rules.is_too_wide(score.low, score.high),
        "usual_order_rate": 1 - score.base_rate,
        "verdict": score.verdict,
        "pattern": score.pattern,
        "expected_loss_amount": loss,
    }


def _move_flags(scores: Sequence[Score], as_of: datetime) -> int:
    """Clear flags that no longer hold and raise those that do; a change of word is a new flag."""
    standing = {
        (lead_id, target): (pk, (level, pattern))
        for some in _some({score.lead_id for score in scores})
        for pk, lead_id, target, level, pattern in Flag.objects.filter(
            lead_id__in=some, cleared_at=None
        ).values_list("pk", "lead_id", "target", "level", "pattern")
    }
    moved = [
        score
        for score in scores
        if (flag := standing.get(score.key)) is None or flag[1] != (score.level, score.pattern)
    ]
    cleared = [standing[score.key][0] for score in moved if score.key in standing]
    raised = [score for score in moved if score.level in WORTH_A_FLAG]
    for some in _some(cleared):
        Flag.objects.filter(pk__in=some).update(cleared_at=as_of)
    _raise_flags(raised, as_of)
    return len(cleared) + len(raised)


def _raise_flags(scores: Sequence[Score], as_of: datetime) -> None:
    said = {
        (lead_id, target): pk
        for some in _some({score.lead_id for score in scores})
        for lead_id, target, pk in Assessment.objects.filter(lead_id__in=some, as_of=as_of)
        .order_by("pk")
        .values_list("lead_id", "target", "pk")
    }
    insert_rows(
        Flag,
        ("lead_id", "target", "level", "pattern", "raised_at", "assessment_id"),
        [(*score.key, score.level, score.pattern, as_of, said.get(score.key)) for score in scores],
    )


def due(*, now: datetime, limit: int) -> dict[int, datetime]:
    """Return the leads marked for a new score with their marks, the oldest first."""
    marked = Lead.objects.filter(assessment_due_at__lte=now).order_by("assessment_due_at", "pk")
    rows = marked.values_list("pk", "assessment_due_at")[:limit]
    return {pk: mark for pk, mark in rows if mark}


def clear_marks(marks: Mapping[int, datetime], *, as_of: datetime) -> None:
    """Take marks away once their scores are stored; one set meanwhile is another and stays."""
    for mark, lead_ids in _by_mark(marks):
        Lead.objects.filter(pk__in=lead_ids, assessment_due_at=mark).update(
            assessment_due_at=None, scored_at=as_of
        )


def _by_mark(marks: Mapping[int, datetime]) -> Iterator[tuple[datetime, list[int]]]:
    ordered = sorted(marks.items(), key=lambda item: (item[1], item[0]))
    for mark, items in groupby(ordered, key=lambda item: item[1]):
        lead_ids = [lead_id for lead_id, _ in items]
        for some in _some(lead_ids):
            yield mark, some
