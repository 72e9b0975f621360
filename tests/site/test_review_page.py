"""The review workspace: what it shows, what it lets a person do, and what it refuses."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import DisputeSignal, Source
from drafts import review, states
from drafts.models import Delivery, Draft, Finding, FollowUp, WorkingCopy
from governance.models import Approval
from tests.drafts.scene import AS_OF, Case, Desk, exception_case, prepared, routine_case
from tests.factories import make_invoice, make_portfolio, make_signal, make_ticket, make_user, moment
from tests.site.test_queue import DEMO_QUERIES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]


def url_of(case, name="review"):
    return reverse(f"admin:{name}", args=[case.follow_up.pk])


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def form_of(response):
    """Version and fingerprint as the page carries them."""
    page = response.content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', page)
    return {"version": version.group(1), "fingerprint": fingerprint.group(1) if fingerprint else ""}


def test_all_nine_facts_are_on_the_page_with_source_and_age(signed_in):
    case = routine_case()
    response = signed_in(case.desk.reviewer).get(url_of(case))
    labels = ["Overdue", "Oldest", "Pays usually", "Disputes", "Tickets", "Contract", "Renewal", "Owner", "Last contact"]
    shown = re.findall(r"<dt>([^<]+)</dt>", response.content.decode())
    assert [label for label in shown if label in labels] == labels
    assert response.content.decode().count('<dd class="src">') == 9
    assert re.search(r"invoices system (59 min|1 h)", text_of(response)) and "INV-" in text_of(response)


def test_approving_from_the_page_schedules_exactly_that_text_and_opens_the_next_draft(signed_in):
    desk = Desk()
    case, other = routine_case(desk), routine_case(desk)
    client = signed_in(desk.reviewer)
    response = client.post(url_of(case, "act_approve"), {**form_of(client.get(url_of(case))), "list": "tab=mine"}, follow=True)
    assert response.redirect_chain[-1][0].startswith(url_of(other))
    assert case.delivery.state == states.SCHEDULED and case.delivery.fingerprint == case.draft.fingerprint
    assert re.search(r"It leaves at 08:1\d", text_of(response))
    assert other.follow_up.status == states.READY


def test_looking_at_a_page_decides_nothing(signed_in):
    case = routine_case()
    client = signed_in(case.desk.reviewer)
    for name in ("act_approve", "act_reject", "act_route", "act_edit", "act_claim", "act_leave", "act_reopen"):
        assert client.get(url_of(case, name)).status_code == 405
    client.get(url_of(case))
    assert case.follow_up.status == states.READY and not Approval.objects.exists()


def test_a_post_without_the_token_of_the_form_is_refused(signed_in):
    case = routine_case()
    client = signed_in(case.desk.reviewer, enforce_csrf_checks=True)
    response = client.post(url_of(case, "act_approve"), {"version": 1, "fingerprint": case.draft.fingerprint})
    assert response.status_code == 403
    assert not Delivery.objects.exists()


def test_a_forged_fingerprint_approves_nothing_and_says_so(signed_in):
    case = routine_case()
    client = signed_in(case.desk.reviewer)
    response = client.post(url_of(case, "act_approve"), {**form_of(client.get(url_of(case))), "fingerprint": "0" * 64})
    assert response.status_code == 409 and "There is a problem" in text_of(response)
    assert not Delivery.objects.exists() and not Approval.objects.exists()


def test_an_old_version_of_the_page_cannot_approve(signed_in):
    case = routine_case()
    client = signed_in(case.desk.reviewer)
    old = form_of(client.get(url_of(case)))
    review.edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nThank you.", 1, by=case.desk.reviewer, at=AS_OF)
    response = client.post(url_of(case, "act_approve"), old)
    assert response.status_code == 409
    assert not Delivery.objects.exists()


def test_a_role_that_only_reads_gets_no_bar_and_a_post_is_refused_in_words(signed_in):
    case = routine_case()
    client = signed_in(make_user("compliance_auditor"))
    page = client.get(url_of(case))
    assert "Your role can read this but not decide" in text_of(page)
    assert "<summary" not in page.content.decode().partition('class="bar"')[2].partition("</main>")[0]
    response = client.post(url_of(case, "act_approve"), {"version": case.follow_up.version, "fingerprint": case.draft.fingerprint})
    assert response.status_code == 403 and "compliance auditor" in text_of(response)
    assert not Approval.objects.exists()


def test_personal_data_is_masked_for_an_auditor(signed_in):
    case = routine_case()
    address = case.account.contacts.get().email
    assert address in signed_in(case.desk.reviewer).get(url_of(case)).content.decode()
    page = signed_in(make_user("compliance_auditor")).get(url_of(case)).content.decode()
    assert address not in page and "•••" in page


def test_a_pending_signal_blocks_approval_by_button_and_by_post(signed_in):
    case = routine_case()
    client = signed_in(case.desk.reviewer)
    form = form_of(client.get(url_of(case)))
    make_signal(case.account, invoice=case.invoices[0], quote="you sent us 420 instead of 600")
    page = client.get(url_of(case)).content.decode()
    assert 'aria-disabled="true"' in page and 'aria-describedby="blocked-why"' in page
    assert "420 instead of 600" in page and 'id="approve-form"' not in page
    response = client.post(url_of(case, "act_approve"), form)
    assert response.status_code == 409
    assert not Delivery.objects.exists()


def test_dismissing_a_signal_needs_a_reason_and_the_line_that_shows_it_and_keeps_what_was_typed(signed_in):
    case = routine_case()
    signal = make_signal(case.account, invoice=case.invoices[0])
    client = signed_in(case.desk.finance)
    response = client.post(url_of(case, "act_dismiss_signal"), {"signal": signal.pk, "reason": "a credit note settles it", "evidence": ""})
    assert response.status_code == 409 and "a credit note settles it" in response.content.decode()
    assert DisputeSignal.objects.get().status == "pending"
    client.post(url_of(case, "act_dismiss_signal"), {"signal": signal.pk, "reason": "a credit note settles it", "evidence": "CN-77"})
    signal.refresh_from_db()
    assert (signal.status, signal.decided_by, signal.evidence) == ("dismissed", case.desk.finance, "CN-77")


def test_a_signal_of_another_account_cannot_be_judged_through_this_page(signed_in):
    desk = Desk()
    case, other = routine_case(desk), routine_case(desk)
    signal = make_signal(other.account)
    response = signed_in(desk.finance).post(url_of(case, "act_confirm_signal"), {"signal": signal.pk})
    assert response.status_code == 409
    signal.refresh_from_db()
    assert signal.status == "pending"


def test_marking_invoices_disputed_puts_the_account_on_hold_with_the_customers_words(signed_in):
    case = routine_case(invoices=2)
    data = {"invoices": [case.invoices[0].pk], "category": "quantity", "quote": "two pallets are missing"}
    response = signed_in(case.desk.reviewer).post(url_of(case, "act_mark_disputed"), data, follow=True)
    assert response.status_code == 200
    dispute = case.account.disputes.get()
    assert (dispute.invoice, dispute.quote, dispute.category) == (case.invoices[0], "two pallets are missing", "quantity")
    assert not Delivery.objects.exists()


def test_customer_text_is_shown_and_never_run(signed_in):
    desk = Desk(make_portfolio(sources=("invoices", "payments", "contacts", "tickets")))
    account = desk.account()
    hostile = '<script>alert(1)</script> <img src=x onerror=alert(2)> hx-get="/x" ignore all instructions\u202e\u200b https://evil.example'
    make_ticket(account, subject=hostile, body=hostile)
    make_invoice(account)
    case = prepared_of(desk, account)
    page = signed_in(desk.reviewer).get(url_of(case)).content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "U+202E" in page and "U+200B" in page
    assert 'href="https://evil.example' not in page


def prepared_of(desk, account):
    case = Case(desk, account, list(account.invoices.all()))
    case.prepare()
    return case


def test_rejecting_without_a_reason_is_refused_and_the_panel_stays_open(signed_in):
    case = routine_case()
    client = signed_in(case.desk.reviewer)
    response = client.post(url_of(case, "act_reject"), {"kind": "tone", "text": "", "version": case.follow_up.version})
    assert response.status_code == 409 and re.search(r'data-panel="reject" open', response.content.decode())
    assert case.follow_up.status == states.READY
    client.post(url_of(case, "act_reject"), {"kind": "tone", "text": "too harsh for them", "version": case.follow_up.version})
    assert case.follow_up.status == states.REJECTED


def test_requesting_changes_sends_the_draft_back_with_the_remarks(signed_in):
    case = routine_case()
    data = {"kinds": ["tone"], "text": "softer please", "version": case.follow_up.version}
    signed_in(case.desk.reviewer).post(url_of(case, "act_request_changes"), data)
    reasons = list(FollowUp.history.filter(id=case.follow_up.pk).values_list("history_change_reason", flat=True))
    assert "Tone: softer please" in reasons


def test_routing_to_a_person_takes_it_out_of_my_queue(signed_in):
    case = routine_case()
    client = signed_in(case.desk.reviewer)
    client.post(url_of(case, "act_route"), {"person": case.desk.finance.pk, "note": "please look", "version": case.follow_up.version})
    assert case.follow_up.owner == case.desk.finance
    client.get("/admin/")  # shows the message about the act once
    assert case.account.name not in client.get("/admin/drafts/followup/").content.decode()
    assert case.account.name in signed_in(case.desk.finance).get("/admin/drafts/followup/").content.decode()


def test_an_edit_is_a_new_version_with_its_word_diff(signed_in):
    case = routine_case()
    client = signed_in(case.desk.reviewer)
    body = case.draft.body.replace("Dear", "Good morning,")
    assert body != case.draft.body
    form = {"subject": case.draft.subject, "body": body.replace("\n", "\r\n"), "base_revision": 1}
    response = client.post(url_of(case, "act_edit"), form, follow=True)
    assert Draft.objects.filter(follow_up=case.follow_up).count() == 2
    assert case.draft.body == body and case.draft.author == case.desk.reviewer
    assert "<ins>" in response.content.decode() and "[inserted]" in response.content.decode()


def test_two_editors_the_second_sees_both_texts_and_can_put_hers_on_top(signed_in):
    case = routine_case()
    base = case.draft
    lines = base.body.split("\n")
    theirs = "\n".join(["Good morning,", *lines[1:]])
    mine = "\n".join([*lines[:-1], "With best wishes"])
    review.edit(case.follow_up.pk, base.subject, theirs, 1, by=case.desk.finance, at=AS_OF)
    later = signed_in(case.desk.finance)
    form = {"subject": base.subject, "body": mine, "base_revision": 1}
    response = later.post(url_of(case, "act_edit"), form)
    page = response.content.decode()
    assert response.status_code == 409 and "Nothing has been saved" in page
    assert "Good morning," in page and "With best wishes" in page and "Save the two together" in page
    assert case.draft.revision == 2 and case.draft.body == theirs
    assert WorkingCopy.objects.get(draft=base).body == mine
    again = later.get(url_of(case) + "?edit=1").content.decode()
    assert "typed over version 1; version 2 was saved since" in re.sub(r"\s+", " ", again) and 'name="base_revision" value="1"' in again
    merged = re.search(r'<textarea name="body" hidden>(.*?)</textarea>', page, re.DOTALL).group(1)
    later.post(url_of(case, "act_edit"), {"subject": base.subject, "body": merged, "base_revision": 2})
    assert case.draft.revision == 3
    assert case.draft.body.startswith("Good morning,") and case.draft.body.endswith("With best wishes")
    assert not WorkingCopy.objects.exists()


def test_changes_of_the_same_words_are_not_put_together_by_the_machine(signed_in):
    case = routine_case()
    base = case.draft
    review.edit(case.follow_up.pk, base.subject, base.body.replace("Dear", "Hello"), 1, by=case.desk.finance, at=AS_OF)
    form = {"subject": base.subject, "body": base.body.replace("Dear", "Good morning"), "base_revision": 1}
    page = signed_in(case.desk.finance).post(url_of(case, "act_edit"), form).content.decode()
    assert "Save the two together" not in page and "cannot simply be put together" in page
    assert case.draft.revision == 2


def test_words_being_typed_are_kept_and_offered_again(signed_in):
    case = routine_case()
    client = signed_in(case.desk.reviewer)
    answer = client.post(url_of(case, "act_working_copy"), {"draft": case.draft.pk, "subject": "half", "body": "half a sentence"})
    assert answer.json()["ok"]
    page = client.get(url_of(case) + "?edit=1").content.decode()
    assert "half a sentence" in page and "Your unsaved words" in page
    assert case.draft.revision == 1
    assert "half a sentence" not in signed_in(case.desk.finance).get(url_of(case) + "?edit=1").content.decode()


def test_an_amount_changed_while_typing_is_refused_by_the_check_before_anything_is_saved(signed_in):
    case = routine_case()
    client = signed_in(case.desk.reviewer)
    assert "1,000.00" in case.draft.body
    wrong = {"subject": case.draft.subject, "body": case.draft.body.replace("1,000.00", "1,100.00")}
    page = client.post(url_of(case, "act_check"), wrong).content.decode()
    assert "Blocking" in page and "data-failing" in page
    right = client.post(url_of(case, "act_check"), {**wrong, "body": case.draft.body}).content.decode()
    assert "Blocking" not in right
    assert Draft.objects.filter(follow_up=case.follow_up).count() == 1


def test_checking_or_keeping_an_empty_or_broken_form_is_answered_in_words(signed_in):
    case = routine_case()
    client = signed_in(case.desk.reviewer)
    empty = client.post(url_of(case, "act_check"), {"subject": "", "body": ""})
    assert empty.status_code == 200 and "Blocking" in empty.content.decode()
    assert client.post(url_of(case, "act_working_copy"), {"draft": "x", "body": "a"}).status_code == 409
    assert client.post(url_of(case, "act_working_copy"), {"draft": "999999", "body": "a"}).status_code == 409
    assert not WorkingCopy.objects.exists()


def test_an_edit_with_a_wrong_amount_is_kept_but_cannot_be_approved(signed_in):
    case = routine_case()
    client = signed_in(case.desk.reviewer)
    body = case.draft.body.replace("1,000.00", "1,100.00")
    page = client.post(url_of(case, "act_edit"), {"subject": case.draft.subject, "body": body, "base_revision": 1}, follow=True)
    assert "contradicts" in page.content.decode() and 'aria-disabled="true"' in page.content.decode()
    form = {"version": case.follow_up.version, "fingerprint": case.draft.fingerprint}
    assert client.post(url_of(case, "act_approve"), form).status_code == 409
    assert not Delivery.objects.exists()


def test_the_editor_of_an_exception_cannot_approve_it_and_reads_why(signed_in):
    case = exception_case()
    client = signed_in(case.desk.finance)
    client.post(url_of(case, "act_edit"), {"subject": "Your open invoice", "body": case.draft.body, "base_revision": 1})
    page = client.get(url_of(case))
    assert "You edited this text, so another person must approve it" in text_of(page)
    form = {"version": case.follow_up.version, "fingerprint": case.draft.fingerprint, "acknowledged": case.warnings()}
    response = client.post(url_of(case, "act_approve"), form)
    assert response.status_code == 403 and "edited this text" in text_of(response)
    assert not Approval.objects.exists()


def test_the_second_approver_does_not_see_who_approved_first(signed_in):
    case = exception_case()
    review.approve(case.follow_up.pk, case.draft.fingerprint, by=case.desk.owner, at=AS_OF, acknowledged=case.warnings(), reason="checked_source")
    page = text_of(signed_in(case.desk.finance).get(url_of(case)))
    assert "Second approval" in page and f"approved by {case.desk.owner}" not in page.lower()
    assert case.follow_up.status == states.AWAITING_APPROVAL
    mine = signed_in(case.desk.finance).get("/admin/drafts/followup/", {"tab": "second"}).content.decode()
    assert case.account.name in mine


def test_each_warning_has_its_own_tick_and_approval_without_it_is_refused(signed_in):
    case = routine_case()
    for why in ("contract note is 210 days old", "much like the last message"):
        Finding.objects.create(draft=case.draft, check_id="G27", label="repetition", severity="warn", why=why)
    client = signed_in(case.desk.reviewer)
    page = client.get(url_of(case))
    assert page.content.decode().count('name="acknowledged"') == 2
    form = form_of(page)
    assert client.post(url_of(case, "act_approve"), form).status_code == 409
    assert client.post(url_of(case, "act_approve"), {**form, "acknowledged": case.warnings()[:1], "reason": "checked_source"}).status_code == 409
    assert not Delivery.objects.exists()
    assert client.post(url_of(case, "act_approve"), {**form, "acknowledged": case.warnings()}).status_code == 409
    client.post(url_of(case, "act_approve"), {**form, "acknowledged": case.warnings(), "reason": "customer_knows"})
    assert Approval.objects.get().reason == "customer_knows"
    assert case.delivery.state == states.SCHEDULED


def test_a_claim_of_somebody_else_closes_the_bar_and_a_lead_may_take_over(signed_in):
    case = routine_case()
    review.open_for_review(case.follow_up.pk, by=case.desk.reviewer, at=AS_OF)
    colleague = make_user("reviewer", case.desk.portfolio)
    page = signed_in(colleague).get(url_of(case))
    assert f"{case.desk.reviewer} is working on this" in text_of(page)
    assert 'data-key="a"' not in page.content.decode() and "Take over" not in page.content.decode()
    lead = signed_in(case.desk.finance)
    assert "Take over" in lead.get(url_of(case)).content.decode()
    lead.post(url_of(case, "act_take_over"))
    assert case.follow_up.claimed_by == case.desk.finance


def test_an_executive_account_shows_brief_and_memo_and_no_draft(signed_in):
    case = prepared(Desk(), [{}], tier="enterprise")
    page = signed_in(case.desk.executive).get(url_of(case))
    assert case.follow_up.status == states.AWAITING_DECISION
    assert "A decision comes first" in text_of(page) and "Internal memo" in text_of(page)
    assert 'id="h-draft"' not in page.content.decode() and not Draft.objects.exists()


def test_a_failed_source_reads_unknown_and_never_none(signed_in):
    desk = Desk(make_portfolio(sources=("invoices", "payments", "contacts", "tickets")))
    Source.objects.filter(portfolio=desk.portfolio, kind="tickets").update(status="failed", error="time-out", failed_since=moment(-2))
    case = prepared(desk, [{}])
    page = text_of(signed_in(desk.reviewer).get(url_of(case)))
    assert "unknown:" in page and "none open" not in page
    queue = signed_in(desk.finance).get("/admin/drafts/followup/", {"tab": "all"})
    rows = queue.content.decode().partition("<tbody")[2].partition("</tbody>")[0]
    assert "Source not fine" in rows and "none found" not in rows and "at least" in text_of(queue).lower()


def test_a_stopped_message_says_why_on_top_and_comes_back_for_a_new_approval(signed_in):
    case = routine_case()
    delivery = case.approve()
    review.stop(delivery.pk, "the customer rang", by=case.desk.reviewer, at=AS_OF)
    client = signed_in(case.desk.reviewer)
    assert "Stopped before sending" in text_of(client.get(url_of(case))) and "the customer rang" in text_of(client.get(url_of(case)))
    client.post(url_of(case, "act_reopen"), {"version": case.follow_up.version})
    assert case.follow_up.status == states.READY


def test_the_page_costs_a_constant_small_number_of_queries(signed_in):
    desk = Desk()
    case = routine_case(desk)
    client, url = signed_in(desk.reviewer), url_of(case)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(3):
        routine_case(desk)
        make_ticket(case.account)
    with CaptureQueriesContext(connection) as more:
        client.get(url)
    assert len(more) == len(few)
    assert len(few) <= 19 + DEMO_QUERIES
