"""Workers ask the provider: every answer and every fault ends in a closed attempt, within the budgets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collections_site.provider.faults import FAULTS
from collections_site.provider.server import Provider
from drafts.generation import budget, runner
from drafts.models import Generation
from tests.drafts.generation.support import answer, ask, waiting
from tests.factories import AS_OF, make_account
from tests.policy import set_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_may_write")]


@pytest.fixture
def work(settings):
    """Queue one attempt per item, run them against a provider, return the rows."""

    def _work(items, provider):
        settings.LLM_BASE_URL, settings.LLM_MODEL, settings.OPENAI_API_KEY = provider.base_url, "m-1", "secret-key"
        for item in items:
            ask(item)
        runner.run(lambda: AS_OF, concurrency=8)
        return list(Generation.objects.filter(follow_up_id__in=[i.follow_up_id for i in items]).order_by("pk"))

    return _work


def test_a_good_answer_is_recorded_with_its_figures(work):
    with Provider(lambda request: answer()) as provider:
        (row,) = work([waiting()], provider)
    assert row.state == "done" and row.result["subject"] == "Open invoices"
    assert row.tokens_in == 400 and row.cost_micro == 400 + 4 * row.tokens_out
    assert row.model == "m-1" and len(row.prompt_sha256) == 64 and row.provider.startswith("127.0.0.1")
    assert "secret-key" not in row.raw_answer + str(row.parameters)


def test_the_prompt_holds_no_phone_address_mail_or_other_customer(work):
    other = make_account(name="Somebody Else AG")
    with Provider(lambda request: answer()) as provider:
        item = waiting()
        work([item], provider)
    sent = str(provider.requests)
    row = Generation.objects.get()
    assert other.name not in sent and row.account.name in sent
    portfolio, contact = row.account.portfolio, row.account.contacts.get()
    for secret in (contact.email, portfolio.sender_phone, portfolio.sender_email, "Hafenstrasse", "DE02120300000000202051"):
        assert secret not in sent


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_ends_in_a_failed_attempt_with_a_reason(work, fault):
    set_policy(model_seconds=1)
    with Provider(lambda request: answer(), fault=fault) as provider:
        (row,) = work([waiting()], provider)
    assert row.state == "failed" and row.error and row.error_kind and not row.result
    assert row.cost_micro > 0, "a call that may have been billed is counted"


def test_the_same_question_of_the_same_account_is_answered_from_the_record(work, settings):
    item = waiting()
    with Provider(lambda request: answer()) as provider:
        (first,) = work([item], provider)
        again = Generation.objects.create(
            follow_up_id=item.follow_up_id, account_id=item.account_id, brief_id=first.brief_id, attempt=2,
            prompt_version=first.prompt_version, parameters={**first.parameters, "feedback": []}, created_at=AS_OF,
        )
        runner.run(lambda: AS_OF)
        assert len(provider.requests) == 1
    again.refresh_from_db()
    assert again.state == "done" and again.reused_from_id == first.pk and again.cost_micro == 0


def test_braces_in_a_name_are_a_name(work):
    with Provider(lambda request: answer()) as provider:
        work([waiting(make_account(name="{material} {feedback} Ltd"))], provider)
    assert '"{material} {feedback} Ltd"' in provider.requests[0]["messages"][1]["content"]


def test_another_account_never_gets_a_recorded_answer(work):
    with Provider(lambda request: answer()) as provider:
        work([waiting(), waiting()], provider)
        assert len(provider.requests) == 2
    assert not Generation.objects.filter(reused_from__isnull=False).exists()


def test_the_cost_of_a_day_is_never_exceeded_even_by_calls_in_flight(work):
    one = budget.ASSUMED_TOKENS_IN + 4 * 3_500  # the most one call can cost under the default prices
    set_policy(model_cost_micro_per_day=2 * one)
    with Provider(lambda request: answer()) as provider:
        rows = work([waiting() for _ in range(5)], provider)
        assert len(provider.requests) == 2
    assert [r.state for r in rows] == ["done", "done", "skipped", "skipped", "skipped"]
    assert "cost budget" in rows[-1].error


def test_an_account_has_a_token_budget_of_its_own(work):
    set_policy(model_tokens_per_account_day=5_000)
    with Provider(lambda request: answer()) as provider:
        (row,) = work([waiting()], provider)
        assert not provider.requests
    assert row.state == "skipped" and "token budget" in row.error


def test_after_failures_in_a_row_the_model_is_left_alone_then_tried_by_one_call(work):
    set_policy(model_breaker_failures=3, model_breaker_minutes=5)
    with Provider(lambda request: answer(), fault="5xx") as provider:
        work([waiting() for _ in range(3)], provider)
        (after,) = work([waiting()], provider)
        assert len(provider.requests) == 3 and after.state == "skipped" and "left alone until" in after.error
        provider.fault = ""
        ask(waiting())
        ask(waiting())
        later = AS_OF + timedelta(minutes=6)
        calls, skipped = runner.claim(10, later)
    assert len(calls) == 1 and len(skipped) == 1


def test_an_attempt_whose_worker_died_is_closed_and_its_late_answer_ignored(work, settings):
    settings.LLM_BASE_URL, settings.LLM_MODEL = "http://127.0.0.1:9/v1", "m-1"
    ask(waiting())
    (call,), _ = runner.claim(5, AS_OF)
    assert runner.lost(AS_OF + timedelta(seconds=10)) == []
    assert len(runner.lost(AS_OF + timedelta(hours=1))) == 1
    row = Generation.objects.get()
    assert row.state == "failed" and row.error_kind == "lost"
    assert runner.record([runner.Said(call.generation_id, {"subject": "late"}, None, None)], AS_OF) == []
    row.refresh_from_db()
    assert row.state == "failed" and not row.result
