"""The tour of the demo, walked with the keyboard alone in a real browser: eight cases, each ticked by what was really done."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import FLAGS
from tests.conftest import CHROMIUM
from tests.site.demo_runs import address_of, book_for, serve_demo
from tests.site.touring import RETURNED, approve, begin, keys, open_case, press

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PATIENCE = 60_000  # milliseconds a slow machine may take for a page


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, demo_shared: Path) -> Iterator[str]:
    """A demo of its own, served as a newcomer would."""
    var = tmp_path_factory.mktemp("tour")
    book_for(var, demo_shared)
    server = serve_demo(var, stderr=subprocess.STDOUT)
    try:
        yield address_of(server)
    finally:
        server.terminate()
        server.communicate(timeout=60)


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)  # the demo's own worker computes beside the pages
        yield context.new_page()
        browser.close()


def enter(page: Page, name: str) -> None:
    """Switch role in the bar on top."""
    page.locator("#demo-who").focus()
    page.keyboard.type(name)
    press(page.get_by_role("button", name="Switch role"))


def tick(page: Page, key: str) -> None:
    page.goto("/admin/demo/tour/")
    press(page.locator(f"#{key}").get_by_role("button", name=re.compile("I have seen it")))


def test_d5_all_eight_cases_are_done_with_the_keyboard_alone(page):
    begin(page)
    expect(page.get_by_text("0 of 8 done")).to_be_visible()

    open_case(page, "approve")
    approve(page)
    press(page.get_by_role("button", name="Jump to leaving time"))

    open_case(page, "dispute")
    press(page.locator("summary", has_text="Judge it"), leads=False)
    press(page.get_by_role("button", name="It is a dispute"))

    open_case(page, "renewal")
    choice = page.get_by_role("radio").first
    choice.focus()
    page.keyboard.press("Space")
    press(page.get_by_role("button", name="Record the decision"))

    open_case(page, "stale")
    keys(page, "a")
    expect(page.locator("#blocked-why")).to_be_visible()
    tick(page, "stale")

    open_case(page, "conflict")
    keys(page, "e")
    body = page.get_by_label("Text", exact=True)
    body.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Guten Morgen. ")
    other = page.context.new_page()
    other.goto("/admin/demo/tour/")
    press(other.get_by_role("button", name="Let Lea edit it now"))
    expect(other.get_by_text("Lea saved version 2")).to_be_visible()
    other.close()
    body.focus()
    keys(page, "Control+Enter", leads=True)
    expect(page.get_by_text("Lea Lindqvist saved version 2 while you were editing version 1")).to_be_visible()
    assert "Guten Morgen. " in page.content()
    press(page.get_by_role("button", name="Save the two together"))

    open_case(page, "payment")
    approve(page)
    page.goto("/admin/demo/tour/")
    press(page.get_by_role("button", name="Let the payment arrive"))
    press(page.get_by_role("button", name="Jump to leaving time"))

    open_case(page, "hostile")
    tick(page, "hostile")

    open_case(page, "rule")
    press(page.locator("#result_list tbody a").first)
    press(page.locator("#rules summary").first, leads=False)
    page.get_by_label("Executive review when a renewal is within").focus()
    keys(page, "Control+a")
    page.keyboard.type("90")
    press(page.get_by_role("button", name="Save as a draft"))
    expect(page.get_by_text("is saved and not in force")).to_be_visible()
    enter(page, "Chen")
    page.goto("/admin/demo/tour/")
    today = (page.locator("#sys time").get_attribute("datetime") or "")[:10]
    page.goto(f"/admin/packs/?scope=period&from={today}&to={today}")
    page.get_by_role("radio").first.focus()
    keys(page, "Space")
    press(page.get_by_role("button", name="Make the pack"))
    page.goto("/admin/demo/chain/")
    press(page.get_by_role("button", name=re.compile("Do it")).first)
    expect(page.get_by_role("heading", name=re.compile("The record is broken"))).to_be_visible()
    press(page.get_by_role("button", name="Mend it"))

    page.goto("/admin/demo/tour/")
    for _ in range(90):  # a worker makes the pack, in its own time
        if page.locator("#rule").get_by_text("done, on record").count():
            break
        page.wait_for_timeout(2 * RETURNED)
        page.reload()
    assert page.locator("main header .meta").all_inner_texts() == [
        "done, on record", "done, on record", "done, on record", "seen", "done, on record", "done, on record", "seen", "done, on record",
    ]  # fmt: skip
    expect(page.get_by_text("All of them done")).to_be_visible()
