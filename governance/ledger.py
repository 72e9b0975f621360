"""Verification of the chained record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from governance.audit import event_hash
from governance.heads import GENESIS
from governance.models import Event, StreamHead


@dataclass(frozen=True, slots=True)
class Break:
    """Where a stream stops being what was written: the stream, the event number, and what is wrong in words."""

    stream: str
    number: int
    why: str


def _events(stream: str | None) -> QuerySet[Event]:
    rows = Event.objects.order_by("stream", "number")
    return rows.filter(stream=stream) if stream else rows


def verify(stream: str | None = None) -> list[Break]:
    """Walk one stream (or all) and return every break; an empty list means the record is whole."""
    breaks: list[Break] = []
    current, number, prev = "", 0, GENESIS
    last: dict[str, tuple[int, str]] = {}
    for event in _events(stream).iterator(chunk_size=2000):
        if event.stream != current:
            current, number, prev = event.stream, 0, GENESIS
        if event.number != number + 1:
            breaks.append(Break(current, event.number, f"expected event {number + 1}"))
        if event.prev_hash != prev:
            breaks.append(Break(current, event.number, "does not follow the event before it"))
        subject = f"{event.subject_kind}:{event.subject_id}"
        digest = event_hash(
            event.prev_hash, event.stream, event.number, event.action, event.actor_id, subject, event.at, event.data
        )
        if digest != event.hash:
            breaks.append(Break(current, event.number, "was changed after it was written"))
        number, prev = event.number, event.hash
        last[current] = (number, prev)
    return breaks + _heads_that_differ(stream, last)


def _heads_that_differ(stream: str | None, last: dict[str, tuple[int, str]]) -> list[Break]:
    heads: Any = StreamHead.objects.filter(number__gt=0).annotate(name=F("stream"))
    if stream:
        heads = heads.filter(stream=stream)
    return [
        Break(head.stream, head.number, "events are missing at the end")
        for head in heads
        if last.get(head.stream) != (head.number, head.hash)
    ]
