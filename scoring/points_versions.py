"""Which points hold when: the shipped file as version 1, then what founders made of it.

A score at a moment uses the newest version that was both made and in force by then, so that no
past score is made again with points that nobody had yet.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from crm.models import CustomField, Target
from scoring import features, own_fields, receivable, scorecard
from scoring.feature import fed
from scoring.models import PointsVersion
from scoring.scorecard import Scorecard

SHIPPED = {Target.NO_ORDER.value: "points_v1", Target.LATE_PAYMENT.value: "receivable_v1"}
NAMES = {Target.NO_ORDER.value: "points", Target.LATE_PAYMENT.value: "receivable"}
FIRST = 1
WITH_ANSWERS = (CustomField.Kind.CHOICE, CustomField.Kind.YES_NO)


def name(target: str, number: int) -> str:
    """Return the name that scores made with a version carry."""
    return f"{NAMES[target]}-{number}"


def shipped(target: str) -> dict[str, Any]:
    """Return the shipped points as data, the caller's to change."""
    found: dict[str, Any] = json.loads(_shipped(target))
    return found


@lru_cache(maxsize=2)
def _shipped(target: str) -> str:
    return json.dumps(scorecard.read_data(SHIPPED[target]))


def in_force(target: str, *, as_of: datetime) -> PointsVersion | None:
    """Return the version that held at a moment; None is the shipped one."""
    known = PointsVersion.objects.filter(
        target=target, effective_at__lte=as_of, recorded_at__lte=as_of
    )
    return known.order_by("-number").first()


def newest(target: str) -> PointsVersion | None:
    """Return the version made last, in force or still to come; None is the shipped one."""
    return PointsVersion.objects.filter(target=target).order_by("-number").first()


def data_of(version: PointsVersion | None, target: str) -> dict[str, Any]:
    """Return a version's points: a signal that came with a later release has its shipped ones."""
    found = shipped(target)
    own: Mapping[str, Any] = {}
    if version:
        kept = version.data["points"]
        found["points"] = {key: kept.get(key, entry) for key, entry in found["points"].items()}
        own = version.data.get("own", {})
    return found | {"own": dict(own)}


def number_of(version: PointsVersion | None) -> int:
    """Return the number of a version."""
    return version.number if version else FIRST


def card_at(target: str, *, as_of: datetime) -> Scorecard:
    """Return the points that held at a moment, ready to score with."""
    version = in_force(target, as_of=as_of)
    return card_of(target, data_of(version, target), number=number_of(version))


def card_of(target: str, data: Mapping[str, Any], *, number: int) -> Scorecard:
    """Return points ready to score with; an own field that is gone counts no more."""
    keys = with_answers().values_list("key", flat=True) if data.get("own") else ()
    own = {
        own_fields.PREFIX + key: {"is": data["own"][key]} for key in keys if data["own"].get(key)
    }
    points = {**data["points"], **own}
    found = {**data, "version": name(target, number), "points": points}
    return _card(target, json.dumps(found), frozenset(own))


@lru_cache(maxsize=16)
def _card(target: str, data: str, own: frozenset[str]) -> Scorecard:
    catalogue = features.FEATURES if target == Target.NO_ORDER else receivable.FEATURES
    names = [feature.name for feature in fed(catalogue)]
    card = scorecard.scorecard_of(json.loads(data), features=[*names, *own])
    scorecard.check_covers(card, fed=names)
    return card


def with_answers() -> QuerySet[CustomField]:
    """Return the own fields whose answers may be worth points."""
    found = CustomField.objects.filter(kind__in=WITH_ANSWERS)
    return found.in_order()[: own_fields.MOST_FIELDS]
