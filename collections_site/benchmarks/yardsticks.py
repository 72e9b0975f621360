"""What the database alone needs: one ageing statement, one COPY. And the scratch database both runs use.

A benchmark never touches the database it is started in: it makes one beside it, marked as its own, and drops
it at the end.
"""

from __future__ import annotations

import io
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

MARK = "scratch database of the collections desk benchmark"
_TICKS = os.sysconf("SC_CLK_TCK")

AGEING = """
SELECT account_id, currency,
       SUM(CASE WHEN due_on >= %(today)s THEN balance_minor ELSE 0 END),
       SUM(CASE WHEN due_on < %(today)s AND due_on >= %(d30)s THEN balance_minor ELSE 0 END),
       SUM(CASE WHEN due_on < %(d30)s AND due_on >= %(d60)s THEN balance_minor ELSE 0 END),
       SUM(CASE WHEN due_on < %(d60)s AND due_on >= %(d90)s THEN balance_minor ELSE 0 END),
       SUM(CASE WHEN due_on < %(d90)s THEN balance_minor ELSE 0 END)
FROM accounts_invoice WHERE status = 'open' AND balance_minor > 0 GROUP BY account_id, currency
"""


class Refused(RuntimeError):
    """The scratch database cannot be made; the message says what to do."""


@contextmanager
def scratch_database(kept: str = "", holds: str = "") -> Iterator[None]:
    """Point the default connection at a new, migrated database for the block, then drop it and point back.

    On PostgreSQL ``<name>_benchmark`` (one left over from an interrupted run is replaced, one that the benchmark did not make is
    refused), on SQLite a file in a temporary folder. ``kept`` names one on PostgreSQL that is left standing, and taken as it is where
    ``note`` said of it that it ``holds`` what is wanted.
    """
    if kept and connection.vendor != "postgresql":
        raise Refused("Only a database of PostgreSQL is kept: set DATABASE_URL=postgres://…")
    original, aside = connection.settings_dict["NAME"], _set_aside()
    test = connection.settings_dict["TEST"]
    before = test.get("NAME")
    with tempfile.TemporaryDirectory() as folder:
        try:
            stands = kept and _stands(kept, holds)
            test["NAME"] = (kept or _free_name(str(original))) if connection.vendor == "postgresql" else f"{folder}/benchmark.sqlite3"
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=bool(stands))
            _ = stands or note()
            yield
        finally:
            if connection.settings_dict["NAME"] != original:
                connection.creation.destroy_test_db(str(original), verbosity=0, keepdb=bool(kept))
            test["NAME"] = before
            connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = original
            if aside is not None:
                connection.connection = aside


def _set_aside() -> Any:
    """The open connection of an in-memory database, taken out of the wrapper: closing it would lose the database."""
    if connection.vendor == "postgresql" or not connection.is_in_memory_db():
        connection.close()
        return None
    kept, connection.connection = connection.connection, None
    return kept


def _free_name(original: str) -> str:
    _told(name := f"{original}_benchmark")
    return name


def _stands(name: str, holds: str) -> bool:
    """Whether that database is there, filled. One that was begun only is made anew; one that holds something else is left alone."""
    told = _told(name)
    if told and told != holds:
        raise Refused(f"the database {name} holds {told}, not {holds}: ask for that, or keep this under another name")
    return bool(told)


def _told(name: str) -> str:
    """What ``note`` said of a database, empty where there is none. Raises ``Refused`` for one that the benchmark did not make."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
        row = cursor.fetchone()
    if row is not None and not str(row[0]).startswith(MARK):
        raise Refused(f"a database {name} exists that the benchmark did not make; drop or rename it first")
    return str(row[0]).removeprefix(MARK).removeprefix(": ") if row is not None else ""


def note(holds: str = "") -> None:
    """Write on the scratch database that it is one, and what it is filled with once it is."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
            cursor.execute(f"COMMENT ON DATABASE {name} IS '{MARK}{': ' if holds else ''}{holds}'")


class Meter:
    """Wall seconds and CPU seconds of this process and of its database backend since it was made."""

    def __init__(self) -> None:
        self.backend = _backend_pid()
        self.wall, self.python, self.database = time.perf_counter(), time.process_time(), self._database()

    def _database(self) -> float:
        """CPU seconds the database server spent for our connection; 0 where the database runs inside this
        process.
        """
        if self.backend is None:
            return 0.0
        fields = Path(f"/proc/{self.backend}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def read(self) -> dict[str, float]:
        """Seconds so far: wall, python_cpu, database_cpu."""
        return {
            "seconds": time.perf_counter() - self.wall,
            "python_cpu_seconds": time.process_time() - self.python,
            "database_cpu_seconds": self._database() - self.database,
        }


def _backend_pid() -> int | None:
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = int(cursor.fetchone()[0])
    if not Path(f"/proc/{pid}/stat").exists():
        raise Refused("the database server runs on another machine: its CPU time cannot be read from here")
    return pid


def peak_memory_mb() -> float:
    """The largest resident size of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ageing_seconds(today: object, edges: dict[str, object]) -> float:
    """Seconds of one SQL statement that ages every open invoice per account and currency."""
    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(AGEING, {"today": today, **edges})
        cursor.fetchall()
    return time.perf_counter() - start


def copy_seconds(rows: int) -> float:
    """Seconds of one COPY of ``rows`` invoices into a bare table (PostgreSQL), or of one executemany
    (SQLite).
    """
    lines = [
        (n, f"B{n:08d}", "2026-04-12", "2026-05-12", "EUR", 100_000 + n, 100_000 + n) for n in range(rows)
    ]
    columns = (
        "id bigint, number text, issued_on date, due_on date, currency text, amount bigint, balance bigint"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE benchmark_copy ({columns})")
        start = time.perf_counter()
        if connection.vendor == "postgresql":
            text = io.StringIO("".join("\t".join(map(str, line)) + "\n" for line in lines)).read()
            with cursor.cursor.copy("COPY benchmark_copy FROM STDIN") as copy:
                copy.write(text)
        else:
            cursor.executemany("INSERT INTO benchmark_copy VALUES (%s, %s, %s, %s, %s, %s, %s)", lines)
        seconds = time.perf_counter() - start
        cursor.execute("DROP TABLE benchmark_copy")
    return seconds
