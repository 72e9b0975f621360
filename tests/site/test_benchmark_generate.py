"""The benchmark of model drafts: real rows, real calls, another process as the model."""

from __future__ import annotations

import pytest
from django.conf import settings

from collections_site.benchmarks import generating
from drafts.models import Generation

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_every_draft_is_answered_once_and_the_ratio_is_ideal_by_measured():
    figures = generating.run(6, latency=0.2, concurrency=3)
    assert (figures["drafts"], figures["answered"]) == (6, 6)
    assert figures["ideal_seconds"] == 0.4
    assert 0 < figures["ratio"] <= 1 and figures["ratio"] == pytest.approx(0.4 / figures["seconds"], abs=0.01)
    assert Generation.objects.filter(state="done", kind="draft").count() == 6
    assert settings.LLM_MODEL != generating.MODEL, "the installation's own provider is configured again"
