"""What became of a mail, in words that tell what to do; the mail server's own stand beside them.

The answers of our own are stored as they stand here, in English, and shown translated.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WEEK_IS_OVER = "the week was over before it could be sent"
DAY_IS_OVER = "the day was over"
NOTHING_LEFT = "nothing was left to remind of"
NOT_A_READER = "the recipient is no reader of this mail any more"
MUTED = "the recipient wants no mails for a while"
DIED = "the sender died after handing over"
ARRIVED = "it arrived, as its reader says"
# Left out because nobody wanted or needed it any more: nothing went wrong.
NOT_MISSED = (NOT_A_READER, MUTED, NOTHING_LEFT)


@dataclass(frozen=True)
class Trouble:
    """Why a mail did not surely arrive, and what somebody can do; both may name the reader."""

    happened: str | Promise
    to_do: str | Promise


BROKE_OFF = Trouble(
    _("The mail server took it and then the line broke: it may have arrived."),
    _("Ask %(name)s, then send it again if it did not."),
)
DIED_THEN = Trouble(
    _("Touchstone stopped in the moment of handing it over: it may have arrived."),
    _("Ask %(name)s, then send it again if it did not."),
)
OVER = Trouble(
    _("It waited for the mail server until its week was over."),
    _("The next mail covers this week, too. Send it again if %(name)s should have it now."),
)
NO_READER = Trouble(
    _("%(name)s wanted or could read no such mail when it was due."),
    _("Nothing went wrong; nothing to do."),
)
DAY_OVER = Trouble(
    _("It waited for the mail server until its day was over."),
    _("The reminders of the next day say what is still due."),
)
NOTHING = Trouble(
    _("Nothing was left to remind %(name)s of."), _("Nothing went wrong; nothing to do.")
)
NO_ADDRESS = Trouble(
    _("The mail server knows no such address."),
    _("Correct the e-mail address of %(name)s under Administration, then send it again."),
)
FULL = Trouble(_("The mailbox of %(name)s is full."), _("Send it again when there is room in it."))
NOT_LET_IN = Trouble(
    _("The mail server takes no mail from us: it holds us for spam, or a rule of its firm."),
    _("Ask whoever runs the mail server to let our sender address through, then send it again."),
)
NO_SIGN_IN = Trouble(
    _("The mail server did not let Touchstone sign in."),
    _("Check EMAIL_USER and EMAIL_PASSWORD, then send it again."),
)
TOO_LARGE = Trouble(
    _("The mail server found it too large."), _("Ask whoever runs the mail server for its limit.")
)
NO_LINE = Trouble(
    _("The mail server could not be reached."),
    _("Check EMAIL_HOST, EMAIL_PORT and the line; it tries again by itself."),
)
LATER = Trouble(
    _("The mail server asked to try later."), _("Nothing to do; it tries again by itself.")
)
REFUSED = Trouble(
    _("The mail server refused it."),
    _("Read below what it said, mend that, then send it again."),
)
OWN = {
    WEEK_IS_OVER: OVER,
    DAY_IS_OVER: DAY_OVER,
    NOTHING_LEFT: NOTHING,
    NOT_A_READER: NO_READER,
    MUTED: NO_READER,
    DIED: DIED_THEN,
}
# The first that fits counts; a status code of three parts says more than words do.
SIGNS = (
    (r"^53[045]\b|SMTPAuthenticationError", NO_SIGN_IN),
    (r"\b[45]\.2\.2\b|quota|(mailbox|storage)[^.]* full", FULL),
    (r"\b[45]\.3\.4\b|too (large|big)|size limit", TOO_LARGE),
    (r"\b5\.1\.\d+\b|(no such|unknown|invalid) (user|recipient|mailbox|address)", NO_ADDRESS),
    (r"^5.*(user|recipient|mailbox) (is )?(unknown|unavailable|not found|does not)", NO_ADDRESS),
    (r"\b5\.7\.\d+\b|^5.*(spam|policy|block|listed|dmarc|spf\b|denied|reputation)", NOT_LET_IN),
    (r"^4\d\d\b", LATER),
    (r"^5\d\d\b", REFUSED),
    (r".", NO_LINE),
)


@dataclass(frozen=True)
class Told:
    """What happened, what to do, and what the mail server said."""

    happened: str
    to_do: str
    said: str

    @property
    def is_of_server(self) -> bool:
        """Say whether a mail server said it, and not a program here."""
        return self.said[:3].isdecimal()


def told(*, answer: str, name: Any, is_unknown: bool = False) -> Told:
    """Return what an answer means for the mail of a person; nothing for no answer."""
    trouble = _trouble(answer, is_unknown=is_unknown)
    if trouble is None:
        return Told("", "", "")
    facts = {"name": name}
    said = "" if answer in OWN else answer
    return Told(str(trouble.happened) % facts, str(trouble.to_do) % facts, said)


def _trouble(answer: str, *, is_unknown: bool) -> Trouble | None:
    if answer in OWN:
        return OWN[answer]
    if is_unknown:
        return BROKE_OFF
    for sign, trouble in SIGNS:
        if re.search(sign, answer, re.IGNORECASE):
            return trouble
    return None
