"""One pursuit of one deal while it is told: the lead, the people met, what was said."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from random import Random

from crm.demo import names
from crm.demo.intent import Manner
from crm.demo.moments import Moments
from crm.demo.sheet import Sheet
from crm.models import Account, Contact, Deliverable, Interaction, Lead
from crm.services.accounts import with_search_keys


def money(amount: float, step: int = 1000) -> Decimal:
    """Return an amount rounded to whole thousands, or to another step."""
    return Decimal(max(step, round(amount / step) * step))


def hours(amount: float) -> Decimal:
    """Return hours to the half."""
    return Decimal(max(1, round(amount * 2))) / 2


@dataclass
class House:
    """An account, the people met there so far, and how slowly it pays."""

    account: Account
    slowness: float
    people: dict[str, Contact] = field(default_factory=dict)


@dataclass
class Pursuit:
    """One lead and what drives it."""

    rng: Random
    sheet: Sheet
    moments: Moments
    house: House
    lead: Lead
    manner: Manner
    ending: str
    talks: int
    pace: float
    budget: float = 0.0
    slowness: float = 1.0
    engaged: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    titles: Iterator[str] = field(default_factory=names.solution_titles)
    paid_step_taken: bool = False
    met: list[Interaction] = field(default_factory=list)
    given: list[Deliverable] = field(default_factory=list)

    @property
    def until(self) -> datetime:
        """Return the end of the history."""
        return self.moments.until

    def happens(self, chance: float) -> bool:
        """Draw whether something with a chance happens."""
        return self.rng.random() < chance

    def unless_unknown(self, missing: float, value: bool) -> bool | None:
        """Return the answer, or None as often as nobody logs it."""
        return None if self.rng.random() < missing else value

    def logged(self, happened_at: datetime) -> datetime:
        """Return when somebody wrote it down."""
        return self.moments.written_down(self.rng, happened_at)

    def meet(self, role: str, moment: datetime) -> Contact:
        """Return the contact who plays a part, met now if nobody did before."""
        known = self.house.people.get(role)
        if known:
            return known
        post = names.post(self.rng, role)
        contact = Contact(
            account=self.house.account,
            name=names.person(self.rng),
            title=post.title,
            department=post.department,
            seniority=post.seniority,
            decision_role=role if self.happens(0.78) else "",
            stance=self.rng.choice(["", "", Contact.Stance.FOR, Contact.Stance.NEUTRAL]),
            first_seen_date=self.moments.day_of(moment),
            recorded_at=self.logged(moment),
        )
        self.house.people[role] = self.sheet.add(with_search_keys(contact))
        return contact
