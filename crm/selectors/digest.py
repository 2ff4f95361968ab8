"""What belongs into people's Monday mails, as it was known at a moment.

All readers of a moment are read for together: the queries do not grow with their number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from crm import permissions
from crm.models import Firm, FirmFigure, Mark, User
from crm.selectors import (
    digest_cash,
    digest_decisions,
    digest_effort,
    digest_money,
    digest_news,
    scorer,
)
from crm.selectors.digest_parts import Content
from crm.selectors.digest_readers import Span

SCORES = ("order_id", "late_id", "before_id")


def language_of(user: User) -> str:
    """Return the language that a person reads."""
    return user.language or settings.LANGUAGE_CODE


@dataclass(frozen=True)
class Reader:
    """Somebody who reads a mail, and how many weeks it covers."""

    user: User
    weeks_covered: int = 1


def content(user: User, *, as_of: datetime, firm: Firm, weeks_covered: int = 1) -> Content:
    """Return one person's mail of the week in which the moment lies, as known at that moment."""
    return contents([Reader(user, weeks_covered)], as_of=as_of, firm=firm)[user.pk]


def contents(readers: Sequence[Reader], *, as_of: datetime, firm: Firm) -> dict[int, Content]:
    """Return the mails of many, by the readers' ids: each what that reader may see, no more.

    Readers whose weeks begin at the same moment and who missed as many mails are read for at once.
    """
    together: dict[Span, list[User]] = {}
    for reader in readers:
        zone = firm.zone_of(reader.user)
        span = Span.of(zone, as_of=as_of, weeks_covered=reader.weeks_covered)
        together.setdefault(span, []).append(reader.user)
    found: dict[int, Content] = {}
    for span, users in together.items():
        found |= _contents(users, span, firm)
    return found


def _contents(users: Sequence[User], span: Span, firm: Firm) -> dict[int, Content]:
    money = digest_money.money_in(users, span)
    leads = _of_leads([user for user in users if user.role != User.Role.ACCOUNTANT], span)
    return {
        user.pk: Content(
            as_of=span.as_of,
            day=span.day,
            weeks=span.weeks,
            money=money[user.pk],
            is_demo=firm.holds_demo_data,
            reads_leads=user.pk in leads,
            reads_scores=bool(permissions.reads_scores(user)),
            **leads.get(user.pk, {}),
        )
        for user in users
    }


def _of_leads(users: Sequence[User], span: Span) -> dict[int, dict[str, Any]]:
    """Return what is told of leads to those who read of them."""
    if not users:
        return {}
    waiting = digest_decisions.waiting(users, span)
    moved = digest_news.moved(users, span)
    told_of = [lead for one in waiting.values() for lead in one.leads]
    told_of += [lead for leads in moved.values() for lead in leads]
    scores = digest_decisions.scores_of(told_of, *SCORES)
    risky = {
        lead.pk for one in waiting.values() for lead in one.leads if lead.mark_then == Mark.HIGH
    }
    lows = digest_cash.lows(risky, span)
    hour_cost = FirmFigure.objects.at(FirmFigure.Kind.HOUR_COST, span.as_of) or Decimal(0)
    shown = digest_decisions.shown_before(users, span.day)
    efforts = digest_effort.efforts(users, span)
    stands_on = scorer.at(span.as_of)
    found = {}
    for user in users:
        asked, more = digest_decisions.asked(
            waiting[user.pk], user=user, span=span, scores=scores, lows=lows,
            hour_cost=hour_cost, shown=shown[user.pk],
        )  # fmt: skip
        found[user.pk] = {
            "decisions": asked,
            "more": more,
            "today_ids": waiting[user.pk].today_ids,
            "news": [digest_news.told(lead, scores) for lead in moved[user.pk]],
            "effort": efforts[user.pk],
            "outcomes": stands_on.outcomes,
            "is_learned": stands_on.is_learned,
            "is_alone": stands_on.is_alone,
        }
    return found
