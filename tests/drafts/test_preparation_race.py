"""Two workers prepare the same accounts at the same moment."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from accounts.models import Account
from drafts.models import Draft, FollowUp
from drafts.preparation import prepare_accounts, run
from tests.factories import AS_OF, make_account, make_invoice, make_portfolio

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_workers_on_the_same_accounts_make_one_draft_each():
    portfolio = make_portfolio()
    ids = []
    for _ in range(12):
        account = make_account(portfolio)
        make_invoice(account)
        ids.append(account.pk)
    start, summaries, errors = threading.Barrier(4), [], []

    def work():
        try:
            start.wait()
            summaries.append(prepare_accounts(ids, as_of=AS_OF))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert FollowUp.objects.count() == Draft.objects.count() == 12
    assert sum(summary.drafts for summary in summaries) == 12
    assert not any(reason.startswith("failed") for summary in summaries for reason in summary.skipped)


def test_an_account_another_worker_holds_is_left_to_it():
    account, free = make_account(), make_account()
    make_invoice(account)
    make_invoice(free)
    locked, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(Account.objects.select_for_update().filter(pk=account.pk))
            locked.set()
            done.wait(20)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    locked.wait(20)
    summary = prepare_accounts([account.pk, free.pk], as_of=AS_OF)
    done.set()
    thread.join()
    assert (summary.drafts, summary.skipped) == (1, {run.BUSY: 1})
    assert FollowUp.objects.get().account == free
