"""Nobody sees a byte of an account outside their portfolios: on no page, filter, drop-down, search, history, autocomplete or count."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import Account
from drafts.models import Delivery, FollowUp
from governance.models import AccountShare, Decision, Portfolio
from governance.roles import ROUTED
from tests.drafts.scene import AS_OF, Desk, prepared
from tests.factories import (
    day,
    grant,
    make_call,
    make_contract,
    make_credit_note,
    make_dispute,
    make_message,
    make_payment,
    make_portfolio,
    make_promise,
    make_promised_credit,
    make_signal,
    make_ticket,
    make_user,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]
SECRET, NUMBER = "Zzsecret", "INV-9900171"


def fill(case, word):
    """Every kind of row about one account, each carrying ``word``."""
    account, invoice = case.account, case.invoices[0]
    make_ticket(account, subject=f"{word} ticket", body=f"{word} body", external_id=f"T-{word}")
    make_message(account, subject=f"{word} mail", body=f"{word} body")
    make_contract(account, external_id=f"C-{word}", notes=f"{word} notes")
    make_payment(account, external_id=f"P-{word}")
    make_credit_note(account, number=f"CN-{word}")
    make_promised_credit(account, external_id=f"PC-{word}", quote=word)
    make_promise(account, external_id=f"PP-{word}", quote=word)
    make_dispute(account, invoice=invoice, external_id=f"D-{word}", quote=word)
    make_signal(account, invoice=invoice, quote=word)
    make_call(account, case.desk.reviewer, note=word)
    Decision.objects.create(
        kind="payment_plan", account_id=account.pk, portfolio=account.portfolio, question=f"{word}?", deciding_role="finance_approver",
        created_at=AS_OF,
    )
    return case


@pytest.fixture
def world():
    """Two desks. The second one's every row carries the secret; its message is on the way out."""
    own = fill(prepared(Desk(make_portfolio(name="Own portfolio")), [{}], name="Own customer"), "Open")
    desk = Desk(make_portfolio(name=f"{SECRET} portfolio", code="zz"))
    other = prepared(desk, [{"number": NUMBER, "po_number": f"PO-{SECRET}"}], name=f"{SECRET} customer", external_id=f"9{SECRET}")
    if other.follow_up.status == "ready":
        other.approve()
    return own, fill(other, SECRET)


def pages_of(client, start, limit=110):
    """Crawl the links a person is offered; at most two addresses of one shape. Each answer knows the page that led to it."""
    seen, shapes, todo, led = {}, {}, [start], {}
    while todo and len(seen) < limit:
        url = todo.pop(0)
        shape = re.sub(r"\d+", "N", url)
        if url in seen or shapes.get(shape, 0) >= 2:
            continue
        shapes[shape] = shapes.get(shape, 0) + 1
        response = client.get(url)
        seen[url] = response
        response.led = f"{url} from {led.get(url, 'nowhere')}"
        if response.status_code == 200 and "html" in response.get("Content-Type", ""):
            for href in re.findall(r'href="([^"#]+)', response.content.decode()):
                href = unescape(href)
                there = url.split("?")[0] + href if href.startswith("?") else href
                led.setdefault(there, url)
                todo.append(there)
        todo = [u for u in todo if u.startswith("/admin/") and "/demo/" not in u]
    return seen


@pytest.mark.crawl
@pytest.mark.parametrize("role", ["reviewer", "account_owner", "finance_approver", "legal_approver", "executive", "compliance_auditor"])
def test_no_page_a_person_can_click_to_names_another_portfolio(world, signed_in, role):
    own, _ = world
    client = signed_in(own.hand_to(role) if role in ROUTED else make_user(role, own.desk.portfolio))
    seen = pages_of(client, "/admin/")
    assert len(seen) > 40
    leaks = [url for url, response in seen.items() for word in (SECRET, NUMBER) if word in response.content.decode(errors="replace")]
    assert not leaks
    assert not [response.led for response in seen.values() if response.status_code in (403, 500)]
    assert any("Own customer" in response.content.decode(errors="replace") for response in seen.values())


def test_every_list_of_the_admin_shows_own_rows_only_and_counts_only_them(world, signed_in):
    own, other = world
    client = signed_in(own.desk.finance)
    for model, model_admin in admin.site._registry.items():
        if not hasattr(model_admin, "portfolio_path"):
            continue
        page = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
        assert SECRET not in page.content.decode(), model
        if page.context and "cl" in page.context:
            rows = page.context["cl"].queryset
            path = model_admin.portfolio_path
            assert not rows.filter(**{path: other.desk.portfolio.pk}).exists(), model


