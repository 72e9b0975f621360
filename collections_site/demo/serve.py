"""The demo's web server and its worker, in one process: threads, no reloader, this machine only."""

from __future__ import annotations

import logging
import signal
import socketserver
from collections.abc import Callable
from typing import Any
from wsgiref import simple_server

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

from collections_site import embedded

HOST = "127.0.0.1"
FIRST_PORT = 8000
TRIED = 10


class PortTaken(Exception):
    """Nothing can be served on the port; the text says what to do."""


def bind(port: int | None) -> simple_server.WSGIServer:
    """A server on ``port``, or on the first free one from 8000 on when none is asked for. Raises ``PortTaken``."""
    ports = [port] if port is not None else range(FIRST_PORT, FIRST_PORT + TRIED)
    for candidate in ports:
        try:
            return _Server((HOST, candidate), WSGIRequestHandler)
        except OSError:
            continue
    taken = f"Port {port} is" if port is not None else f"Ports {FIRST_PORT} to {FIRST_PORT + TRIED - 1} are"
    raise PortTaken(f"{taken} in use. Choose another one with --port.")


class _Server(ThreadedWSGIServer):
    """Fails on a port in use instead of sharing it."""

    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no news."""
        logging.getLogger(__name__).debug("a request ended early", exc_info=True)


def run(server: socketserver.BaseServer, application: Callable[..., Any]) -> None:
    """Serve until Ctrl-C or SIGTERM, with the embedded worker beside."""
    server.set_app(application)  # type: ignore[attr-defined]
    logging.getLogger("django.server").setLevel(logging.ERROR)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    worker = embedded.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        worker.stop()
