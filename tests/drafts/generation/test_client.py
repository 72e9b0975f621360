"""One model call: good answers pass, every fault is one exception with a kind, within its time."""

from __future__ import annotations

import json
import time

import pytest

from collections_site.provider.faults import FAULTS
from collections_site.provider.server import Provider
from drafts.generation import client
from drafts.generation.schema import WrittenDraft, json_schema, parse

GOOD = json.dumps(
    {"subject": "Statement", "body": "Dear Ms Keller, please find below what is open today. Kind regards", "citations": [], "correction_notes": ""}
)
# Faults that end only with our patience. Everything else is given time: a busy machine must not turn a good answer into a timeout.
SLOW = {"timeout", "slow_drip"}
KINDS = {
    "timeout": "timeout", "429": "status_429", "5xx": "status_503", "truncated": "cut_off", "refusal": "refusal", "wrong_schema": "wrong_form",
    "duplicate_keys": "wrong_form", "nan": "wrong_form", "huge": "too_large", "wrong_model": "wrong_model", "slow_drip": "timeout",
    "connection_reset": "connection",
}


@pytest.fixture
def ask(settings):
    def _ask(provider, seconds=30.0):
        settings.LLM_BASE_URL, settings.LLM_MODEL, settings.OPENAI_API_KEY = provider.base_url, "m-1", ""
        answer = client.complete(
            [{"role": "user", "content": "write"}], schema_name="draft", schema=json_schema(WrittenDraft), seconds=seconds, max_tokens=500
        )
        return parse(answer, WrittenDraft, asked_model="m-1"), answer

    return _ask


def test_a_good_answer_comes_back_with_its_figures(ask):
    with Provider(lambda request: GOOD) as provider:
        draft, answer = ask(provider)
    assert draft.subject == "Statement"
    assert answer.tokens_in == 400 and answer.tokens_out > 0 and answer.finish_reason == "stop"
    (request,) = provider.requests
    assert request["model"] == "m-1" and request["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_one_error_of_its_kind_after_one_request(ask, fault):
    began = time.monotonic()
    with Provider(lambda request: GOOD, fault=fault) as provider:
        with pytest.raises(client.ProviderError) as caught:
            ask(provider, seconds=1.0 if fault in SLOW else 30.0)
        assert len(provider.requests) == 1, "no hidden retries"
    assert caught.value.kind == KINDS[fault]
    assert time.monotonic() - began < 90  # a bound against hanging, not a measurement


def test_a_provider_that_is_not_there_is_a_connection_error(ask):
    with Provider(lambda request: GOOD) as provider:
        pass
    with pytest.raises(client.ProviderError) as caught:
        ask(provider)
    assert caught.value.kind == "connection" and not caught.value.permanent


def test_a_dated_name_of_the_same_model_is_accepted(ask):
    with Provider(lambda request: GOOD) as provider:
        draft, answer = ask(provider)
    from dataclasses import replace

    assert parse(replace(answer, model="m-1-2026-09"), WrittenDraft, asked_model="m-1") == draft
