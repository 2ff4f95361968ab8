"""The ledger of mails: who is due, who sends, what became of it.

One row a person and ISO week (or day, for reminders) keeps a mail from doubling; a claim with a
lease keeps two senders apart; frozen content makes a second try the same mail. Celery, beat or
cron may call these functions twice, late or not at all for a while.

The sweep writes the mails that are due together, because reading the ledger for fifty costs what
it costs for one. Each mail is still claimed, checked and sent for itself; one that the sweep
could not write is written by its sender.
"""

import logging
import time
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import OperationalError, connection
from django.db.models import Subquery

from crm.mail_words import (
    DAY_IS_OVER,
    DIED,
    MUTED,
    NOT_A_READER,
    NOTHING_LEFT,
    WEEK_IS_OVER,
)
from crm.models import Digest, Firm, Lead, User
from crm.models.mail import LEASE
from crm.selectors.digest import language_of
from crm.services import digest_due, digest_writing, stop_links
from crm.services.delivery import Answer, Fate, deliver
from crm.services.digest_layout import settings_address

log = logging.getLogger(__name__)
BACK_OFF_MINUTES = (1, 2, 2, 5, 20, 60)
BACK_OFF_FROM_NOBODY = BACK_OFF_MINUTES[:4]  # a server that is back is to be noticed soon
RECORD_TRIES, RECORD_PAUSE = 3, 5  # seconds
FROZEN = ("subject", "text_body", "html_body", "language", "as_of", "shown", "message_id")
OVER = {Digest.Kind.WEEKLY: WEEK_IS_OVER, Digest.Kind.DAILY: DAY_IS_OVER}
Status = Digest.Status


class LeaseLost(Exception):
    """Another sender took the mail over meanwhile."""


def sweep(*, now: datetime) -> list[int]:
    """Make the rows that are due, write them, settle what is over; return the ids to send now."""
    firm, readers = Firm.current(), digest_due.readers()
    digest_due.add_weekly(readers, now=now, firm=firm)
    due = _settle(now, firm)
    _write_together(due, now=now, firm=firm)
    # What the Monday mail of this morning says is left out of the reminders of this morning.
    if _add_daily(readers, now=now, firm=firm):
        known = {digest.pk for digest in due}
        due = _waiting(now)
        _write_together([one for one in due if one.pk not in known], now=now, firm=firm)
    return [digest.pk for digest in due]


def send(*, digest_id: int, now: datetime) -> str:
    """Claim and send one mail; return its status, or nothing where another sender has it.

    The mail goes out outside any transaction; what became of it is recorded afterwards. If this
    process dies in between, the lease tells: not handed over is tried again, handed over is
    UNKNOWN and left to a person.
    """
    token = uuid.uuid4().hex
    if not claim(digest_id=digest_id, token=token, now=now):
        return ""
    digest = _in_hand(digest_id)
    if reason := _why_not(digest, now):
        return _record(digest, token, status=Status.FAILED, answer=reason)
    if not digest.subject or _shows_too_much(digest, now):
        freeze(digest, now=now, firm=Firm.current())
    if not digest.subject:
        return _record(digest, token, status=Status.FAILED, answer=NOTHING_LEFT)
    try:
        answer = deliver(as_message(digest), hand_over=lambda: _hand_over(digest, token, now))
    except LeaseLost:
        return ""
    return _settle_answer(digest, token, answer, now)


def claim(*, digest_id: int, token: str, now: datetime) -> bool:
    """Take a mail for two minutes; only one of many senders gets it."""
    mine = Digest.objects.claimable_at(now).filter(pk=digest_id)
    taken = mine.update(status=Status.SENDING, claimed_by=token, lease_until=now + LEASE)
    return taken == 1


def freeze(digest: Digest, *, now: datetime, firm: Firm) -> None:
    """Write the mail once; every try sends these very words."""
    write([digest], now=now, firm=firm)
    frozen = {name: getattr(digest, name) for name in FROZEN}
    Digest.objects.filter(pk=digest.pk, claimed_by=digest.claimed_by).update(**frozen)


def write(digests: Sequence[Digest], *, now: datetime, firm: Firm) -> None:
    """Put the words into mails; a reminder without anything left to say has no subject."""
    mails = digest_writing.mails(digests, now=now, firm=firm)
    host = urlsplit(settings.BASE_URL).hostname
    for digest in digests:
        mail = mails[digest.pk]
        digest.subject, digest.text_body, digest.html_body = mail.subject, mail.text, mail.html
        digest.language, digest.as_of = language_of(digest.recipient), now
        digest.shown = {**mail.shown, **_reach(digest.recipient, mail.names)}
        digest.message_id = f"<digest-{digest.pk}@{host}>"


def as_message(digest: Digest) -> EmailMultiAlternatives:
    """Return the frozen mail: the same words, id and date at every try.

    Where the words lead to the settings to stop such mails, a sent one stops them by a link of
    its reader's own; kept words hold no such link, for others may read them.
    """
    stop = stop_links.address(digest.recipient, digest.kind)
    message = EmailMultiAlternatives(
        subject=digest.subject,
        body=digest.text_body.replace(settings_address(), stop),
        to=[digest.recipient.email],
        headers={
            "Message-ID": digest.message_id,
            "Date": format_datetime(digest.as_of or digest.due_at),
            "X-Digest-Key": f"{digest.recipient_id}/{digest.period}",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Content-Language": "zh-Hans" if digest.language.startswith("zh") else "en",
        },
    )
    message.attach_alternative(digest.html_body.replace(settings_address(), stop), "text/html")
    return message


