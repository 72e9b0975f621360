"""Pages: hostile words stay words, the policy of the browser is strict, no address leads elsewhere, odd input is answered in words."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver, reverse

from accounts.models import ImportRun, Invoice
from drafts.models import Delivery, FollowUp
from drafts.responses import Incoming, record_reply
from governance.models import Approval, Decision, Event
from tests.drafts.scene import AS_OF, Desk, prepared, routine_case
from tests.factories import (
    make_call,
    make_contract,
    make_credit_note,
    make_dispute,
    make_message,
    make_payment,
    make_promise,
    make_promised_credit,
    make_signal,
    make_ticket,
    make_user,
    moment,
)
from tests.site.test_reach import pages_of

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}</textarea>"


@pytest.fixture
def hostile():
    """A customer who writes markup into every field there is."""
    desk = Desk()
    case = prepared(desk, [{"number": f"I{EVIL}"[:60], "po_number": EVIL[:60]}], name=EVIL, external_id="evil-1", contact=False)
    account, invoice = case.account, case.invoices[0]
    account.contacts.create(name=EVIL, salutation=EVIL, email="ap@customer.example", verified_at=AS_OF)
    make_ticket(account, subject=EVIL, body=EVIL, external_id="T-1")
    make_message(account, subject=EVIL, body=EVIL)
    make_contract(account, external_id="C-1", notes=EVIL)
    make_payment(account, external_id=EVIL[:60])
    make_credit_note(account, number=EVIL[:60])
    make_promised_credit(account, external_id="PC-1", quote=EVIL, promised_by=EVIL[:60])
    make_promise(account, external_id="PP-1", quote=EVIL)
    make_dispute(account, invoice=invoice, external_id="D-1", quote=EVIL, reason=EVIL)
    make_signal(account, invoice=invoice, quote=EVIL)
    make_call(account, desk.reviewer, note=EVIL)
    Decision.objects.create(
        kind="payment_plan", account_id=account.pk, portfolio=account.portfolio, question=EVIL, deciding_role="finance_approver",
        options=[{"key": "a", "title": EVIL, "effect": EVIL, "facts": [EVIL], "approvers": [EVIL]}], created_at=AS_OF,
    )
    record_reply(Incoming(account.pk, "ap@customer.example", EVIL, EVIL, AS_OF, message_id="<evil@customer.example>"), by=None, at=AS_OF)
    case.prepare(moment(0.1))
    other = prepared(desk, [{}], name=f"Plain {EVIL}"[:190])
    if other.follow_up.status == "ready":
        other.draft.findings.create(check_id="G27", label="near_repeat", severity="warn", why=EVIL, quote=EVIL, fact=EVIL, start=0, end=9)
        other.approve()
    return case


ACTIVE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\son\w+\s*=|\sstyle\s*=|javascript:|<iframe|<object|<embed", re.IGNORECASE)


def tags(page):
    """Only the tags of a page: text and attribute values that were escaped contain none."""
    return re.findall(r"<[^<>]+>", re.sub(r'"[^"]*"', '""', page))


@pytest.mark.crawl
@pytest.mark.parametrize("role", ["reviewer", "finance_approver", "compliance_auditor"])
def test_hostile_words_are_shown_as_words_on_every_page(browser, hostile, role):
    client = browser(make_user(role, hostile.desk.portfolio))
    seen = pages_of(client, "/admin/", limit=150)
    assert len(seen) > 40
    assert any("&lt;script&gt;alert(1)" in page.content.decode(errors="replace") for page in seen.values())
    for url, page in seen.items():
        if "html" not in page.get("Content-Type", ""):
            continue
        body = page.content.decode()
        assert "<script>alert(1)" not in body and "<img src=x" not in body and ">49<" not in body, url
        assert page.status_code != 500, url
        assert not [tag for tag in tags(body) if ACTIVE.search(tag)], url


def test_every_page_carries_a_policy_that_runs_nothing_foreign_and_nothing_inline(browser, hostile):
    client = browser(hostile.desk.finance)
    for url, page in pages_of(client, "/admin/", limit=60).items():
        if "html" not in page.get("Content-Type", ""):
            continue
        policy = page["Content-Security-Policy"]
        assert "unsafe" not in policy and "*" not in policy, url
        for part in ("default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "form-action 'self'"):
            assert part in policy, (url, part)
        assert page["X-Content-Type-Options"] == "nosniff"
        assert page["X-Frame-Options"] == "DENY"


def test_a_sent_attachment_is_only_ever_a_download(browser):
    desk = Desk()
    case = prepared(desk, [{"days_overdue": 10 + n} for n in range(31)])
    attachment = case.draft.attachments.get()
    response = browser(desk.reviewer).get(reverse("admin:attachment", args=[attachment.pk]))
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"
    assert browser(make_user("reviewer", Desk().portfolio)).get(reverse("admin:attachment", args=[attachment.pk])).status_code == 404


@pytest.mark.parametrize("name", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_no_cell_of_the_queues_export_begins_like_a_formula(browser, name):
    desk = Desk()
    prepared(desk, [{}], name=name, external_id=name[:60])
    page = browser(desk.reviewer).get(reverse("admin:drafts_followup_changelist"), {"tab": "all", "format": "csv"}).content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(page)) for cell in row]
    assert any(name.strip() in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in "=+-@\t\r\n" and cell]


ELSEWHERE = ["https://evil.example/", "//evil.example/", "/\\evil.example", "https:evil.example", "javascript:alert(1)", "\thttps://evil.example"]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_and_out_leads_nowhere_else(browser, target):
    person = make_user("reviewer", password="a long enough phrase 7")
    client = browser()
    url = reverse("admin:login")
    form = {"username": person.username, "password": "a long enough phrase 7", "next": target, "csrfmiddlewaretoken": client.token(url)}
    response = client.post(f"{url}?next={target.strip()}", form)
    assert response.status_code == 302
    assert response["Location"].startswith("/") and "evil" not in response["Location"].split("?")[0]
    left = client.act(reverse("admin:logout"), {"next": target})
    assert "evil.example" not in left.headers.get("Location", "")


@pytest.mark.parametrize("target", [*ELSEWHERE, "tab=all&next=https://evil.example", "\r\nLocation: https://evil.example"])
def test_the_list_a_form_came_from_leads_nowhere_else(browser, target):
    case = routine_case()
    response = browser(case.desk.reviewer).approve(case, list=target)
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/drafts/followup/")
    assert "\n" not in response["Location"]


def test_a_foreign_host_header_is_refused(browser):
    client = browser(make_user("reviewer"))
    assert client.get("/admin/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("name", ["../../../etc/cron.d/x.csv", "..\\..\\x.csv", "a\r\nX: y.csv", f"{EVIL[:80]}.csv", "x" * 300 + ".csv", "\u202egnp.csv", ".htaccess"])
def test_an_uploaded_file_keeps_its_name_as_words_only(browser, settings, tmp_path, name):
    settings.MEDIA_ROOT = tmp_path
    desk = Desk()
    content = b"account,name\n1,Alder AG\n"
    client = browser(desk.finance)
    form = {"portfolio": desk.portfolio.pk, "file": SimpleUploadedFile(name, content)}
    response = client.act(reverse("admin:imports"), form)
    assert response.status_code in (302, 422)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path.parent == tmp_path / "imports" and path.suffix == ".upload" for path in kept)
    for run in ImportRun.objects.all():
        page = client.get(reverse("admin:import_run", args=[run.pk])).content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page
        assert "/" not in run.file_name and "\\" not in run.file_name.replace("..\\..\\x.csv", "")


def test_an_import_of_another_portfolio_is_neither_seen_nor_confirmed_nor_downloaded(browser):
    foreign, own = Desk(), Desk()
    run = ImportRun.objects.create(portfolio=foreign.portfolio, layout="canonical", file_name="zz.csv", file_sha256="0" * 64, state="checked", started_at=AS_OF)
    client = browser(own.finance)
    for name in ("import_run", "import_refused"):
        assert client.get(reverse(f"admin:{name}", args=[run.pk])).status_code in (403, 404), name
    assert client.act(reverse("admin:import_confirm", args=[run.pk]), {"sha256": "0" * 64}).status_code in (403, 404)
    assert "zz.csv" not in client.get(reverse("admin:imports")).content.decode()


def test_an_import_without_a_portfolio_is_for_administrators_of_everything_only(browser):
    run = ImportRun.objects.create(portfolio=None, layout="canonical", file_name="zz.csv", file_sha256="0" * 64, state="refused", started_at=AS_OF)
    client = browser(Desk().finance)
    assert client.get(reverse("admin:import_run", args=[run.pk])).status_code in (403, 404)
    assert client.get(reverse("admin:import_refused", args=[run.pk])).status_code in (403, 404)


def addresses():
    """(name, pattern) of every address of the desk's own pages with one number or none in it."""
    found = []
    for name, entries in get_resolver().namespace_dict["admin"][1].reverse_dict.lists():
        if isinstance(name, str):
            found += [(name, names) for possibilities, *_ in entries for _, names in possibilities]
    stock = tuple(f"{m._meta.app_label}_{m._meta.model_name}_" for m in admin.site._registry)
    return sorted({(n, len(p)) for n, p in found if not n.startswith(stock) and n not in ("login", "logout", "jsi18n", "app_list")})


