"""Writes the mails of a ledger's rows: one reading of the ledger for all of a kind."""

from collections.abc import Sequence
from datetime import datetime

from crm.models import Digest, Firm
from crm.selectors.digest import Reader, contents, language_of
from crm.selectors.digest_daily import reminders
from crm.services import digest_daily_mail, digest_due, digest_mail
from crm.services.digest_mail import Mail


def mails(digests: Sequence[Digest], *, now: datetime, firm: Firm) -> dict[int, Mail]:
    """Return the mails by their rows' ids, each in its reader's language."""
    weekly = [digest for digest in digests if digest.kind == Digest.Kind.WEEKLY]
    daily = [digest for digest in digests if digest.kind == Digest.Kind.DAILY]
    return _weekly(weekly, now, firm) | _daily(daily, now, firm)


def _weekly(digests: Sequence[Digest], now: datetime, firm: Firm) -> dict[int, Mail]:
    if not digests:
        return {}
    covered = digest_due.weeks_covered(digests, now=now, firm=firm)
    readers = [Reader(digest.recipient, covered[digest.recipient_id]) for digest in digests]
    told = contents(readers, as_of=now, firm=firm)
    return {
        digest.pk: digest_mail.render(
            told[digest.recipient_id], language=language_of(digest.recipient)
        )
        for digest in digests
    }


def _daily(digests: Sequence[Digest], now: datetime, firm: Firm) -> dict[int, Mail]:
    if not digests:
        return {}
    told = reminders([digest.recipient for digest in digests], as_of=now, firm=firm)
    return {
        digest.pk: digest_daily_mail.render(
            told[digest.recipient_id], language=language_of(digest.recipient)
        )
        for digest in digests
    }
