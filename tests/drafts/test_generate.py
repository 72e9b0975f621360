"""The worker's part: the model writes beside the sweep, which leaves alone what is being written and picks up what was lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collections_site.provider.recorded import answerer
from collections_site.provider.server import Provider
from drafts import sweeping
from drafts.generation import runner
from drafts.models import Brief, FollowUp, Generation
from tests.drafts.scene import stop_clock
from tests.factories import AS_OF, make_account, make_invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("model_may_write")]


@pytest.fixture
def account():
    account = make_account()
    make_invoice(account)
    return account


@pytest.fixture
def provider(settings):
    stop_clock(settings)
    with Provider(answerer()) as provider:
        settings.LLM_BASE_URL, settings.LLM_MODEL = provider.base_url, "recorded-1"
        yield provider


def test_the_sweep_asks_generation_answers_and_the_draft_is_ready(account, provider):
    sweeping.prepare_due(AS_OF)
    assert FollowUp.objects.get().status == "preparing" and not provider.requests, "the sweep itself talks to nobody"
    assert sweeping.generate(AS_OF) == 1
    follow_up = FollowUp.objects.get()
    assert follow_up.status == "ready" and follow_up.draft.author_kind == "model"


def test_the_sweep_leaves_alone_what_the_model_writes(account, provider):
    sweeping.prepare_due(AS_OF)
    before = Brief.objects.count(), Generation.objects.count()
    for _ in range(3):
        assert sweeping.sweep(AS_OF)["prepared"] == 0
    assert (Brief.objects.count(), Generation.objects.count()) == before


def test_a_lost_attempt_is_closed_and_its_follow_up_goes_on_in_the_same_round(account, provider):
    sweeping.prepare_due(AS_OF)
    runner.claim(10, AS_OF)
    assert sweeping.sweep(AS_OF)["lost"] == 0
    done = sweeping.sweep(AS_OF + timedelta(minutes=5))
    assert done["lost"] == 2 and done["prepared"] == 1
    assert Generation.objects.filter(kind="draft", state="queued", attempt=2).count() == 1


def test_generation_leaves_the_provider_alone_while_others_have_it_busy(account, provider, monkeypatch):
    sweeping.prepare_due(AS_OF)
    monkeypatch.setattr(runner, "CONCURRENCY", 1)
    runner.claim(1, AS_OF)
    assert sweeping.generate(AS_OF) == 0 and not provider.requests
    runner.lost(AS_OF + timedelta(minutes=5))
    assert sweeping.generate(AS_OF + timedelta(minutes=5)) == 1


def test_without_a_model_nothing_waits_for_one(account, settings):
    stop_clock(settings)
    assert sweeping.generate(AS_OF) == 0
    sweeping.prepare_due(AS_OF)
    assert FollowUp.objects.get().status == "ready" and not Generation.objects.exists()