# One of each kind that trips somebody: a digit that is no decimal, what fits no column, signs, an exponent, the character PostgreSQL refuses, a quote.
ODD = ["²", "9" * 40, "-1", "1e3", "\x00", "'"]


def test_no_page_answers_odd_input_with_an_error(browser, hostile):
    client = browser(hostile.desk.finance)
    token = client.token()
    keys = ["fingerprint", "version", "acknowledged", "signal", "person", "owner", "invoices", "invoice", "contact", "draft", "base_revision", "until", "day", "promised_on", "amount", "amount_1", "date_1", "expires_on", "valid_until", "currency", "outcome", "kind", "kinds", "role", "category", "tab", "p", "q", "list", "step", "show", "sort", "portfolio"]
    before = Event.objects.filter(action="approval.given").count()
    for name, parts in addresses():
        if parts > 1 or name.startswith("demo"):
            continue
        for value in ODD:
            url = reverse(f"admin:{name}", args=[hostile.follow_up.pk] * parts)
            odd = dict.fromkeys(keys, value)
            assert client.get(url, odd).status_code < 500, (name, value)
            if name not in ("autocomplete", "password_change"):
                answer = client.post(url, {**odd, "csrfmiddlewaretoken": token})
                assert answer.status_code < 500, (name, value)
    assert Event.objects.filter(action="approval.given").count() == before


