"""History rows for bulk writes: one INSERT…SELECT, because update(), bulk_create() and COPY write none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection, models

if TYPE_CHECKING:
    from governance.models import User

CHUNK = 5_000


def _chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    iterator = iter(ids)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def history_columns(model: type[models.Model]) -> tuple[str, list[str]]:
    """The history table of ``model`` and the columns it shares with the model's table."""
    history_model = model.history.model  # type: ignore[attr-defined]
    own = {field.column for field in model._meta.concrete_fields}
    shared = [field.column for field in history_model._meta.concrete_fields if field.column in own]
    return history_model._meta.db_table, shared


def record_history(
    model: type[models.Model], ids: Sequence[int], kind: str, *, by: User | None, at: datetime, reason: str = ""
) -> int:
    """Copy the current rows ``ids`` into the history table as ``kind`` ("+" created, "~" changed). Returns the rows written.

    Call it inside the transaction of the write. History is for people; the ledger is the evidence.
    """
    table, columns = history_columns(model)
    quoted = ", ".join(connection.ops.quote_name(c) for c in columns)
    insert = (
        f"INSERT INTO {connection.ops.quote_name(table)} ({quoted}, history_date, history_type, history_user_id, history_change_reason) "
        f"SELECT {quoted}, %s, %s, %s, %s FROM {connection.ops.quote_name(model._meta.db_table)} WHERE id "
    )
    written = 0
    with connection.cursor() as cursor:
        for chunk in _chunks(ids):
            head: list[Any] = [at, kind, by.pk if by else None, reason or None]
            if connection.vendor == "postgresql":
                cursor.execute(insert + "= ANY(%s)", [*head, chunk])
            else:
                head[0] = connection.ops.adapt_datetimefield_value(at)
                cursor.execute(insert + f"IN ({', '.join(['%s'] * len(chunk))})", [*head, *chunk])
            written += cursor.rowcount
    return written


def save_as(row: models.Model, *, by: User | None, at: datetime, reason: str = "") -> None:
    """Save one row so that its history names who did it and when (a worker has no request to take the person from)."""
    row._history_user, row._history_date = by, at  # type: ignore[attr-defined]
    row._change_reason = reason or None  # type: ignore[attr-defined]
    row.save()
