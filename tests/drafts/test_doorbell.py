"""The doorbell: after the commit, by name, and never in the way of the person's work."""

from __future__ import annotations

import pytest
from celery import current_app
from django.db import transaction

from collections_site.beat import JOBS, schedule
from collections_site.celery import LONGEST_TASK_SECONDS, app
from drafts import doorbell, tasks
from drafts.delivery import handover
from drafts.preparation import PrepareSummary

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch, settings):
    settings.CELERY_BROKER_URL = "redis://nowhere.example"
    sent = []
    monkeypatch.setattr(type(current_app._get_current_object()), "send_task", lambda self, name, args=(), **options: sent.append((name, args, options)))
    return sent


def test_it_rings_after_the_commit(rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        doorbell.ring("drafts.sweep", 7)
        assert rung == []
    assert [(name, args) for name, args, _ in rung] == [("drafts.sweep", (7,))]


def test_it_does_not_ring_for_work_that_was_rolled_back(rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError), transaction.atomic():
        doorbell.ring("drafts.sweep")
        raise RuntimeError
    assert rung == []


def test_a_broker_that_is_down_is_logged_and_nothing_more(monkeypatch, settings, caplog):
    settings.CELERY_BROKER_URL = "redis://nowhere.example"

    def refuse(self, *args, **kwargs):
        raise ConnectionError("down")

    monkeypatch.setattr(type(current_app._get_current_object()), "send_task", refuse)
    assert doorbell.ring_now("drafts.sweep") is False
    assert "did not ring" in caplog.text


def test_without_a_broker_nothing_is_rung(monkeypatch, settings, django_capture_on_commit_callbacks):
    settings.CELERY_BROKER_URL = ""
    with django_capture_on_commit_callbacks() as callbacks:
        doorbell.ring("drafts.sweep")
    assert callbacks == []


def test_every_job_of_the_schedule_is_a_task_and_a_late_ring_expires():
    app.loader.import_default_modules()
    table = schedule(15.0)
    for job in JOBS:
        assert job.task in app.tasks
        assert job.why
        entry = table[job.task]
        assert entry["options"]["expires"] <= entry["schedule"]
    assert table["drafts.sweep"]["schedule"] == 15.0


def test_the_broker_gives_a_task_back_only_after_the_longest_task_is_over():
    assert app.conf.broker_transport_options["visibility_timeout"] > LONGEST_TASK_SECONDS >= app.conf.task_time_limit
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


def test_tasks_call_one_verb_with_ids(monkeypatch):
    seen = []
    monkeypatch.setattr(handover, "deliver_one", seen.append)
    monkeypatch.setattr(tasks, "prepare_accounts", lambda ids, as_of: seen.append((list(ids), as_of)) or PrepareSummary())
    tasks.deliver(5)
    tasks.prepare_batch([1, 2], "2026-05-12T08:00:00+00:00")
    assert seen[0] == 5
    assert seen[1][0] == [1, 2]
    assert seen[1][1].isoformat() == "2026-05-12T08:00:00+00:00"


def test_tasks_without_an_attempts_counter_are_not_handed_back_when_they_kill_their_worker():
    assert tasks.sweep.reject_on_worker_lost is False
    assert tasks.prepare_batch.reject_on_worker_lost is False
    assert tasks.deliver.reject_on_worker_lost is not False
