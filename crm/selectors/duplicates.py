"""Accounts and people that may be there already, and what a merge of two would move."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, F, Q, Value
from django.db.models.functions import Length

from crm import names
from crm.models import Account, Contact, Interaction, Invoice, Lead
from crm.models.account import AccountQuerySet

MOST, SHORTEST = 5, 2


def similar_accounts(name: str, *, but: int = 0) -> list[Any]:
    """Return accounts that sound the same, hold the name or are held by it, with their leads."""
    key, sound = names.name_key(name), names.pinyin(name)
    if len(key) < SHORTEST:
        return []
    alike = (
        Q(name_key=key)
        | Q(pinyin=sound)
        | Q(name_key__contains=key)
        | Q(whole__contains=F("name_key"))
    )
    found = Account.objects.current().annotate(
        whole=Value(key, output_field=CharField()), length=Length("name_key")
    )
    return list(
        found.filter(alike, length__gte=SHORTEST)
        .exclude(pk=but)
        .annotate(lead_count=Count("leads", filter=Q(leads__archived_at=None)))
        .order_by("-lead_count", "pk")[:MOST]
    )


def similar_people(account: Account, name: str, *, but: int = 0) -> list[Contact]:
    """Return people of an account whose names sound the same."""
    sound = names.pinyin(name)
    known = Contact.objects.current().filter(account=account).exclude(pk=but)
    return list(known.filter(Q(name__iexact=name.strip()) | Q(pinyin=sound)).order_by("pk")[:MOST])


@dataclass(frozen=True)
class Moving:
    """How many rows a merge would move."""

    leads: int = 0
    people: int = 0
    invoices: int = 0
    talks: int = 0


def moving(row: Account | Contact) -> Moving:
    """Return what points to an account or a person."""
    if isinstance(row, Contact):
        met = Interaction.objects.filter(Q(contact=row) | Q(attendees=row)).distinct()
        return Moving(talks=met.count())
    return Moving(
        leads=Lead.objects.filter(account=row).count(),
        people=Contact.objects.filter(account=row).count(),
        invoices=Invoice.objects.filter(account=row).count(),
    )


def mergeable(visible: AccountQuerySet, account: Account, words: str) -> Sequence[Account]:
    """Return accounts that could be the same: those found by the words, else those alike."""
    others = visible.exclude(pk=account.pk)
    if words.strip():
        keys = words.lower().replace(" ", "")
        found = others.filter(
            Q(name__icontains=words.strip()) | Q(pinyin__contains=keys) | Q(initials__contains=keys)
        )
        return list(found.order_by("pinyin", "pk")[:20])
    alike = [each.pk for each in similar_accounts(account.name, but=account.pk)]
    return list(others.filter(pk__in=alike))