def _add_daily(readers: Sequence[Any], *, now: datetime, firm: Firm) -> bool:
    """Add reminders; whatever goes wrong with them keeps no Monday mail."""
    try:
        return digest_due.add_daily(readers, now=now, firm=firm)
    except Exception:  # the next sweep tries again
        log.exception("reminders could not be added")
        return False


def _write_together(due: Sequence[Digest], *, now: datetime, firm: Firm) -> None:
    """Freeze what is due and not yet written; whatever goes wrong is left to the senders.

    Only rows that still wait, and still without words, are written: a sender that has claimed
    one meanwhile writes it itself.
    """
    unwritten = [digest for digest in due if not digest.subject and digest.status == Status.PENDING]
    if not unwritten:
        return
    try:
        write(unwritten, now=now, firm=firm)
    except Exception:  # one torn row must not keep everybody's mail; each sender tries its own
        log.exception("mails could not be written together")
        return
    waiting = Digest.objects.filter(status=Status.PENDING, subject="")
    waiting.bulk_update([digest for digest in unwritten if digest.subject], FROZEN)


def _waiting(now: datetime) -> list[Digest]:
    """Return what can be sent now, first what never kept a sender waiting."""
    due = Digest.objects.claimable_at(now).order_by("attempts", "due_at", "pk")
    return list(due.select_related("recipient").defer("text_body", "html_body"))


def _settle(now: datetime, firm: Firm) -> list[Digest]:
    """Close what a dead sender left behind and what is over; return what waits to be sent."""
    lost = Digest.objects.left_behind_at(now)
    lost.update(status=Status.UNKNOWN, lease_until=None, answer=DIED)
    waiting: list[Digest] = []
    over: list[Digest] = []
    for digest in _waiting(now):
        zone = firm.zone_of(digest.recipient)
        (over if digest_due.is_over(digest, now=now, zone=zone) else waiting).append(digest)
    for kind, answer in OVER.items():
        ids = [digest.pk for digest in over if digest.kind == kind]
        if ids:
            Digest.objects.claimable_at(now).filter(pk__in=ids).update(
                status=Status.FAILED, lease_until=None, answer=answer
            )
    return waiting


def _in_hand(digest_id: int) -> Digest:
    """Return a mail with its recipient and, read beside them, the firm's zone."""
    zone = Firm.objects.filter(pk=1).values("time_zone")[:1]
    found: Digest = (
        Digest.objects.select_related("recipient")
        .annotate(firm_zone=Subquery(zone))
        .get(pk=digest_id)
    )
    return found


def _why_not(digest: Any, now: datetime) -> str:
    """Return why a mail must not go out any more, if so."""
    user, zone = digest.recipient, Firm(time_zone=digest.firm_zone or "").zone_of(digest.recipient)
    if not digest_due.wants(user, digest.kind):
        return NOT_A_READER
    if digest_due.is_over(digest, now=now, zone=zone):
        return OVER[digest.kind]
    return MUTED if user.is_muted_on(now.astimezone(zone).date()) else ""


def _reach(user: User, leads: Collection[int]) -> dict[str, Any]:
    """Return what lets a sender tell whether words are still for their reader's eyes."""
    return {"role": user.role, "team": user.team_id, "names": sorted(leads)}


def _shows_too_much(digest: Digest, now: datetime) -> bool:
    """Say whether frozen words may tell more than the recipient may see now.

    That is so after a change of role or team; and once the words are older than a lease, when a
    lead that they name went to somebody else. (Within a lease a sender that writes its mail
    itself would be as late.)
    """
    user, shown = digest.recipient, digest.shown
    if (shown.get("role"), shown.get("team")) != (user.role, user.team_id):
        return True
    named = shown.get("names")
    if not named or (digest.as_of and now - digest.as_of < LEASE):
        return False
    return Lead.objects.visible_to(user).filter(pk__in=named).count() < len(named)


def _hand_over(digest: Digest, token: str, now: datetime) -> None:
    """Note that only the final dot is missing; raise LeaseLost when the mail is not ours."""
    mine = Digest.objects.filter(pk=digest.pk, claimed_by=token, status=Status.SENDING)
    if mine.update(status=Status.HANDED_OVER, lease_until=now + LEASE) != 1:
        raise LeaseLost


def _settle_answer(digest: Digest, token: str, answer: Answer, now: datetime) -> str:
    match answer.fate:
        case Fate.ACCEPTED:
            return _record(digest, token, status=Status.SENT, answer=answer.words, sent_at=now)
        case Fate.REFUSED:
            return _record(digest, token, status=Status.FAILED, answer=answer.words)
        case Fate.NOT_KNOWN:
            return _record(digest, token, status=Status.UNKNOWN, answer=answer.words)
    waits = BACK_OFF_FROM_NOBODY if answer.fate is Fate.NO_ANSWER else BACK_OFF_MINUTES
    wait = waits[min(digest.attempts, len(waits) - 1)]
    return _record(
        digest,
        token,
        status=Status.PENDING,
        answer=answer.words,
        next_try_at=now + timedelta(minutes=wait),
    )


def _record(digest: Digest, token: str, *, status: str, answer: str, **facts: datetime) -> str:
    """Write down what became of a mail; only this sender knows it, so a locked ledger is asked
    again while the lease lasts."""
    mine = Digest.objects.filter(pk=digest.pk, claimed_by=token)
    for tries_left in reversed(range(RECORD_TRIES)):
        try:
            mine.update(
                status=status,
                answer=answer,
                lease_until=None,
                attempts=digest.attempts + 1,
                **facts,
            )
            break
        except OperationalError:
            if not tries_left:
                raise
            connection.close_if_unusable_or_obsolete()
            time.sleep(RECORD_PAUSE)
    log.info("digest %s of %s: %s %s", digest.pk, digest.period, status, answer)
    return status
