"""The one place that speaks to a model provider: any server with the OpenAI chat-completions protocol.

Address and key come from the environment only. Every call has one overall deadline and a size limit, makes exactly one request, and raises
one exception type. Nothing here decides what to do with an answer.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

if TYPE_CHECKING:
    from openai import OpenAI

MAX_BYTES = 512 * 1024  # an answer longer than this is no business letter; a local server once streamed 5 MB
CONNECT_SECONDS = 5.0
MAX_TOKENS_BELIEVED = 10_000_000  # a server's own count beyond this is no count
RETRYABLE = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


class ProviderError(Exception):
    """The provider gave no usable answer. ``kind`` is a code for lists; ``permanent`` means another attempt cannot help.

    ``answer`` carries what was received, for the record; ``latency_ms`` how long it took.
    """

    def __init__(
        self, kind: str, words: str, *, permanent: bool = False, answer: Answer | None = None, latency_ms: int = 0
    ) -> None:
        super().__init__(words)
        self.kind, self.permanent, self.answer, self.latency_ms = kind, permanent, answer, latency_ms


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said, as received. ``text`` is the content of the first choice; tokens are 0 when the server does not count."""

    text: str
    model: str
    finish_reason: str
    refusal: str
    tokens_in: int
    tokens_out: int
    latency_ms: int
    raw: str = field(repr=False, default="")


def configured() -> bool:
    """True when a model and a way to reach it are set."""
    return bool(settings.LLM_MODEL and (settings.LLM_BASE_URL or settings.OPENAI_API_KEY))


def provider_name() -> str:
    """The host that is spoken to, for records and screens; never the key."""
    return urlsplit(settings.LLM_BASE_URL).netloc or "api.openai.com"


_first_call = threading.Lock()
# Models that refused the parameter (reasoning models do); learnt from the first refusal, per process.
_without_temperature: set[str] = set()
# Characters a database text or JSON column refuses: NUL and lone surrogates.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _connected() -> OpenAI:
    """One client for all threads: 64 first calls at once would make 64, each with certificates and connections of its own."""
    with _first_call:
        return _client(settings.LLM_BASE_URL, settings.OPENAI_API_KEY)


@lru_cache(maxsize=4)
def _client(base_url: str, api_key: str) -> OpenAI:
    from openai import OpenAI  # takes 0.8 s to import; processes that never call a model do not pay it

    # Local servers want some key; retries are ours, because theirs are billed and invisible.
    return OpenAI(base_url=base_url or None, api_key=api_key or "x", max_retries=0, timeout=CONNECT_SECONDS)


def complete(
    messages: Sequence[dict[str, str]], *, schema_name: str, schema: dict[str, Any], model: str = "", seconds: float, max_tokens: int,
    temperature: float = 0.0,
) -> Answer:
    """Ask once for a JSON answer of ``schema`` and return it unparsed. The whole exchange takes at most about ``seconds``.

    Raises ``ProviderError`` for every failure: timeout, refused or reset connection, status code, too large, not the protocol.
    """
    began, model = time.monotonic(), model or settings.LLM_MODEL
    try:
        raw = _exchange(messages, schema_name, schema, model, began + seconds, max_tokens, temperature)
    except ProviderError as error:
        error.latency_ms = _since(began)
        raise
    except Exception as error:
        raise _as_provider_error(error, model, _since(began)) from error
    return _read(raw, _since(began))


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


def _exchange(
    messages: Sequence[dict[str, str]], schema_name: str, schema: dict[str, Any], model: str, deadline: float, max_tokens: int,
    temperature: float,
) -> bytes:
    asked: dict[str, Any] = {
        "model": model, "messages": list(messages), "max_completion_tokens": max_tokens,
        "response_format": {"type": "json_schema", "json_schema": {"name": schema_name, "schema": schema, "strict": True}},
    }  # fmt: skip
    if model not in _without_temperature:
        asked["temperature"] = temperature
    left = max(0.1, deadline - time.monotonic())
    streaming = _connected().chat.completions.with_streaming_response.create(**asked, timeout=left)
    # Streaming only so that a slow drip meets the deadline and a huge answer the size limit: the timeout of a read starts anew with
    # each byte.
    with streaming as response:
        return _collect(response.iter_bytes(), deadline)


def _collect(chunks: Iterable[bytes], deadline: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise ProviderError("too_large", f"the answer is larger than {MAX_BYTES // 1024} KB")
        if time.monotonic() > deadline:
            raise ProviderError("timeout", "the answer did not end in time")
    return b"".join(parts)


def _as_provider_error(error: Exception, model: str, latency_ms: int) -> ProviderError:
    from openai import APIConnectionError, APIStatusError, APITimeoutError  # see _client

    if isinstance(error, APITimeoutError):
        return ProviderError("timeout", "the model did not answer in time", latency_ms=latency_ms)
    if isinstance(error, APIStatusError):
        code = error.status_code
        if code == 400 and "temperature" in str(error) and model not in _without_temperature:
            _without_temperature.add(model)
            words = "the model takes no temperature; it is asked without one from now on"
            return ProviderError("temperature", words, latency_ms=latency_ms)
        permanent = code not in RETRYABLE or "insufficient_quota" in str(error)
        return ProviderError(f"status_{code}", f"the provider answered {code}", permanent=permanent, latency_ms=latency_ms)
    if isinstance(error, APIConnectionError):
        return ProviderError("connection", "the connection to the provider failed", latency_ms=latency_ms)
    # Low-level errors of a body that breaks off while it is read.
    kind = "timeout" if "timeout" in type(error).__name__.lower() else "connection"
    return ProviderError(kind, f"the exchange with the provider broke off ({type(error).__name__})", latency_ms=latency_ms)


def _read(raw: bytes, latency_ms: int) -> Answer:
    text = _storable(raw.decode("utf-8", errors="replace"))
    try:
        body = json.loads(text)
        choice = body["choices"][0]
        usage = body.get("usage") or {}
        return Answer(
            text=str(choice["message"].get("content") or ""), model=_storable(str(body.get("model") or "")),
            finish_reason=_storable(str(choice.get("finish_reason") or "")), refusal=str(choice["message"].get("refusal") or ""),
            tokens_in=_count(usage.get("prompt_tokens")), tokens_out=_count(usage.get("completion_tokens")),
            latency_ms=latency_ms, raw=text,
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        kept = Answer(text[:4000], "", "", "", 0, 0, latency_ms, text[:20_000])
        raise ProviderError("protocol", "the provider's answer is not a chat completion", answer=kept, latency_ms=latency_ms) from error


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)


def _count(tokens: Any) -> int:
    """A server's count of tokens; 0 when it gives none that can be believed."""
    count = int(tokens or 0)
    return count if 0 <= count <= MAX_TOKENS_BELIEVED else 0