def test_a_huge_number_in_an_address_is_simply_not_found(browser):
    case = routine_case()
    client = browser(case.desk.reviewer)
    for name in ("review", "account_page", "delivery", "decision", "dispute", "attachment"):
        assert client.get(reverse(f"admin:{name}", args=[10**25])).status_code == 404, name
    assert client.get("/admin/drafts/followup/?p=" + "9" * 30).status_code == 200
    for odd in ("²", "٣", "9" * 30):
        assert client.get("/admin/drafts/followup/", {"p": odd}).status_code == 200
        for model in ("drafts/followup", "accounts/account", "governance/policyversion", "governance/templateversion", "accounts/invoice"):
            assert client.get(f"/admin/{model}/{odd}/change/").status_code < 500, (model, odd)
        assert client.get("/admin/accounts/invoice/", {"portfolio": odd}).status_code in (200, 302)


@pytest.mark.parametrize("demo_mode", [False, True])
def test_demo_pages_do_not_exist_outside_a_demo(browser, settings, demo_mode):
    from governance.models import Installation

    Installation.objects.update(kind="production", clock_offset_seconds=0)
    settings.DEMO_MODE = demo_mode
    person = make_user("reviewer")
    client = browser(person)
    for url in ("/admin/demo/outbox/", "/admin/demo/outbox/1/", "/admin/demo/outbox/1/?raw=1"):
        assert client.get(url).status_code == 404, url
    for url in ("/admin/demo/enter/", "/admin/demo/jump/"):
        assert client.act(url, {"user": person.pk}).status_code == 404, url
    page = browser().get(reverse("admin:login")).content.decode()
    assert "demo" not in page.lower()


