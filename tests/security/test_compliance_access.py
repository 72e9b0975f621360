"""Compliance attacked from inside: controls, incidents, the access review, reveals, and erasures by whom and of what."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Contact
from drafts.compliance import incidents
from drafts.models import Draft
from drafts.packing import make
from drafts.privacy import erase, reapply
from governance import access, erasure_log
from governance.decisions import NotAllowed
from governance.models import AccountShare, AllPortfoliosGrant, Certification, Erasure, Event, Incident, SampleDraw
from governance.packs import requests
from governance.roles import ALL_ROLES
from tests.drafts.packing.story import Wanted, ask
from tests.drafts.scene import AS_OF, Desk, prepared, routine_case
from tests.factories import make_portfolio, make_user, moment
from tests.site.test_reach import pages_of

pytestmark = pytest.mark.django_db
CANARY, EMAIL = "Zzcanary", "zz.canary@customer.example"
BLIND = ("leadership", "policy_admin", "system_admin")


@pytest.fixture(autouse=True)
def outside(settings, tmp_path):
    settings.MEDIA_ROOT, settings.LEDGER_DIR, settings.LEDGER_KEY_FILE = tmp_path / "media", tmp_path / "ledger", tmp_path / "key.pem"
    settings.VAR_DIR = tmp_path


@pytest.fixture
def foreign():
    """A case of another portfolio, its message sent on its way, with an incident full of canaries."""
    desk = Desk(make_portfolio(name=f"{CANARY} portfolio", code="zz"))
    case = prepared(desk, [{}], name=f"{CANARY} customer", contact=False)
    case.account.contacts.create(name=f"{CANARY} Person", salutation=f"Ms {CANARY}", email=EMAIL, verified_at=AS_OF)
    case.prepare()
    incidents.open_incident(
        "person", f"{CANARY} what", harm=f"{CANARY} harm", severity="high", by=desk.reviewer, at=AS_OF,
        account_id=case.account.pk, portfolio_id=desk.portfolio.pk,
    )  # fmt: skip
    return case


@pytest.fixture
def own():
    return routine_case(Desk(make_portfolio(name="Own portfolio")), name="Own customer")


def contact_of(case):
    return Contact.objects.get(account=case.account)


@pytest.mark.parametrize("role", BLIND)
def test_who_reads_no_content_reads_none_on_any_page(browser, foreign, role):
    text = foreign.draft.body.split("\n")[2][:40] if foreign.draft else CANARY
    client = browser(make_user(role, is_superuser=True, is_staff=True))
    seen = pages_of(client, "/admin/", limit=80)
    for address in ("/admin/compliance/", "/admin/near-misses/", "/admin/incidents/", "/admin/access-review/", f"/admin/incidents/{Incident.objects.get().pk}/"):
        seen[address] = client.get(address)
    for url, page in seen.items():
        body = page.content.decode(errors="replace").replace(f"{CANARY} portfolio", "")
        assert CANARY not in body and EMAIL not in body and (not text.strip() or text not in body), url


@pytest.mark.parametrize("role", ["reviewer", "account_owner", "finance_approver", "legal_approver", "executive", "compliance_auditor"])
def test_foreign_incidents_contacts_and_accounts_are_not_there(browser, own, foreign, role):
    client = browser(make_user(role, own.desk.portfolio))
    row, contact = Incident.objects.get(), contact_of(foreign)
    assert CANARY not in client.get("/admin/incidents/").content.decode()
    assert client.get(f"/admin/incidents/{row.pk}/").status_code == 404
    posts = {
        f"/admin/incidents/{row.pk}/action/": {"action": "nothing", "owner": own.desk.reviewer.pk, "due": "2030-01-01"},
        f"/admin/incidents/{row.pk}/corrected/": {}, f"/admin/incidents/{row.pk}/check/": {"worked": "yes", "finding": "fine"},
        f"/admin/contact/{contact.pk}/reveal/": {"purpose": "audit"}, f"/admin/contact/{contact.pk}/erase/": {"sure": "yes"},
        f"/admin/account/{foreign.account.pk}/preserve/": {"reason": "mine"},
    }  # fmt: skip
    events = Event.objects.count()
    for address, form in posts.items():
        answer = client.act(address, form)
        assert answer.status_code in (403, 404) and EMAIL not in answer.content.decode(), (address, answer.status_code)
    row.refresh_from_db()
    contact.refresh_from_db()
    assert (row.state, contact.email, Event.objects.count()) == ("open", EMAIL, events)


@pytest.mark.parametrize("role", [r for r in ALL_ROLES if r not in ("finance_approver", "legal_approver")] + [""])
def test_no_other_role_and_no_superuser_erases_or_preserves(browser, foreign, role):
    person, contact = make_user(role or None, is_superuser=True, is_staff=True), contact_of(foreign)
    client = browser(person)
    for address, form in ((f"/admin/contact/{contact.pk}/erase/", {"sure": "yes"}), (f"/admin/account/{foreign.account.pk}/preserve/", {"reason": "x"})):
        assert client.act(address, form).status_code in (302, 403, 404)
    with pytest.raises(NotAllowed):
        erase(contact.pk, by=person, at=AS_OF)
    contact.refresh_from_db()
    assert contact.email == EMAIL and not Erasure.objects.exists() and not erasure_log.entries()


def test_a_legal_approver_erases_and_an_auditor_reveals_nothing_once_their_time_is_over(browser, foreign):
    person, contact = make_user(), contact_of(foreign)
    AccountShare.objects.create(
        user=person, account_id=foreign.account.pk, role="legal_approver", reason="routed", starts_at=AS_OF - timedelta(days=2), ends_at=AS_OF - timedelta(days=1)
    )
    assert browser(person).act(f"/admin/contact/{contact.pk}/erase/", {"sure": "yes"}).status_code in (403, 404)
    auditor = make_user("compliance_auditor")
    client = browser(auditor)
    AllPortfoliosGrant.objects.filter(user=auditor).update(ends_on=AS_OF.date() - timedelta(days=1))
    answer = client.act(f"/admin/contact/{contact.pk}/reveal/", {"purpose": "audit"})
    assert answer.status_code in (403, 404) and EMAIL not in answer.content.decode()
    assert not Event.objects.filter(action__in=("audit.contact_revealed", "privacy.erased")).exists()


def test_a_get_neither_reveals_nor_erases_nor_looks(browser, own):
    contact, before = contact_of(own), Event.objects.count()
    client = browser(make_user("compliance_auditor"))
    for address in (f"/admin/contact/{contact.pk}/reveal/?purpose=audit", "/admin/compliance/look/", f"/admin/account/{own.account.pk}/preserve/?reason=x"):
        assert client.get(address).status_code == 405, address
    browser(own.desk.finance).get(f"/admin/contact/{contact.pk}/erase/?sure=yes")
    contact.refresh_from_db()
    assert contact.name != "Erased person" and Event.objects.count() == before


def test_figures_of_an_auditor_of_one_portfolio_are_of_that_portfolio(browser, own, foreign):
    from django.db import transaction

    from governance.audit import Entry, account_stream, record

    with transaction.atomic():
        record([Entry(account_stream(foreign.account.pk), "gate.blocked", "draft", 1, {"why": "checks"})], by=None, at=AS_OF - timedelta(hours=1))
    page = browser(make_user("compliance_auditor", own.desk.portfolio)).get("/admin/near-misses/")
    assert page.status_code == 200
    assert sum(n for _, n in page.context["counts"]) == 0
    assert page.context["figures"]["open"] == 0 and sum(n for _, n in page.context["severities"]) == 0
    whole = browser(make_user("compliance_auditor")).get("/admin/near-misses/")
    assert sum(n for _, n in whole.context["counts"]) == 1 and whole.context["figures"]["open"] == 1


# --- Access review -------------------------------------------------------------------------------------------------------------------


def test_nobody_certifies_their_own_grant_or_one_out_of_reach(browser, own, foreign):
    person = own.desk.finance
    access.open_due(AS_OF)
    client = browser(person)
    mine = [c for c in Certification.objects.all() if getattr(access.GRANTS[c.kind].objects.get(pk=c.grant_id), "user_id", None) == person.pk]
    theirs = [c for c in Certification.objects.filter(kind="person") if access.GRANTS[c.kind].objects.get(pk=c.grant_id).content_object_id == foreign.desk.portfolio.pk]
    assert mine and theirs
    for row in (*mine, *theirs):
        client.act(reverse("admin:certify_grant", args=[row.pk]), {"verdict": "end", "reason": "mine"})
        row.refresh_from_db()
        assert row.verdict == ""
    assert CANARY not in client.get("/admin/access-review/").content.decode()


@pytest.mark.parametrize("role", [r for r in ALL_ROLES if r not in ("finance_approver", "executive", "system_admin")])
def test_other_roles_certify_nothing(browser, own, role):
    access.open_due(AS_OF)
    client = browser(make_user(role, is_superuser=True))
    row = Certification.objects.first()
    client.act(reverse("admin:certify_grant", args=[row.pk]), {"verdict": "end", "reason": "x"})
    row.refresh_from_db()
    assert row.verdict == ""


# --- Erasures ------------------------------------------------------------------------------------------------------------------------


def test_words_given_besides_touch_no_other_account(own, foreign):
    """Whoever may erase in one portfolio could otherwise rewrite the record of every other with words of their choice."""
    old = Draft.objects.get(pk=foreign.draft.pk).body
    words = " ".join(old.split()[8:11])
    assert len(words) > 8
    erase(contact_of(own).pk, also=[words, foreign.account.name], by=own.desk.finance, at=AS_OF)
    assert Draft.objects.get(pk=foreign.draft.pk).body == old
    assert not Draft.objects.exclude(follow_up__account=own.account).exclude(erased_sha256="").exists()
    done = Erasure.objects.get()
    done_rows = {name for name, _ in done.rows.values_list("table_name", "row_id")}
    assert done_rows


def test_what_was_searched_for_is_erased_from_a_sample_too(browser, own):
    contact = contact_of(own)
    browser(make_user("compliance_auditor")).act(reverse("admin:draw_sample"), {"q": own.account.name})
    sample = SampleDraw.objects.get()
    browser(make_user("compliance_auditor")).act(reverse("admin:draw_sample"), {"q": ""})
    SampleDraw.objects.create(seed="1", filters={"q": contact.name}, population=1, population_sha256="0" * 64, size=25, ids=[own.follow_up.pk], by=sample.by, at=AS_OF)
    erase(contact.pk, by=own.desk.finance, at=AS_OF)
    assert not [row for row in SampleDraw.objects.all() if contact.name in json.dumps(row.filters)]


def test_a_pack_that_is_being_made_while_a_person_is_erased_is_made_anew(own, monkeypatch):
    contact = contact_of(own)
    run = ask(Wanted("account", own.account.pk), own.desk.reviewer)
    wrote = make.write

    def slow(row, path, at):
        wrote(row, path, at)
        monkeypatch.setattr(make, "write", wrote)
        erase(contact.pk, by=own.desk.finance, at=AS_OF)

    monkeypatch.setattr(make, "write", slow)
    assert not make.make(run.pk, at=moment(1))
    run.refresh_from_db()
    assert run.state == "queued" and not list(requests.folder().iterdir())
    assert make.make(run.pk, at=moment(1))
    import zipfile

    run.refresh_from_db()
    with zipfile.ZipFile(requests.folder() / run.file) as pack:
        assert not [name for name in pack.namelist() if contact.email.encode() in pack.read(name)]


def hostile(**changes):
    fields = {"uid": "0" * 32, "contact_id": 1, "account_id": 1, "at": AS_OF.isoformat(), "salt": "s", "whole": [], "parts": [], "lengths": [1]}
    return {**fields, **changes}


BAD = {
    "no json": "{", "a list": "[]", "deep": "[" * 200_000, "missing": "{}", "more": json.dumps(hostile(more=1)),
    "ids are words": json.dumps(hostile(contact_id="1 OR 1=1")), "id is true": json.dumps(hostile(account_id=True)), "id is huge": json.dumps(hostile(contact_id=10**30)),
    "uid leads out": json.dumps(hostile(uid="../../x")), "uid is long": json.dumps(hostile(uid="x" * 5000)),
    "whole is a text": json.dumps(hostile(whole="abc")), "whole holds lists": json.dumps(hostile(whole=[[1]])), "salt is a number": json.dumps(hostile(salt=1)),
    "lengths are words": json.dumps(hostile(lengths=["a"])), "length is none": json.dumps(hostile(lengths=[0, -1])), "length is huge": json.dumps(hostile(lengths=[10**9])),
    "at is a number": json.dumps(hostile(at=5)), "at is no moment": json.dumps(hostile(at="yesterday")),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_log_that_is_not_ours_is_refused_in_words_and_nothing_is_erased(own, name):
    folder = erasure_log.folder()
    folder.mkdir(parents=True)
    (folder / f"{'0' * 32}.json").write_text(BAD[name])
    with pytest.raises(CommandError, match="no record of an erasure"):
        call_command("reapply_erasures")
    assert not Erasure.objects.exists()


def test_a_link_or_a_pipe_is_no_log(own):
    folder = erasure_log.folder()
    folder.mkdir(parents=True)
    path = folder / f"{'0' * 32}.json"
    for kind in ("device", "pipe"):
        path.symlink_to("/dev/zero") if kind == "device" else os.mkfifo(path)
        with pytest.raises(CommandError, match="no record of an erasure"):
            call_command("reapply_erasures")
        path.unlink()


def test_a_log_file_under_another_name_or_of_an_account_that_is_not_there_erases_nothing_else(own, foreign):
    folder = erasure_log.folder()
    folder.mkdir(parents=True)
    (folder / f"{'1' * 32}.json").write_text(json.dumps(hostile(uid="1" * 32, contact_id=contact_of(own).pk, account_id=foreign.account.pk)))
    reapply(AS_OF)
    assert contact_of(own).name != "Erased person" and contact_of(foreign).name != "Erased person"


def test_a_preservation_hold_is_not_released_by_a_person_of_another_portfolio_nor_passed_by(browser, own, foreign):
    contact = contact_of(foreign)
    browser(foreign.hand_to("legal_approver")).act(f"/admin/account/{foreign.account.pk}/preserve/", {"reason": "court"})
    assert browser(own.desk.legal).act(f"/admin/account/{foreign.account.pk}/preserve/", {"step": "release", "reason": "x"}).status_code == 404
    answer = browser(foreign.desk.finance).act(f"/admin/contact/{contact.pk}/erase/", {"sure": "yes"})
    contact.refresh_from_db()
    assert answer.status_code == 409 and contact.email == EMAIL


