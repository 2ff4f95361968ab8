"""Tells hand-written stories: everything is said in days before the end of the history."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from crm.demo.moments import COUNTRY, Moments
from crm.demo.sheet import Sheet
from crm.demo.users import Staff
from crm.models import (
    Account,
    Contact,
    Decision,
    Deliverable,
    Interaction,
    Lead,
    LeadFact,
    StageChange,
    User,
)
from crm.services.accounts import with_search_keys
from crm.workdays import is_workday, workdays_between

KNOWN_FOR_DAYS = 420


class Teller:
    """Adds the rows of a story to a sheet."""

    def __init__(self, sheet: Sheet, moments: Moments, staff: Staff) -> None:
        """Begin with an empty sheet."""
        self.sheet, self.moments, self.staff = sheet, moments, staff

    def day(self, ago: int) -> date:
        """Return a working day about so many days ago, none later than today."""
        day = self.moments.today - timedelta(days=ago)
        step = 1
        while not is_workday(day, country=COUNTRY):
            day += timedelta(days=step)
            if day > self.moments.today:
                day, step = self.moments.today - timedelta(days=ago), -1
        return day

    def at(self, ago: int, hour: int = 10) -> datetime:
        """Return a moment of such a day, none later than the end of the history."""
        return min(self.moments.on(self.day(ago), time(hour)), self.moments.until)

    def ahead(self, days: int) -> date:
        """Return a working day at least so many days ahead."""
        day = self.moments.today + timedelta(days=days)
        while not is_workday(day, country=COUNTRY):
            day += timedelta(days=1)
        return day

    def days_since_workday(self, workdays: int) -> int:
        """Return how many days ago the working day was after which so many more have passed."""
        today, ago = self.moments.today, workdays
        while (
            not is_workday(today - timedelta(days=ago), country=COUNTRY)
            or workdays_between(today - timedelta(days=ago), today, country=COUNTRY) < workdays
        ):
            ago += 1
        return ago

    def account(self, name: str, kind: str, city: str, km: int, **facts: Any) -> Account:
        """Add an account."""
        account = Account(
            name=name,
            kind=kind,
            city=city,
            distance_km=km,
            recorded_at=self.at(KNOWN_FOR_DAYS),
            **facts,
        )
        return self.sheet.add(with_search_keys(account))

    def contact(
        self, account: Account, name: str, title: str, role: str, *, level: int, part: str, ago: int
    ) -> Contact:
        """Add somebody of the client, met so many days ago."""
        contact = Contact(
            account=account,
            name=name,
            title=title,
            decision_role=role,
            seniority=level,
            department=part,
            first_seen_date=self.day(ago),
            recorded_at=self.at(ago),
        )
        return self.sheet.add(with_search_keys(contact))

    def lead(self, account: Account, title: str, owner: User, *, ago: int, **facts: Any) -> Lead:
        """Open a lead."""
        moment = self.at(ago, 9)
        lead = self.sheet.add(
            Lead(
                account=account,
                title=title,
                use_case=title,
                owner=owner,
                opened_at=moment,
                recorded_at=moment,
                **facts,
            )
        )
        self._stage(lead, "", lead.stage, moment)
        return lead

    def reach(self, lead: Lead, stage: str, ago: int) -> None:
        """Move a lead to a stage."""
        self._stage(lead, lead.stage, stage, self.at(ago, 18))
        lead.stage = stage

    def _stage(self, lead: Lead, before: str, after: str, moment: datetime) -> None:
        self.sheet.add(
            StageChange(
                lead=lead,
                from_stage=before,
                to_stage=after,
                by=lead.owner,
                happened_at=moment,
                recorded_at=moment,
            )
        )

    def talk(
        self,
        lead: Lead,
        ago: int,
        kind: str,
        by: str,
        *people: Contact,
        next_in: int | None = None,
        **facts: Any,
    ) -> Interaction:
        """Log a talk; `next_in` is in days from the end of the history, None is no dated step."""
        moment = self.at(ago)
        if next_in is not None:
            facts["next_step_date"] = self.ahead(next_in) if next_in > 0 else self.day(-next_in)
        talk = Interaction(
            lead=lead,
            kind=kind,
            initiated_by=by,
            happened_at=moment,
            recorded_at=min(moment + timedelta(hours=2), self.moments.until),
            contact=people[0] if people else None,
            max_seniority=max((each.seniority or 1 for each in people), default=None),
            client_attendees=len(people) or None,
            has_dated_next_step=next_in is not None,
            author=lead.owner,
            **{"asks": [], "client_gave": [], **facts},
        )
        self.sheet.add(talk)
        self.sheet.attend(talk, people)
        return talk

    def give(
        self, lead: Lead, ago: int, kind: str, *, level: int, hours: str, title: str = ""
    ) -> Deliverable:
        """Hand something over."""
        moment = self.at(ago, 16)
        return self.sheet.add(
            Deliverable(
                lead=lead,
                kind=kind,
                disclosure_level=level,
                hours=Decimal(hours),
                title=title,
                requested_by_client=True,
                nda_signed=False,
                paid=False,
                happened_at=moment,
                recorded_at=moment,
                author=lead.owner,
            )
        )

    def note(self, lead: Lead, ago: int, kind: str, value: str = "", **facts: Any) -> LeadFact:
        """Note a dated fact."""
        moment = self.at(ago, 17)
        return self.sheet.add(
            LeadFact(
                lead=lead,
                kind=kind,
                value=value,
                happened_at=moment,
                recorded_at=moment,
                author=lead.owner,
                **facts,
            )
        )

    def decide(
        self, lead: Lead, ago: int, kind: str, by: User, reason: str, **facts: Any
    ) -> Decision:
        """Record what somebody decided."""
        moment = self.at(ago, 17)
        return self.sheet.add(
            Decision(
                lead=lead,
                kind=kind,
                decided_by=by,
                reason=reason,
                happened_at=moment,
                recorded_at=moment,
                **facts,
            )
        )
