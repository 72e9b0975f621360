"""What axe objects to on a page: the one way every browser test asks it."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}

# What the driver says when the page axe ran in was left in the middle of it: a press leads elsewhere only after the press returned.
LEFT = ("documentElement", "Execution context was destroyed", "navigat")


def violations(page: Page) -> list[str]:
    """A line per violation of WCAG 2.2 A and AA or best practice, with the first element it was found on."""
    for turn in range(3):
        page.wait_for_load_state()
        try:
            found = Axe().run(page, options=RULES).response["violations"]
        except Error as error:
            if turn == 2 or not any(sign in error.message for sign in LEFT):
                raise
        else:
            return [f"{each['id']} {each['nodes'][0]['html'][:140]}" for each in found]
    raise AssertionError("the last turn returns or raises")
