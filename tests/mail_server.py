"""A real SMTP server for tests, which can be told to misbehave."""

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.test import override_settings


class Behaviour:
    """What the server does; `answers` maps a recipient to a reply, to "DROP" or to "LOSE"."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.taken: list[tuple[str, Message]] = []

    async def handle_RCPT(
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

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
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


@dataclass(frozen=True)
class Talk:
    """One sender that talks to the server just now."""

    port: int  # of the sender
    address: str  # of the recipient


class Faulty(Behaviour):
    """What a server does that falls into trouble with the n-th mail.

    Trouble is "defer", "hang", "drop", "drop in DATA", "banner", or "" for none; it lasts for all
    mails, or for the recipients in `troubled` if there are any, until it is healed. `answers`
    knows "MUTE" besides: the mail is taken, and nothing said.
    """

    BANNER_SECONDS = 60

    def __init__(self) -> None:
        super().__init__()
        self.trouble, self.troubled = "", frozenset[str]()
        self.named = Counter[str]()  # how often a stage was come to
        self.plan: tuple[str, int, Callable[[Talk], None]] | None = None
        self.struck = threading.Event()
        # Recipients whose words the server asked for, and those whose last word came in.
        self.invited: set[str] = set()
        self.ended: set[str] = set()

    def strike_at(self, stage: str, number: int, strike: Callable[[Talk], None]) -> None:
        """Call `strike` when the n-th mail comes to a stage, RCPT or DATA; it waits meanwhile."""
        self.named.clear()
        self.struck.clear()
        self.plan = stage, number, strike

    def heal(self) -> None:
        """Behave from now on."""
        self.trouble, self.troubled = "", frozenset()
        self.answers.clear()

    def meets(self, address: str, *troubles: str) -> bool:
        """Say whether a recipient meets one of these troubles now."""
        return self.trouble in troubles and (not self.troubled or address in self.troubled)

    async def reach(self, stage: str, session: Any, address: str) -> None:
        """Count who comes to a stage, and strike when it is the one that was waited for."""
        self.named[stage] += 1
        if self.plan and self.plan[:2] == (stage, self.named[stage]):
            strike, self.plan = self.plan[2], None
            talk = Talk(session.peer[1], address)
            await asyncio.get_running_loop().run_in_executor(None, self.do, strike, talk)

    def do(self, strike: Callable[[Talk], None], talk: Talk) -> None:
        """Strike, and let the harness know."""
        try:
            strike(talk)
        finally:
            self.struck.set()

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Fall into trouble before the mail is taken."""
        await self.reach("RCPT", session, address)
        if self.meets(address, "hang"):
            await asyncio.sleep(3600)
        if self.meets(address, "drop"):
            server.transport.abort()
        if self.meets(address, "defer"):
            return "451 try later"
        answer = self.answers.get(address, "250")
        if answer[0] in "45":
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take the mail, then fall into trouble."""
        (address,) = envelope.rcpt_tos
        self.taken.append((address, message_from_bytes(envelope.content)))
        await self.reach("DATA", session, address)
        if self.answers.get(address) == "LOSE":
            server.transport.abort()
        if self.answers.get(address) == "MUTE":
            await asyncio.sleep(3600)
        return "250 taken"


class FaultySession(SMTP):
    """One conversation of a faulty server, where the troubles are that aiosmtpd has no name for."""

    def connection_made(self, transport: Any) -> None:
        """Note it, so that it ends when the server goes away."""
        super().connection_made(transport)
        self.event_handler.sessions.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget it."""
        super().connection_lost(error)
        self.event_handler.sessions.discard(self)

    def data_received(self, data: bytes) -> None:
        """Note that a mail is whole, be it that nobody reads it any more."""
        super().data_received(data)
        if data == b".\r\n" or data.endswith(b"\r\n.\r\n"):
            self.event_handler.ended.update(self.envelope.rcpt_tos)

    async def push(self, status: Any) -> None:
        """Let the banner wait, or drop the line when the mail may come."""
        behaviour = self.event_handler
        if str(status).startswith("220 ") and behaviour.trouble == "banner":
            await asyncio.sleep(behaviour.BANNER_SECONDS)
        if not str(status).startswith("354"):
            await super().push(status)
            return
        (address,) = self.envelope.rcpt_tos
        behaviour.invited.add(address)
        if behaviour.meets(address, "drop in DATA"):
            await self.invite_and_drop(status)
        else:
            await super().push(status)

    async def invite_and_drop(self, status: Any) -> None:
        """Ask for the words and hang up in one segment, so that both are there before the dot."""
        line = self.transport.get_extra_info("socket")
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        await super().push(status)
        line.shutdown(socket.SHUT_WR)
        self.transport.abort()


class FaultyServer(Faulty):
    """A faulty server in a thread of its own, which can go away and come back on its port."""

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self.sessions: set[FaultySession] = set()
        self.loop = asyncio.new_event_loop()
        self.listening: asyncio.Server | None = None
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.up()

    def up(self) -> None:
        """Listen."""

        async def listen() -> asyncio.Server:
            return await self.loop.create_server(self.session, "127.0.0.1", self.port)

        self.listening = asyncio.run_coroutine_threadsafe(listen(), self.loop).result(30)

    def session(self) -> FaultySession:
        """Return a conversation."""
        return FaultySession(self, hostname="127.0.0.1", loop=self.loop)

    def down(self) -> None:
        """Listen no more, and leave all who talk just now."""

        async def leave() -> None:
            if self.listening:
                self.listening.close()
            for session in tuple(self.sessions):
                if session.transport:
                    session.transport.abort()
            await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(leave(), self.loop).result(30)
        self.listening = None

    def stop(self) -> None:
        """Go away for good."""
        self.down()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(30)
        self.loop.close()


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
