"""The system Chromium, signed in through the real sign-in cookie, with axe at hand."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.handlers.base import BaseHandler
from django.core.signals import request_finished, request_started
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.drafts.scene import stop_clock

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()

PATIENCE = 15_000  # milliseconds a busy machine may take for a page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module."""
    from tests.conftest import CHROMIUM

    if not CHROMIUM:
        pytest.skip("needs Chromium: install it or set CHROMIUM to its path")
    expect.set_options(timeout=PATIENCE)
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
def in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite in memory is one connection for all threads of the live server: two requests at once would meet in one transaction."""
    if connection.vendor == "sqlite":
        turn, answer = threading.Lock(), BaseHandler.get_response

        def alone(handler: BaseHandler, request: Any) -> Any:
            with turn:
                return answer(handler, request)

        monkeypatch.setattr(BaseHandler, "get_response", alone)


@pytest.fixture
def enter(browser: Browser, live_server: Any, in_turn: None) -> Iterator[Callable[..., Page]]:
    """``enter(user, width=…, scheme=…)`` opens a page in which the person is signed in; a script error fails the test."""
    contexts, errors = [], []
    asked: Counter[str] = Counter()

    def open_page(user: Any, *, width: int = 1440, height: int = 900, scheme: str = "light") -> Page:
        _wait_for(lambda: not asked)  # an open page may be reporting; SQLite in memory refuses a second writer at once
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

    with _under_way(asked):
        yield open_page
        for context in contexts:
            for page in context.pages:
                page.wait_for_load_state("networkidle")
                page.goto("about:blank")  # a page says good-bye when it is left: let it, before the tables are emptied
                page.wait_for_timeout(50)
            context.close()
        _wait_for(lambda: not asked)
    assert not errors


@contextmanager
def _under_way(asked: Counter[str]) -> Iterator[None]:
    """Counts in ``asked`` the requests the live server is answering right now; it runs in threads of this process."""

    def begun(**_: Any) -> None:
        asked["open"] += 1

    def ended(**_: Any) -> None:
        asked["open"] -= 1
        if asked["open"] <= 0:
            asked.clear()

    request_started.connect(begun, weak=False)
    request_finished.connect(ended, weak=False)
    try:
        yield
    finally:
        request_started.disconnect(begun)
        request_finished.disconnect(ended)


def _wait_for(quiet: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not quiet() and time.monotonic() < end:
        time.sleep(0.02)
