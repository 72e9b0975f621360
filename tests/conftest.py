"""Fixtures every test may use. Tests that need a service say so with a marker and are skipped, with the reason, where it is absent."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

    from tests.drafts.delivery.smtp_server import MailServer

# A shared machine pauses any test now and then; a slow example is no wrong one.
hypothesis_settings.register_profile("desk", deadline=None)
hypothesis_settings.load_profile("desk")

# Playwright's sync API keeps an event loop in the thread that also talks to the test database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

REDIS_TEST_URL = os.environ.get("REDIS_TEST_URL", "")
CHROMIUM = os.environ.get("CHROMIUM", shutil.which("chromium") or shutil.which("chromium-browser") or "")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests whose service is not there, and say which."""
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: set DATABASE_URL=postgres://…")
    if item.get_closest_marker("redis") and not REDIS_TEST_URL:
        pytest.skip("needs Redis: set REDIS_TEST_URL=redis://…")
    if item.get_closest_marker("browser") and not CHROMIUM:
        pytest.skip("needs Chromium: install it or set CHROMIUM to its path")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where workers share a run, the long files come first: the last minutes belong to short ones, and no worker waits for another."""
    if not hasattr(config, "workerinput"):
        return
    weight = {str(item.path): 0 if item.get_closest_marker("crawl") else 1 for item in items if item.get_closest_marker("crawl") or item.get_closest_marker("slow")}
    items.sort(key=lambda item: weight.get(str(item.path), 2))


_flush = TransactionTestCase._fixture_teardown


def _flush_without_guards(self: TransactionTestCase) -> None:
    """Emptying the tables is the one thing the guards must not refuse; migrate signals put them back right after."""
    from governance import guards

    for alias in self._databases_names(include_mirrors=False):
        guards.drop(connections[alias])
    _flush(self)


TransactionTestCase._fixture_teardown = _flush_without_guards


@pytest.fixture
def model_may_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate of readiness stands open for every portfolio: for tests of what a model does, not of whether it may (test_readiness_gate)."""
    from drafts.generation import gate

    monkeypatch.setattr(gate, "shut", lambda portfolio_ids, at: {})
    monkeypatch.setattr(gate, "off", lambda portfolio_ids: set())


@pytest.fixture
def server(settings: SettingsWrapper) -> Iterator[MailServer]:
    """A real mail server of this machine, set as where messages leave."""
    from tests.drafts.delivery.smtp_server import MailServer

    with MailServer() as mail_server:
        settings.MAIL_TRANSPORT = "smtp"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", mail_server.port, 15
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield mail_server


@pytest.fixture
def chromium_path() -> str:
    """Path of the system Chromium."""
    return CHROMIUM
