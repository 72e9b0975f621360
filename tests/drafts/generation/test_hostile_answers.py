"""Answers no database could store, and counts no budget should believe, end as failed or counted attempts, never as a stuck one."""

from __future__ import annotations

import json

import pytest

from collections_site.provider.faults import completion, send
from collections_site.provider.server import Provider
from drafts.generation import budget, client, recording, runner
from drafts.models import Generation
from tests.drafts.generation.support import answer, ask, waiting
from tests.factories import AS_OF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_may_write")]


@pytest.fixture
def work(settings):
    def _work(provider, count=1):
        settings.LLM_BASE_URL, settings.LLM_MODEL = provider.base_url, "m-1"
        for _ in range(count):
            ask(waiting())
        runner.run(lambda: AS_OF, concurrency=4)
        return list(Generation.objects.order_by("pk"))

    return _work


@pytest.mark.parametrize("text", ["NUL \x00 in it", "a lone \ud800 surrogate"])
def test_text_no_database_stores_is_an_answer_in_the_wrong_form(work, text):
    with Provider(lambda request: answer(correction_notes=text)) as provider:
        (row,) = work(provider)
    assert (row.state, row.error_kind) == ("failed", "wrong_form") and row.cost_micro > 0 and not row.result


def test_an_answer_that_cannot_be_stored_closes_its_own_attempt_only(work, monkeypatch):
    real = recording._write

    def breaks(row, item, policy, at):
        if item.answer is not None and row.pk == Generation.objects.order_by("pk").first().pk:
            raise ValueError("no column takes this")
        real(row, item, policy, at)

    monkeypatch.setattr(recording, "_write", breaks)
    with Provider(lambda request: answer()) as provider:
        first, *others = work(provider, count=4)
    assert (first.state, first.error_kind) == ("failed", "permanent") and "could not be stored" in first.error
    assert [row.state for row in others] == ["done"] * 3


class Raw(Provider):
    """Sends a whole body as it is."""

    def __init__(self, body):
        super().__init__(lambda request: answer())
        self.body = body

    def next_fault(self):
        return "raw"


@pytest.fixture
def raw(monkeypatch):
    from collections_site.provider import server

    def _raw(body):
        monkeypatch.setitem(server.FAULTS, "raw", lambda handler, model, good: send(handler, body if isinstance(body, bytes) else body(model, good)))
        return Raw(body)

    return _raw


def usage(**figures):
    """A good completion whose server counts like this."""
    return lambda model, good: json.dumps({**completion(good, model=model), "usage": figures}).encode()


@pytest.mark.parametrize("figures", [{"prompt_tokens": -5, "completion_tokens": 10**30}, {}])
def test_counts_nobody_can_believe_are_estimated_so_that_the_budget_holds(work, raw, figures):
    with raw(usage(**figures)) as provider:
        (row,) = work(provider)
    assert row.state == "done" and row.tokens_in == 0 and row.tokens_out == 0
    assert row.cost_micro > budget.ASSUMED_TOKENS_IN


@pytest.mark.parametrize("body", [b'{"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": Infinity}}', b"[" * 100_000, b"\x00\xff\xfe", b""])
def test_a_body_that_is_no_completion_is_one_error(work, raw, body):
    with raw(body) as provider:
        (row,) = work(provider)
    assert (row.state, row.error_kind) == ("failed", "protocol") and row.error


def test_something_unforeseen_still_ends_the_attempt(work, monkeypatch):
    def explodes(*args, **kwargs):
        raise ZeroDivisionError

    with Provider(lambda request: answer()) as provider:
        monkeypatch.setattr(client, "complete", explodes)
        (row,) = work(provider)
    assert (row.state, row.error_kind) == ("failed", "unexpected")


def test_sixty_four_first_calls_make_one_client(settings):
    from concurrent.futures import ThreadPoolExecutor

    settings.LLM_BASE_URL, settings.OPENAI_API_KEY = "http://127.0.0.1:9/v1", "one"
    client._client.cache_clear()
    with ThreadPoolExecutor(64) as pool:
        assert len({id(found) for found in pool.map(lambda _: client._connected(), range(64))}) == 1
