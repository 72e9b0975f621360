"""Single sign-on against a real provider on a socket: discovery, authorize, token, keys and user page, signed with RS256."""

from __future__ import annotations

import threading
import time

import pytest
from django.test import Client
from django.urls import reverse

from governance.models import AllPortfoliosGrant, User
from governance.rights import scope_of
from tests.factories import make_user
from tests.security.identity_provider import KEY, OTHER_KEY, Provider, at_provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings):
    server = Provider()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET, settings.OIDC_NAME = server.issuer, "desk", "secret", "Desk Login"
    settings.DEMO_MODE = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow hash is not what is tested
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def ana():
    return make_user("reviewer", username="ana", email="Ana@desk.example")


def back(client, **extra):
    started = client.get(reverse("admin:single_sign_on"), extra)
    assert started.status_code == 302, started.content
    return at_provider(started.url)


def sign_in(client, **extra):
    return client.get(back(client, **extra))


def inside(client):
    return client.get("/admin/").status_code == 200


def test_a_known_person_signs_in_and_goes_where_they_were_going(provider, ana):
    client = Client()
    assert sign_in(client, next="/admin/preferences/").url == "/admin/preferences/"
    assert inside(client) and int(client.session["_auth_user_id"]) == ana.pk
    asked = provider.asked[0]
    assert asked["code_challenge_method"] == "S256" and asked["nonce"] and asked["state"] and set(asked["scope"].split()) == {"openid", "email", "profile"}


def test_it_leads_nowhere_outside(provider, ana):
    client = Client()
    assert sign_in(client, next="https://evil.example/").url == "/admin/"


def test_nobody_is_created_and_no_role_is_given(provider):
    outsider = make_user(username="ana", email="ana@desk.example")
    client = Client()
    sign_in(client)
    assert inside(client) and scope_of(outsider).all_roles == frozenset()
    provider.claims = {"sub": "u2", "email": "new@desk.example", "email_verified": True, "groups": ["system_admin"], "roles": ["system_admin"]}
    assert sign_in(Client()).status_code == 403
    assert User.objects.count() == 1 and not AllPortfoliosGrant.objects.exists()


LIES = {
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "somebody-else"},
    "an old token": {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200},
    "another nonce": {"nonce": "replayed"},
    "no nonce": {"nonce": None},
    "an unverified address": {"email_verified": False},
    "an address nobody says is verified": {"email_verified": None},
    "a verification that is only a word": {"email_verified": "true"},
    "no subject": {"sub": None},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_with_something_wrong_signs_nobody_in(provider, ana, lie):
    provider.lies = LIES[lie]
    client = Client()
    answer = sign_in(client)
    assert answer.status_code == 403 and "did not work" in answer.content.decode()
    assert not inside(client)


def test_a_token_signed_by_another_key_or_by_none_signs_nobody_in(provider, ana):
    for key, header in ((OTHER_KEY, {"alg": "RS256", "kid": "k1"}), (KEY, {"alg": "none"})):
        provider.key, provider.header = key, header
        client = Client()
        assert sign_in(client).status_code == 403 and not inside(client)


def test_a_provider_that_calls_itself_by_another_name_is_not_asked(provider, ana):
    provider.metadata = {"issuer": "https://evil.example"}
    assert Client().get(reverse("admin:single_sign_on")).status_code == 403
    assert not provider.asked


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(provider, ana):
    client, thief = Client(), Client()
    url = back(client)
    assert thief.get(url).status_code == 403 and not inside(thief)
    assert client.get(url).status_code == 302
    client.post("/admin/logout/")
    assert client.get(url).status_code == 403 and not inside(client)
    other = back(client)
    assert client.get(other.split("state=")[0] + "state=guessed").status_code == 403


@pytest.mark.parametrize("state", [{"is_active": False}, {"is_service": True}])
def test_who_was_switched_off_and_a_machine_do_not_sign_in(provider, ana, state):
    User.objects.filter(pk=ana.pk).update(**state)
    client = Client()
    assert sign_in(client).status_code == 403 and not inside(client)


def test_who_is_switched_off_during_the_visit_is_out_on_the_next_click(provider, ana):
    client = Client()
    sign_in(client)
    assert inside(client)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert not inside(client)


def test_an_address_that_two_people_share_signs_neither_in(provider, ana):
    make_user("finance_approver", email="ana@desk.example")
    assert sign_in(Client()).status_code == 403


def test_the_user_page_is_asked_where_the_token_names_no_address_and_must_speak_of_the_same_person(provider, ana):
    provider.claims = {"sub": "u1"}
    provider.user_page = {"sub": "u2", "email": "ana@desk.example", "email_verified": True}
    assert sign_in(Client()).status_code == 403
    provider.user_page["sub"] = "u1"
    assert sign_in(Client()).status_code == 302


def test_a_provider_that_is_down_is_said_in_words(provider, ana, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    answer = Client().get(reverse("admin:single_sign_on"))
    assert answer.status_code == 403 and "Begin again" in answer.content.decode() and "127.0.0.1" not in answer.content.decode()


def test_the_second_factor_is_asked_for_unless_the_providers_own_is_trusted_and_was_used(provider, ana, settings):
    settings.SECOND_FACTOR = True
    client = Client()
    sign_in(client)
    assert not inside(client)
    provider.claims["amr"] = ["pwd", "mfa"]
    client = Client()
    sign_in(client)
    assert not inside(client)
    settings.OIDC_TRUST_MFA = True
    client = Client()
    sign_in(client)
    assert inside(client)
    provider.claims["amr"] = ["pwd"]
    client = Client()
    sign_in(client)
    assert not inside(client)


def test_a_sign_in_of_this_morning_is_no_fresh_proof_for_a_high_act(provider, settings):
    settings.PROVE_AGAIN_SECONDS = 600
    make_user("system_admin", email="ana@desk.example")
    form = {"role": "reviewer", "user": make_user().pk, "portfolio": "all", "reason": "joins", "sure": "1"}
    provider.lies = {"auth_time": int(time.time()) - 3600}
    client = Client()
    sign_in(client)
    assert client.post(reverse("admin:give_role"), form).status_code == 403
    provider.lies = {}
    sign_in(client, again="1")
    assert provider.asked[-1]["prompt"] == "login" and provider.asked[-1]["max_age"] == "0"
    assert client.post(reverse("admin:give_role"), form).status_code == 302


def test_with_passwords_switched_off_it_is_the_only_way_in(provider, ana, settings):
    ana.set_password("a long enough phrase 7")
    ana.save()
    page = Client().get("/admin/login/").content.decode()
    assert "Desk Login" in page and 'type="password"' in page
    settings.PASSWORD_SIGN_IN = False
    client = Client()
    page = client.get("/admin/login/").content.decode()
    assert "Desk Login" in page and 'type="password"' not in page
    assert client.post("/admin/login/", {"username": "ana", "password": "a long enough phrase 7"}).status_code == 403
    again = {"again": "1", "again_username": "ana", "again_password": "a long enough phrase 7", "density": "compact"}
    assert client.post("/admin/preferences/", again).status_code == 403
    assert not inside(client)
    assert sign_in(client).status_code == 302 and inside(client)


def test_without_a_provider_its_addresses_do_not_exist(settings):
    settings.OIDC_ISSUER = ""
    for name in ("single_sign_on", "single_sign_on_done"):
        assert Client().get(reverse(f"admin:{name}")).status_code == 404
    assert "single-sign-on" not in Client().get("/admin/login/").content.decode()
