"""Many new rows at once: COPY on PostgreSQL, ``bulk_create`` elsewhere.

``bulk_create`` packs each column into an array or writes one huge VALUES list; both cost more in this process than the database needs to
store the rows. COPY streams them, and triggers and constraints hold as for any insert.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import connection, models
from psycopg import sql

M = TypeVar("M", bound=models.Model)

# Below this, two extra round trips cost more than they save.
FEW = 8
BATCH = 500


def insert(model: type[M], rows: Sequence[M]) -> list[M]:
    """Save new ``rows``, give them their primary keys, return them. Like ``bulk_create``: no ``save()``, no signals, no history.

    Raises ``IntegrityError`` as any insert does. The primary key must be an automatic one.
    """
    rows = list(rows)
    if connection.vendor != "postgresql" or len(rows) < FEW:
        return list(model._default_manager.bulk_create(rows, batch_size=BATCH))
    fields = model._meta.local_concrete_fields
    readers = [_reader(field) for field in fields]
    columns = sql.SQL(", ").join(sql.Identifier(field.column or field.name) for field in fields)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), columns)
    with connection.cursor() as cursor:
        for row, pk in zip(rows, _new_keys(cursor, model, len(rows)), strict=True):
            row.pk = pk
            row._state.adding, row._state.db = False, connection.alias
        with connection.wrap_database_errors, cursor.cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([read(row) for read in readers])
    return rows


def _new_keys(cursor: Any, model: type[models.Model], count: int) -> list[int]:
    table, key = model._meta.db_table, model._meta.pk
    assert key is not None
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
        [connection.ops.quote_name(table), key.column, count],
    )
    return [row[0] for row in cursor.fetchall()]


def _reader(field: models.Field[Any, Any]) -> Callable[[models.Model], Any]:
    """How to take one column's value from a row, as the driver wants it."""
    if isinstance(field, models.AutoField | models.BigAutoField) or type(field) in _PLAIN or field.is_relation:
        name = field.attname
        return lambda row: getattr(row, name)
    return lambda row: field.get_db_prep_save(field.pre_save(row, True), connection)


# Values of these fields are written as they are; the others go through the field (JSON, automatic moments, binary).
_PLAIN = (
    models.BigIntegerField,
    models.BooleanField,
    models.CharField,
    models.DateField,
    models.IntegerField,
    models.PositiveBigIntegerField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.SmallIntegerField,
    models.TextField,
)


def update(model: type[M], rows: Sequence[M], names: Sequence[str]) -> None:
    """Write the fields ``names`` of existing rows in one statement. No history: write it beside (``governance.history``).

    ``bulk_update`` builds one CASE per column and row; this joins the table with one array per column.
    """
    if not rows:
        return
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create(
            rows, update_conflicts=True, unique_fields=["pk"], update_fields=names, batch_size=BATCH
        )
        return
    concrete = {field.name: field for field in model._meta.local_concrete_fields}
    fields = [concrete[name] for name in names]
    columns = [str(field.column) for field in (model._meta.pk, *fields) if field is not None]
    kinds = ["bigint", *(_element(field.db_type(connection)) for field in fields)]
    values = [[row.pk for row in rows], *([read(row) for row in rows] for read in map(_reader, fields))]
    named = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("UPDATE {table} SET {sets} FROM unnest({arrays}) AS v({named}) WHERE {table}.{key} = v.{key}").format(
        table=sql.Identifier(model._meta.db_table),
        sets=sql.SQL(", ").join(sql.SQL("{0} = v.{0}").format(sql.Identifier(column)) for column in columns[1:]),
        arrays=sql.SQL(", ").join(sql.SQL("%s::" + kind + "[]") for kind in kinds),
        named=named,
        key=sql.Identifier(columns[0]),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _element(kind: str | None) -> str:
    """The type of one array element: lengths are the column's business."""
    return (kind or "text").split("(")[0]
