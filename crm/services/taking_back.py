"""Takes a logged talk back for a while, with all that was written with it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Interaction, PlannedMeeting, SystemEvent, User
from crm.services import upkeep
from crm.services.errors import LedgerError

UNDO_FOR = timedelta(minutes=10)


class TooLateToTakeBack(LedgerError):
    """The talk was logged longer ago than a slip of the thumb."""

    def __init__(self) -> None:
        """Say where it can still be corrected."""
        super().__init__(
            _("The ten minutes are over. Correct the entry in the timeline of the lead instead.")
        )


def may_take_back(talk: Interaction, *, by: User, now: datetime) -> bool:
    """Say whether a person may take a talk back: one's own, for ten minutes."""
    return talk.author_id == by.pk and talk.recorded_at + UNDO_FOR >= now


@transaction.atomic
def take_back(*, talk: Interaction, by: User, now: datetime) -> None:
    """Put a talk away with its material and the person that it brought; its plan waits again.

    Raises TooLateToTakeBack after ten minutes, and for a talk of somebody else.
    """
    talk = Interaction.objects.select_for_update().get(pk=talk.pk)
    if talk.archived_at:
        return
    if not may_take_back(talk, by=by, now=now):
        raise TooLateToTakeBack
    new = [
        person
        for person in talk.attendees.filter(recorded_at=talk.recorded_at)
        if not person.interactions.exclude(pk=talk.pk).exists()
    ]
    talk.client_token = None  # the same form sent again is a talk again
    upkeep.put_away([*talk.deliverables.all(), talk, *new], now=now)
    plan = PlannedMeeting.objects.select_for_update().filter(interaction=talk).first()
    if plan:
        plan.status, plan.status_at, plan.interaction = PlannedMeeting.Status.PLANNED, None, None
        plan.version += 1
        plan.save()
    SystemEvent.objects.create(
        lead_id=talk.lead_id,
        kind=SystemEvent.Kind.ROW_TAKEN_BACK,
        what=str(talk.get_kind_display()),
        by=by,
        happened_at=now,
        recorded_at=now,
    )
