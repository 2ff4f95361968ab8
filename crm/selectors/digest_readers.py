"""Reads for many mails at once: whose row it is, who reads it, and which weeks a mail is about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from crm import weeks
from crm.models import Lead, User
from crm.models.lead import LeadQuerySet, opens_leads_of

MOST_WEEKS_COVERED = 8
# Rows are summed by owner and handed to whoever reads that owner's leads: the database is asked
# once, however many readers there are.
OF_LEAD = {"whose": F("owner"), "whose_team": F("owner__team")}
BESIDE_LEAD = {"whose": F("lead__owner"), "whose_team": F("lead__owner__team")}
SEE_ALL_MONEY = (User.Role.FOUNDER, User.Role.ACCOUNTANT)


@dataclass(frozen=True)
class Span:
    """The moment of a mail and the weeks that it covers; equal for readers of equal midnights."""

    as_of: datetime
    day: date
    weeks: int
    start: datetime
    end: datetime

    @classmethod
    def of(cls, zone: ZoneInfo, *, as_of: datetime, weeks_covered: int) -> "Span":
        """Return the span of a mail that is read in a zone."""
        day = as_of.astimezone(zone).date()
        return cls.on(day, zone, as_of=as_of, weeks_covered=weeks_covered)

    @classmethod
    def on(cls, day: date, zone: ZoneInfo, *, as_of: datetime, weeks_covered: int) -> "Span":
        """Return the span of the mail of a day's week, as known at a moment."""
        covered = max(1, min(weeks_covered, MOST_WEEKS_COVERED))
        monday = weeks.week_start(day)
        return cls(
            as_of=as_of,
            day=day,
            weeks=covered,
            start=weeks.midnight(monday - timedelta(weeks=covered), zone),
            end=weeks.midnight(monday, zone),
        )

    @property
    def before(self) -> datetime:
        """Return the moment of the mail before."""
        return self.as_of - timedelta(weeks=self.weeks)

    @property
    def first_date(self) -> date:
        """Return the Monday of the first week covered."""
        return weeks.week_start(self.day) - timedelta(weeks=self.weeks)

    @property
    def last_date(self) -> date:
        """Return the Sunday of the last week covered."""
        return weeks.week_start(self.day) - timedelta(days=1)


def leads_of(readers: Sequence[User]) -> LeadQuerySet:
    """Return the leads that may concern one of the readers: exactly one reader's own, or all."""
    leads = Lead.objects.all()
    return leads.visible_to(readers[0]) if len(readers) == 1 else leads


def rows_of(rows: QuerySet[Any], readers: Sequence[User]) -> QuerySet[Any]:
    """Return the rows beside leads that may concern one of the readers."""
    every: Any = rows
    seen: QuerySet[Any, Any] = every.visible_to(readers[0]) if len(readers) == 1 else every
    return seen


def reads(user: User, row: Mapping[str, Any]) -> bool:
    """Say whether a row of an owner's leads is the reader's to know."""
    return opens_leads_of(user, owner_id=row["whose"], team_id=row["whose_team"])


def reads_money(user: User, row: Mapping[str, Any]) -> bool:
    """Say whether money is the reader's to know; without a lead it is for who sees all money."""
    return user.role in SEE_ALL_MONEY or (row["has_lead"] and reads(user, row))


def kept(rows: Iterable[Mapping[str, Any]], user: User) -> list[Mapping[str, Any]]:
    """Return the rows that the reader may know."""
    return [row for row in rows if reads(user, row)]
