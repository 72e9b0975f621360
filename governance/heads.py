"""The heads of the streams: locked, moved on, and written together with the events that follow them.

The one hot path of the ledger. Writers of different streams never wait for each other; writers of one stream wait at its head row. On
PostgreSQL two round trips lock and write, however many events there are: the ORM's four statements cost twice the time for one event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from governance.bulk import FEW, insert
from governance.models import Event, StreamHead

GENESIS = "0" * 64

Head = tuple[int, str]

_LOCK = (
    "INSERT INTO governance_streamhead (stream, number, hash) SELECT unnest(%s::varchar[]), 0, %s ON CONFLICT DO NOTHING; "
    "SELECT stream, number, hash FROM governance_streamhead WHERE stream = ANY(%s) ORDER BY stream FOR UPDATE"
)
_MOVE = (
    "UPDATE governance_streamhead AS head SET number = new.number, hash = new.hash "
    "FROM unnest(%s::varchar[], %s::bigint[], %s::varchar[]) AS new (stream, number, hash) WHERE head.stream = new.stream"
)
_COLUMNS = ("stream", "number", "action", "actor_id", "roles", "subject_kind", "subject_id", "data", "at", "prev_hash", "hash")
_ROW = f"({', '.join(['%s'] * len(_COLUMNS))})"


def lock(streams: Sequence[str], also: tuple[str, list[Any]] | None = None) -> tuple[dict[str, Head], list[Any]]:
    """Number and hash of each stream's last event (0 and ``GENESIS`` for a new one); the rows stay locked until the transaction ends.

    ``streams`` are sorted and each there once, so that two writers never wait for each other crosswise. ``also`` is a statement with its
    parameters that is read on the way, under the lock and, on PostgreSQL, in the same round trip; its rows come second.
    """
    asked, parameters = also or ("", [])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"{_LOCK}; {asked}" if asked else _LOCK, [list(streams), GENESIS, list(streams), *parameters])
            cursor.nextset()
            heads = {stream: (number, last) for stream, number, last in cursor.fetchall()}
            return heads, cursor.fetchall() if asked and cursor.nextset() else []
        StreamHead.objects.bulk_create([StreamHead(stream=s, number=0, hash=GENESIS) for s in streams], ignore_conflicts=True)
        rows = StreamHead.objects.select_for_update().filter(stream__in=streams).order_by("stream")
        heads = {stream: (number, last) for stream, number, last in rows.values_list("stream", "number", "hash")}
        if asked:
            cursor.execute(asked, parameters)
        return heads, cursor.fetchall() if asked else []


def append(events: Sequence[Event], heads: Mapping[str, Head]) -> None:
    """Write the events, give them their ids, and move the heads to where they end. Inside the transaction that locked the heads."""
    if connection.vendor != "postgresql":
        insert(Event, events)
        StreamHead.objects.bulk_create(
            [StreamHead(stream=s, number=n, hash=h) for s, (n, h) in heads.items()],
            update_conflicts=True, unique_fields=["stream"], update_fields=["number", "hash"], batch_size=1000,
        )
        return
    moved: list[Any] = [list(heads), [number for number, _ in heads.values()], [last for _, last in heads.values()]]
    with connection.cursor() as cursor:
        if len(events) >= FEW:
            insert(Event, events)
            cursor.execute(_MOVE, moved)
            return
        values = ", ".join([_ROW] * len(events))
        rows = [getattr(event, name) for event in events for name in _COLUMNS]
        # Our own column names; every value is a parameter.
        write = f"INSERT INTO governance_event ({', '.join(_COLUMNS)}) VALUES {values} RETURNING id; {_MOVE}"  # noqa: S608
        cursor.execute(write, [*rows, *moved])
        for event, (pk,) in zip(events, cursor.fetchall(), strict=True):
            event.pk = pk
            event._state.adding, event._state.db = False, connection.alias
