"""What a person may answer to a flag: a kind with its why and its day, checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import decision_reasons, rules
from crm.models import Decision
from crm.models.assessment import ANSWERS
from crm.services.errors import LedgerError

Kind, Handling = Decision.Kind, Decision.Handling
WALKS_AWAY_WITHIN = timedelta(days=7)
# How an answer deals with the risk when nobody says so.
HANDLED: Mapping[str, str] = {
    Kind.OFFER_PAID_STEP: Handling.REDUCE,
    Kind.PAUSE: Handling.AVOID,
    Kind.WALK_AWAY: Handling.AVOID,
    Kind.CONTINUE: Handling.ACCEPT,
}


class ReasonIsMissing(LedgerError):
    """A decision without its why."""

    def __init__(self) -> None:
        """Say what a reason is."""
        super().__init__(_("Say why: tap a reason, or write five words."))


class ReviewDateIsMissing(LedgerError):
    """An answer that would rest for ever, in the past, or too long."""

    def __init__(self, words: str) -> None:
        """Take the words."""
        super().__init__(words)


class HandlingIsMissing(LedgerError):
    """A risk that is taken without saying how it is dealt with."""

    def __init__(self) -> None:
        """Say what to choose."""
        super().__init__(_("Say how the risk is dealt with."))


@dataclass(frozen=True)
class Answer:
    """What a person decides, with the why and until when."""

    kind: str
    reason: str = ""
    reason_codes: Sequence[str] = ()
    handling: str = ""
    review_date: date | None = None
    play: str = ""


def checked(answer: Answer, today: date) -> Answer:
    """Return the answer with what follows from its kind, or raise what is wrong with it."""
    if answer.kind not in ANSWERS:
        raise ValueError(answer.kind)
    if not rules.says_why(answer.reason, answer.reason_codes):
        raise ReasonIsMissing
    handling = answer.handling or HANDLED.get(answer.kind, "")
    if not handling:
        raise HandlingIsMissing
    return replace(
        answer,
        reason=answer.reason or in_words(answer.reason_codes),
        handling=handling,
        review_date=_review_date(answer, today),
    )


def in_words(codes: Sequence[str]) -> str:
    """Return ready reasons in words."""
    words = [str(decision_reasons.REASONS.get(code, code)) for code in codes]
    return _("; ").join(words)


def _review_date(answer: Answer, today: date) -> date:
    day = answer.review_date
    match answer.kind:
        case Kind.WALK_AWAY:
            return day or today + WALKS_AWAY_WITHIN
        case Kind.OFFER_PAID_STEP:
            return day or today + timedelta(days=rules.ANSWER_WITHIN_DAYS)
        case Kind.PAUSE if day is None:
            raise ReviewDateIsMissing(_("Say when you will get in touch again."))
    if day is None:
        raise ReviewDateIsMissing(_("Say by when to look at it again."))
    if day <= today:
        raise ReviewDateIsMissing(_("Choose a day that is still ahead."))
    most = rules.REVIEW_WITHIN_DAYS
    if answer.kind != Kind.PAUSE and (day - today).days > most:
        words = ngettext(
            "A risk is looked at again within %d day.",
            "A risk is looked at again within %d days.",
            most,
        )
        raise ReviewDateIsMissing(words % most)
    return day
