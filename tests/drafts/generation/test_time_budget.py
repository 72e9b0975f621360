"""The model's time has a budget per account and per day: counted like cost, calls in flight at the longest they may take."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from collections_site.provider.recorded import answerer
from collections_site.provider.server import Provider
from drafts.generation import budget, client, runner
from drafts.models import FollowUp, Generation
from drafts.preparation import prepare_accounts
from drafts.simulation import compare, resolve
from drafts.simulation.comparison import TooExpensive
from governance import policies
from governance.language import said
from governance.models import EvaluationRun, PolicyVersion
from governance.policy_text import content_hash
from tests.drafts.generation.support import answer, ask, waiting
from tests.factories import AS_OF, make_account, make_invoice
from tests.policy import set_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_may_write")]
KEYS = ("model_seconds_per_account_day", "model_seconds_per_day")
LONGEST = 20  # seconds of one call under the default policy


@pytest.fixture(autouse=True)
def configured(settings):
    settings.LLM_BASE_URL, settings.LLM_MODEL = "http://127.0.0.1:9/v1", "m-1"


def claimed(*accounts):
    """Ask for one draft each, in this order, and let a worker claim what it may."""
    for account in accounts:
        ask(waiting(account))
    return runner.claim(10, AS_OF)[0]


def states():
    return list(Generation.objects.order_by("pk").values_list("state", "error_kind"))


def failed(call, latency_ms):
    error = client.ProviderError("timeout", "the model did not answer in time", latency_ms=latency_ms)
    runner.record([runner.Said(call.generation_id, None, None, error)], AS_OF)


def purse(*accounts):
    return budget.load(policies.active_parameters(), [account.pk for account in accounts], AS_OF)


def test_a_policy_written_before_there_was_a_time_budget_reads_as_the_default():
    row = PolicyVersion.objects.get(state="active")
    old = {name: value for name, value in row.parameters.items() if name not in KEYS}
    assert [getattr(policies.typed(old), key) for key in KEYS] == [600, 250_000]
    assert content_hash(old) == content_hash({**old, **dict(zip(KEYS, (600, 250_000), strict=True))}), "a default written out is the same text"


def test_the_defaults_let_two_waves_of_the_slowest_model_through_and_every_attempt_of_an_account():
    set_policy(model_seconds=120, model_attempts=3)
    purse = budget.load(policies.active_parameters(), [], AS_OF)
    assert [purse.refuse(account, 0, AS_OF) for account in range(2 * runner.CONCURRENCY)] == [""] * 2 * runner.CONCURRENCY
    tokens_of_none = policies.active_parameters().model_copy(update={"model_tokens_per_account_day": 10**9})
    alone = budget.Budget(tokens_of_none)
    assert [alone.refuse(1, 0, AS_OF) for _ in range(3 + 1)] == [""] * 4, "three attempts and what is prepared for people"


def test_calls_in_flight_are_counted_at_the_longest_they_may_take():
    set_policy(model_seconds_per_day=2 * LONGEST)
    for _ in range(3):
        claimed(make_account())
    assert states() == [("claimed", ""), ("claimed", ""), ("skipped", "budget")]
    assert Generation.objects.last().error == "The model was not asked: the budget of model time of the day is used up."


def test_an_answer_gives_back_the_time_it_did_not_take(settings):
    set_policy(model_seconds_per_day=2 * LONGEST)
    with Provider(lambda request: answer()) as provider:
        settings.LLM_BASE_URL = provider.base_url
        for _ in range(3):
            ask(waiting())
            runner.run(lambda: AS_OF)
        assert len(provider.requests) == 3
    assert 0 < budget.spent_today(policies.active_parameters(), AS_OF).ms < LONGEST * 1000


def test_an_account_has_a_time_budget_of_its_own():
    account, other = make_account(), make_account()
    set_policy(model_seconds_per_account_day=LONGEST + 5)
    (first, _) = claimed(account, other)
    failed(first, 5_001)
    assert purse(account).refuse(account.pk, 0, AS_OF) == "the account's budget of model time of the day is used up"
    assert purse(other).ms_by_account == {other.pk: LONGEST * 1000}, "in flight"
    assert purse(account, other).refuse(make_account().pk, 0, AS_OF) == ""


def test_a_call_counts_the_time_that_was_measured_and_all_it_may_take_where_nobody_measured():
    account = make_account()
    (first,) = claimed(account)
    failed(first, 7_250)
    assert purse(account).spent_ms == 7_250 and purse(account).ms_by_account == {account.pk: 7_250}
    (second,) = claimed(make_account())
    failed(second, 0)  # it broke in a way nobody foresaw
    assert purse(account).spent_ms == 7_250 + LONGEST * 1000


def test_a_worker_that_died_leaves_the_time_of_its_calls_counted_and_a_day_later_it_is_over():
    claimed(make_account())
    runner.lost(AS_OF + timedelta(hours=1))
    policy = policies.active_parameters()
    assert Generation.objects.get().error_kind == "lost"
    assert budget.spent_today(policy, AS_OF + timedelta(hours=1)).ms == LONGEST * 1000
    assert budget.spent_today(policy, AS_OF + timedelta(days=1)).ms == 0


def test_what_was_never_asked_and_an_answer_from_the_record_take_no_time(settings):
    account = make_account()
    with Provider(lambda request: answer()) as provider:
        settings.LLM_BASE_URL = provider.base_url
        ask(waiting(account))
        runner.run(lambda: AS_OF)
    before = purse(account).spent_ms
    known = Generation.objects.get()
    Generation.objects.create(
        follow_up=known.follow_up, account=account, brief=known.brief, kind="preparation", state="done", attempt=9, reused_from=known, created_at=AS_OF,
    )  # fmt: skip
    Generation.objects.create(follow_up=known.follow_up, account=account, brief=known.brief, kind="preparation", state="skipped", created_at=AS_OF)
    assert purse(account).spent_ms == before > 0


@pytest.mark.parametrize(("key", "seconds", "words"), [
    ("model_seconds_per_day", 0, "the budget of model time of the day is used up"),
    ("model_seconds_per_account_day", LONGEST - 1, "the account's budget of model time of the day is used up"),
])  # fmt: skip
def test_a_call_the_budget_refuses_leads_to_the_approved_template_which_says_why(key, seconds, words, settings):
    set_policy(**{key: seconds})
    account = make_account()
    make_invoice(account)
    with Provider(answerer()) as provider:
        settings.LLM_BASE_URL = provider.base_url
        for _ in range(2):
            prepare_accounts([account.pk], as_of=AS_OF)
            runner.run(lambda: AS_OF)
        prepare_accounts([account.pk], as_of=AS_OF)
        assert not provider.requests
    draft = FollowUp.objects.get(account=account).draft
    assert draft.author_kind == "template" and draft.template_version is not None and words in draft.note
    assert [row.error_kind for row in Generation.objects.filter(kind="draft")] == ["budget"], "asked for once, not again and again"
    with translation.override("de"):
        assert "Modellzeit" in said(draft.note) and "model" not in said(draft.note).replace("Modell", "")


def test_comparisons_draw_on_the_same_time(settings):
    set_policy(model_seconds_per_day=4 * LONGEST)
    with Provider(answerer()) as provider:
        settings.LLM_BASE_URL = provider.base_url
        with pytest.raises(TooExpensive, match="could take up to 120 s of model time; the day's budget has 80 s left"):
            compare(resolve("draft/1"), resolve("draft/1"), 3, AS_OF)
        assert not provider.requests
        compare(resolve("template"), resolve("draft/1"), 4, AS_OF)
    figures = EvaluationRun.objects.get().figures
    assert figures["a"]["latency_ms_sum"] == 0 < figures["b"]["latency_ms_sum"]
    assert budget.spent_today(policies.active_parameters(), AS_OF).ms == figures["b"]["latency_ms_sum"]
