"""The ledger of Monday mails: who is due, who sends, what became of it.

One row a person and ISO week keeps a mail from doubling; a claim with a lease keeps two
senders apart; frozen content makes a second try the same mail. Celery, beat or cron may call
these functions twice, late or not at all for a while.
"""

import logging
import uuid
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Max, Q

from crm import weeks
from crm.models import Digest, Firm, Lead, User
from crm.selectors.digest import content, language_of, zone_of
from crm.services import digest_mail
from crm.services.delivery import Answer, Fate, deliver

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
BACK_OFF_MINUTES = (1, 2, 2, 5, 20, 60)
FROZEN = ("subject", "text_body", "html_body", "language", "as_of", "shown", "message_id")
WEEK_IS_OVER = "the week was over before it could be sent"
NOT_A_READER = "the recipient is no reader of this mail any more"
DIED = "the sender died after handing over"
Status = Digest.Status
REACHED = (Status.SENT, Status.HANDED_OVER, Status.UNKNOWN)


class LeaseLost(Exception):
    """Another sender took the mail over meanwhile."""


def sweep(*, now: datetime) -> list[int]:
    """Make the rows that are due, settle what is over, and return the ids to send now."""
    firm = Firm.current()
    _add_due(now, firm)
    _settle(now, firm)
    due = Digest.objects.claimable_at(now).order_by("due_at", "pk")
    return list(due.values_list("pk", flat=True))


def send(*, digest_id: int, now: datetime) -> str:
    """Claim and send one mail; return its status, or nothing where another sender has it.

    The mail goes out outside any transaction; what became of it is recorded afterwards. If this
    process dies in between, the lease tells: not handed over is tried again, handed over is
    UNKNOWN and left to a person.
    """
    token = uuid.uuid4().hex
    if not claim(digest_id=digest_id, token=token, now=now):
        return ""
    digest = Digest.objects.select_related("recipient").get(pk=digest_id)
    firm = Firm.current()
    if reason := _why_not(digest, now, firm):
        return _record(digest, token, status=Status.FAILED, answer=reason)
    if not digest.subject or _shows_too_much(digest):
        freeze(digest, now=now, firm=firm)
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
    user = digest.recipient
    language = language_of(user)
    told = content(user, as_of=now, firm=firm, weeks_covered=_weeks_covered(digest, now, firm))
    mail = digest_mail.render(told, language=language)
    digest.subject, digest.text_body, digest.html_body = mail.subject, mail.text, mail.html
    digest.language, digest.as_of, digest.shown = language, now, mail.shown
    digest.message_id = f"<digest-{digest.pk}@{urlsplit(settings.BASE_URL).hostname}>"
    frozen = {name: getattr(digest, name) for name in FROZEN}
    Digest.objects.filter(pk=digest.pk, claimed_by=digest.claimed_by).update(**frozen)


def as_message(digest: Digest) -> EmailMultiAlternatives:
    """Return the frozen mail: the same words, id and date at every try."""
    message = EmailMultiAlternatives(
        subject=digest.subject,
        body=digest.text_body,
        to=[digest.recipient.email],
        headers={
            "Message-ID": digest.message_id,
            "Date": format_datetime(digest.as_of or digest.due_at),
            "X-Digest-Key": f"{digest.recipient_id}/{digest.period}",
            "Auto-Submitted": "auto-generated",
            "Content-Language": "zh-Hans" if digest.language.startswith("zh") else "en",
        },
    )
    message.attach_alternative(digest.html_body, "text/html")
    return message


def _add_due(now: datetime, firm: Firm) -> None:
    """Add the rows of the current week whose moment has come, in each reader's own zone."""
    readers = (
        User.objects.filter(is_active=True, wants_digest=True)
        .exclude(role=User.Role.VIEWER)
        .exclude(email="")
        .annotate(last_week=Max("digests__period", filter=Q(digests__kind=Digest.Kind.WEEKLY)))
    )
    rows = []
    for user in readers:
        zone = zone_of(user, firm)
        today = now.astimezone(zone).date()
        due_at = weeks.due_at(today, weekday=user.digest_weekday, hour=user.digest_hour, zone=zone)
        week = weeks.iso_week(today)
        if due_at <= now and (user.last_week or "") < week:
            rows.append(Digest(recipient=user, period=week, due_at=due_at, next_try_at=due_at))
    if rows:
        Digest.objects.bulk_create(rows, ignore_conflicts=True)


def _settle(now: datetime, firm: Firm) -> None:
    """Close what a dead sender left behind, and what a newer week overtook."""
    lost = Digest.objects.filter(status=Status.HANDED_OVER, lease_until__lt=now)
    lost.update(status=Status.UNKNOWN, lease_until=None, answer=DIED)
    waiting = Digest.objects.claimable_at(now).select_related("recipient")
    over = [digest.pk for digest in waiting if _is_over(digest, now, firm)]
    if over:
        Digest.objects.claimable_at(now).filter(pk__in=over).update(
            status=Status.FAILED, lease_until=None, answer=WEEK_IS_OVER
        )


def _is_over(digest: Digest, now: datetime, firm: Firm) -> bool:
    today = now.astimezone(zone_of(digest.recipient, firm)).date()
    return digest.period < weeks.iso_week(today)


def _why_not(digest: Digest, now: datetime, firm: Firm) -> str:
    """Return why a mail must not go out any more, if so."""
    user = digest.recipient
    reads = user.is_active and user.wants_digest and user.email
    if not reads or user.role == User.Role.VIEWER:
        return NOT_A_READER
    return WEEK_IS_OVER if _is_over(digest, now, firm) else ""


def _shows_too_much(digest: Digest) -> bool:
    """Say whether frozen words name a lead that the recipient may not see any more."""
    named = [int(lead_id) for lead_id in digest.shown]
    seen = Lead.objects.visible_to(digest.recipient).filter(pk__in=named).count() if named else 0
    return seen < len(named)


def _weeks_covered(digest: Digest, now: datetime, firm: Firm) -> int:
    """Return how many weeks lie between the last mail that went out and this one."""
    earlier = Digest.objects.filter(
        recipient=digest.recipient, kind=digest.kind, status__in=REACHED
    ).exclude(pk=digest.pk)
    last = earlier.aggregate(week=Max("period"))["week"]
    today = now.astimezone(zone_of(digest.recipient, firm)).date()
    return weeks.weeks_between(last, today) if last else 1


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
    wait = BACK_OFF_MINUTES[min(digest.attempts, len(BACK_OFF_MINUTES) - 1)]
    return _record(
        digest,
        token,
        status=Status.PENDING,
        answer=answer.words,
        next_try_at=now + timedelta(minutes=wait),
    )


def _record(digest: Digest, token: str, *, status: str, answer: str, **facts: datetime) -> str:
    mine = Digest.objects.filter(pk=digest.pk, claimed_by=token)
    mine.update(
        status=status, answer=answer, lease_until=None, attempts=digest.attempts + 1, **facts
    )
    log.info("digest %s of %s: %s %s", digest.pk, digest.period, status, answer)
    return status
