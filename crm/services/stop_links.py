"""Links that stop one kind of mail without a sign-in (RFC 8058).

A token is signed with a secret of its reader; a new secret makes all earlier links invalid. It
stops mails and does nothing else.
"""

import base64
import logging
import re
import secrets

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from crm.models import Digest, User

SECRET_BYTES = 32
SALT = "crm.stop_links"
LETTERS = {Digest.Kind.WEEKLY: "w", Digest.Kind.DAILY: "d"}
KINDS = {letter: kind for kind, letter in LETTERS.items()}
SWITCHES = {Digest.Kind.WEEKLY: "wants_digest", Digest.Kind.DAILY: "wants_reminders"}
TOKEN = re.compile(r"([1-9]\d{0,14})-([wd])-([A-Za-z0-9_-]{43})")
NOBODYS_SECRET = "-" * 43
log = logging.getLogger(__name__)


def address(user: User, kind: str) -> str:
    """Return the address that stops a kind of mail for a person; makes the secret at first."""
    if not user.mail_secret:
        fresh = secrets.token_urlsafe(SECRET_BYTES)
        if User.objects.filter(pk=user.pk, mail_secret="").update(mail_secret=fresh):
            user.mail_secret = fresh
        else:  # somebody else was quicker
            user.refresh_from_db(fields=["mail_secret"])
    return settings.BASE_URL + reverse("mail-stop", args=[token(user, kind)])


def token(user: User, kind: str) -> str:
    """Return what stops a kind of mail for a person who has a secret."""
    letter = LETTERS[Digest.Kind(kind)]
    return f"{user.pk}-{letter}-{_signature(user.pk, letter, user.mail_secret)}"


def reader_of(token: str) -> tuple[User, str] | None:
    """Return whose mails a token stops, and which; None where it stops nothing (any more)."""
    parts = TOKEN.fullmatch(token)
    if parts is None:
        return None
    number, letter, signature = parts.groups()
    user = User.objects.filter(pk=int(number), is_active=True).first()
    secret = (user.mail_secret if user else "") or NOBODYS_SECRET
    is_right = constant_time_compare(signature, _signature(int(number), letter, secret))
    if not is_right or user is None or not user.mail_secret:
        return None
    return user, KINDS[letter]


def is_stopped(user: User, kind: str) -> bool:
    """Say whether a person gets no mails of a kind already."""
    return not getattr(user, SWITCHES[Digest.Kind(kind)])


def stop(*, user: User, kind: str) -> None:
    """Switch a kind of mail off, as the person would under the own settings."""
    switch = SWITCHES[Digest.Kind(kind)]
    User.objects.filter(pk=user.pk).update(**{switch: False})
    setattr(user, switch, False)
    log.info("user %s stopped mails of kind %s by a link", user.pk, kind)


def renew(*, user: User) -> None:
    """Make all links in earlier mails invalid."""
    user.mail_secret = secrets.token_urlsafe(SECRET_BYTES)
    user.save(update_fields=["mail_secret"])
    log.info("user %s made earlier stop links invalid", user.pk)


def _signature(number: int, letter: str, secret: str) -> str:
    signed = salted_hmac(
        SALT, f"{number}-{letter}", secret=settings.SECRET_KEY + secret, algorithm="sha256"
    )
    return base64.urlsafe_b64encode(signed.digest()).rstrip(b"=").decode()
