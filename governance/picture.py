"""One consistent picture of the database for something that only reads, however long it takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


def inside_one() -> bool:
    """True when a picture or a transaction already stands."""
    raw = connection.connection if connection.vendor == "sqlite" else None
    return connection.in_atomic_block or bool(raw is not None and raw.in_transaction)


@contextmanager
def one_picture() -> Iterator[None]:
    """One snapshot for everything read inside, so that work going on meanwhile is not mistaken for a fault. In a transaction: that one."""
    if inside_one():
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # atomic() would take SQLite's only write lock for the whole time.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
