"""A line to a mail server that breaks at the worst moment, so that one unknown outcome can be looked at."""

from __future__ import annotations

from collections.abc import Sequence

from drafts.delivery.transports import TransportError


class BrokenLine:
    """Takes the text and falls silent before the server's answer."""

    def connect(self) -> None:
        """The line is open."""

    def send(self, sender: str, recipients: Sequence[str], mime: bytes) -> str:
        """The text is on its way when the line breaks."""
        raise TransportError("the line broke while the text was on its way: connection reset by peer", unknown=True)

    def close(self) -> None:
        """Nothing left to close."""
