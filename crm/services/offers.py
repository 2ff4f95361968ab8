"""Small paid steps that we offer: the offer is a decision, and its answer is a fact for scores."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Decision, Lead, PaidStepOffer, User
from crm.models.base import new_ledger_id
from crm.services import decisions, leads
from crm.services.answers import Answer
from crm.services.errors import LedgerError

UNDO_FOR = timedelta(hours=24)


class OfferIsOpen(LedgerError):
    """A second offer while the first one still waits for its answer."""

    def __init__(self) -> None:
        """Say what to do first."""
        super().__init__(_("An offer still waits for its answer. Log the answer first."))


class AnsweredAlready(LedgerError):
    """An answer to an offer that has one."""

    def __init__(self) -> None:
        """Say that nothing was overwritten."""
        super().__init__(_("Somebody logged the answer to this offer already."))


@transaction.atomic
def offer(
    *,
    lead: Lead,
    what: str,
    amount: Decimal | None,
    answer: Answer,
    by: User,
    now: datetime,
    today: date,
    seen: Sequence[int] = (),
    token: UUID | None = None,
) -> Decision:
    """Record that we offer a paid step, as the answer to the lead's flag.

    Raises OfferIsOpen, and what `decisions.decide` raises.
    """
    Lead.objects.select_for_update().get(pk=lead.pk)  # of two taps at once, the second waits here
    if token and (made := Decision.objects.filter(client_token=token).first()):
        return made
    if PaidStepOffer.objects.filter(lead=lead, answer="", archived_at=None).exists():
        raise OfferIsOpen
    name = new_ledger_id()
    decision = decisions.decide(
        lead=lead, answer=answer, by=by, now=now, today=today, seen=seen, token=token,
        more={"offer": name},
    )  # fmt: skip
    PaidStepOffer.objects.create(
        ledger_id=name, lead=lead, what=what, amount=amount, author=by,
        happened_at=now, recorded_at=now,
    )  # fmt: skip
    leads.mark_for_scoring([lead.pk], now=now)
    return decision


@transaction.atomic
def log_answer(*, offer: PaidStepOffer, answer: str, now: datetime) -> PaidStepOffer:
    """Record what the client said to an offer; raise AnsweredAlready when it is known."""
    locked = PaidStepOffer.objects.select_for_update().get(pk=offer.pk)
    if locked.answer == answer:
        return locked
    if locked.answer:
        raise AnsweredAlready
    locked.answer = PaidStepOffer.Answer(answer)
    locked.answered_at = locked.answer_recorded_at = now
    locked.save()
    leads.mark_for_scoring([locked.lead_id], now=now)
    return locked


@transaction.atomic
def take_answer_back(*, offer: PaidStepOffer, now: datetime) -> PaidStepOffer:
    """Let an offer wait again; raise decisions.TooLateToTakeBack a day after its answer."""
    locked = PaidStepOffer.objects.select_for_update().get(pk=offer.pk)
    if locked.answer_recorded_at is None or now - locked.answer_recorded_at > UNDO_FOR:
        raise decisions.TooLateToTakeBack
    locked.answer, locked.answered_at, locked.answer_recorded_at = "", None, None
    locked.save()
    leads.mark_for_scoring([locked.lead_id], now=now)
    return locked
