"""What the search and the command palette find: leads, accounts and people, a few of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q

from crm.models import Account, Contact, Lead, User
from crm.models.lead import LeadQuerySet

MOST_FOUND, MOST_WORDS = 6, 5


@dataclass(frozen=True)
class Found:
    """A few leads, accounts and people, and whether there are more leads."""

    leads: Sequence[Lead]
    accounts: Sequence[Account]
    contacts: Sequence[Contact]
    more_leads: bool

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was found."""
        return not (self.leads or self.accounts or self.contacts)


NOTHING = Found((), (), (), more_leads=False)


def words_of(said: str) -> list[str]:
    """Return the words that must all be held, a few at most."""
    return said.lower().split()[:MOST_WORDS]


def found(user: User, words: Sequence[str]) -> Found:
    """Return what a user may see and whose name holds every word: characters, pinyin, initials."""
    if not words or user.role == User.Role.VIEWER:
        return NOTHING
    hits = list(_leads(user, words)[: MOST_FOUND + 1])
    accounts = Account.objects.visible_to(user).current()
    people = Contact.objects.current().filter(account__in=accounts.values("pk"))
    for word in words:
        accounts = accounts.filter(_named(word))
        people = people.filter(_named(word) | Q(account__name__icontains=word))
    # Somebody is looked for by a name of his own; the account's alone would list all its people.
    people = people.filter(_any_of(words))
    return Found(
        leads=hits[:MOST_FOUND],
        accounts=list(accounts.order_by("pinyin", "pk")[:MOST_FOUND]),
        contacts=list(people.select_related("account").order_by("pinyin", "pk")[:MOST_FOUND]),
        more_leads=len(hits) > MOST_FOUND,
    )


def _leads(user: User, words: Sequence[str]) -> LeadQuerySet:
    leads = Lead.objects.visible_to(user).filter(archived_at=None)
    for word in words:
        leads = leads.filter(Q(title__icontains=word) | _named(word, "account__"))
    return leads.select_related("account").order_by(
        F("closed_at").desc(nulls_first=True), F("last_interaction_at").desc(nulls_last=True), "pk"
    )


def _any_of(words: Sequence[str]) -> Q:
    either = Q()
    for word in words:
        either |= _named(word)
    return either


def _named(word: str, of: str = "") -> Q:
    return (
        Q(**{f"{of}name__icontains": word})
        | Q(**{f"{of}pinyin__contains": word})
        | Q(**{f"{of}initials__contains": word})
    )
