"""Who is reminded of a red flag that nobody answers: the owner, then a founder, then nobody."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, FloatField, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from crm import rules
from crm.models import Decision as DecisionTaken
from crm.models import Flag, Target, User, Verdict
from crm.rules import Reminder
from crm.selectors.digest_parts import Decision

POINTS_MOVED = 10
RESTS = timedelta(days=7)  # how long an answer without a day lets a lead rest


def is_answered(as_of: datetime, day: date) -> Exists:
    """Say whether an answer stands that lets a lead rest on a day.

    A risk that somebody took is asked about again when the chance has fallen by another third:
    `against_then` is the chance of no order by the score of the moment.
    """
    below = Cast(KeyTextTransform("asked_again_below", "shown"), FloatField())
    answers = DecisionTaken.objects.filter(lead=OuterRef("pk")).standing_at(as_of).answers()
    still = Q(below=None) | Q(below__lte=1.0 - OuterRef("against_then"))
    rests = Q(review_date__gt=day) | Q(review_date=None, happened_at__gt=as_of - RESTS)
    return Exists(answers.annotate(below=below).filter(still, rests))


def answered_until(as_of: datetime, day: date) -> Subquery:
    """Return the last day to which an answer let a lead rest; since then it waits again."""
    answers = DecisionTaken.objects.filter(lead=OuterRef("pk")).standing_at(as_of).answers()
    over = answers.filter(review_date__lte=day).order_by("-review_date")
    return Subquery(over.values("review_date")[:1])


def red_since(as_of: datetime) -> Subquery:
    """Return since when the red flag of a lead stands."""
    return Subquery(_red(as_of).order_by("-raised_at").values("raised_at")[:1])


def red_for_a_week(as_of: datetime, day: date) -> Exists:
    """Say whether the red flag of a lead stands as long as its owner may leave it unanswered."""
    since = day - timedelta(days=rules.OWNER_REMINDED_DAY)
    return Exists(_red(as_of).filter(raised_at__date__lte=since))


def _red(as_of: datetime) -> QuerySet[Flag]:
    return Flag.objects.filter(
        Q(cleared_at=None) | Q(cleared_at__gt=as_of),
        lead=OuterRef("pk"),
        target=Target.NO_ORDER,
        level=Verdict.LOW,
        raised_at__lte=as_of,
    )


def told(decision: Decision, lead: Any, *, user: User, day: date) -> Decision:
    """Return the decision with how long its red flag waits, and whether it is a reminder."""
    if lead.flagged_at is None:
        return decision
    since = max(timezone.localdate(lead.flagged_at), lead.answered_until or date.min)
    days = max(0, (day - since).days)
    reminder = rules.reminder(days)
    is_mine = reminder == Reminder.OWNER and lead.owner_id == user.pk
    is_for_founder = reminder == Reminder.FOUNDER and user.role == User.Role.FOUNDER
    return replace(decision, unanswered_days=days, is_reminder=is_mine or is_for_founder)


def is_asked(decision: Decision) -> bool:
    """Say whether a decision is asked for as any other: no reminder, and not told too often.

    After the founder was reminded it rests, unless its odds doubled or halved, or a bid closes.
    """
    if decision.is_reminder:
        return False
    if rules.reminder(decision.unanswered_days) != Reminder.SILENCE or decision.is_bid:
        return True
    now, before = decision.order, decision.order_before
    return bool(now and before and abs(now.points - before.points) >= POINTS_MOVED)
