"""Whatever the provider does: a template draft or a visible "no draft", never a wrong one, never a stuck follow-up, spend within budget.

Each fault hits a few accounts in the ordinary run and fifty with SOAK=1.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import Sum

from collections_site.provider.faults import FAULTS
from collections_site.provider.recorded import answerer
from collections_site.provider.server import Provider
from drafts.generation import budget, runner
from drafts.models import Draft, FollowUp, Generation
from drafts.preparation import prepare_accounts
from governance import policies
from tests.factories import AS_OF, make_account, make_invoice, make_portfolio
from tests.policy import set_policy

SOAK = os.environ.get("SOAK") == "1"
TIMES = 50 if SOAK else 2
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_may_write"), *([pytest.mark.slow] if SOAK else [])]

ENDED = ("ready", "on_hold", "awaiting_decision")
WORST_CALL = budget.ASSUMED_TOKENS_IN + 4 * 3_500


# Faults that end only with our patience. Everything else is given time: a busy machine must not turn a good answer into a timeout.
SLOW = {"timeout", "slow_drip"}


def patient_policy(**changes):
    set_policy(**{"model_seconds": 8, **changes})


@pytest.fixture
def accounts():
    """Accounts of both lanes."""

    def _accounts(count):
        portfolio = make_portfolio()
        made = [make_account(portfolio, tier="strategic" if n % 3 == 2 else "standard") for n in range(count)]
        for account in made:
            make_invoice(account)
        return [account.pk for account in made]

    return _accounts


@pytest.fixture
def desk(settings):
    """Prepare and let the worker run, round after round as the sweep does, until nothing waits any more."""

    def _desk(ids, provider, at=AS_OF):
        settings.LLM_BASE_URL, settings.LLM_MODEL = provider.base_url, "recorded-1"
        for _ in range(8):
            prepare_accounts(ids, as_of=at)
            if not Generation.objects.filter(state="queued").exists():
                break
            runner.run(lambda: at)
        return list(FollowUp.objects.filter(account_id__in=ids).select_related("draft"))

    return _desk


def assert_nothing_is_wrong(follow_ups, count):
    """What holds after any fault."""
    assert len(follow_ups) == count
    for follow_up in follow_ups:
        assert follow_up.status in ENDED, f"stuck in {follow_up.status}"
        if follow_up.status != "ready":
            assert follow_up.hold_reason or follow_up.status == "awaiting_decision", "no draft, and the screen says why"
            continue
        draft = follow_up.draft
        assert "another account today" not in draft.body and "{" not in draft.body and "9,999" not in draft.body
        assert not draft.findings.filter(severity="block").exists()
        assert draft.author_kind == "model" or "Approved template" in draft.note, "the screen says why the template speaks"
    assert not Generation.objects.filter(state__in=["queued", "claimed"]).exists()
    assert Draft.objects.count() == sum(f.draft_id is not None for f in follow_ups)


def spent():
    return Generation.objects.aggregate(total=Sum("cost_micro"))["total"] or 0


@pytest.mark.parametrize("fault", FAULTS)
def test_a_provider_that_always_does_this_leaves_template_drafts(accounts, desk, fault):
    patient_policy(model_breaker_failures=10_000, model_seconds=1 if fault in SLOW else 20)
    with Provider(answerer(), fault=fault) as provider:
        found = desk(accounts(TIMES), provider)
        assert len(provider.requests) >= 2 * TIMES, "every account met the fault, twice"
    assert_nothing_is_wrong(found, TIMES)
    assert {f.draft.author_kind for f in found} == {"template"}
    assert not Generation.objects.filter(state="done").exists()
    assert 0 < spent() <= policies.active_parameters().model_cost_micro_per_day
    report(fault, found)


def report(fault, found):
    """The soak's figures, for whoever runs it with -s."""
    if SOAK:
        states = dict(Counter(Generation.objects.values_list("state", flat=True)))
        authors = dict(Counter(f.draft.author_kind if f.draft else "no draft" for f in found))
        print(f"\n{fault:<18} {len(found)} follow-ups {authors} attempts {states} spent {spent() / 1e6:.4f}")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_passes_costs_one_attempt(accounts, desk, fault):
    # Fifty at once on a busy machine: nobody but the fault itself may run out of time.
    patient_policy(model_breaker_failures=10_000, model_seconds=10 if fault in SLOW else 20)
    with Provider(answerer(), plan=[fault] * TIMES) as provider:
        found = desk(accounts(TIMES), provider)
    assert_nothing_is_wrong(found, TIMES)
    assert Generation.objects.filter(state="failed").count() == TIMES
    assert {f.draft.author_kind for f in found} == {"model"}, "asked again, the model answered well"
    report(fault, found)


