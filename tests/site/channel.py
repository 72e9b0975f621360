"""A real web server on a free port of this machine that stands for a chat's incoming webhook."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Channel:
    """``with Channel() as channel:`` — ``url``, what was ``said``, and the ``status`` and ``seconds`` of the next answers."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.status, self.seconds, self.asked = 200, 0.0, 0
        channel = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                channel.asked += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(channel.seconds)
                if channel.status == 200:
                    channel.said.append(json.loads(body)["text"])
                try:
                    self.send_response(channel.status)
                    if channel.status // 100 == 3:
                        self.send_header("Location", "/elsewhere")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    pass  # who asked did not wait

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/services/SECRET"

    def __enter__(self) -> Channel:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self._server.shutdown()
        self._server.server_close()
