"""Logs a talk with all that came of it: a new person, material handed over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import Contact, Interaction, Lead, User
from crm.services import accounts, leads
from crm.services.errors import LedgerError


class LoggedAlready(LedgerError):
    """The form was sent before, with other answers."""

    def __init__(self) -> None:
        """Say that sending it again makes a second talk."""
        super().__init__(
            _("This form was saved once already, with other answers. Save again: a second talk.")
        )


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
    """Record a talk once for a token, with the person met first and the material given.

    Raises LoggedAlready when the token has brought another talk before: then this one is new.
    """
    Lead.objects.select_for_update().get(pk=lead.pk)  # of two at once, the second waits here
    if logged := Interaction.objects.filter(client_token=token).first():
        said = {"lead": lead, "author": author, "kind": kind, **facts}
        people = {person.name for person in attendees} | ({new_person} - {""})
        if not _says(logged, said, people, happened_at, handed_over):
            raise LoggedAlready
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


def _says(
    logged: Interaction,
    said: Mapping[str, Any],
    people: set[str],
    happened_at: datetime,
    handed_over: HandedOver | None,
) -> bool:
    """Say whether a talk holds all that a form says now."""
    given = logged.deliverables.first()
    stored = HandedOver(given.kind, given.disclosure_level) if given else None
    return (
        all(getattr(logged, name) == value for name, value in said.items())
        and timezone.localdate(logged.happened_at) == timezone.localdate(happened_at)
        and people == set(logged.attendees.values_list("name", flat=True))
        and handed_over == stored
    )
