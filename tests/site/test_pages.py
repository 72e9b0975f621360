"""Outgoing, decisions, disputes, accounts, replies, search: each page walked through its verbs."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from accounts.models import CallNote, Dispute, Promise
from drafts import review, states
from drafts.delivery import outbox
from drafts.models import Delivery, FollowUp, Reply
from governance import holds
from governance.models import ApprovedTerm, Decision, Event, Hold
from tests.drafts.scene import AS_OF, Desk, prepared, routine_case
from tests.factories import day, make_dispute, make_invoice, make_message, make_portfolio, make_signal, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def at(name, *args):
    return reverse(f"admin:{name}", args=args)


# outgoing -----------------------------------------------------------------------------------------------------------------
def test_a_waiting_message_is_listed_with_its_leaving_time_and_stopped_with_a_reason(signed_in):
    case = routine_case()
    delivery = case.approve()
    client = signed_in(case.desk.reviewer)
    listed = client.get(at("outgoing"))
    assert case.account.name in text_of(listed) and re.search(r"08:1\d", text_of(listed))
    client.post(at("stop_delivery", delivery.pk), {"reason": "they rang"})
    delivery.refresh_from_db()
    assert (delivery.state, delivery.stop_reason, delivery.stopped_by) == ("stopped", "they rang", case.desk.reviewer)
    assert case.follow_up.status == states.STOPPED
    assert "they rang" in text_of(client.get(at("outgoing") + "?tab=stopped"))


def test_the_page_of_a_message_shows_the_approved_text_the_approver_and_the_exact_bytes(signed_in):
    case = routine_case()
    delivery = case.approve()
    page = signed_in(case.desk.reviewer).get(at("delivery", delivery.pk))
    assert "Identical to the approved text" in text_of(page) and str(case.desk.reviewer) in text_of(page)
    assert delivery.message_id.strip("<>") in page.content.decode() and delivery.mime_sha256 in page.content.decode()
    masked = signed_in(make_user("compliance_auditor")).get(at("delivery", delivery.pk)).content.decode()
    assert case.account.contacts.get().email not in masked


def test_too_late_to_stop_says_when_it_was_handed_over_and_changes_nothing(signed_in):
    case = routine_case()
    delivery = case.approve()
    Delivery.objects.filter(pk=delivery.pk).update(state="claimed")
    Delivery.objects.filter(pk=delivery.pk).update(state="handing_over", handed_over_at=AS_OF)
    response = signed_in(case.desk.reviewer).post(at("stop_delivery", delivery.pk), {}, follow=True)
    assert "Too late to stop" in text_of(response)
    delivery.refresh_from_db()
    assert delivery.state == "handing_over"


def test_anybody_may_pause_all_sending_and_only_finance_or_a_second_administrator_resumes(signed_in):
    case = routine_case()
    reviewer, finance = signed_in(case.desk.reviewer), signed_in(case.desk.finance)
    reviewer.post(at("pause_sending"), {"reason": "ERP wrong balances"})
    assert holds.sending_paused(AS_OF) is not None
    for role in ("finance_approver", "leadership", "policy_admin", "system_admin"):
        assert "Sending is paused" in text_of(signed_in(make_user(role)).get("/admin/")), role
    assert "may not resume" in text_of(reviewer.post(at("resume_sending"), {"reason": "fine again"}, follow=True))
    assert holds.sending_paused(AS_OF) is not None
    finance.post(at("resume_sending"), {"reason": "balances corrected"})
    assert holds.sending_paused(AS_OF) is None


def test_an_unknown_outcome_takes_two_people_and_is_never_sent_again(signed_in):
    case = routine_case()
    delivery = case.approve()
    for state in ("claimed", "handing_over", "outcome_unknown"):
        Delivery.objects.filter(pk=delivery.pk).update(state=state)
    first, second = signed_in(case.desk.finance), signed_in(case.desk.owner)
    assert "Nobody knows yet" in text_of(first.get(at("delivery", delivery.pk)))
    first.post(at("settle_delivery", delivery.pk), {"step": "propose", "outcome": "sent", "evidence": "250 queued as 4711"})
    assert "Another person" in text_of(first.get(at("delivery", delivery.pk)))
    first.post(at("settle_delivery", delivery.pk), {"step": "confirm", "outcome": "sent"})
    delivery.refresh_from_db()
    assert delivery.state == "outcome_unknown"
    second.post(at("settle_delivery", delivery.pk), {"step": "confirm", "outcome": "sent"})
    delivery.refresh_from_db()
    assert (delivery.state, delivery.resolution) == ("accepted", "250 queued as 4711")
    assert not outbox.due(AS_OF).exists()


def test_an_attachment_downloads_as_a_file_and_only_in_reach(signed_in):
    case = prepared(Desk(), [{"days_overdue": 5 + n} for n in range(35)])
    attachment = case.draft.attachments.first()
    assert attachment is not None
    answer = signed_in(case.desk.reviewer).get(at("attachment", attachment.pk))
    assert answer["Content-Disposition"].startswith("attachment") and answer.content == bytes(attachment.content)
    assert signed_in(Desk().reviewer).get(at("attachment", attachment.pk)).status_code == 404


def test_a_correction_of_a_sent_message_is_written_by_a_person_and_approved_by_two_others(signed_in, settings):
    settings.MAIL_TRANSPORT = "outbox"
    case = routine_case()
    delivery = case.approve()
    assert delivery.state == "scheduled"
    client = signed_in(case.desk.reviewer)
    early = client.post(at("correct_delivery", delivery.pk), {"subject": "Sorry", "body": "We were wrong about this invoice."})
    assert early.status_code == 409 and "did not go out" in text_of(early)
    client.post(at("demo_jump"))
    body = (
        "Dear Ms Keller,\n\nour message of today was wrong: please disregard it. Please accept our apologies.\n\n"
        f"It concerned invoice {case.invoices[0].number}.\n\nKind regards\nJonas Weber\nBrightwater Supplies GmbH"
    )
    client.post(at("correct_delivery", delivery.pk), {"subject": "Correction", "body": body})
    draft = case.draft
    assert (draft.purpose, draft.author) == ("correction", case.desk.reviewer)
    form = {"version": case.follow_up.version, "fingerprint": draft.fingerprint}
    assert client.post(at("act_approve", case.follow_up.pk), form).status_code in (403, 409)
    assert Delivery.objects.filter(account=case.account).count() == 1


def test_an_answered_follow_up_is_closed_with_what_was_done(signed_in, settings):
    settings.MAIL_TRANSPORT = "outbox"
    case = routine_case()
    case.approve()
    client = signed_in(case.desk.reviewer)
    client.post(at("demo_jump"))
    words = "Could you please send us a copy of the invoice?"
    client.post(at("record_reply", case.account.pk), {"sender": "ap@customer.example", "body": words, "answers": "1"})
    answered = FollowUp.objects.get(account=case.account, status=states.ANSWERED)
    assert "Answer dealt with" in client.get(at("review", answered.pk)).content.decode()
    assert client.post(at("act_close", answered.pk), {"note": ""}).status_code == 409
    client.post(at("act_close", answered.pk), {"note": "copy sent"})
    answered.refresh_from_db()
    assert answered.status == states.CLOSED


# decisions ----------------------------------------------------------------------------------------------------------------
def test_only_the_executive_decides_and_after_proceed_a_draft_appears(signed_in):
    case = prepared(Desk(), [{}], tier="enterprise")
    decision = Decision.objects.get(account_id=case.account.pk)
    finance, executive = signed_in(case.desk.finance), signed_in(case.desk.executive)
    assert "Only the executive decides this" in text_of(finance.get(at("decision", decision.pk)))
    assert finance.post(at("decide", decision.pk), {"outcome": decision.options[0]["key"]}).status_code == 403
    decision.refresh_from_db()
    assert decision.state == "open" and case.draft is None
    page = executive.get(at("decision", decision.pk))
    assert all(option["title"] in text_of(page) for option in decision.options)
    assert executive.post(at("decide", decision.pk), {}).status_code == 409
    proceed = next(option["key"] for option in decision.options if option["key"].startswith("proceed"))
    executive.post(at("decide", decision.pk), {"outcome": proceed, "valid_until": day(30).isoformat()})
    decision.refresh_from_db()
    assert (decision.state, decision.decided_by) == ("decided", case.desk.executive)
    assert case.draft is not None and case.follow_up.status == states.READY


def test_no_contact_until_a_day_leaves_no_draft_and_holds_the_account(signed_in):
    case = prepared(Desk(), [{}], tier="enterprise")
    decision = Decision.objects.get(account_id=case.account.pk)
    key = next(option["key"] for option in decision.options if option["key"].startswith("no_contact"))
    executive = signed_in(case.desk.executive)
    assert executive.post(at("decide", decision.pk), {"outcome": key}).status_code == 409
    executive.post(at("decide", decision.pk), {"outcome": key, "valid_until": day(20).isoformat()})
    assert Hold.objects.filter(account_id=case.account.pk, kind="do_not_contact", released_at=None).exists()
    assert not FollowUp.objects.open().filter(account=case.account, draft__isnull=False).exists()


def test_a_payment_plan_is_granted_with_exactly_the_instalments_typed(signed_in):
    desk = Desk(make_portfolio(sources=("invoices", "payments", "contacts", "messages")))
    account = desk.account()
    make_invoice(account)
    make_message(account, at=AS_OF, subject="Please", body="Could we agree on a payment plan in three instalments?", topics=["plan"])
    decision = Decision.objects.create(
        kind="payment_plan", account_id=account.pk, portfolio=desk.portfolio, question="Agree a plan?", deciding_role="finance_approver",
        options=[{"key": "proceed_plan", "title": "Agree", "effect": "", "facts": [], "approvers": []}], created_at=AS_OF,
    )
    finance = signed_in(desk.finance)
    assert finance.post(at("decide", decision.pk), {"outcome": "proceed_plan"}).status_code == 409
    wrong = {"outcome": "proceed_plan", "currency": "EUR", "amount_1": "500,5x", "date_1": day(10).isoformat()}
    assert finance.post(at("decide", decision.pk), wrong).status_code == 409
    assert not ApprovedTerm.objects.exists()
    right = {
        "outcome": "proceed_plan", "currency": "EUR", "amount_1": "500.00", "date_1": day(10).isoformat(), "amount_2": "500.00",
        "date_2": day(40).isoformat(),
    }
    finance.post(at("decide", decision.pk), right)
    term = ApprovedTerm.objects.get()
    assert [row["amount"] for row in term.schedule] == ["500.00", "500.00"] and term.approved_by == desk.finance
    assert signed_in(desk.reviewer).post(at("withdraw_term", term.pk), {"reason": "x"}).status_code == 403
    term.refresh_from_db()
    assert term.withdrawn_at is None
    finance.post(at("withdraw_term", term.pk), {"reason": "first instalment missed"})
    term.refresh_from_db()
    assert term.withdrawn_at is not None


# disputes -----------------------------------------------------------------------------------------------------------------
def test_a_dispute_is_walked_from_signal_to_a_recomputed_demand(signed_in):
    case = routine_case()
    make_signal(case.account, invoice=case.invoices[0], quote="two pallets are missing")
    finance, owner = signed_in(case.desk.finance), signed_in(case.desk.owner)
    assert "two pallets are missing" in text_of(finance.get(at("disputes")))
    follow_up = case.follow_up
    finance.post(at("act_confirm_signal", follow_up.pk), {"signal": case.account.signals.get().pk})
    dispute = Dispute.objects.get()
    assert case.account.name in text_of(finance.get(at("disputes")))
    finance.post(at("own_dispute", dispute.pk), {"owner": case.desk.owner.pk})
    empty = owner.post(at("answer_dispute", dispute.pk), {"subject": "Our position", "body": ""})
    assert empty.status_code == 409 and "Our position" in empty.content.decode()
    number = case.invoices[0].number
    body = (
        f"Dear Ms Keller,\n\nthank you for telling us about invoice {number}. Our delivery note shows all pallets as received. "
        "Please tell us if your records differ.\n\nKind regards\nJonas Weber\nBrightwater Supplies GmbH\nreceivables@brightwater.example"
    )
    answered = owner.post(at("answer_dispute", dispute.pk), {"subject": f"Invoice {number}", "body": body}, follow=True)
    assert answered.status_code == 200
    draft = case.draft
    assert (draft.purpose, draft.author) == ("dispute_response", case.desk.owner)
    own = owner.post(at("act_approve", case.follow_up.pk), {"version": case.follow_up.version, "fingerprint": draft.fingerprint})
    assert own.status_code == 403
    assert finance.post(at("resolve_dispute", dispute.pk), {"outcome": "invalid", "note": ""}).status_code == 409
    finance.post(at("resolve_dispute", dispute.pk), {"outcome": "invalid", "note": "delivery note shows all pallets"})
    dispute.refresh_from_db()
    assert (dispute.status, dispute.resolved_by) == ("resolved", case.desk.finance)
    assert not Hold.objects.filter(account_id=case.account.pk, released_at=None).exists()


def test_a_dispute_cannot_be_given_to_somebody_who_may_not_work_on_it(signed_in):
    case = routine_case()
    dispute = make_dispute(case.account, invoice=case.invoices[0])
    response = signed_in(case.desk.finance).post(at("own_dispute", dispute.pk), {"owner": make_user("leadership").pk}, follow=True)
    assert "Not possible" in text_of(response)
    dispute.refresh_from_db()
    assert dispute.owner is None


# account ------------------------------------------------------------------------------------------------------------------
def test_the_account_page_names_every_source_with_its_state_and_never_calls_unknown_none(signed_in):
    case = routine_case()
    page = signed_in(case.desk.reviewer).get(at("account_page", case.account.pk))
    assert [source.number for source in page.context["sources"]] == list(range(1, 10))
    assert "not connected" in text_of(page) and "checked, empty" in text_of(page)


def test_a_call_with_a_promise_is_logged_in_one_form(signed_in):
    case = routine_case()
    contact = case.account.contacts.get()
    data = {"outcome": "promise", "contact": contact.pk, "promised_on": day(5).isoformat(), "amount": "1,000.00", "note": "transfer on Friday"}
    signed_in(case.desk.reviewer).post(at("log_call", case.account.pk), data)
    call, promise = CallNote.objects.get(), Promise.objects.get()
    assert (call.by, call.contact, call.promise) == (case.desk.reviewer, contact, promise)
    assert (promise.due_on, promise.amount_minor) == (day(5), 100_000)


def test_a_call_with_an_unreadable_amount_keeps_the_note_and_logs_nothing(signed_in):
    case = routine_case()
    data = {"outcome": "promise", "amount": "a lot", "note": "they will pay a lot"}
    response = signed_in(case.desk.reviewer).post(at("log_call", case.account.pk), data)
    assert response.status_code == 409 and "they will pay a lot" in response.content.decode()
    assert not CallNote.objects.exists()


def test_a_form_with_a_nul_character_is_refused_and_writes_nothing(signed_in):
    case = routine_case()
    response = signed_in(case.desk.reviewer).post(at("log_call", case.account.pk), {"outcome": "spoke", "note": "a\x00b"})
    assert response.status_code == 400
    assert not CallNote.objects.exists()


def test_pausing_contact_stops_what_is_about_to_leave_and_shows_who_and_why(signed_in):
    case = routine_case()
    delivery = case.approve()
    client = signed_in(case.desk.owner)
    client.post(at("put_hold", case.account.pk), {"kind": "pause", "reason": "audit at the customer", "until": day(7).isoformat()})
    delivery.refresh_from_db()
    assert delivery.state == "stopped"
    assert "audit at the customer" in text_of(client.get(at("account_page", case.account.pk)))
    hold = Hold.objects.get(account_id=case.account.pk)
    assert signed_in(case.desk.reviewer).post(at("lift_hold", hold.pk), {"reason": "over"}).status_code == 403
    client.post(at("lift_hold", hold.pk), {"reason": "audit is over"})
    hold.refresh_from_db()
    assert hold.released_by == case.desk.owner


def test_the_timeline_never_mixes_drafted_and_sent_and_us_shows_only_us(signed_in):
    case = routine_case()
    make_message(case.account, subject="our question")
    page = text_of(signed_in(case.desk.reviewer).get(at("account_page", case.account.pk)))
    assert "drafted, version 1" in page and "(not sent)" in page and "Message sent" not in page
    us = text_of(signed_in(case.desk.reviewer).get(at("account_page", case.account.pk) + "?show=us"))
    acts = Event.objects.filter(stream=f"account:{case.account.pk}").count()
    assert "our question" not in us and f"{acts} acts of ours on record" in us and "A draft was prepared and checked, by the machine" in us


def test_a_reply_recorded_by_hand_holds_at_once_when_it_disputes(signed_in):
    case = routine_case()
    delivery = case.approve()
    number = case.invoices[0].number
    words = f"We dispute invoice {number}: the goods were damaged and we will not pay it."
    signed_in(case.desk.reviewer).post(at("record_reply", case.account.pk), {"sender": "ap@customer.example", "subject": "Re", "body": words})
    reply = Reply.objects.get()
    assert reply.machine_kind == "dispute" and reply.recorded_by == case.desk.reviewer
    delivery.refresh_from_db()
    assert delivery.state == "stopped"
    client = signed_in(case.desk.finance)
    assert words in text_of(client.get(at("replies")))
    client.post(at("confirm_reply", reply.pk), {"kind": "dispute"})
    reply.refresh_from_db()
    assert reply.confirmed_by == case.desk.finance


def test_search_opens_a_single_exact_hit_at_once(signed_in):
    case = routine_case()
    delivery = case.approve()
    client = signed_in(case.desk.reviewer)
    assert client.get(at("search"), {"q": case.account.external_id}).url == at("account_page", case.account.pk)
    assert client.get(at("search"), {"q": case.invoices[0].number}).url.startswith(at("account_page", case.account.pk))
    assert client.get(at("search"), {"q": delivery.message_id}).url == at("delivery", delivery.pk)
    assert "Nothing found" in text_of(client.get(at("search"), {"q": "zzz"}))


def test_history_shows_who_changed_what_in_words(signed_in):
    case = routine_case()
    review.reject(case.follow_up.pk, "tone", "too harsh", by=case.desk.reviewer, at=AS_OF)
    page = signed_in(case.desk.finance).get(at("drafts_followup_history", case.follow_up.pk)).content.decode()
    assert "Tone: too harsh" in page and str(case.desk.reviewer) in page
    assert "[deleted]" in page and "<ins>" in page
