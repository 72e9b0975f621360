"""The preparation run, account by account."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from drafts import transitions
from drafts.models import Brief, Classification, Draft, Finding, FollowUp
from drafts.preparation import due_account_ids
from governance import holds
from governance.models import ApprovalRequest, Event
from tests.drafts.preparing import follow_up, prepare
from tests.factories import (
    AS_OF,
    make_account,
    make_contract,
    make_invoice,
    make_portfolio,
    make_signal,
    make_user,
    moment,
)

pytestmark = pytest.mark.django_db


def test_an_overdue_standard_account_ends_as_a_routine_draft_with_brief_and_event():
    account = make_account()
    invoice = make_invoice(account)
    summary = prepare(account)
    row = follow_up(account)
    assert (row.status, row.lane, row.purpose, row.step) == ("ready", "routine", "demand", 1)
    assert row.required_roles == [["reviewer", "routine lane"]]
    assert row.draft.invoice_ids == [invoice.pk]
    assert invoice.number in row.draft.body
    assert row.draft.brief_id == row.brief_id
    assert row.totals == {"EUR": 100_000}
    assert list(Finding.objects.filter(severity="block").values_list("check_id", "why")) == []
    actions = list(Event.objects.filter(subject_kind="follow_up").values_list("action", flat=True))
    assert actions == ["follow_up.prepare", "follow_up.draft_ready"]
    assert row.history.count() == 2
    assert summary.as_dict() | {"seconds": 0, "accounts_per_second": 0, "queries": 0} == {
        "accounts": 1, "briefs": 1, "drafts": 1, "lanes": {"routine": 1, "exception": 0, "executive_review": 0},
        "held": 0, "awaiting_decision": 0, "skipped": {}, "seconds": 0, "accounts_per_second": 0, "queries": 0,
    }  # fmt: skip


def test_the_same_run_again_changes_nothing():
    account = make_account()
    make_invoice(account)
    prepare(account)
    before = (Draft.objects.count(), Brief.objects.count(), Event.objects.count(), follow_up(account).version)
    assert prepare(account).skipped == {"unchanged": 1}
    assert (
        Draft.objects.count(),
        Brief.objects.count(),
        Event.objects.count(),
        follow_up(account).version,
    ) == before


def test_nothing_overdue_creates_nothing():
    account = make_account()
    make_invoice(account, days_overdue=0)
    assert prepare(account).skipped == {"nothing due": 1}
    assert not FollowUp.objects.exists()
    assert not Brief.objects.exists()


def test_a_changed_amount_makes_a_new_revision_and_keeps_the_old_one():
    account = make_account()
    invoice = make_invoice(account)
    prepare(account)
    first = follow_up(account).draft
    invoice.amount_minor = invoice.balance_minor = 250_000
    invoice.save()
    assert prepare(account).drafts == 1
    row = follow_up(account)
    assert FollowUp.objects.count() == 1
    assert (row.status, row.draft.revision, row.draft.parent) == ("ready", 2, first)
    assert "EUR 2,500.00" in row.draft.body
    assert Draft.objects.get(pk=first.pk).body == first.body


def test_what_was_paid_supersedes_the_open_draft():
    account = make_account()
    invoice = make_invoice(account)
    prepare(account)
    invoice.status, invoice.balance_minor = "paid", 0
    invoice.save()
    prepare(account)
    assert follow_up(account).status == "superseded"
    assert Draft.objects.count() == 1


def test_an_approved_follow_up_is_left_to_the_last_look():
    account = make_account()
    invoice = make_invoice(account)
    prepare(account)
    row = follow_up(account)
    transitions.perform([row.pk], "approve", by=None, at=AS_OF)
    invoice.balance_minor = 50_000
    invoice.save()
    assert prepare(account).skipped == {"approved and leaving; the last look decides": 1}
    assert follow_up(account).draft_id == row.draft_id


def test_a_dispute_signal_holds_the_ready_draft_and_its_end_recomputes_it():
    account = make_account()
    invoice = make_invoice(account)
    prepare(account)
    signal = make_signal(account, invoice=invoice)
    summary = prepare(account)
    row = follow_up(account)
    assert summary.held == 1
    assert row.status == "on_hold"
    assert "Possible dispute" in row.hold_reason
    assert prepare(account).skipped == {"unchanged": 1}
    signal.status, signal.decision_reason = "dismissed", "a question about the address"
    signal.save()
    assert prepare(account).drafts == 1
    row = follow_up(account)
    assert (row.status, row.hold_reason, row.draft.revision) == ("ready", "", 2)


def test_asked_for_changes_end_in_a_new_revision():
    account = make_account()
    make_invoice(account)
    prepare(account)
    transitions.perform([follow_up(account).pk], "request_changes", by=None, at=AS_OF)
    prepare(account)
    row = follow_up(account)
    assert (row.status, row.draft.revision) == ("ready", 2)


def test_a_rejected_draft_is_not_made_again_until_something_changes():
    account = make_account()
    invoice = make_invoice(account)
    prepare(account)
    transitions.perform([follow_up(account).pk], "reject", by=None, at=AS_OF)
    assert prepare(account).skipped == {"rejected by a person, nothing changed since": 1}
    make_invoice(account)
    assert prepare(account).drafts == 1
    assert FollowUp.objects.filter(account=account).count() == 2
    assert invoice.number in follow_up(account).draft.body


def test_nobodys_text_is_pulled_away_while_they_hold_the_claim():
    account = make_account()
    invoice = make_invoice(account)
    prepare(account)
    reviewer = make_user("reviewer", account.portfolio)
    row = follow_up(account)
    far = {"claimed_by_id": reviewer.pk, "claimed_until": AS_OF + timedelta(days=3650)}
    transitions.perform([row.pk], "open", by=reviewer, at=AS_OF, fields={row.pk: far})
    invoice.balance_minor = 50_000
    invoice.save()
    assert prepare(account).skipped == {"a person is working on it": 1}
    assert follow_up(account).draft_id == row.draft_id


def test_a_change_voids_approvals_of_the_old_text():
    account = make_account()
    invoice = make_invoice(account)
    prepare(account)
    row = follow_up(account)
    from governance import approvals, policies

    approvals.open_request(
        subject_id=row.draft_id, account_id=account.pk, portfolio=account.portfolio, fingerprint=row.draft.fingerprint,
        lane=row.lane, roles=[("reviewer", "routine")], requester=None, policy=policies.active(), at=AS_OF,
    )  # fmt: skip
    transitions.perform([row.pk], "approve_partly", by=None, at=AS_OF)
    invoice.balance_minor = 50_000
    invoice.save()
    prepare(account)
    assert ApprovalRequest.objects.get().state == "void"
    assert follow_up(account).status == "ready"


def test_one_broken_account_does_not_keep_the_others(monkeypatch):
    good, bad = make_account(), make_account()
    make_invoice(good)
    make_invoice(bad)
    from drafts.preparation import run

    real = run.classify

    def sometimes(facts, *args):
        if facts.account_id == bad.pk:
            raise RuntimeError("no such thing")
        return real(facts, *args)

    monkeypatch.setattr(run, "classify", sometimes)
    summary = prepare(good, bad)
    assert summary.drafts == 1
    assert summary.skipped == {"failed: RuntimeError": 1}
    assert follow_up(good).status == "ready"
    assert follow_up(bad) is None


def test_the_number_of_queries_does_not_depend_on_the_number_of_accounts():
    portfolio = make_portfolio()

    def count(n):
        accounts = [make_account(portfolio) for _ in range(n)]
        for account in accounts:
            make_invoice(account)
            make_contract(account)
        with CaptureQueriesContext(connection) as captured:
            prepare(*accounts)
        return len(captured)

    prepare(make_account(portfolio))
    if connection.vendor == "postgresql":  # a handful of rows is one statement; more are copied there, split on SQLite
        assert count(3) <= count(30) == count(60)
    else:
        assert count(3) == count(20)


def test_due_accounts_are_those_overdue_or_with_an_open_follow_up():
    overdue, waiting, settled = make_account(), make_account(), make_account()
    make_invoice(overdue)
    make_invoice(settled, days_overdue=-20)
    invoice = make_invoice(waiting)
    prepare(waiting)
    invoice.status, invoice.balance_minor = "paid", 0
    invoice.save()
    assert due_account_ids(AS_OF) == sorted([overdue.pk, waiting.pk])
    assert due_account_ids(AS_OF, overdue.portfolio) == [overdue.pk]


def test_a_released_hold_is_recomputed_not_replayed():
    account = make_account()
    make_invoice(account)
    hold = holds.put("account", account.pk, kind="pause", reason="audit", by=None, at=moment(-1))
    prepare(account)
    holds.release(hold.pk, by=None, at=moment(0), reason="audit over")
    assert prepare(account).drafts == 1
    assert follow_up(account).hold_reason == ""


def test_classification_keeps_what_the_rules_said():
    account = make_account(tier="strategic")
    make_invoice(account)
    prepare(account)
    row = Classification.objects.get()
    assert row.follow_up == follow_up(account)
    assert (row.lane, row.reasons[0]["rule"]) == ("exception", "tier_strategic")
    assert row.contact_window["opens_at"]
