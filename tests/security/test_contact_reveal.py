"""Auditors see contact data masked; a reveal is on record before anything is shown."""

from __future__ import annotations

import pytest

from accounts.models import Contact
from governance.models import Event
from tests.drafts.scene import Desk, routine_case
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def contact_of(case):
    return Contact.objects.get(account=case.account)


def test_a_reveal_shows_the_data_and_leaves_who_whom_and_what_for(browser):
    case = routine_case()
    contact, auditor = contact_of(case), make_user("compliance_auditor")
    client = browser(auditor)
    assert contact.email not in client.get(f"/admin/account/{case.account.pk}/").content.decode()
    assert client.get(f"/admin/contact/{contact.pk}/reveal/").status_code == 405
    refused = client.act(f"/admin/contact/{contact.pk}/reveal/")
    assert refused.status_code == 409 and contact.email not in refused.content.decode() and not Event.objects.filter(action="audit.contact_revealed").exists()
    shown = client.act(f"/admin/contact/{contact.pk}/reveal/", {"purpose": "audit"})
    assert contact.email in shown.content.decode() and contact.name in shown.content.decode()
    told = Event.objects.get(action="audit.contact_revealed")
    assert (told.actor_id, told.subject_id, told.data) == (auditor.pk, contact.pk, '{"purpose":"audit"}')


@pytest.mark.parametrize(("role", "status"), [("leadership", 404), ("policy_admin", 404), ("system_admin", 404), ("reviewer", 403)])
def test_other_roles_reveal_nothing_this_way(browser, role, status):
    case = routine_case()
    contact = contact_of(case)
    answer = browser(make_user(role)).act(f"/admin/contact/{contact.pk}/reveal/", {"purpose": "audit"})
    assert answer.status_code == status and contact.email not in answer.content.decode()
    assert not Event.objects.filter(action="audit.contact_revealed").exists()


def test_an_auditor_of_another_portfolio_finds_no_such_contact(browser):
    case = routine_case()
    client = browser(make_user("compliance_auditor", Desk().portfolio))
    assert client.act(f"/admin/contact/{contact_of(case).pk}/reveal/", {"purpose": "audit"}).status_code == 404


def test_the_account_page_offers_the_reveal_to_the_auditor_only(browser):
    case = routine_case()
    url = f"/admin/contact/{contact_of(case).pk}/reveal/"
    assert url in browser(make_user("compliance_auditor")).get(f"/admin/account/{case.account.pk}/").content.decode()
    assert url not in browser(case.desk.reviewer).get(f"/admin/account/{case.account.pk}/").content.decode()
