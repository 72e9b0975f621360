"""The desk whose policies are changed."""

from __future__ import annotations

import pytest

from tests.drafts.simulation.policy_scene import Scene, stop_clock


@pytest.fixture
def scene(settings, db):
    stop_clock(settings)
    return Scene()
