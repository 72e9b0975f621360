"""What a prepared account ends as: held, waiting, an exception, a question for an executive, a request for a PO, and in which language."""

from datetime import timedelta

import pytest

from drafts import transitions
from drafts.models import Draft
from governance.models import Decision, Event
from tests.drafts.preparing import follow_up, prepare
from tests.factories import (
    AS_OF,
    day,
    make_account,
    make_dispute,
    make_hold,
    make_invoice,
    make_promise,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_a_hold_in_force_is_visible_and_no_draft_exists():
    account = make_account()
    make_invoice(account)
    make_hold(account, reason="asked not to be written to")
    assert prepare(account).held == 1
    assert "asked not to be written to" in follow_up(account).hold_reason
    assert not Draft.objects.exists()


def test_a_promise_in_force_waits_and_a_broken_one_is_an_exception_with_a_prepared_decision():
    account = make_account()
    make_invoice(account)
    make_promise(account, due_on=day(3))
    prepare(account)
    assert follow_up(account).status == "on_hold"
    later = AS_OF + timedelta(days=14)
    make_fresh(account, later)
    prepare(account, as_of=later)
    row = follow_up(account)
    assert (row.status, row.lane) == ("ready", "exception")
    decision = Decision.objects.get(account_id=account.pk)
    assert (decision.kind, decision.deciding_role) == ("payment_plan", "finance_approver")
    assert [option["key"] for option in decision.options] == ["proceed_plan", "refuse", "no_contact"]
    assert all(option["facts"] for option in decision.options)
    assert "EUR 333.34, EUR 333.33, EUR 333.33" in decision.options[0]["effect"]


def make_fresh(account, at):
    account.portfolio.sources.update(as_of=at)


def test_an_enterprise_account_gets_a_decision_and_no_draft():
    account = make_account(tier="enterprise")
    make_invoice(account)
    summary = prepare(account)
    row = follow_up(account)
    assert summary.awaiting_decision == 1
    assert (row.status, row.lane, row.draft) == ("awaiting_decision", "executive_review", None)
    decision = Decision.objects.get(follow_up_id=row.pk)
    assert decision.deciding_role == "executive"
    assert [option["key"] for option in decision.options] == ["proceed", "no_contact"]
    assert Event.objects.filter(action="decision.prepared", subject_id=decision.pk).count() == 1
    assert prepare(account).skipped == {"unchanged": 1}
    assert Decision.objects.count() == 1


def test_after_the_decision_to_proceed_a_draft_appears():
    account = make_account(tier="enterprise")
    make_invoice(account)
    prepare(account)
    executive = make_user("executive", account.portfolio)
    Decision.objects.update(state="decided", outcome="proceed", decided_by=executive, decided_at=AS_OF)
    transitions.perform([follow_up(account).pk], "decide_proceed", by=executive, at=AS_OF)
    prepare(account)
    row = follow_up(account)
    assert (row.status, row.lane) == ("ready", "executive_review")
    assert row.draft is not None
    assert {role for role, _ in row.required_roles} >= {"account_owner", "finance_approver"}


def test_the_undisputed_rest_is_chased_without_naming_the_disputed_invoice():
    account = make_account()
    owner = make_user("finance_approver", account.portfolio)
    disputed, free = make_invoice(account), make_invoice(account)
    make_dispute(account, invoice=disputed, owner=owner)
    prepare(account)
    row = follow_up(account)
    assert (row.status, row.lane) == ("ready", "exception")
    assert free.number in row.draft.body
    assert disputed.number not in row.draft.body + row.draft.subject
    assert "under query is set aside" in row.draft.body


def test_a_missing_po_prepares_a_po_request_for_the_owner():
    account = make_account()
    make_invoice(account, po_required=True)
    prepare(account)
    row = follow_up(account)
    assert (row.lane, row.purpose, row.owner_role) == ("exception", "po_request", "account_owner")
    assert "purchase order number" in row.draft.body


def test_no_recipient_is_held_never_skipped():
    account = make_account(contact=False)
    make_invoice(account)
    assert prepare(account).held == 1
    assert "No verified recipient" in follow_up(account).hold_reason


def test_the_text_is_in_the_language_of_the_contact():
    account = make_account(language="de")
    make_invoice(account)
    prepare(account)
    draft = follow_up(account).draft
    assert draft.language == "de"
    assert "1.000,00 EUR" in draft.body


def test_without_a_text_in_the_language_english_is_used_and_the_draft_says_so():
    account = make_account(language="pl")
    make_invoice(account)
    prepare(account)
    draft = follow_up(account).draft
    assert (draft.language, draft.note) == ("en", "no approved text in pl; written in en")
