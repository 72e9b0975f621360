"""One book for the whole module: building it takes seconds, and every test leaves it as it found it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client, override_settings

from governance import clock
from governance.models import Installation
from tests.drafts.scene import AS_OF
from tests.security.walk.world import World, add_foreign, build_own, shared_rows

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The clock stands, files lie in a folder of their own, and no mail leaves."""
    folder = tmp_path_factory.mktemp("walk")
    places = {"MEDIA_ROOT": folder / "media", "LEDGER_DIR": folder / "ledger", "LEDGER_KEY_FILE": folder / "key.pem", "VAR_DIR": folder}
    patch = pytest.MonkeyPatch()
    with override_settings(**places, DEMO_MODE=True, MAIL_TRANSPORT="outbox", PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
    patch.undo()


@pytest.fixture(scope="module")
def book(django_db_setup: Any, django_db_blocker: Any, still: None) -> Iterator[World]:
    """Both sides. What the own pages said before the foreign side was there is kept on ``World.alone``."""
    from tests.security.walk.answers import pages_of_own

    with django_db_blocker.unblock(), transaction.atomic():
        stop()
        world = build_own()
        world.own.rows |= shared_rows()
        world.alone = pages_of_own(world)
        add_foreign(world)
        world.foreign.rows |= shared_rows()
        yield world
        transaction.set_rollback(True)


def stop() -> None:
    """As ``scene.stop_clock``, for longer than one test."""
    import math

    from django.utils import timezone

    seconds = math.ceil((AS_OF - timezone.now()).total_seconds())
    Installation.objects.update_or_create(pk=1, defaults={"kind": "demo", "clock_offset_seconds": seconds})


def enter(user: Any) -> Client:
    """A browser in which ``user`` is signed in; nobody without one. Errors of the server are answers, not exceptions."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend=BACKEND)
    return client


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


__all__ = ["Callable", "clock", "django_settings"]
