"""One deadline and one size over a whole exchange, each byte of head and body included, of refusals too.

An HTTP library starts its time-out anew with every read: a server that sends one header line a second would be listened to for ever.
Here each wait of the connection is cut to what is left of the deadline of the calling thread. Bytes are counted as they come in; nothing
is unpacked, because a few kilobytes unpack to gigabytes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_now = threading.local()


class TooMuch(Exception):
    """More came in than the exchange may bring."""


@contextmanager
def until(deadline: float, most: int) -> Iterator[None]:
    """Within the block no wait of this thread for the network lasts beyond ``deadline`` (``time.monotonic``), and no more than ``most``
    bytes come in: the read that brings more raises ``TooMuch``."""
    _now.deadline, _now.room = deadline, most
    try:
        yield
    finally:
        del _now.deadline, _now.room


def bound(http: Any) -> Any:
    """The HTTP client with every connection it will open, through a proxy or not, under the limits of the thread that waits."""
    http.headers["Accept-Encoding"] = "identity"
    http.event_hooks = {"response": [lambda response: response.headers.pop("content-encoding", None)]}
    for transport in (http._transport, *http._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _Backend(pool._network_backend)
    return http


def _left(timeout: float | None, expired: Callable[[], Exception]) -> float | None:
    deadline = getattr(_now, "deadline", None)
    if deadline is None:
        return timeout
    left: float = deadline - time.monotonic()
    if left <= 0:
        raise expired()
    return left if timeout is None else min(timeout, left)


def _count(data: bytes) -> None:
    room = getattr(_now, "room", None)
    if room is None:
        return
    _now.room = room - len(data)
    if _now.room < 0:
        raise TooMuch


class _Backend:
    """Opens connections as the backend it wraps does."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def connect_tcp(self, *args: Any, timeout: float | None = None, **options: Any) -> _Stream:
        """A connection whose waits are bounded."""
        from httpcore2 import ConnectTimeout  # the library is loaded by the first call only, see client

        return _Stream(self._backend.connect_tcp(*args, timeout=_left(timeout, ConnectTimeout), **options))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)


class _Stream:
    """A connection: reads and writes end with the deadline, what is read is counted; everything else is the wrapped stream's."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come, at most ``max_bytes``."""
        from httpcore2 import ReadTimeout

        data: bytes = self._stream.read(max_bytes, _left(timeout, ReadTimeout))
        _count(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of ``buffer``."""
        from httpcore2 import WriteTimeout

        self._stream.write(buffer, _left(timeout, WriteTimeout))

    def start_tls(self, *args: Any, timeout: float | None = None, **options: Any) -> _Stream:
        """The same connection, encrypted."""
        from httpcore2 import ConnectTimeout

        return _Stream(self._stream.start_tls(*args, timeout=_left(timeout, ConnectTimeout), **options))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
