"""Signing in, roles and their grants, the demo's own pages, and the policy every answer carries."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as live
from django.test import Client
from django.urls import reverse

from collections_site.demo.people import PEOPLE
from drafts import states
from governance import clock
from governance.models import AllPortfoliosGrant, Installation, User
from tests.drafts.scene import AS_OF, Desk, routine_case, stop_clock
from tests.factories import grant, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"


def test_outside_a_demo_the_page_has_no_demo_name_no_button_and_no_demo_address():
    page = Client().get(LOGIN).content.decode()
    assert "Enter as" not in page and "demo" not in page.lower().replace("democra", "")
    user = make_user("reviewer")
    client = Client()
    assert client.post("/admin/demo/enter/", {"user": user.pk}).status_code == 404
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("demo_outbox", "demo_jump"):
        assert client.post(reverse(f"admin:{name}")).status_code in (404, 405), name
        assert client.get(reverse(f"admin:{name}")).status_code in (404, 405), name


def test_demo_mode_on_a_production_database_gives_no_demo_pages(settings):
    settings.DEMO_MODE = True
    Installation.objects.update_or_create(pk=1, defaults={"kind": "production", "clock_offset_seconds": 0})
    assert Client().post("/admin/demo/enter/", {"user": make_user("reviewer").pk}).status_code == 404


def test_in_a_demo_each_of_the_nine_roles_enters_with_one_button(settings):
    stop_clock(settings)
    for person in PEOPLE:
        grant(make_user(username=person.username, first_name=person.first_name, last_name=person.last_name), person.role)
    page = Client().get(LOGIN).content.decode()
    assert len(re.findall(r'class="person"', page)) == 9
    homes = set()
    for person in PEOPLE:
        client = Client()
        client.post("/admin/demo/enter/", {"user": User.objects.get(username=person.username).pk})
        home = client.get("/admin/")
        assert home.status_code == 200 and person.role_label in home.content.decode()
        homes.add(tuple(sorted(key for key in ("work", "decisions", "compliance", "leadership", "policy", "system") if home.context.get(key))))
    assert len(homes) >= 6


def test_switching_role_is_a_new_session_and_only_to_the_demos_people(settings):
    stop_clock(settings)
    jonas, outsider = make_user(username="jonas"), make_user()
    client = Client()
    client.post("/admin/demo/enter/", {"user": jonas.pk})
    first = client.session.session_key
    assert client.post("/admin/demo/enter/", {"user": outsider.pk}).status_code == 404
    client.post("/admin/demo/enter/", {"user": jonas.pk})
    assert client.session.session_key != first
    assert client.get("/admin/demo/enter/").status_code == 405


def test_the_demo_outbox_shows_exactly_the_approved_bytes_after_the_jump_to_the_leaving_time(settings):
    stop_clock(settings)
    settings.MAIL_TRANSPORT = "outbox"
    case = routine_case()
    delivery = case.approve()
    client = Client()
    client.force_login(case.desk.reviewer, backend="django.contrib.auth.backends.ModelBackend")
    assert "Nothing has left yet" in client.get("/admin/demo/outbox/").content.decode()
    client.post("/admin/demo/jump/")
    delivery.refresh_from_db()
    assert delivery.state == states.ACCEPTED and clock.now() >= delivery.leaves_at
    raw = client.get(f"/admin/demo/outbox/{delivery.pk}/", {"raw": 1})
    assert raw.content == delivery.mime.encode("ascii")
    assert "Nothing waits to leave" in client.post("/admin/demo/jump/", follow=True).content.decode()


def test_a_wrong_password_is_said_without_telling_whether_the_person_exists():
    make_user("reviewer", username="real", password="a long pass phrase 1")
    answers = {
        re.sub(r'value="[^"]*"', "", Client().post(LOGIN, {"username": name, "password": "wrong"}).content.decode())
        for name in ("real", "nobody")
    }
    assert len(answers) == 1 and 'role="alert"' in answers.pop()


def test_a_person_needs_no_staff_flag_and_a_service_account_cannot_sign_in():
    make_user("reviewer", username="person", password="a long pass phrase 1", is_staff=False)
    make_user(username="machine", password="a long pass phrase 1", is_service=True, is_staff=True)
    client = Client()
    assert client.post(LOGIN, {"username": "person", "password": "a long pass phrase 1"}).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert Client().post(LOGIN, {"username": "machine", "password": "a long pass phrase 1"}).status_code == 200


def test_every_answer_carries_the_strict_policy_and_no_inline_script_or_style(signed_in, at_as_of):
    case = routine_case()
    client = signed_in(case.desk.reviewer)
    pages = [LOGIN, "/admin/", "/admin/drafts/followup/", reverse("admin:review", args=[case.follow_up.pk]), "/admin/accounts/account/"]
    for url in [*pages, reverse("admin:account_page", args=[case.account.pk]), "/admin/preferences/", "/admin/nowhere/"]:
        answer = client.get(url)
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "style-src 'self'" in policy and "unsafe" not in policy, url
        page = answer.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"|javascript:", page), url
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page), url


def test_the_theme_stays_within_its_weight():
    folder = live.BASE_DIR / "collections_site" / "static" / "desk"
    assert (folder / "desk.css").stat().st_size <= 25 * 1024
    assert sum(path.stat().st_size for path in folder.glob("*.js")) <= 15 * 1024
    assert not re.search(r"@import|url\(\s*['\"]?(?:https?:)?//", (folder / "desk.css").read_text())


@pytest.mark.parametrize("role", ["reviewer", "finance_approver", "compliance_auditor", "leadership", "policy_admin", None])
def test_nobody_else_grants_roles_or_changes_people_superuser_or_not(signed_in, role):
    person = make_user(role, is_superuser=True, is_staff=True)
    client = signed_in(person)
    for model in ("portfoliousergrant", "allportfoliosgrant", "portfoliogroupgrant", "user", "portfolio"):
        assert client.post(reverse(f"admin:governance_{model}_add"), {}).status_code == 403, model
    assert client.post(reverse("admin:give_role"), {"sure": "1"}).status_code == 403
    assert client.post(reverse("admin:governance_user_change", args=[person.pk]), {"username": "x"}).status_code == 403
    assert AllPortfoliosGrant.objects.count() == (1 if role else 0)


def test_governed_rows_cannot_be_added_changed_or_deleted_on_any_model_page(signed_in, at_as_of):
    from django.contrib import admin

    from governance.admin.base import ReadOnlyAdmin

    case = routine_case()
    client = signed_in(case.desk.finance)
    open_to_administrators = {"user", "portfolio"}
    for model, model_admin in admin.site._registry.items():
        assert isinstance(model_admin, ReadOnlyAdmin), model
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if model._meta.model_name in open_to_administrators:
            continue
        assert client.post(reverse(f"{name}_add"), {}).status_code == 403, model
        row = model.objects.first()
        if row is not None:
            assert client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code in (403, 404, 302), model
            client.post(reverse(f"{name}_change", args=[row.pk]), {"status": "sent", "name": "x"})
            assert model.objects.filter(pk=row.pk).exists()
    assert case.follow_up.status == states.READY


def test_preferences_are_a_persons_own_and_letters_can_be_switched_off(signed_in, at_as_of):
    case = routine_case()
    client = signed_in(case.desk.reviewer)
    client.post("/admin/preferences/", {"density": "compact", "time_zone": "Europe/Madrid"})
    user = User.objects.get(pk=case.desk.reviewer.pk)
    assert (user.letter_keys, user.density, user.time_zone) == (False, "compact", "Europe/Madrid")
    assert 'data-letters="off"' in client.get(reverse("admin:review", args=[case.follow_up.pk])).content.decode()
    client.post("/admin/preferences/", {"time_zone": "Moon/Base", "letter_keys": "on"})
    assert User.objects.get(pk=user.pk).time_zone == "Europe/Madrid"


def test_the_auditor_verifies_the_record_and_nobody_else(signed_in, at_as_of):
    routine_case()
    auditor, desk = make_user("compliance_auditor"), Desk()
    page = signed_in(auditor).post("/admin/record/verify/", follow=True).content.decode()
    assert "Verified now" in page
    assert signed_in(desk.reviewer).post("/admin/record/verify/").status_code == 403
    assert AS_OF
