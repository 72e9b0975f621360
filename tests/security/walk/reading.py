"""What an answer carries, and what the database holds: for finding a word anywhere and a change of any row."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse

from tests.security.walk.world import TRACES

# Rows a page may write while it only reads: the session, the throttle of the sign-in. Reading a history is an event of its own stream.
BY_DESIGN = {"sessions.Session", "axes.AccessLog", "axes.AccessAttempt", "axes.AccessFailureLog", "axes.AccessAttemptExpiration"}


def text_of(response: HttpResponse) -> str:
    """Body, headers and messages as one text; archives are unpacked, spreadsheets too."""
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    parts = [*_unpacked(body), "\n".join(f"{name}: {value}" for name, value in response.headers.items())]
    request = getattr(response, "wsgi_request", None)
    if request is not None:
        parts += [str(message) for message in get_messages(request)]
    return "\n".join(parts)


def _unpacked(body: bytes) -> Iterable[str]:
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield name
                yield from _unpacked(archive.read(name))
    else:
        yield body.decode(errors="replace")


def traces(response: HttpResponse) -> list[str]:
    """What of the foreign side the answer carries, with the words around it."""
    text, low = text_of(response), ""
    low = text.lower()
    found = []
    for trace in TRACES:
        at = low.find(trace.lower())
        if at >= 0:
            found.append(" ".join(text[max(0, at - 80) : at + 40].split()))
    return found


def rows_of(model: Any) -> tuple[int, str]:
    """How many rows a table has, and a hash of all of them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
        rows = cursor.fetchall()
    return len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()


def snapshot(*but: str) -> dict[str, tuple[int, str]]:
    """Every table but those written by design and the ones named."""
    left_out = BY_DESIGN | set(but)
    return {model._meta.label: rows_of(model) for model in apps.get_models() if model._meta.label not in left_out}


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Tables that differ, with their counts."""
    return [f"{label}: {before[label][0]} → {after[label][0]} rows" for label in before if before[label] != after[label]]
