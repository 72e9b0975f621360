"""Emergency access: reads, never decides; ends by itself; told, recorded and reviewed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Account
from drafts.models import FollowUp
from governance import break_glass, clock
from governance.decisions import NotAllowed
from governance.models import AllPortfoliosGrant, BreakGlass, Event, User
from governance.rights import can, scope_of
from governance.roles import ACTIONS
from tests.drafts.scene import AS_OF, routine_case
from tests.factories import make_account, make_portfolio, make_user

pytestmark = pytest.mark.django_db
WHY = "The reviewers' mailbox is down and a customer calls"


@pytest.fixture
def admin_():
    return make_user("system_admin", email="sam@desk.example")


def begin(admin_, portfolio, minutes=60, at=None, **options):
    return break_glass.begin(portfolio, WHY, minutes, by=admin_, at=at or clock.now(), **options)


def read_events(row):
    return [json.loads(e.data) for e in Event.objects.filter(action="break_glass.page_read", subject_id=row.pk).order_by("id")]


def test_an_administrator_sees_no_account_before_and_after_and_reads_it_in_between(browser, admin_):
    case = routine_case()
    url, client = reverse("admin:account_page", args=[case.account.pk]), browser(admin_)
    assert client.get(url).status_code in (403, 404)
    row = begin(admin_, case.account.portfolio)
    page = client.get(url)
    assert page.status_code == 200 and case.account.name in page.content.decode()
    assert client.get(reverse("admin:review", args=[case.follow_up.pk])).status_code == 200
    break_glass.end(row.pk, by=admin_, at=clock.now())
    assert client.get(url).status_code in (403, 404)
    assert not Account.objects.visible_to(User.objects.get(pk=admin_.pk)).exists()


def test_it_opens_one_account_or_one_portfolio_and_nothing_beside(admin_):
    portfolio = make_portfolio()
    one, two, foreign = make_account(portfolio), make_account(portfolio), make_account()
    row = begin(admin_, portfolio, account_id=one.pk)
    assert set(Account.objects.visible_to(admin_)) == {one}
    assert can(admin_, "see_account", one) and not can(admin_, "see_account", two)
    break_glass.end(row.pk, by=admin_, at=clock.now())
    begin(admin_, portfolio)
    assert set(Account.objects.visible_to(admin_)) == {one, two}
    assert not can(admin_, "see_account", foreign)


def test_it_entitles_to_reading_and_to_nothing_else(admin_):
    account = make_account()
    before = {action for action in ACTIONS if can(admin_, action, account)}
    begin(admin_, account.portfolio)
    assert {action for action in ACTIONS if can(admin_, action, account)} - before == {"see_account", "see_draft"}
    assert not FollowUp.objects.visible_to(admin_).exists()


def test_no_act_on_a_draft_is_possible_under_it(browser, admin_):
    case = routine_case()
    begin(admin_, case.account.portfolio)
    client, version = browser(admin_), case.follow_up.version
    assert client.approve(case).status_code == 403
    for name in ("act_request_changes", "act_reject", "act_route", "act_mark_disputed", "act_claim", "act_edit", "act_take_over"):
        form = {"reason": "x", "comment": "x", "version": case.follow_up.version, "subject": "x", "body": "x", "draft": case.draft.pk}
        assert client.act(reverse(f"admin:{name}", args=[case.follow_up.pk]), form).status_code in (403, 409), name
    assert (case.follow_up.status, case.follow_up.version, case.draft.revision) == ("ready", version, 1)
    assert not Event.objects.filter(actor_id=admin_.pk).exclude(action__startswith="break_glass.").exclude(action="gate.blocked").exists()


def test_contact_data_stays_masked(browser, admin_):
    account = make_account()
    contact = account.contacts.get()
    begin(admin_, account.portfolio)
    page = browser(admin_).get(reverse("admin:account_page", args=[account.pk])).content.decode()
    assert contact.email not in page
    assert browser(admin_).act(reverse("admin:reveal_contact", args=[contact.pk]), {"purpose": "audit"}).status_code == 403


def test_it_ends_by_the_clock_without_any_job(admin_):
    account = make_account()
    row = begin(admin_, account.portfolio, at=AS_OF)
    assert scope_of(admin_).break_glass == (row.pk,)
    BreakGlass.objects.filter(pk=row.pk).update(starts_at=AS_OF - timedelta(hours=2), ends_at=AS_OF)
    assert not scope_of(admin_).break_glass and not can(admin_, "see_account", account)


def test_a_demoted_administrator_reads_no_more(admin_):
    account = make_account()
    begin(admin_, account.portfolio)
    AllPortfoliosGrant.objects.filter(user=admin_).update(ends_on="2020-01-01")
    assert not can(admin_, "see_account", account) and not scope_of(admin_).break_glass


@pytest.mark.parametrize(("reason", "minutes"), [("short", 60), ("   ", 60), (WHY, 0), (WHY, 241)])
def test_without_a_reason_or_beyond_four_hours_nothing_opens(admin_, reason, minutes):
    with pytest.raises(ValueError):
        break_glass.begin(make_portfolio(), reason, minutes, by=admin_, at=AS_OF)
    assert not BreakGlass.objects.exists() and not Event.objects.exists()


def test_only_one_is_open_at_a_time(admin_):
    portfolio = make_portfolio()
    begin(admin_, portfolio)
    with pytest.raises(ValueError, match="open already"):
        begin(admin_, make_portfolio())


def test_nobody_else_opens_one_and_an_administrator_of_one_portfolio_not_elsewhere(browser):
    own, other = make_portfolio(), make_portfolio()
    for role in ("reviewer", "finance_approver", "executive", "compliance_auditor", "leadership", "policy_admin"):
        person = make_user(role, is_superuser=True, is_staff=True)
        assert browser(person).act(reverse("admin:begin_break_glass"), {"portfolio": own.pk, "reason": WHY}).status_code in (403, 409), role
    local = make_user("system_admin", own)
    with pytest.raises(NotAllowed):
        begin(local, other)
    assert not BreakGlass.objects.exists()


def test_every_page_is_on_record_before_it_is_shown_and_what_cannot_be_recorded_is_not_shown(browser, admin_, monkeypatch):
    account = make_account()
    row, client = begin(admin_, account.portfolio, account_id=account.pk), browser(admin_)
    client.get(reverse("admin:account_page", args=[account.pk]))
    client.get(reverse("admin:search"), {"q": "secret name"})
    assert read_events(row) == [{"page": "account_page", "subject": account.pk}, {"page": "search", "subject": None}]
    assert Event.objects.filter(action="break_glass.page_read", stream=f"account:{account.pk}", roles="system_admin").count() == 2

    def broken(*args, **kwargs):
        raise RuntimeError("no record")

    monkeypatch.setattr(break_glass, "record", broken)
    client.raise_request_exception = False
    assert client.get(reverse("admin:account_page", args=[account.pk])).status_code == 500


def test_without_an_open_access_no_page_is_recorded(browser, admin_):
    account = make_account()
    browser(admin_).get(reverse("admin:roles"))
    browser(make_user("reviewer")).get(reverse("admin:account_page", args=[account.pk]))
    assert not Event.objects.filter(action="break_glass.page_read").exists()


def test_everybody_concerned_is_told_on_the_next_page_and_nobody_else(browser, admin_):
    account = make_account()
    own, elsewhere = account.portfolio, make_portfolio()
    row = begin(admin_, own)
    for person in (make_user("compliance_auditor"), make_user("system_admin"), make_user("compliance_auditor", own)):
        assert "mailbox is down" in browser(person).get("/admin/").content.decode()
    for person in (make_user("reviewer"), make_user("compliance_auditor", elsewhere), make_user("leadership")):
        assert "emergency access until" not in browser(person).get("/admin/").content.decode()
    mine = browser(admin_).get("/admin/").content.decode()
    assert "Every page is on record" in mine
    break_glass.end(row.pk, by=admin_, at=clock.now())
    assert "emergency access until" not in browser(admin_).get("/admin/").content.decode()


def test_the_mail_names_neither_the_customer_nor_the_reason(settings, admin_, django_capture_on_commit_callbacks):
    settings.EMAIL_URL, settings.DEMO_MODE = "smtp://localhost", False
    account = make_account(name="Secret Customer GmbH")
    auditor, other = make_user("compliance_auditor"), make_user("system_admin")
    make_user("reviewer")
    with django_capture_on_commit_callbacks(execute=True):
        begin(admin_, account.portfolio, account_id=account.pk)
    assert sorted(m.to[0] for m in mail.outbox) == sorted([auditor.email, other.email])
    for message in mail.outbox:
        text = message.subject + message.body
        assert "Secret Customer" not in text and "mailbox" not in text and str(account.external_id) not in text


def test_no_mail_leaves_where_no_mail_server_is_named(settings, admin_, django_capture_on_commit_callbacks):
    settings.EMAIL_URL, settings.DEMO_MODE = "", False
    make_user("compliance_auditor")
    with django_capture_on_commit_callbacks(execute=True):
        begin(admin_, make_portfolio())
    assert not mail.outbox


def test_the_auditor_ends_and_reviews_it_and_until_then_it_stays_on_home(browser, admin_):
    auditor = make_user("compliance_auditor")
    row = begin(admin_, make_portfolio())
    client, review = browser(auditor), reverse("admin:review_break_glass", args=[row.pk])
    assert client.act(review, {"words": "fine"}).status_code == 409
    assert client.act(reverse("admin:end_break_glass", args=[row.pk])).status_code == 302
    assert "Emergency accesses to review" in client.get("/admin/").content.decode()
    assert browser(admin_).act(review, {"words": "fine"}).status_code == 403
    assert client.act(review, {"words": ""}).status_code == 409
    assert client.act(review, {"words": "needed, nothing else was read"}).status_code == 302
    assert "Emergency accesses to review" not in client.get("/admin/").content.decode()
    acts = list(Event.objects.filter(stream="rights", subject_kind="breakglass").order_by("id").values_list("action", "actor_id"))
    assert acts == [("break_glass.begun", admin_.pk), ("break_glass.ended", auditor.pk), ("break_glass.reviewed", auditor.pk)]
    assert "nothing else was read" not in "".join(Event.objects.values_list("data", flat=True))


def test_its_holder_never_reviews_it_not_even_as_an_auditor(admin_):
    AllPortfoliosGrant.objects.create(user=admin_, role="compliance_auditor")
    row = begin(admin_, make_portfolio())
    break_glass.end(row.pk, by=admin_, at=clock.now())
    with pytest.raises(NotAllowed, match="your own"):
        break_glass.review(row.pk, "fine", by=admin_, at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.filter(pk=row.pk).update(reviewed_by=admin_)


def test_the_page_opens_an_account_by_its_number_and_says_when_there_is_none(browser, admin_):
    account = make_account()
    client, form = browser(admin_), {"portfolio": account.portfolio_id, "reason": WHY, "minutes": "30"}
    refused = client.act(reverse("admin:begin_break_glass"), {**form, "account": "nowhere"})
    assert refused.status_code == 409 and "has the number nowhere" in refused.content.decode() and "mailbox is down" in refused.content.decode()
    assert client.act(reverse("admin:begin_break_glass"), {**form, "account": account.external_id}).url.endswith(f"/account/{account.pk}/")
    row = BreakGlass.objects.get()
    assert (row.account_id, row.ends_at - row.starts_at) == (account.pk, timedelta(minutes=30))
