"""Single sign-on against a real provider on a socket: discovery, authorize, token, keys and user page, signed with RS256."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.test import Client
from django.urls import reverse

from governance.models import AllPortfoliosGrant, User
from governance.rights import scope_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db
KEY, OTHER_KEY = (rsa.generate_private_key(65537, 2048) for _ in range(2))


def b64(raw):
    return base64.urlsafe_b64encode(raw if isinstance(raw, bytes) else json.dumps(raw).encode()).rstrip(b"=").decode()


def whole(number):
    return b64(number.to_bytes((number.bit_length() + 7) // 8, "big"))


class Provider(ThreadingHTTPServer):
    """A small OpenID provider that signs in whom the test says, honestly unless told otherwise."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.codes, self.asked = {}, []
        self.claims = {"sub": "u1", "email": "ana@desk.example", "email_verified": True}
        self.user_page = {}
        self.lies = {}  # claims of the token that differ from what is right
        self.metadata = {}
        self.header = {"alg": "RS256", "kid": "k1"}
        self.key = KEY
        self.public = KEY.public_key().public_numbers()

    def token(self, nonce):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "desk", "iat": now, "exp": now + 300, "nonce": nonce, "auth_time": now, **self.claims, **self.lies}
        body = f"{b64(self.header)}.{b64({k: v for k, v in claims.items() if v is not None})}"
        if self.header["alg"] == "none":
            return f"{body}."
        return f"{body}.{b64(self.key.sign(body.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


class Handler(BaseHTTPRequestHandler):
    """The five addresses."""

    def log_message(self, *args):
        """Quiet."""

    def answer(self, told, status=200):
        raw = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def do_GET(self):
        own, url = self.server, urlsplit(self.path)
        asked = {k: v[0] for k, v in parse_qs(url.query).items()}
        if url.path == "/.well-known/openid-configuration":
            ends = {f"{n}_endpoint": f"{own.issuer}/{n}" for n in ("authorization", "token", "userinfo")}
            self.answer({"issuer": own.issuer, **ends, "jwks_uri": f"{own.issuer}/keys", "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"], **own.metadata})
        elif url.path == "/keys":
            self.answer({"keys": [{"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS256", "n": whole(own.public.n), "e": whole(own.public.e)}]})
        elif url.path == "/authorization":
            own.asked.append(asked)
            code = secrets.token_hex(8)
            own.codes[code] = asked
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?code={code}&state={asked['state']}")
            self.end_headers()
        elif url.path == "/userinfo":
            self.answer(own.user_page)
        else:
            self.answer({}, 404)

    def do_POST(self):
        own = self.server
        form = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        asked = own.codes.pop(form.get("code", ""), None)
        challenge = b64(__import__("hashlib").sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or asked.get("code_challenge") != challenge or asked["redirect_uri"] != form.get("redirect_uri"):
            self.answer({"error": "invalid_grant"}, 400)
            return
        self.answer({"access_token": "t", "token_type": "Bearer", "expires_in": 300, "id_token": own.token(asked.get("nonce"))})


class Stay(HTTPRedirectHandler):
    """A browser that shows where it is sent instead of going there."""

    def redirect_request(self, *args, **kwargs):
        return None


def at_provider(url):
    """Where the provider sends the browser back to."""
    try:
        build_opener(Stay).open(url, timeout=10)
    except Exception as error:
        return error.headers["Location"]
    raise AssertionError("the provider did not send back")


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