@pytest.mark.parametrize("view", ["change", "history", "delete"])
def test_an_address_with_a_foreign_id_answers_as_if_it_did_not_exist(world, signed_in, view):
    own, other = world
    client = signed_in(own.desk.reviewer)
    for model, model_admin in admin.site._registry.items():
        path = getattr(model_admin, "portfolio_path", "")
        if not path or not getattr(model_admin, "account_path", ""):
            continue
        row = model.objects.filter(**{path: other.desk.portfolio.pk}).first()
        if row is None:
            continue
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=[row.pk])
        response = client.get(url, follow=True)
        assert SECRET not in response.content.decode(), url
        assert response.status_code in (403, 404) or response.redirect_chain[-1][0] == "/admin/", url


def test_the_desks_own_pages_do_not_open_for_foreign_ids_nor_act_on_them(world, signed_in):
    own, other = world
    client = signed_in(own.desk.finance)
    follow_up, account = other.follow_up, other.account
    delivery = Delivery.objects.filter(account=account).first()
    decision, dispute = Decision.objects.get(account_id=account.pk), account.disputes.get()
    assert delivery is not None
    for name, pk in [
        ("review", follow_up.pk), ("account_page", account.pk), ("delivery", delivery.pk), ("decision", decision.pk),
        ("dispute", dispute.pk),
    ]:
        assert client.get(reverse(f"admin:{name}", args=[pk])).status_code == 404, name
    before = FollowUp.objects.get(pk=follow_up.pk).version
    for name, pk in [
        ("act_approve", follow_up.pk), ("act_reject", follow_up.pk), ("act_route", follow_up.pk), ("act_edit", follow_up.pk),
        ("act_claim", follow_up.pk), ("act_working_copy", follow_up.pk), ("act_check", follow_up.pk), ("stop_delivery", delivery.pk),
        ("settle_delivery", delivery.pk), ("decide", decision.pk), ("own_dispute", dispute.pk), ("resolve_dispute", dispute.pk),
        ("put_hold", account.pk), ("log_call", account.pk), ("record_reply", account.pk), ("open_dispute", account.pk),
    ]:
        response = client.post(reverse(f"admin:{name}", args=[pk]), {"reason": "x", "outcome": "no_contact", "version": "1"})
        assert response.status_code == 404, name
    assert FollowUp.objects.get(pk=follow_up.pk).version == before
    assert Delivery.objects.get(pk=delivery.pk).state == "scheduled"


@pytest.mark.parametrize("text", [SECRET, NUMBER, f"PO-{SECRET}", f"9{SECRET}", f"T-{SECRET}"])
def test_search_finds_nothing_of_another_portfolio_in_the_header_the_queue_or_a_list(world, signed_in, text):
    own, _ = world
    client = signed_in(own.desk.reviewer)
    for url in ["/admin/search/", "/admin/drafts/followup/", "/admin/accounts/account/", "/admin/accounts/invoice/", "/admin/accounts/ticket/"]:
        page = client.get(url, {"q": text, "tab": "all"}).content.decode()
        assert f"{SECRET} customer" not in page and f"{SECRET} ticket" not in page, url


def test_searching_the_message_id_of_a_foreign_message_finds_nothing(world, signed_in):
    own, other = world
    message_id = Delivery.objects.get(account=other.account).message_id
    page = signed_in(own.desk.reviewer).get("/admin/search/", {"q": message_id}).content.decode()
    assert "Nothing found" in page


def test_list_filters_name_own_portfolios_only_and_a_forged_one_gives_nothing(world, signed_in):
    own, other = world
    client = signed_in(own.desk.reviewer)
    page = client.get("/admin/accounts/invoice/")
    assert "Own portfolio" in page.content.decode() and SECRET not in page.content.decode()
    forged = client.get("/admin/accounts/invoice/", {"portfolio": other.desk.portfolio.pk})
    assert forged.context["cl"].result_count == 0
    assert client.get("/admin/accounts/invoice/", {"account__name__startswith": SECRET}).status_code in (302, 400)


