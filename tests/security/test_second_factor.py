"""A stolen password alone opens nothing, and high acts ask again who is there; what was typed goes on."""

from __future__ import annotations

import base64
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse

from collections_site.sign_in import gate, visit
from governance import clock, sealing, second_factor
from governance.decisions import NotAllowed
from governance.models import Authenticator, Event, RecoveryCode, RoleRequest, User
from tests.factories import make_account, make_portfolio, make_user
from tests.security.factors import PASSWORD, code_of, enrolled, password_given

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked_for(settings):
    settings.SECOND_FACTOR, settings.DEMO_MODE = True, False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow hash is not what is tested


@pytest.fixture
def person():
    return make_user("finance_approver", username="ana", password=PASSWORD)


def signed_in(user):
    row, _ = enrolled(user)
    client = password_given(user)
    assert client.post(reverse("admin:second_factor"), {"code": code_of(row)}).status_code == 302
    return client


def test_without_one_the_sign_in_leads_to_setting_it_up_and_nothing_else(person):
    account, client = make_account(name="Canary Ltd"), password_given(person)
    for url in ("/admin/", reverse("admin:account_page", args=[account.pk]), "/admin/search/?q=Canary", "/admin/preferences/", "/admin/accounts/account/"):
        answer = client.get(url)
        assert answer.status_code == 302 and answer.url.startswith(reverse("admin:second_factor")), url
    assert client.post(reverse("admin:put_hold", args=[account.pk]), {"reason": "x"}).status_code == 302
    page = client.get(reverse("admin:second_factor")).content.decode()
    assert "Set up a second factor" in page and "Canary" not in page and 'id="side"' not in page
    assert not Event.objects.filter(action="hold.put").exists()


def test_every_address_of_the_desk_is_closed_until_then(person):
    """Each one but those that sign in, sign out and set it up; the walk asks the resolver, so a new page is closed too."""
    client = password_given(person)
    walked = 0
    for name in sorted(n for n in get_resolver().namespace_dict["admin"][1].reverse_dict if isinstance(n, str)):
        if name in gate.OPEN:
            continue
        for args in ([], [1], ["1"], [1, 1], ["person", 1], ["x"]):
            try:
                url = reverse(f"admin:{name}", args=args)
            except Exception:
                continue
            answer = client.get(url)
            assert answer.status_code == 302 and answer.url.startswith(reverse("admin:second_factor")), (name, answer.status_code)
            walked += 1
            break
    assert walked > 100


def test_setting_it_up_takes_a_right_code_and_shows_the_recovery_codes_once(person):
    client = password_given(person)
    client.get(reverse("admin:second_factor"))
    row = Authenticator.objects.get(user=person)
    wrong = client.post(reverse("admin:second_factor"), {"code": "000000" if code_of(row) != "000000" else "111111"})
    assert wrong.status_code == 409 and client.get("/admin/").status_code == 302
    Authenticator.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    page = client.post(reverse("admin:second_factor"), {"code": code_of(row)})
    assert page.status_code == 200 and RecoveryCode.objects.filter(user=person).count() == 10
    assert client.get("/admin/").status_code == 200
    assert "recovery codes left" in client.get(reverse("admin:second_factor")).content.decode()
    assert Event.objects.filter(action="rights.second_factor_set", actor_id=person.pk).count() == 1


def test_the_next_sign_in_asks_for_a_code_and_none_opens_twice(person):
    row, _ = enrolled(person)
    client, code = password_given(person), code_of(row)
    assert client.get("/admin/").status_code == 302
    assert client.post(reverse("admin:second_factor"), {"code": code, "next": "/admin/preferences/"}).url == "/admin/preferences/"
    assert client.get("/admin/").status_code == 200
    thief = password_given(person)
    assert thief.post(reverse("admin:second_factor"), {"code": code}).status_code == 409
    assert thief.get("/admin/").status_code == 302


def test_it_leads_nowhere_outside(person):
    row, _ = enrolled(person)
    client = password_given(person)
    assert client.post(reverse("admin:second_factor"), {"code": code_of(row), "next": "https://evil.example/"}).url == "/admin/"


def test_wrong_codes_are_throttled_so_that_the_right_one_comes_too_soon(person):
    row, _ = enrolled(person)
    for _ in range(4):
        assert not second_factor.verify(person, "000001", at=clock.now())
        Authenticator.objects.update(throttling_failure_timestamp=clock.now() - timedelta(days=1))
    Authenticator.objects.update(throttling_failure_timestamp=clock.now())
    assert not second_factor.verify(person, code_of(row), at=clock.now())
    Authenticator.objects.update(throttling_failure_timestamp=clock.now() - timedelta(minutes=5))
    assert second_factor.verify(person, code_of(row), at=clock.now())


def test_a_recovery_code_opens_one_sign_in_and_only_its_owners(person):
    _, codes = enrolled(person)
    other = make_user("reviewer", username="ben", password=PASSWORD)
    enrolled(other)
    assert not second_factor.verify(other, codes[0], at=clock.now())
    assert second_factor.verify(person, codes[0].upper(), at=clock.now())
    assert not second_factor.verify(person, codes[0], at=clock.now())
    assert Event.objects.filter(action="rights.recovery_code_used", actor_id=person.pk).count() == 1


