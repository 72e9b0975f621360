"""Labelling in a real browser: by keys alone, words marked with the mouse, axe, 320 px; and the classes in the Approve panel."""

from __future__ import annotations

import os

import pytest
from django.urls import reverse

from drafts.review import edit, leave
from governance.models import Correction, Label
from tests.browser.accessible import violations
from tests.drafts.labelling import NO, WORDS, YES, decided, label_all, sample
from tests.drafts.scene import AS_OF, Desk, routine_case
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def people(at_desk):
    desk = Desk()
    return desk, make_user("compliance_auditor"), make_user("finance_approver", desk.portfolio)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 320), ("dark", 320)])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(enter, people, scheme, width):
    desk, auditor, second = people
    decided(desk, 2, mail=f"Hello,\n\n{WORDS}.\n\nRegards", name="Northwind Bearings")
    locked, running = sample(auditor), sample(auditor)
    label_all(locked, auditor, second, yes=[locked.items.first().unit])
    page = enter(auditor, scheme=scheme, width=width)
    addresses = {
        "samples": reverse("admin:samples"), "sample-locked": reverse("admin:sample_frame", args=[locked.pk]),
        "sample-running": reverse("admin:sample_frame", args=[running.pk]), "label": reverse("admin:label_next"), "misses": reverse("admin:misses"),
        "recount": reverse("admin:recount"), "home": "/admin/",
    }  # fmt: skip
    found = []
    for name, url in addresses.items():
        page.goto(url)
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name}-{scheme}-{width}.png", full_page=True)
        found += [f"{name}: {line}" for line in violations(page)]
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"{name}: {wide} px wide")
    assert not found, "\n".join(found)


def test_an_item_is_labelled_with_keys_alone(enter, people):
    desk, auditor, _ = people
    decided(desk, 2, mail=WORDS)
    sample(auditor)
    page = enter(auditor)
    page.goto(reverse("admin:label_next"))
    first = page.url
    page.keyboard.press("x")
    assert page.locator("input[name=answer][value=no]").is_checked() and Label.objects.count() == 0
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != first)
    assert "Saved." in page.locator(".messagelist").inner_text()
    assert list(Label.objects.values_list("answer", "by")) == [("no", auditor.pk)]
    page.keyboard.press("y")
    page.keyboard.press("c")
    page.keyboard.type("Quan")
    page.keyboard.press("Tab")
    page.keyboard.type(WORDS)
    page.keyboard.press("Tab")
    page.keyboard.type("two pallets never came")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/samples/")
    row = Label.objects.latest("pk")
    assert (row.answer, row.code, row.quote) == (YES.answer, "quantity", WORDS) and row.quoted.startswith("message:")
    assert NO.answer == "no"


def test_words_marked_with_the_mouse_become_the_quote_and_other_words_do_not(enter, people):
    desk, auditor, _ = people
    decided(desk, 1, mail=WORDS)
    sample(auditor)
    page = enter(auditor)
    page.goto(reverse("admin:label_next"))
    page.locator("h1").dblclick()
    assert page.locator("#quote").input_value() == ""
    page.locator(".quotable").first.click(click_count=3)
    assert WORDS in page.locator("#quote").input_value()


def test_a_problem_is_read_first_and_nothing_typed_is_lost(enter, people):
    desk, auditor, _ = people
    decided(desk, 1, mail=WORDS)
    sample(auditor)
    page = enter(auditor)
    page.goto(reverse("admin:label_next"))
    page.keyboard.press("y")
    page.locator("#quote").fill("nobody wrote this")
    page.locator("#reason").fill("my reason")
    page.locator("#code").select_option("price")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#problem")
    assert page.evaluate("document.activeElement.id") == "problem"
    assert page.locator("#reason").input_value() == "my reason" and page.locator("#code").input_value() == "price"
    assert not Label.objects.exists()


def test_an_edited_text_is_coded_and_approved_in_one_gesture(enter, people):
    desk, *_ = people
    case = routine_case(desk)
    draft = case.draft
    edit(case.follow_up.pk, draft.subject, draft.body.replace("Kind regards", "With our very best wishes"), draft.revision, by=desk.owner, at=AS_OF)
    leave(case.follow_up.pk, by=desk.owner, at=AS_OF)
    page = enter(desk.reviewer)
    page.goto(reverse("admin:review", args=[case.follow_up.pk]))
    page.wait_for_timeout(500)
    page.keyboard.press("a")
    page.wait_for_selector("#approve-form input[name=corrections]:visible")
    ticked = page.locator("#approve-form input[name=corrections]:checked").evaluate_all("boxes => boxes.map(box => box.value)")
    assert ticked
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/approve-coded.png")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".messagelist")
    assert case.follow_up.status == "approved"
    assert sorted(Correction.objects.values_list("kind", flat=True)) == sorted(ticked) and all(Correction.objects.values_list("confirmed", flat=True))
