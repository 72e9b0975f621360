"""A real server on a real port, spoken to with raw requests that no browser would send."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest

from drafts.models import Delivery
from governance.models import Approval
from tests.drafts.scene import routine_case
from tests.security.conftest import Browser

pytestmark = pytest.mark.django_db(transaction=True)


def ask(server, method, target, headers=None, body=None):
    """One request whose target is sent exactly as given."""
    address = urlsplit(server.url)
    line = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    line.putrequest(method, target, skip_host=True)
    for name, value in {"Host": address.netloc, **(headers or {})}.items():
        line.putheader(name, value)
    line.putheader("Content-Length", str(len(body or b"")))
    line.endheaders(body)
    answer = line.getresponse()
    content = answer.read()
    line.close()
    return answer, content


OUTSIDE = [
    "/static/../../../../etc/passwd", "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/static/..%2f..%2fsettings.py", "/static/desk/../../settings.py",
    "/static//etc/passwd", "/static/desk/%00", "/.git/config", "/var/secret_key", "/uploads/", "/media/imports/", "/static/desk/desk.css/..%2f..%2f..%2fsettings.py",
]  # fmt: skip


@pytest.mark.parametrize("target", OUTSIDE)
def test_no_file_outside_the_static_ones_is_served(live_server, target):
    answer, content = ask(live_server, "GET", target)
    assert answer.status != 200, target  # the test server answers suspicious paths with 500, the site with 400
    assert b"root:" not in content and b"SECRET_KEY" not in content and b"[core]" not in content


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "APPROVE", "GET "])
def test_odd_methods_approve_nothing(live_server, method):
    case = routine_case()
    session = Browser(case.desk.reviewer).cookies["sessionid"].value
    cookies = {"Cookie": f"sessionid={session}"}
    try:
        answer, _ = ask(live_server, method, f"/admin/drafts/followup/{case.follow_up.pk}/approve/", cookies)
        assert answer.status in (400, 403, 405, 501)
    except (ValueError, http.client.HTTPException):
        pass  # the client itself refuses to write such a line
    assert not Approval.objects.exists()


def test_a_cross_site_form_is_refused_although_the_session_travels_with_it(live_server):
    """A page elsewhere can make a browser post with its cookies; it cannot read the token."""
    case = routine_case()
    session = Browser(case.desk.reviewer).cookies["sessionid"].value
    body = f"fingerprint={case.draft.fingerprint}&version={case.follow_up.version}".encode()
    headers = {"Cookie": f"sessionid={session}", "Content-Type": "application/x-www-form-urlencoded", "Origin": "https://evil.example"}
    for extra in ({}, {"Cookie": f"sessionid={session}; csrftoken={'a' * 32}", "X-CSRFToken": "a" * 32}):
        answer, _ = ask(live_server, "POST", f"/admin/drafts/followup/{case.follow_up.pk}/approve/", {**headers, **extra}, body)
        assert answer.status == 403
    assert not Approval.objects.exists()
    assert not Delivery.objects.exists()


def test_a_foreign_origin_is_refused_even_with_a_good_token(live_server):
    case = routine_case()
    client = Browser(case.desk.reviewer)
    token = client.token()
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    body = f"fingerprint={case.draft.fingerprint}&csrfmiddlewaretoken={token}".encode()
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    url = f"/admin/drafts/followup/{case.follow_up.pk}/approve/"
    assert ask(live_server, "POST", url, {**headers, "Origin": "https://evil.example"}, body)[0].status == 403
    assert not Approval.objects.exists()
    assert ask(live_server, "POST", url, headers, body)[0].status == 302
    assert Approval.objects.count() == 1


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(live_server):
    answer, _ = ask(live_server, "GET", "/admin/login/")
    cookies = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    assert cookies
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


def test_the_health_page_says_ok_or_not_and_nothing_else(live_server):
    answer, content = ask(live_server, "GET", "/readyz")
    assert (answer.status, content) == (200, b'{"ok": true}')
