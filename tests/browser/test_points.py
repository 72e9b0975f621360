"""Points of the screens that no other file of this folder tries: health, sign-in. R1 and R6 are in test_health, D7 in test_sign_in, D1, D3 and
D6 in tests/site/test_demo_book, D5 in tests/site/test_demo_tour, DE1 to DE3 in test_decisions."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from collections_site.demo.people import PEOPLE
from collections_site.health.look import look
from collections_site.provider.recorded import answerer
from collections_site.provider.server import Provider
from drafts import states, sweeping
from drafts.generation import runner
from drafts.models import Draft
from drafts.preparation import prepare_accounts
from governance import policies
from governance.models import Installation, PolicyVersion
from governance.roles import ALL_ROLES
from tests.drafts.scene import AS_OF, Desk, routine_case
from tests.factories import grant, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]


def review_of(case):
    return reverse("admin:review", args=[case.follow_up.pk])


def test_r2_a_source_whose_limit_was_removed_is_not_set_up_and_nothing_shows_green_for_it(enter):
    desk = Desk()
    look(AS_OF)
    page = enter(make_user("system_admin"))
    page.goto("/admin/health/")
    line = page.locator(f"[id='line-source:{desk.portfolio.pk}:payments']")
    expect(line).to_contain_text("Fine")
    active = PolicyVersion.objects.get(state="active")
    PolicyVersion.objects.filter(pk=active.pk).update(state="retired")
    numbers = {**policies.DEFAULT.model_dump(mode="json"), "source_warn_hours": {"invoices": 12, "contacts": 12}}
    PolicyVersion.objects.create(number=active.number + 1, state="active", parameters=numbers)
    page.get_by_role("button", name="Check now").click()
    expect(line).to_contain_text("Not set up")
    expect(line).not_to_contain_text("Fine")


def test_r3_answers_of_the_wrong_form_raise_their_rate_and_invent_no_draft(enter, settings, model_may_write):
    case = routine_case()
    with Provider(answerer({}), fault="wrong_schema") as provider:
        settings.LLM_BASE_URL, settings.LLM_MODEL = provider.base_url, "recorded-1"
        other = routine_case(case.desk)
        for _ in range(3):
            prepare_accounts([other.account.pk], as_of=AS_OF)
            runner.run(lambda: AS_OF, concurrency=1)
        prepare_accounts([other.account.pk], as_of=AS_OF)
        look(AS_OF)
    page = enter(case.desk.reviewer)
    page.goto("/admin/health/")
    expect(page.locator("#line-wrong_form")).to_contain_text("100.0 %")
    page.goto(review_of(other))
    expect(page.locator("main")).to_contain_text("expected form")
    assert Draft.objects.filter(follow_up__account=other.account).latest("pk").author_kind == "template"


def test_r4_a_pause_is_on_every_page_for_every_role_nothing_leaves_and_a_reviewer_cannot_resume(enter):
    case = routine_case()
    delivery = case.approve()
    page = enter(case.desk.reviewer)
    page.goto("/admin/outgoing/")
    page.get_by_text("Pause all sending").first.click()
    page.locator("form[action$='/outgoing/pause/'] [name=reason]").fill("ERP wrong balances")
    page.locator("form[action$='/outgoing/pause/'] button").last.click()
    expect(page.locator("#sys")).to_contain_text("Sending is paused")
    for role in ALL_ROLES:
        other = enter(make_user(role))
        for url in ("/admin/", "/admin/health/", "/admin/preferences/"):
            other.goto(url)
            expect(other.locator("#sys")).to_contain_text("ERP wrong balances")
        other.context.close()
    sweeping.sweep(delivery.leaves_at)
    delivery.refresh_from_db()
    assert delivery.state == states.DELIVERY_STOPPED
    page.goto("/admin/outgoing/")
    assert page.locator("form[action$='/outgoing/resume/'] button:not([aria-disabled])").count() == 0
    answer = page.evaluate(
        "async () => (await fetch('/admin/outgoing/resume/', {method: 'POST', headers: {'X-CSRFToken': document.querySelector('[name=csrfmiddlewaretoken]').value}, body: new URLSearchParams({reason: 'x'})})).status"
    )
    page.goto("/admin/")
    assert answer in (403, 409, 422)
    expect(page.locator("#sys")).to_contain_text("Sending is paused")


def test_r5_who_is_not_signed_in_reads_ok_or_not_and_nothing_else(browser, live_server):
    page = browser.new_page()
    answer = page.goto(f"{live_server.url}/readyz")
    assert (answer.status, answer.json()) == (200, {"ok": True})
    page.goto(f"{live_server.url}/admin/health/")
    assert "/login/" in page.url
    page.close()


def test_d4_outside_a_demo_the_sign_in_page_names_nobody_and_has_no_demo_address(browser, enter, live_server, settings):
    settings.DEMO_MODE = False
    Installation.objects.update(kind="production", clock_offset_seconds=0)
    page = browser.new_page()
    page.goto(f"{live_server.url}/admin/login/")
    source = page.content()
    assert not [word for word in ("demo", "Jonas", "Priya", "Enter as", "Switch role") if word in source]
    page.close()
    page = enter(make_user("reviewer"))
    for url in ("/admin/demo/tour/", "/admin/demo/outbox/"):
        assert page.goto(url).status == 404, url


def test_the_page_of_the_second_factor_fits_a_phone_beside_the_demo_bar(enter):
    for person in PEOPLE:
        grant(make_user(username=person.username, first_name=person.first_name, last_name=person.last_name), person.role)
    page = enter(make_user("reviewer"), width=320, height=720)
    page.goto("/admin/second-factor/")
    switch = page.get_by_role("button", name="Switch role")
    expect(switch).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_text("Demo", exact=True).press("Enter")
    expect(switch).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
