"""The system Chromium, signed in through the real sign-in cookie, with axe at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from tests.drafts.scene import stop_clock

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module."""
    from tests.conftest import CHROMIUM

    if not CHROMIUM:
        pytest.skip("needs Chromium: install it or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def at_desk(settings: Any) -> None:
    """The clock stands at ``AS_OF``; mail goes to the outbox."""
    stop_clock(settings)
    settings.MAIL_TRANSPORT = "outbox"


@pytest.fixture
def enter(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """``enter(user, width=…, scheme=…)`` opens a page in which the person is signed in; a script error fails the test."""
    contexts, errors = [], []

    def open_page(user: Any, *, width: int = 1440, height: int = 900, scheme: str = "light") -> Page:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        cookie = client.cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None)
        page.on("request", lambda request: errors.append(request.url) if not request.url.startswith((live_server.url, "data:")) else None)
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            page.wait_for_load_state("networkidle")  # what a page reports in the background ends before the tables are emptied
        context.close()
    assert not errors
