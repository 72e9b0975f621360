"""The purse: calls in flight, silent servers and long prompts are counted; the breaker hears only the provider."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collections_site.provider.server import Provider
from drafts.generation import budget, client, runner
from drafts.models import Generation
from governance import policies
from tests.drafts.generation.support import answer, ask, waiting
from tests.factories import AS_OF, make_account
from tests.policy import set_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_may_write")]
WORST = budget.ASSUMED_TOKENS_IN + 4 * 3_500  # of one call under the default prices
LATER = AS_OF + timedelta(minutes=6)


@pytest.fixture(autouse=True)
def configured(settings):
    settings.LLM_BASE_URL, settings.LLM_MODEL = "http://127.0.0.1:9/v1", "m-1"


def claim(at=AS_OF):
    return runner.claim(10, at)


def fail(call, error):
    runner.record([runner.Said(call.generation_id, None, None, error)], AS_OF)


SILENT = client.ProviderError("timeout", "the model did not answer in time")
REFUSED = client.ProviderError("status_503", "the provider answered 503", status=503)


def test_calls_of_another_worker_that_are_still_in_flight_are_counted_at_their_worst():
    set_policy(model_cost_micro_per_day=2 * WORST)
    for _ in range(3):
        ask(waiting())
        claim()
    states = list(Generation.objects.order_by("pk").values_list("state", "cost_micro"))
    assert states == [("claimed", WORST), ("claimed", WORST), ("skipped", 0)]


def test_an_answer_gives_back_what_it_did_not_cost(settings):
    set_policy(model_cost_micro_per_day=2 * WORST)
    with Provider(lambda request: answer()) as provider:
        settings.LLM_BASE_URL = provider.base_url
        for _ in range(3):
            ask(waiting())
            runner.run(lambda: AS_OF)
        assert len(provider.requests) == 3


def test_a_call_nobody_answered_is_counted_at_its_worst_and_a_refused_one_at_its_prompt():
    ask(waiting())
    ask(waiting())
    (first, second), _ = claim()
    fail(first, SILENT)
    fail(second, REFUSED)
    costs = list(Generation.objects.order_by("pk").values_list("cost_micro", flat=True))
    assert costs == [WORST, budget.ASSUMED_TOKENS_IN]


def test_a_worker_that_died_leaves_its_calls_counted():
    ask(waiting())
    claim()
    runner.lost(AS_OF + timedelta(hours=1))
    assert Generation.objects.get().cost_micro == WORST


def test_tokens_of_an_account_are_counted_while_in_flight_and_when_nobody_answers():
    set_policy(model_tokens_per_account_day=11_000)
    account = make_account()
    ask(waiting(account))
    ask(waiting(make_account()))
    calls, _ = claim()
    assert len(calls) == 2
    fail(calls[0], SILENT)
    purse = budget.load(policies.active_parameters(), [account.pk], AS_OF)
    assert purse.tokens_by_account == {account.pk: 6_000}
    assert "token budget" in purse.refuse(account.pk, budget.ASSUMED_TOKENS_IN, AS_OF)


def test_a_refusal_with_a_status_uses_none_of_the_accounts_tokens():
    account = make_account()
    ask(waiting(account))
    (call,), _ = claim()
    fail(call, REFUSED)
    assert budget.load(policies.active_parameters(), [account.pk], AS_OF).tokens_by_account == {account.pk: 0}


def test_a_long_prompt_leaves_less_room_for_the_answer_and_a_longer_one_none():
    policy = policies.active_parameters()
    short, long = [{"content": "x" * 300}], [{"content": "x" * 12_000}]
    assert budget.answer_room(policy, budget.prompt_tokens(short)) == 3_500
    assert budget.answer_room(policy, budget.prompt_tokens(long)) == policy.model_tokens_per_draft - 4_000
    why = budget.Budget(policy, 0).refuse(1, policy.model_tokens_per_draft, AS_OF)
    assert "no room for an answer" in why


def test_an_answer_from_the_record_does_not_tell_that_the_provider_is_well(settings):
    set_policy(model_breaker_failures=3)
    account = make_account()
    with Provider(lambda request: answer()) as provider:
        settings.LLM_BASE_URL = provider.base_url
        ask(waiting(account))
        runner.run(lambda: AS_OF)
    known = Generation.objects.get()
    for number in range(3):
        ask(waiting())
        (call,), _ = claim()
        fail(call, REFUSED)
        if number == 1:
            Generation.objects.create(
                follow_up=known.follow_up, account=account, brief=known.brief, kind="preparation", state="done", attempt=9, reused_from=known,
                created_at=AS_OF, finished_at=AS_OF,
            )  # fmt: skip
    assert budget.breaker(policies.active_parameters()) is not None


def test_after_a_pause_one_call_of_all_workers_tries_the_provider():
    set_policy(model_breaker_failures=3, model_breaker_minutes=5)
    for _ in range(3):
        ask(waiting())
        (call,), _ = claim()
        fail(call, REFUSED)
    ask(waiting())
    assert len(claim(LATER)[0]) == 1
    ask(waiting())
    calls, skipped = claim(LATER)
    assert not calls and len(skipped) == 1