def test_entering_the_demo_as_somebody_needs_a_token_and_one_of_its_people(browser):
    boss = make_user("executive")
    client = browser()
    assert client.post("/admin/demo/enter/", {"user": boss.pk}).status_code == 403
    token = client.token(reverse("admin:login"))
    assert client.post("/admin/demo/enter/", {"user": boss.pk, "csrfmiddlewaretoken": token}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_mass_assignment_changes_no_column_a_form_does_not_show(browser):
    case = routine_case()
    client = browser(case.desk.reviewer)
    extra = {"status": "sent", "lane": "routine", "required_roles": "[]", "draft_id": 1, "portfolio_id": 1, "is_superuser": "1", "at": "2001-01-01", "by": 1}
    client.act(reverse("admin:preferences"), {"density": "compact", "time_zone": "UTC", **extra})
    client.act(reverse("admin:act_claim", args=[case.follow_up.pk]), extra)
    client.act(reverse("admin:act_edit", args=[case.follow_up.pk]), {"subject": case.draft.subject, "body": case.draft.body + "\nKind regards", "base_revision": 1, "to_address": "evil@x.example", "from_address": "evil@x.example", "cc": "evil@x.example", "author_kind": "template", "purpose": "answer", **extra})
    row = FollowUp.objects.get(pk=case.follow_up.pk)
    assert (row.status, row.portfolio_id) == ("in_review", case.desk.portfolio.pk)
    assert row.draft.revision == 2
    assert (row.draft.author_kind, row.draft.purpose, row.draft.cc) == ("person", "demand", [])
    assert "evil" not in row.draft.to_address + row.draft.from_address
    assert not type(case.desk.reviewer).objects.get(pk=case.desk.reviewer.pk).is_superuser


@pytest.mark.crawl
@pytest.mark.parametrize("role", ["reviewer", "finance_approver", "compliance_auditor", "executive", "system_admin", "policy_admin"])
def test_no_model_page_adds_changes_or_deletes_a_governed_row(browser, role):
    case = routine_case()
    case.approve()
    client = browser(make_user(role, is_superuser=True, is_staff=True))
    counts = {model: model.objects.count() for model in admin.site._registry}
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if model._meta.model_name in ("user", "portfolio", "portfoliousergrant", "portfoliogroupgrant", "allportfoliosgrant", "group"):
            continue
        row = model.objects.first()
        assert client.act(reverse(f"{base}_add"), {"x": "1"}).status_code == 403, model
        assert client.get(reverse(f"{base}_add"), {"_popup": "1"}).status_code == 403, model
        if row is None:
            continue
        for view in ("change", "delete"):
            answer = client.act(reverse(f"{base}_{view}", args=[row.pk]), {"post": "yes", "_popup": "1", "_to_field": "id"})
            assert answer.status_code in (302, 403, 404), (model, view)
        client.act(reverse(f"{base}_changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes", "form-0-id": row.pk})
    assert counts == {model: model.objects.count() for model in admin.site._registry}
    assert Approval.objects.count() == Delivery.objects.count() == 1
    assert Invoice.objects.count() == 1
