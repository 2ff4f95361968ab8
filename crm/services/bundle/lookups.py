"""Finds the rows that a bundle refers to: in the ledger, and in what was read of the bundle."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.contrib.auth.hashers import make_password
from django.db import models

from crm.models import (
    Account,
    Assessment,
    Bid,
    Contact,
    Deliverable,
    Flag,
    Interaction,
    Invoice,
    Lead,
    LeadFact,
    PaidStepOffer,
    Payment,
    PaymentMilestone,
    PaymentTerms,
    PlannedMeeting,
    StageChange,
    Tag,
    Team,
    User,
)

IDS_A_QUERY = 900
Item = TypeVar("Item")
MODELS: dict[str, tuple[type[models.Model], str]] = {
    "teams": (Team, "name"),
    "users": (User, "username"),
    "accounts": (Account, "ledger_id"),
    "contacts": (Contact, "ledger_id"),
    "leads": (Lead, "ledger_id"),
    "tags": (Tag, "name"),
    "interactions": (Interaction, "ledger_id"),
    "payment_terms": (PaymentTerms, "ledger_id"),
    "planned_meetings": (PlannedMeeting, "ledger_id"),
    "milestones": (PaymentMilestone, "ledger_id"),
    "invoices": (Invoice, "ledger_id"),
}
NUMBERED = {"assessments": Assessment, "flags": Flag}
# The letter before the id of a row that stands behind a reason: "I:12".
BEHIND: dict[str, type[models.Model]] = {
    "L": Lead,
    "I": Interaction,
    "D": Deliverable,
    "B": Bid,
    "F": LeadFact,
    "S": StageChange,
    "O": PaidStepOffer,
    "T": PaymentTerms,
    "M": PaymentMilestone,
    "V": Invoice,
    "P": Payment,
}


def chunks(items: Iterable[Item], size: int = IDS_A_QUERY) -> Iterator[list[Item]]:
    """Yield lists of at most `size` items."""
    chunk: list[Item] = []
    for item in items:
        chunk.append(item)
        if len(chunk) >= size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def keys_of(model: type[models.Model], key: str, names: Sequence[Any]) -> dict[Any, int]:
    """Return primary keys by another unique column."""
    found: dict[Any, int] = {}
    for chunk in chunks(names):
        rows = model._default_manager.filter(**{f"{key}__in": chunk})
        found |= dict(rows.values_list(key, "pk"))
    return found


@dataclass(slots=True)
class Lookups:
    """What is known by its id while a bundle is read."""

    is_checking_only: bool = False
    users: dict[str, int] = field(default_factory=dict)
    added_users: list[int] = field(default_factory=list)
    numbers: dict[str, dict[str, int]] = field(default_factory=dict)
    seen: dict[str, set[int]] = field(default_factory=dict)  # hashes of ids that were read

    def saw(self, file: str, name: Any) -> None:
        """Remember that the bundle has a row, also where it cannot be written."""
        self.seen.setdefault(file, set()).add(hash(name))

    def find(self, file: str, names: set[str]) -> dict[str, int]:
        """Return primary keys by id; 0 stands for rows that a refused bundle would have made."""
        if file == "users":
            return self._people(names)
        if file in NUMBERED:
            numbers = self.numbers.get(file, {})
            found = {name: numbers[name] for name in names if name in numbers}
        else:
            found = keys_of(*MODELS[file], sorted(names))
        if self.is_checking_only:
            seen = self.seen.get(file, set())
            found |= {name: 0 for name in names - found.keys() if hash(name) in seen}
        return found

    def _people(self, names: set[str]) -> dict[str, int]:
        missing = sorted(names - self.users.keys())
        self.users |= keys_of(User, "username", missing)
        strangers = [name for name in missing if name not in self.users]
        if self.is_checking_only:
            self.users |= dict.fromkeys(strangers, 0)
        elif strangers:
            added = User.objects.bulk_create([_stranger(name) for name in strangers])
            self.users |= {user.username: user.pk for user in added}
            self.added_users += [user.pk for user in added]
        return {name: self.users[name] for name in names}


def _stranger(username: str) -> User:
    """Return a user who owns rows but cannot sign in."""
    return User(
        username=username,
        display_name=username[:80],
        password=make_password(None),
        is_active=False,
        wants_digest=False,
    )
