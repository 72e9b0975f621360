"""What servers do besides answering: drip their headers, pack a bomb, refuse a parameter, answer with a sibling of the model."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from collections_site.provider import faults
from collections_site.provider.server import Provider
from drafts.generation import client
from drafts.generation.schema import WrittenDraft, parse
from tests.drafts.generation.support import GOOD

SAID = json.dumps(GOOD)


@pytest.fixture(autouse=True)
def nothing_learnt(monkeypatch):
    monkeypatch.setattr(client, "_refused", set())


@pytest.fixture
def ask(settings):
    def _ask(base_url, seconds=30.0):
        settings.LLM_BASE_URL, settings.LLM_MODEL, settings.OPENAI_API_KEY = base_url, "m-1", "key"
        return client.complete([{"role": "user", "content": "write"}], schema_name="d", schema={}, seconds=seconds, max_tokens=500)

    return _ask


@contextmanager
def dripping_headers():
    """A server that sends a header line every tenth of a second and never ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\n")
                    for number in range(400):
                        connection.sendall(b"X-Slow-%d: yes\r\n" % number)
                        time.sleep(0.1)
                except OSError:
                    pass

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"


def test_headers_that_drip_in_meet_the_deadline_of_the_call(ask):
    began = time.monotonic()
    with dripping_headers() as base_url, pytest.raises(client.ProviderError) as caught:
        ask(base_url, seconds=1.0)
    assert caught.value.kind == "timeout"
    assert time.monotonic() - began < 20, "the drip itself goes on for forty seconds"


def test_the_deadline_of_one_call_is_not_the_next_ones(ask):
    with dripping_headers() as base_url, pytest.raises(client.ProviderError):
        ask(base_url, seconds=0.5)
    with Provider(lambda request: SAID) as provider:
        assert ask(provider.base_url).finish_reason == "stop"


@pytest.fixture
def answering(monkeypatch):
    """A provider that answers with ``answer(handler, request)``."""

    def _answering(answer):
        def do_post(handler):
            request = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
            handler.server.seen(request)
            answer(handler, request)

        provider = Provider(lambda request: SAID)
        monkeypatch.setattr(provider, "RequestHandlerClass", type("Answering", (provider.RequestHandlerClass,), {"do_POST": do_post}))
        return provider

    return _answering


@pytest.mark.parametrize(("status", "kind"), [(200, "protocol"), (500, "status_500")])
def test_a_packed_answer_is_never_unpacked(ask, answering, status, kind):
    bomb, asked = gzip.compress(bytes(60_000_000)), []

    def answer(handler, request):
        asked.append(handler.headers["Accept-Encoding"])
        faults.send(handler, bomb, status, {"Content-Encoding": "gzip"})

    with Provider(lambda request: SAID) as provider:
        ask(provider.base_url)  # the library is loaded before memory is measured
    with answering(answer) as provider, pytest.raises(client.ProviderError) as caught:
        tracemalloc.start()
        try:
            ask(provider.base_url)
        finally:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
    assert caught.value.kind == kind
    assert asked == ["identity"]
    assert peak < 5_000_000, f"{peak:,} bytes for {len(bomb):,} received"


def test_a_refusal_meets_the_size_limit_as_an_answer_does(ask, answering):
    with answering(lambda handler, request: faults.send(handler, bytes(faults.HUGE), 500)) as provider, pytest.raises(client.ProviderError) as caught:
        ask(provider.base_url)
    assert caught.value.kind == "too_large"


@pytest.fixture
def refusing(answering):
    """A provider that answers 400 to every request that has one of these parameters."""

    def _refusing(*names, slow=0.0):
        def answer(handler, request):
            time.sleep(slow)
            blamed = [name for name in names if name in request]
            if blamed:
                faults.send(handler, {"error": {"message": f"Unsupported parameter: '{blamed[0]}'.", "code": "unsupported_parameter"}}, 400)
            else:
                faults.send(handler, faults.completion(SAID, model=request["model"]))

        return answering(answer)

    return _refusing


def test_sixty_four_calls_at_once_to_a_model_without_temperature_are_all_answered(ask, refusing):
    with refusing("temperature", slow=0.05) as provider, ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: ask(provider.base_url), range(64)))
    assert {answer.finish_reason for answer in answers} == {"stop"}
    assert {answer.left_out for answer in answers} == {("temperature",)}


def test_what_a_model_refused_is_asked_for_once(ask, refusing):
    with refusing("temperature") as provider:
        ask(provider.base_url)
        ask(provider.base_url)
    assert ["temperature" in request for request in provider.requests] == [True, False, False]


def test_a_server_of_ones_own_gets_the_limit_by_the_name_all_servers_know(ask, refusing):
    with refusing() as provider:
        ask(provider.base_url)
    (request,) = provider.requests
    assert request["max_tokens"] == 500 and "max_completion_tokens" not in request


def test_a_model_that_knows_only_the_new_name_of_the_limit_gets_it(ask, refusing):
    with refusing("temperature", "max_tokens") as provider:
        assert ask(provider.base_url).left_out == ("temperature",)
    last = provider.requests[-1]
    assert last["max_completion_tokens"] == 500 and "max_tokens" not in last


def test_another_bad_request_is_one_permanent_error(ask, refusing):
    with refusing("response_format") as provider, pytest.raises(client.ProviderError) as caught:
        ask(provider.base_url)
    assert caught.value.permanent and len(provider.requests) == 1


@pytest.mark.parametrize("name", ["m-1", "m-1-2026-09-14", "m-1-0914", "m-1:latest", "m-1@20260914"])
def test_the_same_model_under_its_dated_or_tagged_name_is_accepted(ask, name):
    with Provider(lambda request: SAID) as provider:
        answer = replace(ask(provider.base_url), model=name)
    assert parse(answer, WrittenDraft, asked_model="m-1").subject


@pytest.mark.parametrize("name", ["m-1-mini", "m-12", "m-1-nano-2026-09-14", "m-1.5", "", "another"])
def test_a_sibling_is_another_model(ask, name):
    with Provider(lambda request: SAID) as provider:
        answer = replace(ask(provider.base_url), model=name)
    with pytest.raises(client.ProviderError) as caught:
        parse(answer, WrittenDraft, asked_model="m-1")
    assert caught.value.kind == "wrong_model"
