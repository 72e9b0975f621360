"""How frozen bytes leave: a mail server, or nowhere (the demo outbox).

The connection is opened before the database is locked; inside the hand-over only the conversation itself is left. Every failure says
which of three it is: nothing was taken and it may be tried again, nothing was taken and never will be, or nobody can know.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from typing import Protocol, cast

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


class TransportError(Exception):
    """A hand-over that did not end with the server's yes.

    ``permanent``: the server said it never will. ``unknown``: the line broke after the text was on its way, so the server may have it.
    Neither: nothing was taken, trying again is safe.
    """

    def __init__(self, words: str, *, permanent: bool = False, unknown: bool = False) -> None:
        super().__init__(words)
        self.permanent, self.unknown = permanent, unknown


class Transport(Protocol):
    """One open line."""

    def connect(self) -> None:
        """Open the line, or check that it is still open. Raises ``TransportError`` (nothing was taken)."""

    def send(self, sender: str, recipients: Sequence[str], mime: bytes) -> str:
        """Hand over the bytes for all recipients or for none; returns the server's answer. Raises ``TransportError``."""

    def close(self) -> None:
        """Close the line; errors do not matter any more."""


class OutboxTransport:
    """Nothing leaves the machine: the delivery row itself is the outbox."""

    def connect(self) -> None:
        """Nothing to open."""

    def send(self, sender: str, recipients: Sequence[str], mime: bytes) -> str:
        """Take the message."""
        return "kept in the demo outbox; nothing left this machine"

    def close(self) -> None:
        """Nothing to close."""


class SmtpTransport:
    """A mail server under Django's e-mail settings (host, port, user, TLS, ``EMAIL_TIMEOUT`` seconds for every step)."""

    def __init__(self) -> None:
        self._backend = cast(EmailBackend, get_connection(SMTP_BACKEND, timeout=settings.EMAIL_TIMEOUT))

    def connect(self) -> None:
        """Connect, start TLS and sign in as configured; an open line is asked with NOOP first."""
        if self._backend.connection is not None and not _alive(self._backend.connection):
            self.close()
        try:
            self._backend.open()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise TransportError(f"no connection to the mail server: {_words(error)}") from error

    def send(self, sender: str, recipients: Sequence[str], mime: bytes) -> str:
        """MAIL, RCPT for each, DATA. A refused recipient refuses the message: it goes to all or to nobody."""
        server = self._backend.connection
        if server is None:
            raise TransportError("no connection to the mail server")
        try:
            self._envelope(server, sender, recipients)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise TransportError(f"the mail server closed the line: {_words(error)}") from error
        except ValueError as error:
            # An address the protocol cannot carry: nothing was said to the server about this message's text.
            self.close()
            raise TransportError(f"the envelope cannot be written: {_words(error)}", permanent=True) from error
        return self._data(server, mime)

    def close(self) -> None:
        """Say QUIT if the server still listens."""
        try:
            self._backend.close()
        except (smtplib.SMTPException, OSError):
            self._backend.connection = None

    def _envelope(self, server: smtplib.SMTP, sender: str, recipients: Sequence[str]) -> None:
        server.ehlo_or_helo_if_needed()
        _expect(server, *server.mail(sender))
        for recipient in recipients:
            _expect(server, *server.rcpt(recipient))

    def _data(self, server: smtplib.SMTP, mime: bytes) -> str:
        try:
            code, answer = server.data(mime)
        except smtplib.SMTPDataError as error:
            # The server refused DATA itself: not one byte of the message was sent.
            raise _refused(server, error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise TransportError(f"the line broke while the text was on its way: {_words(error)}", unknown=True) from error
        _expect(server, code, answer)
        return _decoded(code, answer)


def current() -> Transport:
    """The transport of this installation (``MAIL_TRANSPORT``)."""
    return SmtpTransport() if settings.MAIL_TRANSPORT == "smtp" else OutboxTransport()


def _alive(server: smtplib.SMTP) -> bool:
    try:
        return server.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _expect(server: smtplib.SMTP, code: int, answer: bytes | str) -> None:
    if code not in (250, 251):
        raise _refused(server, code, answer)


def _refused(server: smtplib.SMTP, code: int, answer: bytes | str) -> TransportError:
    try:
        server.rset()
    except (smtplib.SMTPException, OSError):
        server.close()
    return TransportError(f"the mail server answered {_decoded(code, answer)}", permanent=500 <= code <= 599)


def _decoded(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}"[:500]


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]