def test_neither_secret_nor_recovery_code_lies_readable_in_the_database(person, settings):
    row, codes = enrolled(person)
    secret = sealing.unseal(row.secret)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM governance_authenticator")
        stored = str(cursor.fetchall())
        cursor.execute("SELECT * FROM governance_recoverycode")
        stored += str(cursor.fetchall())
    for shape in (base64.b32encode(secret).decode(), secret.hex(), *codes, *[c.replace("-", "") for c in codes]):
        assert shape not in stored
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key that is long enough to be one", [settings.SECRET_KEY]
    assert second_factor.verify(person, code_of(row), at=clock.now())
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(row.secret)


def test_who_neither_approves_nor_administers_needs_none(settings):
    for role, asked in (("leadership", False), (None, False), ("reviewer", True), ("compliance_auditor", True), ("policy_admin", True), ("system_admin", True)):
        user = make_user(role, username=f"u-{role}", password=PASSWORD)
        assert (password_given(user).get("/admin/").status_code == 302) == asked, role
    settings.SECOND_FACTOR = False
    assert password_given(User.objects.get(username="u-reviewer")).get("/admin/").status_code == 200


def test_a_role_given_during_the_visit_closes_the_gate_on_the_next_click():
    user = make_user(username="new", password=PASSWORD)
    client = password_given(user)
    assert client.get("/admin/").status_code == 200
    from tests.factories import grant

    grant(user, "reviewer")
    assert client.get("/admin/").status_code == 302


def test_another_administrator_resets_a_lost_phone_and_the_open_visit_ends_with_it(person, settings):
    client, boss = signed_in(person), signed_in(make_user("system_admin", username="boss", password=PASSWORD))
    assert client.get("/admin/").status_code == 200
    url = reverse("admin:reset_second_factor", args=[person.pk])
    boss.post(url, {"reason": ""})
    assert Authenticator.objects.filter(user=person).exists()
    boss.post(url, {"reason": "phone lost, called back"})
    assert not Authenticator.objects.filter(user=person).exists() and not RecoveryCode.objects.filter(user=person).exists()
    assert client.get("/admin/").url.startswith(reverse("admin:second_factor"))
    assert Event.objects.filter(action="rights.second_factor_reset", subject_id=person.pk).count() == 1


def test_nobody_resets_their_own_and_an_administrator_of_one_portfolio_nobody_elsewhere(person):
    boss, local = make_user("system_admin"), make_user("system_admin", make_portfolio())
    for user in (boss, person):
        enrolled(user)
    for by, whom in ((boss, boss), (local, person), (person, boss)):
        with pytest.raises(NotAllowed):
            second_factor.reset(whom, "lost", by=by, at=clock.now())
    assert Authenticator.objects.count() == 2


def test_whoever_has_none_yet_is_known_by_name(person):
    make_user("leadership")
    assert second_factor.people_without([]) == [person]
    enrolled(person)
    assert second_factor.people_without([]) == []


# --- who is there? ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def asks_again(settings):
    settings.PROVE_AGAIN_SECONDS = 600


def long_ago(client):
    session = client.session
    session[visit.PROVED] = time.time() - 601
    session.save()


def test_a_high_act_asks_again_after_a_while_and_then_goes_on_with_what_was_typed(asks_again):
    boss = make_user("system_admin", username="boss", password=PASSWORD)
    client, colleague = signed_in(boss), make_user()
    form = {"role": "reviewer", "user": colleague.pk, "portfolio": "all", "reason": "joins the team & more", "sure": "1"}
    long_ago(client)
    asked = client.post(reverse("admin:give_role"), form)
    page = asked.content.decode()
    assert asked.status_code == 403 and "Who is there?" in page and 'value="joins the team &amp; more"' in page
    assert not RoleRequest.objects.exists()
    again = {**form, "again": "1", "again_password": "wrong"}
    assert client.post(reverse("admin:give_role"), again).status_code == 403 and not RoleRequest.objects.exists()
    assert client.post(reverse("admin:give_role"), {**again, "again_password": PASSWORD}).status_code == 302
    assert RoleRequest.objects.get().reason == "joins the team & more"
    other = {**form, "user": make_user().pk}
    assert client.post(reverse("admin:give_role"), other).status_code == 302


def test_a_code_of_the_app_shows_it_too_and_low_acts_are_not_asked(asks_again):
    boss = make_user("system_admin", username="boss", password=PASSWORD)
    client = signed_in(boss)
    long_ago(client)
    Authenticator.objects.update(last_step=-1)
    assert client.post("/admin/preferences/", {"density": "compact", "time_zone": "UTC"}).status_code in (200, 302)
    form = {"role": "reviewer", "user": make_user().pk, "portfolio": "all", "reason": "joins", "sure": "1", "again": "1"}
    assert client.post(reverse("admin:give_role"), {**form, "again_code": code_of(Authenticator.objects.get(user=boss))}).status_code == 302
    assert RoleRequest.objects.count() == 1


@pytest.mark.parametrize("name", sorted(gate.HIGH))
def test_every_high_act_is_an_address_of_the_desk(name):
    assert name in get_resolver().namespace_dict["admin"][1].reverse_dict


def test_a_forged_form_never_reaches_the_question(asks_again):
    boss = make_user("system_admin", username="boss", password=PASSWORD)
    client = Client(enforce_csrf_checks=True)
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    assert "Who is there?" not in client.post(reverse("admin:give_role"), {"role": "reviewer", "again": "1", "again_password": PASSWORD}).content.decode()
