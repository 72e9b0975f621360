"""Health and Readiness in a browser: a stopped worker is seen, pages fit a phone, nothing rests on colour alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Source
from collections_site.health.look import look
from drafts import readiness, sweeping
from governance import heartbeat
from governance.models import Beat
from tests.browser.accessible import violations
from tests.drafts.ready import ready_portfolio, switched_on
from tests.drafts.scene import AS_OF
from tests.factories import make_portfolio, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]


@pytest.fixture
def desk():
    """A portfolio with a model, one whose tickets fail, an empty one; everything was looked at."""
    heartbeat._last.clear()
    good, bad, empty = ready_portfolio(name="Ready"), ready_portfolio(name="Failing"), make_portfolio(name="Empty", sources=())
    for portfolio in (good, bad):
        switched_on(portfolio)
    Source.objects.filter(portfolio=bad, kind="tickets").update(status="failed", failed_since=AS_OF - timedelta(hours=1))
    readiness.look(None, AS_OF)
    sweeping.sweep(AS_OF)
    look(AS_OF)
    return good, bad, empty


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_r1_a_stopped_worker_is_a_problem_on_health_and_in_the_queue(desk, enter):
    page = enter(make_user("reviewer"))
    page.goto("/admin/health/")
    assert "1 alive" in page.locator("#line-workers").inner_text()
    Beat.objects.update(at=timezone.now() - timedelta(seconds=75))
    page.reload()
    assert "Problem" in page.locator("#line-workers").inner_text() and "last beat 7" in page.locator("#line-workers").inner_text()
    page.goto("/admin/drafts/followup/")
    assert page.get_by_text("Drafts are not being prepared:").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_pass_axe_and_fit_a_phone(desk, enter, scheme):
    wide, narrow = enter(make_user("system_admin"), scheme=scheme), enter(make_user("policy_admin"), width=320, height=800, scheme=scheme)
    for url in ("/admin/health/", "/admin/readiness/", *(f"/admin/readiness/{portfolio.pk}/" for portfolio in desk)):
        for page in (wide, narrow):
            page.goto(url)
            assert violations(page) == [], url
        assert sideways(narrow) <= 0, url


def test_r6_the_states_are_words_in_print_too(desk, enter):
    page = enter(make_user("system_admin"))
    page.goto("/admin/health/")
    page.emulate_media(media="print", forced_colors="active")
    for words in ("Fine", "Problem", "Not set up"):
        assert page.locator("td .badge", has_text=words).first.is_visible(), words


def test_an_empty_portfolio_leads_to_its_first_step_by_keyboard(desk, enter):
    page = enter(make_user("system_admin"))
    page.goto(f"/admin/readiness/{desk[2].pk}/")
    link = page.locator("section[aria-labelledby=next] a").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    assert "/admin/governance/" in page.url


def test_asking_and_confirming_by_two_people(desk, enter):
    portfolio = ready_portfolio(name="New")
    page = enter(make_user("policy_admin"))
    page.goto(f"/admin/readiness/{portfolio.pk}/")
    page.get_by_label("Why a model should write here").fill("Compared for two weeks")
    page.get_by_role("button", name="Ask for a model").click()
    assert page.get_by_text("You asked for it: another person confirms.").is_visible()
    second = enter(make_user("finance_approver", portfolio))
    second.goto(f"/admin/readiness/{portfolio.pk}/")
    second.get_by_role("button", name="Let a model write").click()
    assert second.get_by_text("confirmed on").is_visible()
