"""Approval by hand-made requests: over HTTP with a session and a CSRF token, as somebody who knows every address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from drafts.models import Delivery
from drafts.review import dismiss_signal, edit, leave, request_changes
from governance.models import Approval, ApprovalRequest
from tests.drafts.scene import AS_OF, Desk, exception_case, prepared, routine_case
from tests.factories import grant, make_signal, make_user

pytestmark = pytest.mark.django_db


def nothing_was_approved():
    assert not Approval.objects.exists()
    assert not Delivery.objects.exists()


def test_the_form_as_the_page_posts_it_approves(browser):
    case = routine_case()
    assert browser(case.desk.reviewer).approve(case).status_code == 302
    assert Delivery.objects.get().fingerprint == case.draft.fingerprint


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options", "trace"])
def test_no_other_method_than_post_approves(browser, method):
    case = routine_case()
    client = browser(case.desk.reviewer)
    url = reverse("admin:act_approve", args=[case.follow_up.pk])
    response = getattr(client, method)(url, headers={"X-CSRFToken": client.token()})
    assert response.status_code == 405
    nothing_was_approved()


@pytest.mark.parametrize("override", [{"headers": {"X-HTTP-Method-Override": "POST"}}, {"query_params": {"_method": "POST"}}])
def test_a_method_override_is_not_understood(browser, override):
    case = routine_case()
    url = reverse("admin:act_approve", args=[case.follow_up.pk])
    response = browser(case.desk.reviewer).get(url, **override)
    assert response.status_code == 405
    nothing_was_approved()


def test_fields_in_the_address_are_not_read(browser):
    case = routine_case()
    client = browser(case.desk.reviewer)
    url = reverse("admin:act_approve", args=[case.follow_up.pk]) + f"?fingerprint={case.draft.fingerprint}"
    assert client.act(url).status_code == 409
    nothing_was_approved()


@pytest.mark.parametrize("token", [None, "", "x" * 64])
def test_a_post_without_a_valid_csrf_token_is_refused(browser, token):
    case = routine_case()
    form = {"fingerprint": case.draft.fingerprint, "version": case.follow_up.version}
    if token is not None:
        form["csrfmiddlewaretoken"] = token
    response = browser(case.desk.reviewer).post(reverse("admin:act_approve", args=[case.follow_up.pk]), form)
    assert response.status_code == 403
    nothing_was_approved()


def test_a_token_of_another_persons_session_is_refused(browser):
    case = routine_case()
    theirs = browser(case.desk.finance).token()
    form = {"fingerprint": case.draft.fingerprint, "csrfmiddlewaretoken": theirs}
    response = browser(case.desk.reviewer).post(reverse("admin:act_approve", args=[case.follow_up.pk]), form)
    assert response.status_code == 403
    nothing_was_approved()


def test_nobody_signed_in_approves_nothing(browser):
    case = routine_case()
    response = browser().post(reverse("admin:act_approve", args=[case.follow_up.pk]), {"fingerprint": case.draft.fingerprint})
    assert response.status_code in (302, 403)
    nothing_was_approved()


@pytest.mark.parametrize("fingerprint", ["0" * 64, "", "x", "%", "'; DROP TABLE drafts_draft; --"])
def test_another_fingerprint_is_refused(browser, fingerprint):
    case = routine_case()
    assert browser(case.desk.reviewer).approve(case, fingerprint=fingerprint).status_code == 409
    nothing_was_approved()


def test_the_fingerprint_of_another_accounts_draft_is_refused(browser):
    desk = Desk()
    case, other = routine_case(desk), routine_case(desk)
    assert browser(desk.reviewer).approve(case, fingerprint=other.draft.fingerprint).status_code == 409
    nothing_was_approved()


def test_an_old_revision_cannot_be_approved_even_without_the_version_field(browser):
    case = routine_case()
    old = case.draft.fingerprint
    edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nKind regards", 1, by=case.desk.finance, at=AS_OF)
    client = browser(case.desk.finance)
    assert client.approve(case, fingerprint=old).status_code == 409
    assert client.approve(case, fingerprint=old, version=None).status_code == 409
    nothing_was_approved()


def test_a_page_opened_before_somebody_else_acted_is_refused_by_its_version(browser):
    case = routine_case()
    stale = case.follow_up.version
    client, colleague = browser(case.desk.reviewer), browser(case.desk.finance)
    assert colleague.act(reverse("admin:act_claim", args=[case.follow_up.pk])).status_code == 302
    assert colleague.act(reverse("admin:act_leave", args=[case.follow_up.pk])).status_code == 302
    assert client.approve(case, version=stale).status_code == 409
    nothing_was_approved()


@pytest.mark.parametrize("version", ["abc", "-1", "1.0", "²", "9" * 40])
def test_an_unreadable_version_is_refused_in_words(browser, version):
    case = routine_case()
    assert browser(case.desk.reviewer).approve(case, version=version).status_code == 409
    nothing_was_approved()


def test_warnings_must_be_ticked_one_by_one_and_ids_of_other_drafts_do_not_count(browser):
    desk = Desk()
    case, other = prepared(desk, [{}], tier="strategic"), prepared(desk, [{}], tier="strategic")
    for each in (case, other):
        each.draft.findings.create(check_id="G27", label="near_repeat", severity="warn", why=f"much like the last one {each.account.pk}")
    client = browser(desk.finance)
    for ticked in ([], other.warnings(), ["1 or 1=1"], ["²"]):
        assert client.approve(case, acknowledged=ticked).status_code == 409
    nothing_was_approved()
    assert not case.draft.findings.filter(acknowledged_by__isnull=False).exists()


def test_a_person_who_may_not_approve_leaves_no_acknowledgement_behind(browser):
    case = exception_case()
    case.draft.findings.create(check_id="G27", label="near_repeat", severity="warn", why="much like the last one")
    assert browser(case.desk.reviewer).approve(case).status_code == 403
    assert not case.draft.findings.filter(acknowledged_by__isnull=False).exists()


def test_the_same_form_posted_twice_approves_once(browser):
    case = routine_case()
    client, version, fingerprint = browser(case.desk.reviewer), case.follow_up.version, case.draft.fingerprint
    first = client.approve(case, version=version, fingerprint=fingerprint)
    again = client.approve(case, version=version, fingerprint=fingerprint)
    assert (first.status_code, again.status_code) == (302, 409)
    assert Approval.objects.count() == Delivery.objects.count() == 1


def test_one_person_with_two_roles_fills_one_of_them_in_two_tabs(browser):
    case = exception_case()
    both = make_user("account_owner", case.desk.portfolio)
    grant(both, "finance_approver", case.desk.portfolio)
    client = browser(both)
    client.approve(case, version=None)
    client.approve(case, version=None)
    assert Approval.objects.count() == 1
    assert not Delivery.objects.exists()


# --- segregation of duties -------------------------------------------------------------------------------------------------


def test_the_editor_of_an_exception_text_cannot_approve_it_by_a_forged_post(browser):
    case = exception_case()
    edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nKind regards", 1, by=case.desk.finance, at=AS_OF)
    assert browser(case.desk.finance).approve(case).status_code == 403
    nothing_was_approved()


def test_who_had_an_exception_text_written_again_does_not_approve_it(browser):
    case = exception_case()
    request_changes(case.follow_up.pk, ["tone"], "warmer please", by=case.desk.finance, at=AS_OF)
    case.prepare()
    assert case.draft.revision == 2
    response = browser(case.desk.finance).approve(case)
    assert response.status_code == 403
    assert "asked for this text" in response.content.decode()
    nothing_was_approved()
    assert browser(make_user("finance_approver", case.desk.portfolio)).approve(case).status_code == 302


def test_who_dismissed_the_signal_cannot_approve_by_a_forged_post(browser):
    case = routine_case()
    signal = make_signal(case.account, invoice=case.invoices[0])
    case.prepare()
    dismiss_signal(signal.pk, "about another order", "line 2", by=case.desk.reviewer, at=AS_OF)
    case.prepare()
    assert browser(case.desk.reviewer).approve(case).status_code == 403
    nothing_was_approved()


def test_the_screen_does_not_offer_approve_to_whom_the_server_would_refuse_it(browser):
    case = exception_case()
    edit(case.follow_up.pk, case.draft.subject, case.draft.body + "\nKind regards", 1, by=case.desk.finance, at=AS_OF)
    second = make_user("account_owner", case.desk.portfolio)
    later = AS_OF + timedelta(minutes=45)
    edit(case.follow_up.pk, case.draft.subject, case.draft.body + ",", 2, by=second, at=later)
    leave(case.follow_up.pk, by=second, at=later)
    page = browser(case.desk.finance).get(reverse("admin:review", args=[case.follow_up.pk])).content.decode()
    assert "another person must approve it" in page


def test_one_post_approves_one_draft_whatever_ids_it_carries(browser):
    desk = Desk()
    case, other = routine_case(desk), routine_case(desk)
    client = browser(desk.reviewer)
    ids = [case.follow_up.pk, other.follow_up.pk]
    form = {"action": "approve", "_selected_action": ids, "select_across": "1", "index": "0", "fingerprint": case.draft.fingerprint}
    client.act(reverse("admin:drafts_followup_changelist"), form)
    nothing_was_approved()
    client.approve(case, pk=ids, _selected_action=ids)
    assert Approval.objects.count() == 1
    assert ApprovalRequest.objects.count() == 1
