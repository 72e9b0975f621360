"""WCAG 2.2 AA as far as a machine can tell: axe on every main page, light and dark, and no sideways scroll at 320 px."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Dispute
from governance.models import Decision
from tests.browser.accessible import violations
from tests.drafts.scene import Desk, exception_case, prepared, routine_case
from tests.factories import make_dispute, make_hold, make_signal, make_ticket, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]


def book():
    """A desk with one of everything; returns it with the addresses of its pages."""
    desk = Desk()
    routine, exception = routine_case(desk, name="Routine with a rather long name of a company Limited"), exception_case(desk)
    executive = prepared(desk, [{}], tier="enterprise", name="Executive")
    make_ticket(routine.account, subject="late <b>delivery</b>")
    held = routine_case(desk)
    make_signal(held.account, invoice=held.invoices[0])
    make_hold(held.account)
    make_dispute(held.account, invoice=held.invoices[0])
    delivery = routine_case(desk).approve()
    decision = Decision.objects.filter(account_id=executive.account.pk).get()
    pages = {
        "home": "/admin/", "queue": "/admin/drafts/followup/?tab=all", "review": reverse("admin:review", args=[routine.follow_up.pk]),
        "edit": reverse("admin:review", args=[routine.follow_up.pk]) + "?edit=1",
        "exception": reverse("admin:review", args=[exception.follow_up.pk]), "held": reverse("admin:review", args=[held.follow_up.pk]),
        "account": reverse("admin:account_page", args=[held.account.pk]), "outgoing": "/admin/outgoing/",
        "message": reverse("admin:delivery", args=[delivery.pk]), "decisions": "/admin/decisions/",
        "decision": reverse("admin:decision", args=[decision.pk]), "disputes": "/admin/disputes/",
        "dispute": reverse("admin:dispute", args=[Dispute.objects.get().pk]), "replies": "/admin/replies/", "search": "/admin/search/?q=customer",
        "accounts": "/admin/accounts/account/", "invoices": "/admin/accounts/invoice/", "imports": "/admin/imports/",
        "preferences": "/admin/preferences/", "data": "/admin/data/",
    }
    return desk, pages


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_main_page(enter, scheme):
    desk, pages = book()
    page = enter(desk.finance, scheme=scheme)
    found = []
    for name, url in pages.items():
        page.goto(url)
        page.keyboard.press("a")  # an open panel is part of the page
        found += [f"{name}: {line}" for line in violations(page)]
    assert not found, "\n".join(found)


def test_axe_finds_nothing_on_the_homes_of_the_other_roles_and_the_sign_in_page(enter, browser, live_server):
    desk, _ = book()
    found = []
    for role in ("reviewer", "executive", "compliance_auditor", "leadership", "policy_admin", "system_admin"):
        page = enter(make_user(role))
        page.goto("/admin/")
        found += [f"{role}: {line}" for line in violations(page)]
    visitor = browser.new_page()
    visitor.goto(f"{live_server.url}/admin/login/")
    found += [f"login: {line}" for line in violations(visitor)]
    visitor.close()
    assert desk and not found, "\n".join(found)


def test_nothing_scrolls_sideways_at_320_pixels(enter):
    desk, pages = book()
    page = enter(desk.finance, width=320, height=800)
    wide = {}
    for name, url in pages.items():
        page.goto(url)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wide[name] = width
    assert not wide
