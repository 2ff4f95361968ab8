"""A real SMTP server for tests, which can be told to misbehave for some recipients."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from django.test import override_settings


class Behaviour:
    """What the server does; `answers` maps a recipient to a reply, to "DROP" or to "LOSE"."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.taken: list[tuple[str, Message]] = []

    async def handle_RCPT(  # noqa: N802  # the name that aiosmtpd calls
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Refuse or defer the recipients that were named, or drop the line."""
        answer = self.answers.get(address, "250 OK")
        if answer == "DROP":
            server.transport.abort()
        elif answer != "LOSE" and not answer.startswith("250"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the mail; where told so, lose the line before the final reply."""
        for address in envelope.rcpt_tos:
            self.taken.append((address, message_from_bytes(envelope.content)))
            if self.answers.get(address) == "LOSE":
                server.transport.abort()
        return "250 taken"

    @property
    def keys(self) -> Counter[str]:
        """Return how often each digest arrived."""
        return Counter(message["X-Digest-Key"] for _address, message in self.taken)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def running() -> Iterator[Behaviour]:
    """Run the server and let Django send through it."""
    behaviour = Behaviour()
    controller = Controller(behaviour, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with sending_to(controller.port):
            yield behaviour
    finally:
        controller.stop()


def sending_to(port: int) -> override_settings:
    """Return the settings that send mail to a local port."""
    return override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        EMAIL_USE_TLS=False,
        EMAIL_USE_SSL=False,
        EMAIL_HOST_USER="",
        EMAIL_TIMEOUT=2,
    )
