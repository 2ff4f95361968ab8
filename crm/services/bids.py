"""Bids: opened with the notice, looked at by a sheet, chosen by a person, ended with a result."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from crm import bid_sheet
from crm.models import Bid, Lead, User
from crm.services import figures, leads
from crm.services.errors import EditedMeanwhile, LeadIsClosed, LedgerError

# Columns that a score reads: learned after the notice, they count from then on.
FACTS = (
    "deadline_date",
    "prep_days",
    "contact_before_notice",
    "incumbent_known",
    "specification_fits_us",
    "set_criteria",
    "questions_asked_at",
    "questions_answered_at",
)


class ReasonWanted(LedgerError):
    """A bid against what the sheet suggests needs a reason under a name."""

    def __init__(self) -> None:
        """Say that the choice stays free."""
        super().__init__(_("The sheet suggests no bid. Bid if you want to, and say why."))


class BidHasEnded(LedgerError):
    """The result is in: the sheet stays as it was, so that it can be judged by it."""

    def __init__(self) -> None:
        """Say what to change instead."""
        super().__init__(_("The result is in, so sheet and choice stay as they were."))


@transaction.atomic
def open_bid(*, lead: Lead, now: datetime, token: UUID, **facts: Any) -> Bid:
    """Note a tender, an invitation or an inquiry, once for a token; raise LeadIsClosed."""
    locked = Lead.objects.select_for_update().get(pk=lead.pk)
    if opened := Bid.objects.filter(ledger_id=token.hex).first():
        return opened
    if locked.closed_at:
        raise LeadIsClosed(locked.closed_at)
    bid = Bid.objects.create(lead=locked, recorded_at=now, ledger_id=token.hex, **facts)
    _follow(bid, now)
    return bid


@transaction.atomic
def change(*, bid: Bid, version: int, now: datetime, **changes: Any) -> Bid:
    """Change what is known of a bid; raise EditedMeanwhile for an old version."""
    locked = _claim(bid, version)
    _learn(locked, changes, now)
    locked.save()
    _follow(locked, now)
    return locked


@transaction.atomic
def answer_sheet(*, bid: Bid, version: int, sheet: Mapping[str, str], now: datetime) -> Bid:
    """Keep the answers to the eight questions; those that are facts of the bid count as such.

    Raises EditedMeanwhile and BidHasEnded.
    """
    locked = _claim(bid, version)
    if locked.result:
        raise BidHasEnded
    locked.sheet = dict(sheet)
    _learn(locked, bid_sheet.facts(sheet), now)
    locked.save()
    _follow(locked, now)
    return locked


@transaction.atomic
def choose(
    *,
    bid: Bid,
    version: int,
    sheet: Mapping[str, str],
    choice: str,
    reason: str,
    now: datetime,
    by: User,
) -> Bid:
    """Decide to bid or not, with the sheet as it is now; the history keeps what was before.

    Raises ReasonWanted for a bid that the sheet speaks against, EditedMeanwhile and BidHasEnded.
    """
    if choice == Bid.Choice.BID and bid_sheet.suggests_no_bid(sheet) and not reason.strip():
        raise ReasonWanted
    answered = answer_sheet(bid=bid, version=version, sheet=sheet, now=now)
    answered.choice, answered.choice_reason = Bid.Choice(choice), reason.strip()
    answered.choice_by, answered.choice_at = by, now
    answered.save()
    return answered


def _claim(bid: Bid, version: int) -> Bid:
    current = Bid.objects.select_for_update().filter(pk=bid.pk, version=version, archived_at=None)
    locked = current.first()
    if locked is None:
        raise EditedMeanwhile
    locked.version += 1
    return locked


def _learn(bid: Bid, changes: Mapping[str, Any], now: datetime) -> None:
    """Set fields; facts that a score reads count from the moment that they were learned."""
    if any(getattr(bid, name) != changes[name] for name in FACTS if name in changes):
        bid.facts_recorded_at = now
    for name, value in changes.items():
        setattr(bid, name, value)


def _follow(bid: Bid, now: datetime) -> None:
    figures.refresh([bid.lead_id], now=now)
    leads.mark_for_scoring([bid.lead_id], now=now)
