"""The one place that speaks to a model provider: any server with the OpenAI chat-completions protocol.

Address and key come from the environment only. Every call has one overall deadline and a size limit, makes one request (one that is refused
for a parameter is put again without it, once for each), and raises one exception type. Nothing here decides what to do with an answer.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from drafts.generation import deadline

if TYPE_CHECKING:
    from openai import OpenAI

MAX_BYTES = 512 * 1024  # an answer longer than this is no business letter; a local server once streamed 5 MB
CONNECT_SECONDS = 5.0
MAX_TOKENS_BELIEVED = 10_000_000  # a server's own count beyond this is no count
RETRYABLE = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


class ProviderError(Exception):
    """The provider gave no usable answer. ``kind`` is a code for lists; ``permanent`` means another attempt cannot help.

    ``answer`` carries what was received, for the record; ``latency_ms`` how long it took (0: nobody measured); ``status`` the code of a refusal.
    """

    def __init__(
        self, kind: str, words: str, *, permanent: bool = False, answer: Answer | None = None, latency_ms: int = 0, status: int = 0
    ) -> None:
        super().__init__(words)
        self.kind, self.permanent, self.answer, self.latency_ms, self.status = kind, permanent, answer, latency_ms, status


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said, as received. ``text`` is the content of the first choice; tokens are 0 when the server does not count.

    ``left_out`` names the parameters the model does not take.
    """

    text: str
    model: str
    finish_reason: str
    refusal: str
    tokens_in: int
    tokens_out: int
    latency_ms: int
    raw: str = field(repr=False, default="")
    left_out: tuple[str, ...] = ()


def configured() -> bool:
    """True when a model and a way to reach it are set."""
    return bool(settings.LLM_MODEL and (settings.LLM_BASE_URL or settings.OPENAI_API_KEY))


def provider_name() -> str:
    """The host that is spoken to, for records and screens; never the key."""
    return urlsplit(settings.LLM_BASE_URL).netloc or "api.openai.com"


_first_call = threading.Lock()
# (model, parameter) that was refused: reasoning models take no temperature and know their limit by its new name only. Learnt from the
# refusal, per process.
_refused: set[tuple[str, str]] = set()
TEMPERATURE, LIMIT, NEW_LIMIT = "temperature", "max_tokens", "max_completion_tokens"
# Characters a database text or JSON column refuses: NUL and lone surrogates.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _connected() -> OpenAI:
    """One client for all threads: 64 first calls at once would make 64, each with certificates and connections of its own."""
    with _first_call:
        return _client(settings.LLM_BASE_URL, settings.OPENAI_API_KEY)


@lru_cache(maxsize=4)
def _client(base_url: str, api_key: str) -> OpenAI:
    from openai import DefaultHttpxClient, OpenAI  # takes 0.8 s to import; processes that never call a model do not pay it

    http = deadline.bound(DefaultHttpxClient(timeout=CONNECT_SECONDS))
    # Local servers want some key; retries are ours, because theirs are billed and invisible.
    return OpenAI(base_url=base_url or None, api_key=api_key or "x", max_retries=0, timeout=CONNECT_SECONDS, http_client=http)


def complete(
    messages: Sequence[dict[str, str]], *, schema_name: str, schema: dict[str, Any], model: str = "", seconds: float, max_tokens: int
) -> Answer:
    """Ask once for a JSON answer of ``schema`` and return it unparsed. The whole exchange takes at most about ``seconds``.

    Raises ``ProviderError`` for every failure: timeout, refused or reset connection, status code, too large, not the protocol.
    """
    provider = _connected()  # before the clock starts: a process that calls for the first time loads the library
    began = time.monotonic()
    asked: dict[str, Any] = {
        "model": model or settings.LLM_MODEL, "messages": list(messages),
        "response_format": {"type": "json_schema", "json_schema": {"name": schema_name, "schema": schema, "strict": True}},
    }  # fmt: skip
    try:
        with deadline.until(began + seconds, MAX_BYTES):
            raw, left_out = _exchange(provider, asked, seconds, {TEMPERATURE: 0.0, LIMIT: max_tokens})
    except Exception as error:
        raise _as_provider_error(error, _since(began)) from error
    return replace(_read(raw, _since(began)), left_out=left_out)


def _since(began: float) -> int:
    """Milliseconds since ``began``, at least one: 0 says that nobody measured."""
    return max(1, int((time.monotonic() - began) * 1000))


def _exchange(
    provider: OpenAI, asked: dict[str, Any], seconds: float, wishes: dict[str, Any]
) -> tuple[bytes, tuple[str, ...]]:
    """The body of the answer, and the parameters the model does not take."""
    from openai import BadRequestError  # see _client

    model = asked["model"]
    while True:
        sent = _named(wishes, {name for name in wishes if (model, name) in _refused})
        try:
            streaming = provider.chat.completions.with_streaming_response.create(**asked, **sent, timeout=seconds)
            with streaming as response:
                return response.read(), tuple({TEMPERATURE} - set(sent))
        except BadRequestError as error:
            words = str(error)
            # Named as not supported, and not in passing: a prompt that is too long is told in terms of max_tokens too.
            blamed = {(model, name) for name in (TEMPERATURE, LIMIT) if name in sent and name in words and "support" in words.lower()}
            if not blamed:
                raise
            _refused.update(blamed)


def _named(wishes: dict[str, Any], refused: set[str]) -> dict[str, Any]:
    """The parameters as this model takes them. Servers of one's own know the limit by its old name, some ignore the new one."""
    sent = {name: value for name, value in wishes.items() if name not in refused}
    if LIMIT in refused or not settings.LLM_BASE_URL:
        sent[NEW_LIMIT] = sent.pop(LIMIT, wishes[LIMIT])
    return sent


def _as_provider_error(error: Exception, latency_ms: int) -> ProviderError:
    from openai import APIConnectionError, APIStatusError, APITimeoutError  # see _client

    if isinstance(error, deadline.TooMuch):
        return ProviderError("too_large", f"the answer is larger than {MAX_BYTES // 1024} KB", latency_ms=latency_ms)
    if isinstance(error, APITimeoutError):
        return ProviderError("timeout", "the model did not answer in time", latency_ms=latency_ms)
    if isinstance(error, APIStatusError):
        code = error.status_code
        permanent = code not in RETRYABLE or "insufficient_quota" in str(error)
        return ProviderError(f"status_{code}", f"the provider answered {code}", permanent=permanent, latency_ms=latency_ms, status=code)
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
