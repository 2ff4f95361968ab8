"""The rows of decisions, with the scores and reasons as they were shown then."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from crm import rules
from crm.models import Assessment, Decision, Flag, Lead, Target, User
from crm.models.assessment import ANSWERS
from crm.selectors import leads_at
from crm.services.answers import Answer

Kind = Decision.Kind
SNAPSHOT = (
    "probability",
    "low",
    "high",
    "base_rate",
    "verdict",
    "mark",
    "pattern",
    "points",
    "reasons",
    "scorer_version",
    "outcomes_count",
    "interactions_count",
)


def write(
    leads: Sequence[Lead],
    answer: Answer,
    *,
    by: User,
    now: datetime,
    seen: Sequence[int] = (),
    token: UUID | None = None,
    more: Mapping[str, Any] | None = None,
) -> list[Decision]:
    ids = [lead.pk for lead in leads]
    scores, flags = _scores(ids, seen, now), _flags(ids)
    rows = []
    for lead in leads:
        stood = {target: scores.get((lead.pk, target)) for target in Target.values}
        order, late = stood[Target.NO_ORDER], stood[Target.LATE_PAYMENT]
        shown = _shown(order, late) | {"stage": lead.stage, "play": answer.play}
        if answer.kind in ANSWERS:
            shown |= _changes(lead, answer) | _asks_again(order, answer)
        score = order or late
        rows.append(
            Decision(
                lead=lead,
                flag_id=flags.get(lead.pk),
                kind=answer.kind,
                handling=answer.handling,
                decided_by=by,
                reason=answer.reason,
                reason_codes=list(answer.reason_codes),
                review_date=answer.review_date,
                shown=shown | dict(more or {}),
                scorer_version=score.scorer_version if score else "",
                client_token=token,
                happened_at=now,
                recorded_at=now,
            )
        )
    return Decision.objects.bulk_create(rows)


def _scores(
    ids: Sequence[int], seen: Sequence[int], now: datetime
) -> dict[tuple[int, str], Assessment]:
    """Return the scores that stood before the person, else the latest of each lead."""
    latest = Lead.objects.filter(pk__in=ids).values_list(
        leads_at.latest_id(Target.NO_ORDER, now), leads_at.latest_id(Target.LATE_PAYMENT, now)
    )
    keys = {key for pair in latest for key in pair if key}
    stored = Assessment.objects.filter(lead__in=ids, pk__in=keys | set(seen)).defer("what_if")
    ordered = sorted(stored, key=lambda score: score.pk in seen)
    return {(score.lead_id, score.target): score for score in ordered}


def _flags(ids: Sequence[int]) -> dict[int, int]:
    standing = Flag.objects.filter(lead__in=ids, cleared_at=None).order_by("-target", "pk")
    flags = {}
    for lead_id, target, pk in standing.values_list("lead", "target", "pk"):
        if target == Target.NO_ORDER or lead_id not in flags:
            flags[lead_id] = pk
    return flags


def _shown(order: Assessment | None, late: Assessment | None) -> dict[str, Any]:
    """Return the scores and their reasons as they were shown."""
    return {
        name: {"as_of": score.as_of.isoformat()} | {key: getattr(score, key) for key in SNAPSHOT}
        for name, score in (("order", order), ("late", late))
        if score
    }


def _changes(lead: Lead, answer: Answer) -> dict[str, Any]:
    if answer.kind == Kind.WALK_AWAY:
        return {}
    return {
        "before": {"decide_by_date": plain(lead.decide_by_date)},
        "after": {"decide_by_date": plain(answer.review_date)},
    }


def _asks_again(order: Assessment | None, answer: Answer) -> dict[str, Any]:
    """Return below which chance of an order a risk that is taken is asked about again."""
    takes_the_risk = answer.kind in {Kind.CONTINUE, Kind.ACCEPT_RISK}
    if not takes_the_risk or order is None or order.probability is None:
        return {}
    return {"asked_again_below": rules.asked_again_below(1 - order.probability)}


def plain(value: Any) -> str | None:
    return None if value is None else str(value)
