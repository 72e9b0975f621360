"""The read audit: who looked at a history, and when. In the stream ``audit``, so that reading a record never changes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from governance.audit import Entry, record
from governance.models import Event

if TYPE_CHECKING:
    from governance.models import User

STREAM = "audit"
READ = "audit.read"
# Turning the pages of one history is one reading.
ONE_READING = timedelta(minutes=10)


def note_read(kind: str, pk: int, *, by: User, at: datetime) -> None:
    """Record that ``by`` read the history of a row, once per ``ONE_READING``."""
    known = Event.objects.filter(subject_kind=kind, subject_id=pk, action=READ, actor_id=by.pk, at__gt=at - ONE_READING, at__lte=at)
    if known.exists():
        return
    with transaction.atomic():
        record([Entry(STREAM, READ, kind, pk)], by=by, at=at)


def readers(kind: str, pk: int) -> list[Event]:
    """Who read the history of a row, newest first, the last hundred."""
    return list(Event.objects.filter(subject_kind=kind, subject_id=pk, action=READ).order_by("-id")[:100])
