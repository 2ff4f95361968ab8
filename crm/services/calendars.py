"""The link to a person's calendar: whoever knows it reads the dates, so it can be replaced."""

import logging
import secrets

from crm.models import User

SECRET_BYTES, SECRET_LENGTH = 32, 43
log = logging.getLogger(__name__)


def make_link(*, user: User) -> None:
    """Give a person a new link; the one before stops."""
    _store(user, secrets.token_urlsafe(SECRET_BYTES))
    log.info("user %s made a calendar link", user.pk)


def remove_link(*, user: User) -> None:
    """Take the link away; calendars that follow it find nothing any more."""
    _store(user, "")
    log.info("user %s removed the calendar link", user.pk)


def name_clients(*, user: User, names: bool) -> None:
    """Let the calendar name clients, or not."""
    user.calendar_names_clients = names
    user.save(update_fields=["calendar_names_clients"])


def _store(user: User, secret: str) -> None:
    user.calendar_secret = secret
    user.save(update_fields=["calendar_secret"])
