"""What a person says of a mail that failed or may be lost: send it again, it arrived, let it be."""

from collections.abc import Sequence
from datetime import date, datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from crm import formats, mail_words, wake
from crm.models import Digest, Firm, User
from crm.services import digest_due
from crm.services.errors import LedgerError

Status = Digest.Status
ENDED = (Status.FAILED, Status.UNKNOWN)
REOPENED = (
    "status",
    "next_try_at",
    "attempts",
    "lease_until",
    "claimed_by",
    "answer",
    "sent_again_at",
    "sent_again_by",
)
DISMISSAL = ("dismissed_at", "dismissed_by", "dismissed_why")
LONGEST_WHY = 200


class MailRefused(LedgerError):
    """A mail that shall not go out now; its text says why."""


class OnItsWay(LedgerError):
    """Somebody else was quicker; nothing is sent twice."""

    def __init__(self) -> None:
        """Say that it is done already."""
        super().__init__(_("Somebody did this already, or the mail moved on. Look again."))


def seen(digest: Digest) -> str:
    """Return what a page notes of the state that its reader saw."""
    said = (digest.sent_again_at, digest.dismissed_at)
    moments = "/".join(at.isoformat() if at else "" for at in said)
    return f"{digest.status}/{digest.attempts}/{moments}"


@transaction.atomic
def send_again(*, digest: Digest, as_seen: str, by: User, now: datetime) -> None:
    """Let a mail of failed or unknown fate go out once more: the same words under the same id.

    Raises OnItsWay for the second of two who ask at once, MailRefused where the reader wants or
    may read no such mail. A week that is over does not hold a person's word back.
    """
    locked = _locked(digest, as_seen, ENDED)
    day = now.astimezone(Firm.current().zone_of(locked.recipient)).date()
    if refusal := _why_not(locked, day):
        raise MailRefused(refusal)
    _note(locked, by, "Sent again")
    locked.status, locked.next_try_at, locked.attempts = Status.PENDING, now, 0
    locked.lease_until, locked.claimed_by, locked.answer = None, "", ""
    locked.sent_again_at, locked.sent_again_by = now, by
    _let_stand(locked)
    locked.save(update_fields=(*REOPENED, *DISMISSAL))
    wake.after_commit("crm.send_due_digests")


@transaction.atomic
def note_arrival(*, digest: Digest, as_seen: str, by: User) -> None:
    """Keep that a mail of unknown fate did arrive; raises OnItsWay where it moved on."""
    locked = _locked(digest, as_seen, (Status.UNKNOWN,))
    _note(locked, by, "Arrived")
    locked.status, locked.answer = Status.SENT, mail_words.ARRIVED
    locked.save(update_fields=["status", "answer"])


@transaction.atomic
def dismiss(*, digest: Digest, as_seen: str, by: User, why: str, now: datetime) -> None:
    """Note that nothing more is to be done about a mail; it stays in the history.

    Raises OnItsWay where it moved on, or somebody else dismissed it.
    """
    locked = _locked(digest, as_seen, ENDED)
    if locked.dismissed_at:
        raise OnItsWay
    _note(locked, by, "Dismissed")
    locked.dismissed_at, locked.dismissed_by = now, by
    locked.dismissed_why = why.strip()[:LONGEST_WHY]
    locked.save(update_fields=DISMISSAL)


@transaction.atomic
def take_up(*, digest: Digest, by: User) -> bool:
    """Take a dismissal back; say whether there was one."""
    locked = Digest.objects.select_for_update().get(pk=digest.pk)
    if not locked.dismissed_at:
        return False
    _note(locked, by, "Taken up again")
    _let_stand(locked)
    locked.save(update_fields=DISMISSAL)
    return True


def _let_stand(digest: Digest) -> None:
    """Forget that a mail was dismissed."""
    digest.dismissed_at, digest.dismissed_by, digest.dismissed_why = None, None, ""


def _why_not(digest: Digest, day: date) -> str:
    """Return why a mail must not go out at present and what helps; nothing where it may."""
    user = digest.recipient
    name = {"name": user}
    if not user.email:
        return (
            _("%(name)s has no e-mail address. Enter one under Administration, then send it again.")
            % name
        )
    if user.is_muted_on(day):
        until = formats.day(user.mails_muted_until) if user.mails_muted_until else ""
        words = _("%(name)s wants no mails before %(day)s; nothing was sent.")
        return words % {**name, "day": until}
    if not digest_due.wants(user, digest.kind):
        return _("%(name)s wants or may read no such mail at present; nothing was sent.") % name
    return ""


def _locked(digest: Digest, as_seen: str, states: Sequence[str]) -> Digest:
    locked = Digest.objects.select_for_update().get(pk=digest.pk)
    if locked.status not in states or seen(locked) != as_seen:
        raise OnItsWay
    return locked


def _note(digest: Digest, by: User, what: str) -> None:
    """Keep who did what and how the mail stood, where the back office shows its trail."""
    LogEntry.objects.create(
        user_id=by.pk,
        content_type_id=ContentType.objects.get_for_model(Digest).pk,
        object_id=str(digest.pk),
        object_repr=str(digest)[:200],
        action_flag=CHANGE,
        change_message=f"{what}. Before: {digest.status}, {digest.answer or '-'}",
    )
