"""A request that only reads asks once how far a demo's clock stands; the next one asks again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import clock
from governance.models import Installation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO_MODE = True
    Installation.objects.filter(pk=1).update(kind="demo", clock_offset_seconds=60)


def test_within_the_block_it_is_read_once_and_afterwards_anew():
    with CaptureQueriesContext(connection) as asked, clock.read_once():
        assert clock.offset() == clock.offset() == timedelta(minutes=1)
    assert len(asked) == 1
    Installation.objects.filter(pk=1).update(clock_offset_seconds=120)
    assert clock.offset() == timedelta(minutes=2)
    with clock.read_once():
        assert clock.offset() == timedelta(minutes=2)
