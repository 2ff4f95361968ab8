"""Labels of past leads: how each ended, said fast, and taken back as fast."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from crm.models import Lead, Outcome, User
from crm.services import leads
from crm.services.errors import LeadIsClosed


@dataclass(frozen=True)
class Label:
    """What a label did, so that it can be taken back: plain values for a session."""

    lead_id: int
    version: int
    outcome: str = ""
    was_open: bool = False
    decide_by: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@transaction.atomic
def label(
    *, lead: Lead, outcome: str, version: int, is_guess: bool, now: datetime, by: User
) -> Label:
    """Say how a lead ended; an open one is closed by it.

    Raises EditedMeanwhile, and LeadIsClosed when somebody said already how it ended.
    """
    if lead.closed_at is None:
        closed = leads.close(
            lead=lead, outcome=outcome, version=version, now=now, by=by, is_guess=is_guess
        )
        return Label(lead.pk, closed.version, outcome, was_open=True)
    locked = leads.claim_version(lead, version)
    if locked.outcome or locked.closed_at is None:
        raise LeadIsClosed(locked.closed_at or now)
    locked.outcome, locked.outcome_recorded_at = Outcome(outcome), now
    locked.outcome_by, locked.outcome_is_guess = by, is_guess
    locked.save()
    leads.mark_for_scoring([locked.pk], now=now)
    return Label(lead.pk, locked.version, outcome)


def keep_running(*, lead: Lead, version: int, until: date, now: datetime) -> Label:
    """Leave a stale lead open with the day by which somebody should decide."""
    if lead.closed_at:
        raise LeadIsClosed(lead.closed_at)
    before = lead.decide_by_date
    changed = leads.edit(lead=lead, version=version, now=now, decide_by_date=until)
    said = before.isoformat() if before else ""
    return Label(lead.pk, changed.version, was_open=True, decide_by=said)


@transaction.atomic
def take_back(*, lead: Lead, label: Label, now: datetime) -> None:
    """Undo a label; raise EditedMeanwhile when the lead was changed after it."""
    if not label.outcome:
        before = date.fromisoformat(label.decide_by) if label.decide_by else None
        leads.edit(lead=lead, version=label.version, now=now, decide_by_date=before)
    elif label.was_open:
        leads.reopen(lead=lead, version=label.version, now=now)
    else:
        locked = leads.claim_version(lead, label.version)
        locked.outcome, locked.outcome_recorded_at, locked.outcome_by = "", None, None
        locked.outcome_is_guess = None
        locked.save()
        leads.mark_for_scoring([locked.pk], now=now)
