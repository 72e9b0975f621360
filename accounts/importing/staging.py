"""Rows on their way: a temporary table per kind, filled by COPY on PostgreSQL and in batches on SQLite. Nothing permanent is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection

from accounts.importing.columns import Kind
from accounts.importing.context import Context
from accounts.importing.errors import Doubt, Refusal, Refusals, RowRefused, Unreadable
from accounts.importing.files import UPLOAD_ROWS
from accounts.importing.formats import Formats
from accounts.importing.ledger import Ledger
from accounts.importing.parsing import RowParser, Slot, no_formulas
from accounts.importing.reading import Table, plain, settle
from accounts.importing.workbook import as_text

BATCH = 5_000
TYPES = {
    "postgresql": {"moment": "timestamptz"},
    "sqlite": {"moment": "text", "date": "text", "boolean": "bool"},
}


@dataclass(slots=True)
class Stage:
    """A staged kind. ``table`` holds the slots plus ``n`` (row number) and ``weight`` (how many rows of the file it stands for)."""

    kind: Kind
    slots: list[Slot]
    label: str = ""
    rows: int = 0
    outside: int = 0
    words: str = ""

    @property
    def table(self) -> str:
        """Name of the temporary table."""
        return f"stage_{self.kind.name}"

    @property
    def names(self) -> list[str]:
        """Staged columns, in order."""
        return ["n", "weight", *(slot.name for slot in self.slots)]


def create(name: str, columns: dict[str, str]) -> None:
    """Make a temporary table, replacing one of the same name that an earlier import on this connection left."""
    types = TYPES.get(connection.vendor, {})
    body = ", ".join(f"{column} {types.get(kind, kind)}" for column, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(f"CREATE TEMPORARY TABLE {name} ({body})")


class _Held:
    """Rows until the first error, which is raised afterwards: an error inside COPY would take the transaction with it."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self.rows = rows
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self.rows
        except (Doubt, Unreadable) as error:
            self.error = error


def fill(name: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Stream rows into a temporary table; what their reading raises is raised again after it."""
    held = _Held(rows)
    _pour(name, columns, held)
    if held.error:
        raise held.error


def _pour(name: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    listed = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {name} ({listed}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(f"ANALYZE {name}")
            return
        marks = ", ".join(["%s"] * len(columns))
        iterator = iter(rows)
        while batch := list(islice(iterator, BATCH)):
            cursor.executemany(f"INSERT INTO {name} ({listed}) VALUES ({marks})", batch)


def stage(table: Table, context: Context, refusals: Refusals, ledger: Ledger | None = None) -> tuple[Stage, Formats]:
    """Parse one table into its stage. What was refused is in ``refusals``; a foreign layout's accounts and disputes are in ``ledger``."""
    formats = plain(table, context)
    before = refusals.count
    try:
        return _stage(table, context, refusals, formats, ledger), formats
    except Doubt:
        formats = settle(table, context)
        if refusals.count != before or (ledger and ledger.used):
            # what the first look already said is said again by the second
            _rewind(refusals, before)
            if ledger:
                ledger.clear()
        return _stage(table, context, refusals, formats, ledger), formats


def _rewind(refusals: Refusals, count: int) -> None:
    kept = refusals.kept[:count]
    refusals.kept, refusals.count = kept, count
    refusals.causes = Counter((r.column, r.cause) for r in kept)


def _stage(table: Table, context: Context, refusals: Refusals, formats: Formats, ledger: Ledger | None) -> Stage:
    parser = RowParser(table.match, context, formats)
    found = Stage(table.match.kind, parser.slots, table.label, words=table.words)
    if found.kind.name == "payments" and "invoice_number" in table.match.header:
        found.slots = [*found.slots, Slot("invoice_number", "", "text"), Slot("allocated_amount", "", "bigint")]
    create(found.table, {"n": "integer", "weight": "integer", **{s.name: s.type for s in found.slots}})
    fill(found.table, found.names, _values(table, parser, found, context, refusals, ledger))
    if parser.posted_late and table.match.layout:
        context.note(
            f"{parser.posted_late} invoices were posted after they were due: {table.match.layout.terms_from}, the date their "
            "terms count from, is taken as their date of issue."
        )
    return found


def _values(
    table: Table, parser: RowParser, found: Stage, context: Context, refusals: Refusals, ledger: Ledger | None
) -> Iterator[tuple[Any, ...]]:
    """The staged rows of a table."""
    targets = [slot.target or slot.name for slot in found.slots]
    limit = UPLOAD_ROWS if context.options.upload else 0
    for number, cells in table.rows():
        found.rows += 1
        if limit and found.rows > limit:
            raise Unreadable(f"{table.found.name} has more than {limit:,} rows; expected at most that many in an upload")
        try:
            if table.sheet:
                no_formulas(cells, table.match.original)
            values = parser(cells)
        except RowRefused as refused:
            _refuse(refused, number, cells, table, found, refusals)
            continue
        if values is None:
            found.outside += 1
            continue
        if ledger:
            ledger.take(number, cells, values)
        yield (number, 1, *map(values.get, targets))


def _refuse(refused: RowRefused, number: int, cells: list[str], table: Table, found: Stage, refusals: Refusals) -> None:
    if not any(cell.strip() for cell in cells):
        found.rows -= 1  # a line of separators only is an empty line
        return
    column = refused.column
    if table.match.layout and column:
        renamed = dict(zip(table.match.header, table.match.original, strict=True))
        column = renamed.get(column, column)
    refusals.add(Refusal(table.label, number, column, refused.value, refused.expected, refused.cause, as_text(cells)))


@contextmanager
def no_stages_left() -> Iterator[None]:
    """Drop the temporary tables at the end, whatever happened. In a transaction that failed, its rollback does it."""
    try:
        yield
    finally:
        if not connection.needs_rollback and connection.is_usable():
            drop_stages()


def drop_stages() -> None:
    """Drop every temporary table of an import on this connection."""
    listing = (
        "SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r' AND pg_table_is_visible(oid)"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_temp_master WHERE type = 'table'"
    )
    with connection.cursor() as cursor:
        cursor.execute(listing)
        for (name,) in cursor.fetchall():
            if name.startswith(("stage_", "plan_")):
                cursor.execute(f"DROP TABLE {name}")

