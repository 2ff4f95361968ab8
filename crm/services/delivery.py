"""Hands one mail to the mail server, so that afterwards it is known whether it can have arrived."""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from enum import Enum, auto

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

OK, GO_ON, PERMANENT = range(200, 300), 354, 500
LINE_END = re.compile(rb"\r?\n")
LINE_STARTS_WITH_DOT = re.compile(rb"(?m)^\.")
MOST_OF_ANSWER = 300


class Fate(Enum):
    """What became of a mail."""

    ACCEPTED = auto()
    REFUSED = auto()
    TRY_LATER = auto()
    NO_ANSWER = auto()  # try later too: the server is away, hangs or hung up
    NOT_KNOWN = auto()


@dataclass(frozen=True)
class Answer:
    """What the mail server said, or why it said nothing."""

    fate: Fate
    words: str

    @classmethod
    def of(cls, code: int, words: bytes | str) -> "Answer":
        """Read a reply of the server: 2xx accepted, 5xx refused, else try later."""
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        fate = Fate.TRY_LATER
        if code in OK:
            fate = Fate.ACCEPTED
        elif code >= PERMANENT:
            fate = Fate.REFUSED
        return cls(fate, f"{code} {text}"[:MOST_OF_ANSWER])

    @classmethod
    def after(cls, error: Exception, fate: Fate) -> "Answer":
        """Say what went wrong."""
        return cls(fate, f"{type(error).__name__}: {error}"[:MOST_OF_ANSWER])


def deliver(message: EmailMessage, *, hand_over: Callable[[], None]) -> Answer:
    """Send a mail to its one recipient; never in a transaction.

    `hand_over` is called when only the final dot is missing: what fails before it has not
    arrived, what fails after it may have. If it raises, the mail is not sent.
    """
    backend = get_connection()
    if not isinstance(backend, EmailBackend):
        hand_over()
        backend.send_messages([message])
        return Answer(Fate.ACCEPTED, "")
    try:
        backend.open()
    except (smtplib.SMTPException, OSError) as error:
        # A wrong password or a busy server is no fault of this recipient's: try again.
        return Answer.after(error, Fate.NO_ANSWER)
    smtp = backend.connection
    if smtp is None:
        return Answer(Fate.NO_ANSWER, "no connection to the mail server")
    try:
        answer = _send(smtp, message, hand_over)
    finally:
        smtp.close()
    return answer


def _send(
    smtp: smtplib.SMTP | smtplib.SMTP_SSL, message: EmailMessage, hand_over: Callable[[], None]
) -> Answer:
    try:
        _let_nothing_wait(smtp)
        refusal = _announce(smtp, message)
        if refusal:
            return refusal
        smtp.send(_wire_form(message))
    except (smtplib.SMTPException, OSError) as error:
        return Answer.after(error, Fate.NO_ANSWER)
    hand_over()
    try:
        _refuse_dead_line(smtp)
        smtp.send(b".\r\n")
    except (smtplib.SMTPException, OSError) as error:
        # The dot never left, so what the server has of the mail has no end.
        return Answer.after(error, Fate.NO_ANSWER)
    try:
        answer = Answer.of(*smtp.getreply())
    except (smtplib.SMTPException, OSError) as error:
        return Answer.after(error, Fate.NOT_KNOWN)
    _say_goodbye(smtp)
    return answer


def _let_nothing_wait(smtp: smtplib.SMTP | smtplib.SMTP_SSL) -> None:
    """Have the dot leave at once.

    Else it lies in our own kernel for some 40 ms, until the words before it are confirmed, and
    a server that hangs up meanwhile leaves a mail of which nobody knows.
    """
    if smtp.sock:
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _refuse_dead_line(smtp: smtplib.SMTP | smtplib.SMTP_SSL) -> None:
    """Raise ConnectionResetError when the server hung up, or said anything, before the end."""
    line = smtp.sock
    if line is None:
        raise ConnectionResetError("the line is closed")
    patience = line.gettimeout()
    line.settimeout(0)
    try:
        line.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return
    finally:
        line.settimeout(patience)
    raise ConnectionResetError("the server hung up before the end of the mail")


def _announce(smtp: smtplib.SMTP | smtplib.SMTP_SSL, message: EmailMessage) -> Answer | None:
    """Name sender and recipient and ask to send; return the refusal if there is one."""
    encoding = message.encoding or "utf-8"
    sender = parseaddr(sanitize_address(message.from_email, encoding))[1]
    (to,) = message.recipients()
    smtp.ehlo_or_helo_if_needed()
    for code, words in (smtp.mail(sender), smtp.rcpt(parseaddr(sanitize_address(to, encoding))[1])):
        if code not in OK:
            return Answer.of(code, words)
    code, words = smtp.docmd("DATA")
    return None if code == GO_ON else Answer.of(code, words)


def _wire_form(message: EmailMessage) -> bytes:
    """Return the message as it goes over the line, all but the final dot."""
    content = LINE_END.sub(b"\r\n", message.message().as_bytes())
    content = LINE_STARTS_WITH_DOT.sub(b"..", content)
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _say_goodbye(smtp: smtplib.SMTP | smtplib.SMTP_SSL) -> None:
    """Say it and wait for no answer: the mail is taken, and that is yet to be written down."""
    try:
        smtp.putcmd("QUIT")
    except (smtplib.SMTPException, OSError):
        return
