"""The history of mails: one's own, or everybody's for founders, and those that need a look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from crm import mail_words
from crm.mail_words import Told
from crm.models import Digest, Lead, OutboxMail, User
from crm.models.mail import DigestQuerySet
from crm.selectors import paging
from crm.selectors.paging import Key

PAGE_ROWS, MOST_IN_NEED, MOST_READERS = 50, 50, 200
LOOKED_BACK = timedelta(days=28)
KEYS = (Key("due_at", down=True), Key("pk", down=True))
BODIES = ("text_body", "html_body", "shown")
Status, Kind = Digest.Status, Digest.Kind
IN_DOUBT = (Status.FAILED, Status.UNKNOWN)


@dataclass(frozen=True)
class Asked:
    """Which mails a reader asks for; what an address says wrongly is the usual."""

    person: int = 0
    state: str = ""
    kind: str = ""
    after: str = ""
    back: bool = False


@dataclass(frozen=True)
class Row:
    """A mail and what became of it; `is_here` says that it lies in the outbox here."""

    mail: Digest
    told: Told
    is_here: bool = False

    @property
    def is_in_doubt(self) -> bool:
        """Say whether it failed or may be lost."""
        return self.mail.status in IN_DOUBT

    @property
    def is_dismissed(self) -> bool:
        """Say whether a person said that nothing more is to be done about it."""
        return self.mail.dismissed_at is not None

    @property
    def is_trouble(self) -> bool:
        """Say whether somebody missed it, and not only did not want it."""
        return (
            self.is_in_doubt
            and not self.is_dismissed
            and self.mail.answer not in mail_words.NOT_MISSED
        )


@dataclass(frozen=True)
class Page:
    """One page of the history."""

    rows: Sequence[Row]
    after: str
    before: str


def page(user: User, asked: Asked) -> Page:
    """Return a page of the mails that a person may see, the latest first."""
    found = _asked_for(user, asked)
    place = paging.read(asked.after, KEYS)
    if place is not None:
        found = found.filter(paging.beyond(KEYS, place, back=asked.back))
    found = found.select_related("recipient", "sent_again_by", "dismissed_by").defer(*BODIES)
    mails = list(found.order_by(*paging.ordering(KEYS, back=asked.back))[: PAGE_ROWS + 1])
    more, mails = len(mails) > PAGE_ROWS, mails[:PAGE_ROWS]
    if asked.back:
        mails.reverse()
    is_first = place is None or (asked.back and not more)
    is_last = not more and not asked.back
    return Page(
        rows_of(mails),
        after="" if is_last or not mails else paging.written(mails[-1], KEYS),
        before="" if is_first or not mails else paging.written(mails[0], KEYS),
    )


def _asked_for(user: User, asked: Asked) -> DigestQuerySet:
    found = Digest.objects.visible_to(user)
    if asked.person:
        found = found.filter(recipient=asked.person)
    if asked.state:
        found = found.filter(status=asked.state)
    return found.filter(kind=asked.kind) if asked.kind else found


def rows_of(mails: Sequence[Digest]) -> list[Row]:
    """Return mails with what became of them in words; one query for all."""
    ids = [mail.message_id for mail in mails if mail.message_id and mail.status == Status.SENT]
    here = set(OutboxMail.objects.filter(message_id__in=ids).values_list("message_id", flat=True))
    return [row_of(mail, is_here=mail.message_id in here) for mail in mails]


def row_of(mail: Digest, *, is_here: bool = False) -> Row:
    """Return one mail with what became of it in words."""
    is_unknown = mail.status == Status.UNKNOWN
    answer = "" if mail.status == Status.SENT else mail.answer
    told = mail_words.told(answer=answer, name=mail.recipient, is_unknown=is_unknown)
    return Row(mail, told, is_here)


def readers() -> list[User]:
    """Return who has mails, for the choice of a person."""
    have = Exists(Digest.objects.filter(recipient=OuterRef("pk")))
    return list(User.objects.filter(have).order_by("display_name", "username")[:MOST_READERS])


def in_need(now: datetime) -> DigestQuerySet:
    """Keep the mails that a founder should look at: the latest of a reader and kind, in doubt.

    What its reader did not want, what a later mail of the kind made up for, and what a person
    dismissed needs none.
    """
    later = Digest.objects.filter(
        recipient=OuterRef("recipient"), kind=OuterRef("kind"), period__gt=OuterRef("period")
    )
    wanted = Q(kind=Kind.WEEKLY, recipient__wants_digest=True)
    wanted |= Q(kind=Kind.DAILY, recipient__wants_reminders=True)
    found = Digest.objects.filter(wanted, ~Exists(later), status__in=IN_DOUBT, dismissed_at=None)
    found = found.filter(recipient__is_active=True, due_at__gte=now - LOOKED_BACK)
    return found.exclude(answer__in=mail_words.NOT_MISSED)


def to_look_at(now: datetime) -> list[Row]:
    """Return the mails that need a look, the latest first."""
    mails = in_need(now).select_related("recipient", "sent_again_by", "dismissed_by").defer(*BODIES)
    return rows_of(list(mails.order_by("-due_at", "-pk")[:MOST_IN_NEED]))


def count_in_need(user: User, now: datetime) -> int:
    """Return how many mails a founder should look at; nobody else is asked to."""
    return in_need(now).count() if user.role == User.Role.FOUNDER else 0


def may_read(mail: Digest, user: User) -> bool:
    """Say whether a mail names no lead that the reader may not see now."""
    asked = {int(lead_id) for lead_id in mail.shown if lead_id.isdecimal()}
    named = asked | set(mail.shown.get("names", ()))
    if user.role == User.Role.FOUNDER or not named:
        return True
    return Lead.objects.visible_to(user).filter(pk__in=named).count() == len(named)
