"""A link to a place on a page shows that place: nothing sticky lies over it, and what it names is open."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.drafts.scene import Desk, exception_case, routine_case
from tests.factories import make_signal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_desk")]

# Every element of the page that has a name of its own and is no field: whatever an address or a link may point at.
PLACES = "main [id]:not(input, select, textarea, button, dialog, [hidden], #content, #workspace, .bar *)"
# What lies at the first visible line of a place, asked at the place's own corner.
COVERED = """(id) => {
  scrollTo(0, 0);
  location.hash = id;
  const box = document.getElementById(id).getBoundingClientRect(), at = document.elementFromPoint(box.left + 8, box.top + 4);
  return at && at.closest('#header, .bar, #sys') ? at.closest('[id], .bar').id || 'bar' : '';
}"""


def places(page, url):
    """The places of ``url``, and those something lies over when they are gone to, with it."""
    page.goto(url)
    shown = page.locator(PLACES).evaluate_all("all => all.filter(e => e.getClientRects().length).map(e => e.id)")
    found = {}
    for name in shown:
        if lies := page.evaluate(COVERED, name):
            found[name] = lies
    return shown, found


@pytest.mark.parametrize(("width", "height"), [(1440, 500), (320, 720)])
def test_no_place_of_a_page_is_under_the_header_or_the_decision_bar(enter, width, height):
    desk = Desk()
    case, strict = routine_case(desk, invoices=6), exception_case(desk)
    make_signal(strict.account)
    page = enter(desk.finance, width=width, height=height)
    seen = []
    for url in (
        reverse("admin:account_page", args=[case.account.pk]), reverse("admin:account_page", args=[strict.account.pk]),
        reverse("admin:review", args=[case.follow_up.pk]), reverse("admin:review", args=[strict.follow_up.pk]),
        reverse("admin:draft_history", args=[case.follow_up.pk]), reverse("admin:who_may"), reverse("admin:holds"),
    ):  # fmt: skip
        names, found = places(page, url)
        assert not found, (url, found)
        seen += names
    assert {"people", "timeline", "holds", "call", "reply", "invoices"} <= set(seen)


def test_a_link_to_something_folded_opens_it(enter):
    desk = Desk()
    case = routine_case(desk)
    page = enter(desk.reviewer)
    page.goto(reverse("admin:account_page", args=[case.account.pk]))
    page.locator(".head").get_by_role("link", name="Record a reply").click()
    page.get_by_label("Their words").fill("We paid on Monday")
