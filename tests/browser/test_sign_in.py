"""Signing in as a person does it: with a keyboard, a password manager, a phone, and a visit that ends while something is typed."""

from __future__ import annotations

import time

import pytest
from django.urls import reverse
from django_otp.oath import TOTP

from governance import sealing
from governance.models import Authenticator, User
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long enough phrase 7"


@pytest.fixture
def visitor(browser, live_server):
    contexts = []

    def open_page(width=1440, scheme="light"):
        context = browser.new_context(base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def code_of(user):
    totp = TOTP(sealing.unseal(Authenticator.objects.get(user=user).secret))
    totp.time = time.time()
    return f"{totp.token():06d}"


def no_sideways_scroll(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_d7_a_wrong_password_is_announced_with_the_focus_on_it_and_the_form_fits_a_password_manager(visitor):
    make_user("reviewer", username="ana", password=PASSWORD)
    page = visitor(320)
    page.goto("/admin/login/")
    assert page.get_attribute("#id_username", "autocomplete") == "username"
    assert page.get_attribute("#id_password", "autocomplete") == "current-password"
    page.fill("#id_username", "ana")
    page.fill("#id_password", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert page.evaluate("document.activeElement.id") == "problem"
    assert no_sideways_scroll(page)


def test_the_password_can_be_shown_and_pasted(visitor):
    page = visitor()
    page.goto("/admin/login/")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Show password").click()
    assert page.get_attribute("#id_password", "type") == "text"
    page.get_by_role("button", name="Hide password").click()
    assert page.get_attribute("#id_password", "type") == "password" and page.input_value("#id_password") == PASSWORD
    pasted = "const e = new ClipboardEvent('paste', {bubbles: true, cancelable: true}); document.getElementById('id_password').dispatchEvent(e)"
    assert page.evaluate(pasted) is True


def test_a_second_factor_is_set_up_and_used(visitor, settings):
    settings.SECOND_FACTOR = True
    user = make_user("reviewer", username="ana", password=PASSWORD)
    page = visitor(320, "dark")
    page.goto("/admin/login/")
    page.fill("#id_username", "ana")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#code")
    assert page.evaluate("document.querySelector('main img').naturalWidth") > 100 and no_sideways_scroll(page)
    assert page.locator("#container").bounding_box()["width"] == 320  # nothing of a phone's width is given away beside the card
    page.fill("#code", code_of(user))
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Recovery codes")
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/admin/")
    assert page.query_selector("#find")


def test_two_minutes_before_its_end_the_visit_can_be_prolonged_and_what_is_typed_stays(visitor, settings):
    settings.SESSION_COOKIE_AGE = 140  # the warning comes after twenty seconds
    make_user("reviewer", username="ana", password=PASSWORD)
    page = visitor()
    page.goto("/admin/login/")
    page.fill("#id_username", "ana")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#find")
    page.fill("#find", "typed before the warning")
    page.wait_for_selector("#stay[open]", timeout=60_000)
    settings.SESSION_COOKIE_AGE = 8 * 3600
    with page.expect_response("**" + reverse("admin:stay")) as answer:
        page.get_by_role("button", name="Stay signed in").click()
    assert answer.value.json()["left"] > 3600
    assert page.input_value("#find") == "typed before the warning" and not page.query_selector("#stay[open]")


def test_a_form_sent_after_the_end_of_the_visit_goes_on_after_signing_in_on_the_spot(visitor):
    user = make_user("reviewer", username="ana", password=PASSWORD)
    page = visitor()
    page.goto("/admin/login/")
    page.fill("#id_username", "ana")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#find")
    page.goto("/admin/preferences/")
    page.select_option("#density", "compact")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save").click()
    page.fill("#again_username", "ana")
    page.fill("#again_password", PASSWORD)
    page.get_by_role("button", name="Sign in and go on").click()
    page.wait_for_selector("#find")
    assert User.objects.get(pk=user.pk).density == "compact"
