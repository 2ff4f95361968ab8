"""Logs a talk with all that came of it: a new person, material handed over."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import (
    Contact,
    Interaction,
    InteractionEffort,
    Lead,
    LeadFact,
    PlannedMeeting,
    SystemEvent,
    User,
)
from crm.services import accounts, figures, handovers, history, leads, plans
from crm.services.errors import LeadIsClosed, LedgerError
from crm.services.handovers import HandedOver


class LoggedAlready(LedgerError):
    """The form was sent before, with other answers."""

    def __init__(self) -> None:
        """Say that sending it again makes a second talk."""
        super().__init__(
            _("This form was saved once already, with other answers. Save again: a second talk.")
        )


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
    plan: PlannedMeeting | None = None,
    effort: Mapping[User, Decimal] | None = None,
    **facts: Any,
) -> Interaction:
    """Record a talk once for a token, with the person met first and the material given.

    A plan becomes the talk: it waits no longer. `effort` says who of us spent the hours.
    Raises LoggedAlready when the token has brought another talk before: then this one is new;
    AboveAllowedLevel when material above the allowed level has no reason.
    """
    Lead.objects.select_for_update().get(pk=lead.pk)  # of two at once, the second waits here
    said = {"lead": lead, "author": author, "kind": kind, **facts}
    people = {person.name for person in attendees} | ({new_person} - {""})
    if logged := _logged(token, said, people, happened_at, handed_over):
        return logged
    when = {"happened_at": happened_at, "now": now}
    present = [*attendees, *_met_first(lead, new_person, **when)]
    interaction = leads.log_interaction(
        lead=lead, kind=kind, author=author, token=token, attendees=present, **when, **facts
    )
    _keep_effort(interaction, effort or {})
    if plan:
        plans.note_talk(plan=plan, talk=interaction, now=now)
    if handed_over:
        handovers.hand_over(
            lead=lead, given=handed_over, interaction=interaction, author=author, **when
        )
    return interaction


def _keep_effort(interaction: Interaction, effort: Mapping[User, Decimal]) -> None:
    InteractionEffort.objects.bulk_create(
        InteractionEffort(interaction=interaction, person=person, hours=hours)
        for person, hours in effort.items()
    )


def _met_first(lead: Lead, name: str, *, happened_at: datetime, now: datetime) -> list[Contact]:
    """Return the person who was met for the first time, if any, as a contact."""
    if not name:
        return []
    first_seen = timezone.localdate(happened_at)
    return [
        accounts.add_contact(account=lead.account, name=name, now=now, first_seen_date=first_seen)
    ]


def _logged(
    token: UUID,
    said: Mapping[str, Any],
    people: set[str],
    happened_at: datetime,
    handed_over: HandedOver | None,
) -> Interaction | None:
    """Return the talk of a token, if any; raise LoggedAlready where it is not what is said now."""
    logged = Interaction.objects.filter(client_token=token).first()
    if logged is None:
        return None
    given = logged.deliverables.first()
    stored = HandedOver(given.kind, given.disclosure_level) if given else None
    is_the_same = (
        all(getattr(logged, name) == value for name, value in said.items())
        and timezone.localdate(logged.happened_at) == timezone.localdate(happened_at)
        and people == set(logged.attendees.values_list("name", flat=True))
        and handed_over == stored
    )
    if not is_the_same:
        raise LoggedAlready
    return logged


@transaction.atomic
def add_fact(*, talk: Interaction, fact: str, value: str, now: datetime, by: User) -> None:
    """Add to a talk what its form left open, one answer at a time."""
    if fact == "BUDGET":
        leads.note_fact(
            lead=talk.lead,
            kind=LeadFact.Kind.BUDGET_STAGE,
            value=value,
            happened_at=talk.happened_at,
            now=now,
            author=by,
        )
        return
    locked = Interaction.objects.select_for_update().get(pk=talk.pk)
    history.begin(locked)
    if fact == "HOLDER" and locked.budget_holder_present is None:
        locked.budget_holder_present = value == "yes"
    elif fact == "SIDE" and not locked.initiated_by:
        locked.initiated_by = Interaction.Side(value)
    else:
        return
    locked.version += 1
    locked.save()
    figures.refresh([talk.lead_id], now=now)
    leads.mark_for_scoring([talk.lead_id], now=now)


@transaction.atomic
def call_in_vain(*, lead: Lead, by: User, now: datetime, token: UUID) -> SystemEvent:
    """Note a call that nobody answered, once for a token; it is no contact, and no score reads it.

    Raises LeadIsClosed.
    """
    locked = Lead.objects.select_for_update().get(pk=lead.pk)
    if noted := SystemEvent.objects.filter(ledger_id=token.hex).first():
        return noted
    if locked.closed_at:
        raise LeadIsClosed(locked.closed_at)
    return SystemEvent.objects.create(
        ledger_id=token.hex,
        lead=locked,
        kind=SystemEvent.Kind.CALLED_IN_VAIN,
        by=by,
        happened_at=now,
        recorded_at=now,
    )