def test_faults_in_any_order_among_good_answers_and_lies(accounts, desk):
    patient_policy(model_breaker_failures=10_000)
    dice = random.Random(7)
    good = answerer()
    plan = [dice.choice(["", "", *FAULTS]) for _ in range(12 * TIMES)]

    def answers(request):
        said = good(request)
        return said.replace("{statement}", "{statement}\\n\\nIn short, EUR 9,999.00 is due.") if dice.random() < 0.3 else said

    with Provider(answers, plan=plan) as provider:
        found = desk(accounts(6 * TIMES), provider)
    assert_nothing_is_wrong(found, 6 * TIMES)
    assert {f.draft.author_kind for f in found} == {"model", "template"}


def test_a_dead_provider_is_left_alone_after_a_few_calls(accounts, desk):
    patient_policy(model_breaker_failures=5, model_breaker_minutes=5)
    with Provider(answerer(), fault="5xx") as provider:
        ids = accounts(20)
        found = desk(ids[:5], provider)
        asked = len(provider.requests)
        found += desk(ids[5:], provider)
        assert len(provider.requests) == asked, "the breaker asks nobody"
    assert_nothing_is_wrong(found, 20)
    skipped = Generation.objects.filter(state="skipped", kind="draft")
    assert skipped.count() >= 15 and all("left alone until" in row.error for row in skipped)


def test_the_day_never_costs_more_than_its_budget(accounts, desk):
    patient_policy(model_cost_micro_per_day=7 * WORST_CALL, model_breaker_failures=10_000)
    with Provider(answerer(), plan=["timeout", "5xx", "", "huge", "", "nan"]) as provider:
        found = desk(accounts(12), provider)
    assert_nothing_is_wrong(found, 12)
    assert spent() <= 7 * WORST_CALL
    assert any("budget" in f.draft.note for f in found)


def test_a_worker_that_dies_with_calls_in_flight_leaves_nothing_behind(accounts, desk, settings):
    patient_policy()
    ids = accounts(3)
    with Provider(answerer()) as provider:
        settings.LLM_BASE_URL, settings.LLM_MODEL = provider.base_url, "recorded-1"
        prepare_accounts(ids, as_of=AS_OF)
        calls, _ = runner.claim(100, AS_OF)
        assert calls and not provider.requests, "the worker died before it asked"
        later = AS_OF + timedelta(minutes=5)
        assert sorted(set(runner.lost(later))) == ids
        found = desk(ids, provider, at=later)
    assert_nothing_is_wrong(found, 3)
    assert Generation.objects.filter(error_kind="lost").exists()


def test_every_draft_of_the_model_still_passes_when_it_is_checked_again(accounts, desk):
    from drafts.delivery.standing import findings_of, standing_of

    with Provider(answerer()) as provider:
        found = desk(accounts(4), provider)
    for follow_up in found:
        draft = follow_up.draft
        standing = standing_of(draft, at=AS_OF)
        assert draft.author_kind == "model" and not [f for f in findings_of(draft.subject, draft.body, standing) if f.severity == "block"]
