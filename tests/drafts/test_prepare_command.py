"""The ``prepare`` command: JSON summary, options, progress."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from drafts.management.commands import prepare
from drafts.models import FollowUp
from tests.factories import AS_OF, TODAY, make_account, make_invoice, make_portfolio

pytestmark = pytest.mark.django_db

KEYS = ["accounts", "briefs", "drafts", "lanes", "held", "awaiting_decision", "skipped", "seconds", "accounts_per_second", "queries"]


@pytest.fixture(autouse=True)
def fresh_facts(monkeypatch):
    """The clock stands at the moment the shared rows are made for."""
    monkeypatch.setattr("governance.clock.now", lambda: AS_OF)


def run(*arguments):
    out = io.StringIO()
    call_command("prepare", *arguments, stdout=out)
    return out.getvalue()


def test_the_json_summary_has_exactly_the_keys_of_the_contract():
    account = make_account()
    make_invoice(account)
    summary = json.loads(run("--json"))
    assert list(summary) == KEYS
    assert list(summary["lanes"]) == ["routine", "exception", "executive_review"]
    assert (summary["accounts"], summary["drafts"], summary["lanes"]["routine"]) == (1, 1, 1)
    assert summary["queries"] > 0


def test_a_portfolio_is_found_by_code_or_name_and_an_unknown_one_names_those_there_are():
    mine, other = make_portfolio(code="north", name="North"), make_portfolio()
    make_invoice(make_account(mine))
    make_invoice(make_account(other))
    assert json.loads(run("--portfolio", "North", "--json"))["accounts"] == 1
    assert FollowUp.objects.get().portfolio == mine
    with pytest.raises(CommandError, match=r"no portfolio 'south'; known: .*north"):
        run("--portfolio", "south")


def test_as_of_is_the_end_of_business_of_that_day():
    account = make_account()
    make_invoice(account, days_overdue=-3)
    assert json.loads(run("--json"))["accounts"] == 0
    account.portfolio.sources.update(as_of=prepare.end_of_business(TODAY.replace(day=20), 17))
    assert json.loads(run("--as-of", "2026-05-20", "--json"))["drafts"] == 1


def test_without_a_broker_enqueue_says_so_instead_of_losing_the_batches():
    with pytest.raises(CommandError, match="there is no broker"):
        run("--enqueue")


def test_enqueue_hands_batches_to_workers_and_prepares_nothing_itself(monkeypatch, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    rung = []
    monkeypatch.setattr(prepare, "ring_now", lambda task, ids: rung.append((task, ids)) or True)
    monkeypatch.setattr(prepare, "BATCH", 2)
    accounts = [make_account() for _ in range(3)]
    for account in accounts:
        make_invoice(account)
    assert json.loads(run("--enqueue", "--json")) == {"accounts": 3, "batches": 2}
    assert rung == [("drafts.prepare_batch", [a.pk for a in accounts[:2]]), ("drafts.prepare_batch", [accounts[2].pk])]
    assert not FollowUp.objects.exists()
    with pytest.raises(CommandError, match="cannot be given --as-of"):
        run("--enqueue", "--as-of", "2026-05-20")


def test_a_broker_that_is_down_is_an_error_in_words(monkeypatch, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(prepare, "ring_now", lambda task, ids: False)
    make_invoice(make_account())
    with pytest.raises(CommandError, match="the broker took 0 of 1 batches"):
        run("--enqueue")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_sees_a_bar_with_rate_and_time_left_and_a_file_nothing():
    screen, file = Terminal(), io.StringIO()
    for stream in (screen, file):
        progress = prepare.Progress(stream)
        progress(500, 1000)
        progress(1000, 1000)
    assert "500/1,000 accounts" in screen.getvalue()
    assert "s left" in screen.getvalue()
    assert screen.getvalue().endswith("\n")
    assert file.getvalue() == ""


def test_the_summary_for_a_person_counts_and_says_why_some_were_skipped():
    account = make_account()
    make_invoice(account)
    run()
    text = run()
    assert text.startswith("1 accounts in ")
    assert "skipped, unchanged: 1" in text
