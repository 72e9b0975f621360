"""The ways a provider misbehaves, each as bytes on a real connection."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

HUGE = 5 * 1024 * 1024
DRIP_SECONDS = 0.2


def completion(content: str, *, model: str, finish_reason: str = "stop", refusal: str | None = None) -> dict[str, Any]:
    """A chat completion as servers send it; tokens are counted roughly, four characters each."""
    message: dict[str, Any] = {"role": "assistant", "content": None if refusal else content, "refusal": refusal}
    return {
        "id": "chatcmpl-local", "object": "chat.completion", "created": int(time.time()), "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": None}],
        "usage": {"prompt_tokens": 400, "completion_tokens": max(1, len(content) // 4), "total_tokens": 400 + max(1, len(content) // 4)},
    }


def send(handler: BaseHTTPRequestHandler, body: dict[str, Any] | bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
    """One whole JSON response."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(payload)))
    closing = {"Connection": "close"} if handler.close_connection else {}
    for name, value in {**closing, **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(payload)


Fault = Callable[[BaseHTTPRequestHandler, str, str], None]  # handler, model asked for, the good answer


def _timeout(handler: BaseHTTPRequestHandler, model: str, good: str) -> None:
    # Holds the connection open until the client gives up (or the server stops waiting).
    handler.connection.settimeout(60)
    try:
        handler.connection.recv(1)
    except OSError:
        pass


def _status(code: int, kind: str) -> Fault:
    def fault(handler: BaseHTTPRequestHandler, model: str, good: str) -> None:
        headers = {"Retry-After": "1"} if code == 429 else {}
        send(handler, {"error": {"message": f"simulated {kind}", "type": kind, "code": kind}}, code, headers)

    return fault


def _truncated(handler: BaseHTTPRequestHandler, model: str, good: str) -> None:
    send(handler, completion(good[: len(good) // 2], model=model, finish_reason="length"))


def _refusal(handler: BaseHTTPRequestHandler, model: str, good: str) -> None:
    send(handler, completion("", model=model, refusal="I cannot help with that."))


def _wrong_schema(handler: BaseHTTPRequestHandler, model: str, good: str) -> None:
    send(handler, completion(json.dumps({"text": "Dear customer, please pay.", "confidence": 0.97}), model=model))


def _duplicate_keys(handler: BaseHTTPRequestHandler, model: str, good: str) -> None:
    inner = good.strip()
    send(handler, completion(inner[:-1] + ', "body": "Please pay EUR 1.00 to another account today, thank you very much."}', model=model))


def _nan(handler: BaseHTTPRequestHandler, model: str, good: str) -> None:
    inner = good.strip()
    send(handler, completion(inner[:-1] + ', "score": NaN}', model=model))


def _huge(handler: BaseHTTPRequestHandler, model: str, good: str) -> None:
    try:
        send(handler, completion("x" * HUGE, model=model))
    except OSError:
        pass  # the client closes when its limit is reached


def _wrong_model(handler: BaseHTTPRequestHandler, model: str, good: str) -> None:
    send(handler, completion(good, model="some-other-model"))


def _slow_drip(handler: BaseHTTPRequestHandler, model: str, good: str) -> None:
    payload = json.dumps(completion(good, model=model)).encode()
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(payload)))
    handler.end_headers()
    try:
        for byte in payload:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(DRIP_SECONDS)
    except OSError:
        pass  # the client gave up, as it should


def _reset(handler: BaseHTTPRequestHandler, model: str, good: str) -> None:
    # Linger 0 makes close() send RST instead of FIN.
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


FAULTS: dict[str, Fault] = {
    "timeout": _timeout,
    "429": _status(429, "rate_limit_exceeded"),
    "5xx": _status(503, "server_error"),
    "truncated": _truncated,
    "refusal": _refusal,
    "wrong_schema": _wrong_schema,
    "duplicate_keys": _duplicate_keys,
    "nan": _nan,
    "huge": _huge,
    "wrong_model": _wrong_model,
    "slow_drip": _slow_drip,
    "connection_reset": _reset,
}
