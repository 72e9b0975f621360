"""Sentences of the desk that lie in its data: what somebody is told about a practice case they have decided."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.conf import settings

CASES = "drafts/practice/cases.json"


def told() -> Iterator[tuple[str, str]]:
    """Each sentence and the file it stands in. What the cases' customers write is theirs and is not among them."""
    data = json.loads((settings.BASE_DIR / CASES).read_text(encoding="utf-8"))
    yield from ((one["why"], CASES) for one in data["cases"])
