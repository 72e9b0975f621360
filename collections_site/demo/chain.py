"""Breaking the demo's record on purpose, as somebody would who owns the database, and mending it again.

The guards are switched off for the moment, as such a person could. What stood there is kept in a file, so that it can be put back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, QuerySet

from governance import guards
from governance.audit import event_hash
from governance.checkpoints import writing
from governance.heads import GENESIS
from governance.models import Event, Installation, StreamHead

LEAST = 6  # events of the stream that is broken


class NotNow(ValueError):
    """Nothing to break or to mend; the message says why."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One way to falsify the record. ``number`` is the event it is done to."""

    key: str
    title: str
    words: str
    do: Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Standing:
    """The damage that stands now: which, where, since when."""

    title: str
    stream: str
    number: int


def _rows(stream: str) -> QuerySet[Event]:
    return Event.objects.filter(stream=stream).order_by("number")


def _edit(stream: str, number: int) -> None:
    """Somebody else did it."""
    event = _rows(stream).get(number=number)
    _rows(stream).filter(number=number).update(actor_id=None if event.actor_id else 1)


def _delete(stream: str, number: int) -> None:
    _rows(stream).filter(number=number).delete()


def _cut(stream: str, number: int) -> None:
    """Everything from this event on never happened, and the head row agrees."""
    _rows(stream).filter(number__gte=number).delete()
    last = _rows(stream).get(number=number - 1)
    StreamHead.objects.filter(stream=stream).update(number=last.number, hash=last.hash)


def _rewrite(stream: str, number: int) -> None:
    """An edit, and every hash computed anew: a chain without a flaw."""
    _edit(stream, number)
    chain_anew(stream)


DAMAGES: tuple[Damage, ...] = (
    Damage("edit", "Change who did it", "One event now names another actor. Nothing else is touched.", _edit),
    Damage("delete", "Remove one event", "One event in the middle is gone.", _delete),
    Damage("cut", "Cut off the end", "The last events are gone, and the head row was made to agree. The chain alone cannot see this.", _cut),
    Damage("rewrite", "Rewrite the whole chain", "One event is changed and every hash after it computed anew. The chain alone cannot see this.", _rewrite),
)
BY_KEY = {damage.key: damage for damage in DAMAGES}


def _file() -> Path:
    return Path(settings.VAR_DIR) / "demo-damage.json"


def standing() -> Standing | None:
    """The damage done here and not mended yet."""
    kept = _kept()
    return Standing(BY_KEY[kept["key"]].title, kept["stream"], kept["number"]) if kept else None


def _kept() -> dict[str, Any] | None:
    if not _file().exists():
        return None
    kept: dict[str, Any] = json.loads(_file().read_text())
    # A demo that was built anew has another record; what was kept of the old one is of no use.
    built = Installation.objects.values_list("created_at", flat=True).first()
    return kept if built is not None and kept["built"] == built.isoformat() else None


def damage(key: str, *, at: datetime) -> Standing:
    """Take a checkpoint, keep the stream, falsify it. Raises ``NotNow`` when damage stands already or no stream is long enough."""
    if standing() is not None:
        raise NotNow("the record is damaged already: mend it first")
    stream = _longest()
    writing.write(at)
    number = _rows(stream).count() // 2 + 1
    built = Installation.objects.get().created_at.isoformat()
    rows = [{**row, "at": row["at"].isoformat()} for row in _rows(stream).values()]
    _file().write_text(json.dumps({"key": key, "stream": stream, "number": number, "built": built, "rows": rows}))
    with _unguarded():
        BY_KEY[key].do(stream, number)
    return Standing(BY_KEY[key].title, stream, number)


def mend() -> int:
    """Put back what stood there. Events that were written behind the damage meanwhile are chained on; returns how many. Raises ``NotNow``."""
    kept = _kept()
    if kept is None:
        raise NotNow("nothing was damaged here")
    events = [Event(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in kept["rows"]]
    stream, last = kept["stream"], max(row.pk for row in events)
    with _unguarded():
        later = list(_rows(stream).filter(pk__gt=last))
        _rows(stream).delete()
        for event in later:
            event.number += 1_000_000  # out of the way until they are numbered behind the others
        Event.objects.bulk_create([*events, *later])
        StreamHead.objects.filter(stream=stream).update(number=events[-1].number, hash=events[-1].hash)
        if later:
            chain_anew(stream, after=events[-1])
    _file().unlink()
    return len(later)


def _longest() -> str:
    """An account with a history to speak of. Raises ``NotNow`` when there is none."""
    rows = Event.objects.filter(stream__startswith="account:").values("stream").annotate(n=Count("pk")).filter(n__gte=LEAST)
    found = rows.order_by("-n", "stream").values_list("stream", flat=True).first()
    if found is None:
        raise NotNow("no account has a history long enough to be worth falsifying")
    return str(found)


def chain_anew(stream: str, after: Event | None = None) -> None:
    """Number and hash the events of a stream (behind ``after``) anew and move the head: what only somebody with the database can do."""
    number, prev = (after.number, after.hash) if after else (0, GENESIS)
    rows = _rows(stream).filter(pk__gt=after.pk) if after else _rows(stream)
    for event in list(rows.order_by("pk")):
        number += 1
        subject = f"{event.subject_kind}:{event.subject_id}"
        digest = event_hash(prev, stream, number, event.action, event.actor_id, subject, event.at, event.data, event.roles)
        Event.objects.filter(pk=event.pk).update(number=number, prev_hash=prev, hash=digest)
        prev = digest
    StreamHead.objects.filter(stream=stream).update(number=number, hash=prev)


class _unguarded:
    """Without the guards, in one transaction: nobody else sees them missing."""

    def __enter__(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        guards.drop(connection)

    def __exit__(self, *raised: Any) -> None:
        if raised[0] is None:
            guards.install(connection)
        self.block.__exit__(*raised)
