"""The rows of the ledger as the verification reads them: plain tuples, sorted by the bytes of the stream's name and by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from django.db import connection
from django.utils.timezone import is_naive

from governance.bytewise import bytewise
from governance.models import Event

COLUMNS = ("stream", "number", "id", "action", "actor_id", "subject_kind", "subject_id", "data", "at", "prev_hash", "hash", "roles")
Row = tuple[str, int, int, str, int | None, str, int | None, str, datetime, str, str, str]

CHUNK = 5000


def all_rows(stream: str | None = None) -> Iterator[Row]:
    """Every event, or those of one stream; a few thousand in memory at a time."""
    rows = Event.objects.order_by(bytewise("stream"), "number", "id")
    if stream:
        rows = rows.filter(stream=stream)
    yield from rows.values_list(*COLUMNS).iterator(chunk_size=CHUNK)


def rows_after(numbers: Mapping[str, int]) -> Iterator[Row]:
    """The events of these streams beyond the number given for each: a few hundred streams at once."""
    values = ", ".join(["(%s, %s)"] * len(numbers))
    columns = ", ".join(f"e.{name}" for name in COLUMNS)
    order = "C" if connection.vendor == "postgresql" else "BINARY"
    query = (
        f"WITH start (stream, number) AS (VALUES {values}) SELECT {columns} "  # noqa: S608  our own names and placeholders
        "FROM start JOIN governance_event e ON e.stream = start.stream AND e.number > start.number "
        f'ORDER BY e.stream COLLATE "{order}", e.number, e.id'
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [value for pair in numbers.items() for value in pair])
        while rows := cursor.fetchmany(CHUNK):
            yield from (_aware(row) for row in rows)


def _aware(row: Row) -> Row:
    """SQLite gives a raw query text where the ORM gives a moment."""
    at = datetime.fromisoformat(row[8]) if isinstance(row[8], str) else row[8]
    return (*row[:8], at.replace(tzinfo=UTC) if is_naive(at) else at, *row[9:])
