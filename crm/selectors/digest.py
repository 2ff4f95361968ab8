"""What belongs into a person's Monday mail, as it was known at a moment."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.db.models import Sum as SqlSum

from crm import weeks
from crm.models import (
    Bid,
    Deliverable,
    Firm,
    Interaction,
    User,
    Verdict,
)
from crm.selectors import leads_at, scorer
from crm.selectors.digest_decisions import decisions
from crm.selectors.digest_money import money_in
from crm.selectors.digest_news import news
from crm.selectors.digest_parts import Content, Effort

MOST_WEEKS_COVERED = 8


def zone_of(user: User, firm: Firm) -> ZoneInfo:
    """Return the zone that a person lives in; the firm's where none, or a wrong one, is set."""
    try:
        return ZoneInfo(user.time_zone) if user.time_zone else firm.zone
    except (KeyError, ValueError, OSError):
        return firm.zone


def language_of(user: User) -> str:
    """Return the language that a person reads."""
    return user.language or settings.LANGUAGE_CODE


def content(user: User, *, as_of: datetime, firm: Firm, weeks_covered: int = 1) -> Content:
    """Return the mail of the week in which the moment lies, as known at that moment."""
    zone = zone_of(user, firm)
    day = as_of.astimezone(zone).date()
    covered = max(1, min(weeks_covered, MOST_WEEKS_COVERED))
    monday = weeks.week_start(day)
    since = monday - timedelta(weeks=covered)
    common: dict[str, Any] = {
        "as_of": as_of,
        "day": day,
        "weeks": covered,
        "money": money_in(user, as_of=as_of, day=day, since=since),
        "is_demo": firm.holds_demo_data,
    }
    if user.role == User.Role.ACCOUNTANT:
        return Content(reads_leads=False, **common)
    before = as_of - timedelta(weeks=covered)
    window = (weeks.midnight(since, zone), weeks.midnight(monday, zone))
    asked, more = decisions(user, as_of=as_of, day=day, before=before)
    stands_on = scorer.at(as_of)
    return Content(
        reads_leads=True,
        decisions=asked,
        more=more,
        news=news(user, as_of=as_of, day=day, before=before),
        effort=_effort(user, as_of=as_of, window=window),
        outcomes=stands_on.outcomes,
        is_learned=stands_on.is_learned,
        is_alone=stands_on.is_alone,
        **common,
    )


def _effort(user: User, *, as_of: datetime, window: tuple[datetime, datetime]) -> Effort:
    """Return presales hours of a window and those on leads that are red now."""
    parts: list[tuple[QuerySet[Any], str]] = [
        (Interaction.objects.filter(paid_by_client=False), "presales_hours"),
        (Deliverable.objects.exclude(paid=True), "hours"),
        (Bid.objects.all(), "hours"),
    ]
    spent, red = Decimal(0), Decimal(0)
    for rows, name in parts:
        of_week = _of_window(rows, user, as_of, window)
        sums = of_week.aggregate(
            all=SqlSum(name), red=SqlSum(name, filter=Q(verdict_then=Verdict.LOW))
        )
        spent += sums["all"] or 0
        red += sums["red"] or 0
    return Effort(hours=spent, red_hours=red)


def _of_window(
    rows: Any, user: User, as_of: datetime, window: tuple[datetime, datetime]
) -> QuerySet[Model]:
    start, end = window
    seen: QuerySet[Model] = (
        rows.visible_to(user)
        .known_at(as_of)
        .filter(happened_at__gte=start, happened_at__lt=end)
        .annotate(verdict_then=leads_at.verdict(as_of, "lead_id"))
        .order_by()
    )
    return seen
