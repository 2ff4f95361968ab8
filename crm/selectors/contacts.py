"""People at accounts: the list of them, and one with his history across leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from crm.models import Account, Contact, Interaction, Lead, User
from crm.models.base import LedgerQuerySet
from crm.selectors import paging
from crm.selectors.paging import Key

PAGE_ROWS, MOST_TALKS, MOST_LEADS = 50, 50, 50
KEYS = (Key("pinyin"), Key("pk"))


@dataclass(frozen=True)
class ContactPage:
    """One person: the leads that he had a part in, and the talks, the latest first."""

    contact: Contact
    leads: Sequence[Any]
    talks: Sequence[Interaction]
    talk_count: int


def visible(user: User) -> LedgerQuerySet[Contact]:
    """Return the people of the accounts that a user may see."""
    accounts = Account.objects.visible_to(user).current()
    return Contact.objects.current().filter(account__in=accounts)


def listed(user: User, words: str, role: str = "") -> Any:
    """Return the people that hold the words, with how often one met them and when last."""
    people = visible(user).select_related("account")
    if plain := words.strip():
        keys = plain.lower().replace(" ", "")
        people = people.filter(
            Q(name__icontains=plain)
            | Q(pinyin__contains=keys)
            | Q(initials__contains=keys)
            | Q(title__icontains=plain)
            | Q(account__name__icontains=plain)
            | Q(account__pinyin__contains=keys)
        )
    if role in Contact.Role.values:
        people = people.filter(decision_role=role)
    met = (
        Interaction.objects.visible_to(user)
        .current()
        .filter(attendees=OuterRef("pk"))
        .order_by()
        .values("attendees")
    )
    return people.annotate(
        talks=Coalesce(Subquery(met.annotate(n=Count("pk")).values("n")), Value(0)),
        last_met_at=Subquery(met.annotate(at=Max("happened_at")).values("at")),
    )


def page_of(people: Any, *, after: str) -> tuple[list[Any], str]:
    """Return one page of people, and the place where the next begins."""
    place = paging.read(after, KEYS)
    if place is not None:
        people = people.filter(paging.beyond(KEYS, place))
    found = list(people.order_by(*paging.ordering(KEYS))[: PAGE_ROWS + 1])
    more = paging.written(found[PAGE_ROWS - 1], KEYS) if len(found) > PAGE_ROWS else ""
    return found[:PAGE_ROWS], more


def page(contact: Contact, user: User) -> ContactPage:
    """Return what the page of one person shows to this user."""
    met = Interaction.objects.visible_to(user).current()
    met = met.filter(Q(attendees=contact) | Q(contact=contact)).distinct()
    talks = met.select_related("lead__account", "author").order_by("-happened_at", "-pk")
    leads = Lead.objects.visible_to(user).filter(pk__in=met.values("lead"), archived_at=None)
    return ContactPage(
        contact=contact,
        leads=list(leads.select_related("owner").order_by("-opened_at", "-pk")[:MOST_LEADS]),
        talks=list(talks[:MOST_TALKS]),
        talk_count=met.count(),
    )
