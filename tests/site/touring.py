"""Steps through the demo with the keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

RETURNED = 500  # milliseconds after which the workspace takes keys, so that a key held down decides nothing


def begin(page: Page) -> None:
    """From the sign-in page to the tour."""
    page.goto("/admin/login/")
    press(page.get_by_role("link", name="Take the five-minute tour"))


def press(control: Locator, *, leads: bool = True) -> None:
    """As with Tab and Enter: a control that cannot take the focus fails here. ``leads``: to another page."""
    control.focus()
    expect(control).to_be_focused()
    keys(control.page, "Enter", leads=leads)


def open_case(page: Page, key: str) -> None:
    page.goto("/admin/demo/tour/")
    case = page.locator(f"#{key}")
    press(case.get_by_role("button", name=re.compile("Enter as")).or_(case.get_by_role("link", name="Open the case")))


def keys(page: Page, key: str, *, leads: bool = False) -> None:
    if leads:
        with page.expect_navigation():
            page.keyboard.press(key)
    else:
        page.keyboard.press(key)
    page.wait_for_timeout(RETURNED)


def approve(page: Page) -> None:
    keys(page, "a")
    expect(page.get_by_role("button", name="Approve", exact=True)).to_be_focused()
    keys(page, "Control+Enter", leads=True)
    expect(page.get_by_text(re.compile("It leaves at"))).to_be_visible()
