"""``verify_invariants``: silent on an honest database, and each invariant names the row that breaks it.

The violating rows are made by SQL with the guards taken away: nothing in the application can make them.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import Invoice
from drafts import states
from drafts.delivery import handover
from drafts.invariants import broken
from drafts.review import approve, decide, dismiss_signal, edit, leave, open_for_review, propose_outcome, request_changes, resolve_unknown
from governance import guards, holds
from governance.models import Decision, Event, Hold, PolicyVersion
from tests.drafts.scene import AS_OF, Desk, exception_case, moment, prepared, routine_case
from tests.factories import make_contact, make_invoice, make_signal, make_user
from tests.security.broken_rows import LEAVES, one_of, only, parked, sent, tamper

pytestmark = pytest.mark.django_db
LATER = AS_OF + timedelta(hours=2)


def test_an_honest_database_breaks_nothing():
    desk = Desk()
    sent(routine_case(desk))
    sent(exception_case(desk))
    edited = routine_case(desk)
    edit(edited.follow_up.pk, edited.draft.subject, edited.draft.body + "\nKind regards", 1, by=desk.reviewer, at=AS_OF)
    sent(edited)
    asked = exception_case(desk)
    request_changes(asked.follow_up.pk, ["tone"], "warmer", by=asked.hand_to("legal_approver"), at=AS_OF)
    asked.prepare()
    sent(asked)
    stopped = routine_case(desk)
    stopped.approve()
    holds.put("account", stopped.account.pk, kind="other", reason="wait", by=desk.reviewer, at=AS_OF)
    handover.deliver_due(LEAVES)
    assert stopped.delivery.state == "stopped"
    settled = parked(routine_case(desk))
    propose_outcome(settled.delivery.pk, "sent", "line 7 of the log", by=desk.reviewer, at=LATER)
    resolve_unknown(settled.delivery.pk, "sent", by=desk.finance, at=LATER)
    parked(routine_case(desk))
    held = routine_case(desk)
    signal = make_signal(held.account, invoice=held.invoices[0])
    held.prepare(moment(0.1))
    dismiss_signal(signal.pk, "another order", "line 2", by=desk.owner, at=moment(0.2))
    found = [line for line in broken() if "signal.found" not in line]
    assert found == []


def test_an_executive_account_after_its_decision_breaks_nothing():
    case = prepared(Desk(), [{}], tier="enterprise")
    question = Decision.objects.get(account_id=case.account.pk, kind="relationship_path")
    decide(question.pk, "proceed", by=case.desk.executive, at=AS_OF)
    case.prepare(moment(0.1))
    assert case.draft is not None
    assert broken() == []


def test_i1_a_message_without_a_complete_approval():
    case = sent(exception_case())
    tamper("DELETE FROM governance_approval WHERE person_id = %s", case.desk.finance.pk)
    assert "nobody approved it as finance_approver" in one_of("I1")


def test_i1_an_approval_that_only_exists_as_a_row():
    case = sent(routine_case())
    tamper("UPDATE governance_approval SET person_id = %s", make_user("reviewer", case.desk.portfolio).pk)
    assert "the ledger has no approval" in one_of("I1")


def test_i1_a_message_handed_over_after_the_approvals_end():
    case = sent(routine_case())
    tamper("UPDATE drafts_delivery SET handed_over_at = %s", AS_OF + timedelta(days=30))
    assert "expired" in one_of("I1")
    assert case.delivery.state == states.ACCEPTED


def test_i2_bytes_or_envelope_that_are_not_the_approved_ones():
    sent(routine_case())
    tamper("UPDATE drafts_delivery SET recipients = '[\"evil@x.example\"]'")
    assert "recipients of the envelope" in one_of("I2")


def test_i3_a_second_demand_of_the_same_step():
    case = sent(routine_case())
    follow_up = case.follow_up
    follow_up.pk = None
    follow_up.draft = None
    follow_up.save()
    other = sent(routine_case(case.desk))
    tamper("UPDATE drafts_delivery SET account_id = %s WHERE id = %s", case.account.pk, other.delivery.pk)
    assert "a second demand" in one_of("I3")


def test_i3_an_accepted_message_that_is_not_among_the_accounts_messages():
    sent(routine_case())
    tamper("DELETE FROM accounts_message")
    assert "no outbound message" in one_of("I3")
    assert "the mail log has 0 messages" in one_of("I27")


def test_i5_accepted_without_a_word_of_the_server():
    sent(routine_case())
    tamper("UPDATE drafts_delivery SET server_answer = ''")
    assert "without an answer" in only("I5")


def test_i6_an_unknown_outcome_settled_by_nobody():
    parked(routine_case())
    tamper("UPDATE drafts_delivery SET state = 'failed_permanent'")
    assert "without a word" in one_of("I6")


def test_i6_an_unknown_outcome_settled_by_one_person_alone():
    case = parked(routine_case())
    propose_outcome(case.delivery.pk, "not_sent", "line 7", by=case.desk.reviewer, at=LATER)
    resolve_unknown(case.delivery.pk, "not_sent", by=case.desk.finance, at=LATER)
    assert broken() == []
    tamper("UPDATE governance_event SET actor_id = %s WHERE action = 'delivery.outcome_proposed'", case.desk.finance.pk)
    assert "one person alone" in one_of("I6")


def test_i7_a_message_that_left_under_a_hold():
    case = sent(routine_case())
    holds.put("invoice", case.invoices[0].pk, account_id=case.account.pk, kind="dispute", reason="price", by=None, at=AS_OF)
    assert "left under hold" in only("I7")


def test_i7_a_message_that_left_while_sending_was_paused():
    sent(routine_case())
    holds.put("global", 0, kind="pause", reason="wrong balances", by=None, at=AS_OF)
    assert "wrong balances" in only("I7")


def test_i7_a_hold_put_after_the_message_left_is_no_violation():
    case = sent(routine_case())
    holds.put("account", case.account.pk, kind="other", reason="x", by=None, at=LATER)
    assert broken() == []


def test_i7_a_message_that_asked_for_an_invoice_paid_long_before():
    case = sent(routine_case())
    invoice = case.invoices[0]
    invoice.status, invoice.balance_minor = Invoice.Status.PAID, 0
    invoice._history_date = AS_OF
    invoice.save()
    assert "which was paid already" in only("I7")


def test_i7_a_message_without_a_last_look_on_record():
    sent(routine_case())
    tamper("DELETE FROM governance_event WHERE action = 'delivery.handing_over'")
    assert "no last look" in one_of("I7")


def test_i8_an_approval_that_survived_an_edit():
    case = exception_case()
    approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.owner, at=AS_OF)
    edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nKind regards", 1, by=case.hand_to("legal_approver"), at=AS_OF)
    assert broken() == []
    tamper("UPDATE governance_approvalrequest SET state = 'open'")
    assert "was replaced" in only("I8")


def test_i9_an_approval_by_the_author():
    case = exception_case()
    edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nKind regards", 1, by=case.hand_to("legal_approver"), at=AS_OF)
    leave(case.follow_up.pk, by=case.desk.legal, at=AS_OF)
    approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.owner, at=AS_OF)
    tamper("UPDATE drafts_draft SET author_id = %s WHERE revision = 2", case.desk.owner.pk)
    assert "approved their own words" in only("I9")


def test_i9_an_approval_by_who_asked_for_the_text():
    case = exception_case()
    request_changes(case.follow_up.pk, ["tone"], "warmer", by=case.hand_to("legal_approver"), at=AS_OF)
    case.prepare()
    approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.owner, at=AS_OF)
    tamper("UPDATE governance_event SET actor_id = %s WHERE action = 'follow_up.request_changes'", case.desk.owner.pk)
    assert "a text they asked for" in one_of("I9")


def test_i9_an_approval_by_who_dismissed_the_signal():
    case = routine_case()
    signal = make_signal(case.account, invoice=case.invoices[0])
    case.prepare(moment(0.1))
    dismiss_signal(signal.pk, "another order", "line 2", by=case.desk.owner, at=moment(0.2))
    case.prepare(moment(0.3))
    case.approve(at=moment(0.4))
    tamper("UPDATE accounts_disputesignal SET decided_by_id = %s", case.desk.reviewer.pk)
    assert "dismissed a dispute signal" in one_of("I9")


def test_i9_a_policy_put_in_force_by_its_author():
    person = make_user("policy_admin")
    row = PolicyVersion.objects.get(state="active")
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            pytest.skip("SQLite cannot drop the constraint that forbids this")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE governance_policyversion DROP CONSTRAINT policy_author_is_not_activator")
    tamper("UPDATE governance_policyversion SET author_id = %s, activated_by_id = %s WHERE id = %s", person.pk, person.pk, row.pk)
    assert "its author put it in force" in only("I9")


def test_i10_a_status_written_by_hand():
    case = routine_case()
    tamper("UPDATE drafts_followup SET status = 'approved'")
    assert "its last recorded move led to ready" in only("I10")
    assert case.follow_up.status == "approved"


def test_i10_a_move_that_is_not_in_the_table():
    case = routine_case()
    open_for_review(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF)
    event = Event.objects.get(action="follow_up.open")
    data = {**json.loads(event.data), "to": "sent"}
    tamper("UPDATE governance_event SET data = %s WHERE id = %s", json.dumps(data), event.pk)
    assert "no listed move leads from ready to sent" in one_of("I10")


def test_i11_a_hold_without_its_event():
    case = routine_case()
    Hold.objects.create(scope="invoice", scope_id=case.invoices[0].pk, account_id=case.account.pk, kind="other", reason="x", created_at=AS_OF)
    assert "no event “hold.put”" in only("I11")


def test_i12_a_changed_event_and_a_missing_one():
    sent(routine_case())
    tamper("UPDATE governance_event SET at = %s WHERE action = 'delivery.scheduled'", LATER)
    assert "was changed after it was written" in only("I12")


def test_i13_a_guard_that_is_gone():
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER guard_delivery_is_kept" + (" ON drafts_delivery" if connection.vendor == "postgresql" else ""))
    assert "guard_delivery_is_kept" in only("I13")
    guards.install(connection)


def test_i16_totals_that_no_brief_has():
    routine_case()
    tamper("UPDATE drafts_followup SET totals = '{\"EUR\": 1}'")
    assert "none of its briefs" in only("I16")


def test_i17_a_draft_whose_words_are_not_its_fingerprints():
    routine_case()
    tamper("UPDATE drafts_draft SET body = 'Pay to another account.'")
    assert "not of its words" in only("I17")


def test_i25_an_invoice_and_a_recipient_of_another_account():
    case, other = sent(routine_case()), routine_case()
    stranger = make_invoice(other.account)
    tamper("UPDATE drafts_draft SET invoice_ids = %s WHERE id = %s", json.dumps([stranger.pk]), case.draft.pk)
    assert "invoices of other accounts" in one_of("I25")


def test_i25_a_recipient_who_was_never_a_verified_contact():
    case = sent(routine_case())
    address = make_contact(routine_case().account).email
    tamper("UPDATE drafts_delivery SET recipients = %s WHERE id = %s", json.dumps([address]), case.delivery.pk)
    assert "no verified contact" in one_of("I25")


def test_i28_an_executive_account_written_to_without_a_decision():
    case = sent(exception_case())
    tamper("UPDATE governance_approvalrequest SET lane = 'executive_review'")
    assert "without a decision" in only("I28")
    assert case.delivery.state == states.ACCEPTED


def test_i29_a_commitment_without_a_term():
    case = sent(routine_case())
    case.draft.findings.create(check_id="G12", label="payment_plan", severity="block", registered=True, why="a plan is offered")
    assert "no term in force" in only("I29")


def test_i29_an_approved_text_that_a_check_refuses():
    case = sent(routine_case())
    case.draft.findings.create(check_id="G17", label="threat", severity="block", why="a threat")
    assert "a threat" in only("I29")
