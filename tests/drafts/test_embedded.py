"""The embedded worker: the same sweep in a thread of this process."""

from __future__ import annotations

import threading

import pytest

from collections_site import embedded
from collections_site.beat import JOBS


@pytest.fixture
def rounds(monkeypatch):
    done = []
    monkeypatch.setattr(embedded, "ROUNDS", {job.task: lambda at, name=job.task: done.append(name) for job in JOBS})
    monkeypatch.setattr(embedded, "close_old_connections", lambda: None)
    return done


def test_each_job_runs_at_its_own_pace(rounds, settings):
    settings.SWEEP_SECONDS = 2.0
    worker = embedded.EmbeddedWorker()
    for second in range(0, 301):
        worker.round(1000.0 + second)
    assert rounds.count("drafts.sweep") == 151
    assert rounds.count("drafts.rerank") == 2
    assert rounds.count("drafts.prepare_due") == 1


def test_a_round_that_raises_does_not_end_the_worker(rounds, monkeypatch, settings, caplog):
    settings.SWEEP_SECONDS = 1.0

    def broken(at):
        raise RuntimeError("no database")

    monkeypatch.setitem(embedded.ROUNDS, "drafts.sweep", broken)
    worker = embedded.EmbeddedWorker()
    worker.round(1000.0)
    worker.round(1002.0)
    assert "drafts.prepare_due" in rounds
    assert caplog.text.count("drafts.sweep failed") == 2


def test_the_thread_runs_and_stops(rounds, settings):
    settings.SWEEP_SECONDS = 0.05
    worker = embedded.EmbeddedWorker()
    worker.start()
    from tests.drafts.delivery.smtp_server import wait_for

    wait_for(lambda: rounds.count("drafts.sweep") >= 2)
    worker.stop()
    assert not worker.is_alive()


def test_a_model_that_takes_its_time_delays_no_delivery(rounds, settings, monkeypatch):
    settings.SWEEP_SECONDS = 0.05
    thinking, thought = threading.Event(), threading.Event()

    def think(at):
        thinking.set()
        thought.wait(10)

    monkeypatch.setitem(embedded.ROUNDS, "drafts.generate", think)
    worker = embedded.EmbeddedWorker()
    worker.start()
    from tests.drafts.delivery.smtp_server import wait_for

    assert thinking.wait(10)
    before = rounds.count("drafts.sweep")
    wait_for(lambda: rounds.count("drafts.sweep") >= before + 3)
    assert not thought.is_set()
    thought.set()
    worker.stop()
    assert not worker.is_alive()


def test_one_worker_per_process(rounds, monkeypatch):
    monkeypatch.setattr(embedded, "_running", None)
    first = embedded.start()
    assert first.is_alive()
    assert embedded.start() is first
    first.stop()
