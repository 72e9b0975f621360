"""A real mail server on a free port of this machine, with answers a test chooses."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


@dataclass
class Mailbox:
    """Keeps what it took, and answers as told: ``answers`` maps MAIL, RCPT or DATA to a reply; ``before_rcpt`` runs before RCPT is
    answered, ``after_data`` once the bytes are in, before the answer (return a reply to give instead of 250)."""

    answers: dict[str, str] = field(default_factory=dict)
    before_rcpt: object = None
    after_data: object = None
    rcpt_begun: threading.Event = field(default_factory=threading.Event)
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    data_begun: threading.Event = field(default_factory=threading.Event)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if reply := self.answers.get("MAIL"):
            return reply
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.rcpt_begun.set()
        if self.before_rcpt is not None:
            await self.before_rcpt(server)
        if reply := self.answers.get("RCPT"):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if reply := self.answers.get("DATA"):
            return reply
        self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        self.data_begun.set()
        if self.after_data is not None:
            reply = await self.after_data(server)
            if reply:
                return reply
        return "250 2.0.0 queued as A1B2C3"

    @property
    def message_ids(self) -> list[str]:
        """Message-IDs of everything taken."""
        return [message_from_bytes(content)["Message-ID"] for _, _, content in self.taken]


class _Listener(Controller):
    def factory(self):
        return SMTP(self.handler, decode_data=False, enable_SMTPUTF8=False)


class MailServer:
    """``with MailServer() as server:`` — ``server.url`` for EMAIL_URL, ``server.box`` for what arrived."""

    def __init__(self, box: Mailbox | None = None, port: int = 0) -> None:
        self.box = box or Mailbox()
        self.port = port or free_port()
        self._controller = _Listener(self.box, hostname="127.0.0.1", port=self.port, ready_timeout=20)

    @property
    def url(self) -> str:
        """As ``EMAIL_URL`` takes it."""
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> MailServer:
        self._controller.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._controller.stop()


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition, seconds: float = 20.0, every: float = 0.05):
    """Wait until ``condition()`` is truthy and return it; fail with a timeout otherwise."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(every)
    raise AssertionError("timed out waiting")
