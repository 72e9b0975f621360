"""The server itself. Threaded, on the loopback address only, with a switch for faults and an answer function."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from collections_site.provider.faults import FAULTS, completion, send

Answerer = Callable[[dict[str, Any]], str]  # request body → content of the answer


class _Handler(BaseHTTPRequestHandler):
    """POST /v1/chat/completions; everything else is 404."""

    server: Provider
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes; waiting for an acknowledgement between them costs 40 ms

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        request = json.loads(self.rfile.read(length) or b"{}")
        if not self.path.endswith("/chat/completions"):
            send(self, {"error": {"message": "not found"}}, 404)
            return
        self.server.seen(request)
        model = str(request.get("model", ""))
        good = self.server.answerer(request)
        fault = self.server.next_fault()
        if self.server.latency:
            time.sleep(self.server.latency)
        if fault:
            self.close_connection = True
            FAULTS[fault](self, model, good)
            return
        send(self, completion(good, model=model))

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            pass  # a client that went away is the point of some faults

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            pass

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the terminal for people."""


class Provider(ThreadingHTTPServer):
    """``with Provider(answerer) as provider:`` serves on a free port until the block ends.

    ``plan`` is a list of fault names (or empty strings for a good answer) used one per request, then ``fault`` for all further ones.
    ``latency`` seconds pass before each answer. ``requests`` keeps every request body unless ``keep_requests`` is false.
    """

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(
        self, answerer: Answerer, *, port: int = 0, fault: str = "", plan: list[str] | None = None, latency: float = 0.0,
        keep_requests: bool = True,
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answerer, self.fault, self.plan, self.latency = answerer, fault, list(plan or []), latency
        self.requests: list[dict[str, Any]] = []
        self.keep_requests = keep_requests
        self._lock = threading.Lock()

    @property
    def base_url(self) -> str:
        """What to put into LLM_BASE_URL."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def seen(self, request: dict[str, Any]) -> None:
        """Remember one request."""
        with self._lock:
            self.requests += [request] if self.keep_requests else []

    def next_fault(self) -> str:
        """The fault of the next answer; an empty string for none."""
        with self._lock:
            return self.plan.pop(0) if self.plan else self.fault

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A broken connection is expected here and not worth a traceback."""

    def start(self) -> Provider:
        """Serve in a daemon thread."""
        threading.Thread(target=self.serve_forever, args=(0.02,), name="model-provider", daemon=True).start()
        return self

    def __enter__(self) -> Provider:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.shutdown()
        self.server_close()
