"""Opens a lead by the name of its account: a known account is found, another is added."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from crm import names
from crm.models import Account, Lead, User
from crm.services import accounts, leads


def known_account(name: str) -> Account | None:
    """Return the account of a name; the name of a merged one leads to what it became."""
    same = Account.objects.filter(name_key=names.name_key(name)).order_by("pk")
    if known := same.current().first():
        return known
    became = same.exclude(merged_into="").values("merged_into")
    return Account.objects.current().filter(ledger_id__in=became).order_by("pk").first()


@transaction.atomic
def open_lead(
    *,
    account_name: str,
    account_facts: Mapping[str, Any],
    now: datetime,
    by: User,
    token: UUID | None = None,
    **facts: Any,
) -> Lead:
    """Open a lead; the same name in another spelling (legal form, brackets) is the same account.

    The same token again returns the lead that it opened the first time.
    """
    if token:
        User.objects.select_for_update().get(pk=by.pk)  # of two at once, the second waits here
        if opened := Lead.objects.filter(ledger_id=token.hex).first():
            return opened
        facts["ledger_id"] = token.hex
    name = account_name.strip()
    account = known_account(name) or accounts.add_account(name=name, now=now, **account_facts)
    owner = facts.pop("owner", None) or by
    return leads.open_lead(account=account, owner=owner, now=now, **facts)