def test_autocomplete_answers_nothing_to_who_may_not_see_people_or_portfolios(world, signed_in):
    own, _ = world
    client = signed_in(own.desk.reviewer)
    for model, field in [("portfoliousergrant", "user"), ("portfoliousergrant", "content_object")]:
        url = reverse("admin:autocomplete")
        response = client.get(url, {"app_label": "governance", "model_name": model, "field_name": field, "term": ""})
        assert response.status_code == 403 and SECRET not in response.content.decode()


def test_an_action_posted_with_foreign_ids_does_nothing(world, signed_in):
    own, other = world
    client = signed_in(own.desk.finance)
    client.post("/admin/accounts/account/", {"action": "delete_selected", "_selected_action": [other.account.pk], "post": "yes"})
    client.post("/admin/accounts/account/", {"action": "delete_selected", "_selected_action": [own.account.pk], "post": "yes"})
    assert Account.objects.filter(pk__in=[own.account.pk, other.account.pk]).count() == 2


def test_the_parent_and_the_billed_child_of_another_portfolio_are_not_named(world, signed_in):
    own, other = world
    Account.objects.filter(pk=own.account.pk).update(parent=other.account)
    own.invoices[0].billed_account = other.account
    own.invoices[0].save()
    client = signed_in(own.desk.reviewer)
    assert SECRET not in client.get(reverse("admin:account_page", args=[own.account.pk])).content.decode()
    page = client.get(reverse("admin:accounts_invoice_change", args=[own.invoices[0].pk])).content.decode()
    assert "outside your portfolios" in page and SECRET not in page
    assert SECRET not in client.get(reverse("admin:accounts_invoice_history", args=[own.invoices[0].pk])).content.decode()


def test_superuser_status_opens_nothing(world, signed_in):
    boss = make_user(is_superuser=True, is_staff=True)
    client = signed_in(boss)
    for model in admin.site._registry:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert client.get(url).status_code == 403, url
    own, _ = world
    for name, pk in [("review", own.follow_up.pk), ("account_page", own.account.pk)]:
        assert client.get(reverse(f"admin:{name}", args=[pk])).status_code == 404
    home = client.get("/admin/").content.decode()
    assert "You have no role yet" in home and "Own customer" not in home and SECRET not in home


def test_a_grant_that_ended_yesterday_opens_nothing_today(world, signed_in):
    own, _ = world
    person = make_user()
    grant(person, "reviewer", own.desk.portfolio, ends_on=day(-1))
    client = signed_in(person)
    assert "Own customer" not in client.get("/admin/drafts/followup/", {"tab": "all"}).content.decode()
    assert client.get(reverse("admin:review", args=[own.follow_up.pk])).status_code == 404


def test_a_routed_account_opens_for_the_person_and_no_other_account_of_that_portfolio(world, signed_in):
    own, other = world
    neighbour = prepared(other.desk, [{}], name="Neighbour customer")
    lawyer = make_user("legal_approver", own.desk.portfolio)
    AccountShare.objects.create(
        account_id=neighbour.account.pk, user=lawyer, role="legal_approver", reason="please look", starts_at=moment(-1), ends_at=moment(24)
    )
    client = signed_in(lawyer)
    assert client.get(reverse("admin:account_page", args=[neighbour.account.pk])).status_code == 200
    assert client.get(reverse("admin:account_page", args=[other.account.pk])).status_code == 404
    listed = client.get("/admin/accounts/account/").content.decode()
    assert "Neighbour customer" in listed and SECRET not in listed


def test_leadership_policy_and_system_see_measures_and_set_up_but_no_customer(world, signed_in):
    own, _ = world
    for role in ("leadership", "policy_admin", "system_admin"):
        client = signed_in(make_user(role))
        seen = pages_of(client, "/admin/", limit=80)
        assert not [response.led for response in seen.values() if response.status_code in (403, 500)], role
        text = "".join(response.content.decode(errors="replace") for response in seen.values())
        assert "Own customer" not in text and f"{SECRET} customer" not in text, role
        assert client.get(reverse("admin:review", args=[own.follow_up.pk])).status_code == 404


def test_leadership_of_one_portfolio_counts_that_portfolio_only(world, signed_in):
    own, other = world
    mine = signed_in(make_user("leadership", own.desk.portfolio)).get("/admin/")
    everything = signed_in(make_user("leadership")).get("/admin/")
    total = mine.context["leadership"]["ageing"][0]["total"]
    assert total == own.invoices[0].balance_minor
    assert everything.context["leadership"]["ageing"][0]["total"] == total + other.invoices[0].balance_minor
    assert Portfolio.objects.count() == 2
