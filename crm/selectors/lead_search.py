"""Search of leads: subjects, accounts, people and the notes that the reader may read."""

from typing import Any

from django.db.models import Q

from crm.models import Contact, Interaction, User
from crm.models.lead import LeadQuerySet

SHORTEST_IN_NOTES = 2  # a single letter stands in nearly every note


def searched(leads: LeadQuerySet, words: str, reader: User | None = None) -> LeadQuerySet:
    """Keep leads that hold the words, in characters, pinyin or initials.

    Notes are searched for who reads notes; whose leads they are is the list's own business.
    """
    plain = words.strip()
    keys = plain.lower().replace(" ", "")
    found = (
        Q(title__icontains=plain)
        | Q(account__name__icontains=plain)
        | Q(account__pinyin__contains=keys)
        | Q(account__initials__contains=keys)
        | Q(account__in=_accounts_with(plain, keys))
    )
    if reader and reader.role != User.Role.ACCOUNTANT and len(plain) >= SHORTEST_IN_NOTES:
        noted = Interaction.objects.current().filter(
            Q(note__icontains=plain) | Q(next_step__icontains=plain)
        )
        found |= Q(pk__in=noted.values("lead"))
    return leads.filter(found)


def _accounts_with(plain: str, keys: str) -> Any:
    people = Contact.objects.current().filter(
        Q(name__icontains=plain) | Q(pinyin__contains=keys) | Q(initials__contains=keys)
    )
    return people.values("account")
