"""Logs a talk with all that came of it: a new person, material handed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from crm.models import Contact, Interaction, Lead, User
from crm.services import accounts, leads


@dataclass(frozen=True)
class HandedOver:
    """What was handed over in the talk."""

    kind: str
    disclosure_level: int


@transaction.atomic
def log(
    *,
    lead: Lead,
    kind: str,
    happened_at: datetime,
    now: datetime,
    author: User,
    token: UUID,
    attendees: Sequence[Contact] = (),
    new_person: str = "",
    handed_over: HandedOver | None = None,
    **facts: Any,
) -> Interaction:
    """Record a talk once for a token, with the person met first and the material given."""
    if logged := Interaction.objects.filter(client_token=token).first():
        return logged
    present = list(attendees)
    if new_person:
        present.append(
            accounts.add_contact(
                account=lead.account,
                name=new_person,
                now=now,
                first_seen_date=happened_at.date(),
            )
        )
    interaction = leads.log_interaction(
        lead=lead,
        kind=kind,
        happened_at=happened_at,
        now=now,
        author=author,
        token=token,
        attendees=present,
        **facts,
    )
    if handed_over:
        leads.hand_over(
            lead=lead,
            interaction=interaction,
            kind=handed_over.kind,
            disclosure_level=handed_over.disclosure_level,
            happened_at=happened_at,
            now=now,
            author=author,
        )
    return interaction
