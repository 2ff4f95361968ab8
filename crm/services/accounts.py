"""Writes about accounts and the people there."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from crm import names
from crm.models import Account, Contact, Lead
from crm.services import leads
from crm.services.errors import EditedMeanwhile

Row = TypeVar("Row", Account, Contact)


def with_search_keys(row: Row) -> Row:
    """Fill the columns that search and the check for doubles read."""
    row.pinyin, row.initials = names.pinyin(row.name), names.initials(row.name)
    if isinstance(row, Account):
        row.name_key = names.name_key(row.name)
    return row


@transaction.atomic
def add_account(*, name: str, now: datetime, **facts: Any) -> Account:
    """Add an account."""
    account = Account(name=name, recorded_at=now, **facts)
    with_search_keys(account).save()
    return account


@transaction.atomic
def add_contact(
    *, account: Account, name: str, now: datetime, token: UUID | None = None, **facts: Any
) -> Contact:
    """Add a person at an account; the same token again returns whom it added the first time."""
    if token:
        Account.objects.select_for_update().get(pk=account.pk)  # a second one waits here
        if added := Contact.objects.filter(ledger_id=token.hex).first():
            return added
        facts["ledger_id"] = token.hex
    contact = Contact(account=account, name=name, recorded_at=now, **facts)
    with_search_keys(contact).save()
    return contact


@transaction.atomic
def edit(*, row: Row, version: int, now: datetime, **changes: Any) -> Row:
    """Change an account or contact; raise EditedMeanwhile when `version` is not the current."""
    locked = type(row)._default_manager.select_for_update().filter(pk=row.pk, version=version)
    current = locked.first()
    if current is None:
        raise EditedMeanwhile
    for field, value in changes.items():
        setattr(current, field, value)
    current.version += 1
    with_search_keys(current).save()
    score_again(current, now=now)
    return current


def score_again(row: Account | Contact, *, now: datetime) -> None:
    """Ask for new scores of the leads of an account, or of a person's account."""
    account = row.pk if isinstance(row, Account) else row.account_id
    ids = list(Lead.objects.filter(account=account).values_list("pk", flat=True))
    leads.mark_for_scoring(ids, now=now)
