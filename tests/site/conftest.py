"""A signed-in client per person, at the desk's moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from governance.models import User
from tests.drafts.scene import stop_clock


def client_of(user: User, **options: bool) -> Client:
    """A browser in which ``user`` is signed in."""
    client = Client(**options)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """``signed_in(user)`` gives a client."""
    return client_of


@pytest.fixture
def at_as_of(settings) -> None:
    """The clock stands at ``AS_OF``."""
    stop_clock(settings)


@pytest.fixture(scope="session")
def demo_shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Where the processes of this run keep the one demo book they share."""
    own = tmp_path_factory.getbasetemp()
    return (own if worker_id == "master" else own.parent) / "demo-of-this-run"
