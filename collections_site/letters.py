"""What every letter to the desk's own people has in common: links into the desk, and that a machine wrote it."""

from __future__ import annotations

from django.conf import settings

# No absence note answers it.
BY_MACHINE = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def address(path: str) -> str:
    """A path of the desk as a link in a letter."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"
