"""Two workers claim at once on PostgreSQL: together they let through what the budgets have left, not twice that."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import connections

from drafts.generation import budget, runner, service
from drafts.models import Generation
from governance import policies
from tests.drafts.generation.support import ask, waiting
from tests.factories import AS_OF, make_account
from tests.policy import set_policy

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("model_may_write")]
LONGEST = 20  # seconds of one call under the default policy


@pytest.fixture(autouse=True)
def configured(settings):
    settings.LLM_BASE_URL, settings.LLM_MODEL = "http://127.0.0.1:9/v1", "m-1"


def two_workers(rows):
    """Two workers claim ``rows`` attempts each, at once; how many calls they made of them."""
    gate = threading.Barrier(2)
    made = []

    def worker():
        try:
            gate.wait(10)
            made.append(len(runner.claim(rows, AS_OF)[0]))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(made) == 2
    return sum(made)


@pytest.mark.parametrize("round_", range(3))
def test_two_workers_share_the_time_of_the_day(round_):
    set_policy(model_seconds_per_day=5 * LONGEST)
    for _ in range(8):
        ask(waiting(make_account()))
    assert two_workers(4) == 5
    assert Counter(Generation.objects.values_list("state", flat=True)) == {"claimed": 5, "skipped": 3}
    assert budget.spent_today(policies.active_parameters(), AS_OF).ms == 5 * LONGEST * 1000


@pytest.mark.parametrize("round_", range(3))
def test_two_workers_share_the_time_of_an_account(round_):
    set_policy(model_seconds_per_account_day=LONGEST)
    item = waiting(make_account())
    ask(item)  # its draft, and what is prepared for people beside it
    service.queue_preparations([(item, Generation.objects.get().brief_id, [])], AS_OF)
    assert two_workers(1) == 1
    assert list(Generation.objects.filter(state="skipped").values_list("error", flat=True)) == [
        "The model was not asked: the account's budget of model time of the day is used up."
    ]
