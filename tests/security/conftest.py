"""Browsers that obey the site's own rules: a session, and no act without its CSRF token."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from governance.models import User
from tests.drafts.scene import Case, stop_clock

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Browser(Client):
    """A client with CSRF enforced; ``act`` posts with the token of the page the form is on, as a browser would."""

    def __init__(self, user: User | None = None, **options: Any) -> None:
        super().__init__(enforce_csrf_checks=True, **options)
        if user is not None:
            self.force_login(user, backend=BACKEND)

    def token(self, page: str = "/admin/preferences/") -> str:
        """The CSRF token of a page."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(page).content.decode())
        return found[1] if found else ""

    def act(self, url: str, data: dict[str, Any] | None = None, **extra: Any) -> HttpResponse:
        """POST with the token."""
        return self.post(url, {**(data or {}), "csrfmiddlewaretoken": self.token()}, **extra)

    def approve(self, case: Case, **changes: Any) -> HttpResponse:
        """The Approve form of a case as the page would post it, with parts replaced or (None) left out."""
        follow_up, draft = case.follow_up, case.draft
        form: dict[str, Any] = {
            "fingerprint": draft.fingerprint if draft else "", "version": follow_up.version, "acknowledged": case.warnings() if draft else [],
            "reason": "checked_source",
        }
        form = {k: v for k, v in {**form, **changes}.items() if v is not None}
        return self.act(reverse("admin:act_approve", args=[follow_up.pk]), form)


@pytest.fixture
def browser() -> Callable[..., Browser]:
    """``browser(user)``: a signed-in browser; ``browser()``: nobody."""
    return Browser


@pytest.fixture(autouse=True)
def at_as_of(settings: Any) -> None:
    """The clock stands at ``AS_OF``."""
    stop_clock(settings)
