"""Triggers on both databases: what the application may never do, the database refuses, raw SQL included.

* the ledger, approvals and required roles are append-only; briefs and drafts are immutable; deliveries are never deleted;
* an approval must carry the fingerprint of its open request;
* a delivery needs a complete, unexpired approval request of its draft's fingerprint, and may leave towards the mail server only then;
* a hand-over never goes back to a re-send; frozen bytes never change;
* a policy or template that was ever active never changes its content.

A SQLite table remake drops triggers silently, so they are installed again after every migrate and ``missing()`` is a system check. The
SQL lives in ``governance/guard_sql``; table names of later apps appear there as names only. Whoever owns the tables can switch a trigger
off; ``missing()`` then names it.
"""

from __future__ import annotations

from importlib.resources import files

from django.db.backends.base.base import BaseDatabaseWrapper

SEPARATOR = "-- guard: "


def _statements(vendor: str) -> dict[str, tuple[str, str]]:
    """Guard name → (table, SQL) of one database vendor, in file order."""
    text = files("governance").joinpath("guard_sql", f"{vendor}.sql").read_text()
    found: dict[str, tuple[str, str]] = {}
    for block in text.split(SEPARATOR)[1:]:
        head, sql = block.split("\n", 1)
        name, table = head.split(" on ")
        found[name.strip()] = (table.strip(), sql.strip())
    return found


def _vendor(connection: BaseDatabaseWrapper) -> str:
    if connection.vendor not in ("postgresql", "sqlite"):
        raise RuntimeError(f"Collections Desk has no database guards for {connection.vendor}; use PostgreSQL or SQLite")
    return connection.vendor


def standing(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """Name → (table, body) of every trigger of this database that fires for everybody: not one switched off or left to replication."""
    query = (
        "SELECT t.tgname, c.relname, p.prosrc FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(c.oid)"
        if _vendor(connection) == "postgresql"
        else "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name: (table, body) for name, table, body in cursor.fetchall()}


def _body(vendor: str, sql: str) -> str:
    """What the database keeps of a guard's SQL: the function's body on PostgreSQL, the statement itself on SQLite."""
    return sql.split("$$")[1] if vendor == "postgresql" else sql.removesuffix(";")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Guards that should stand as they were delivered and do not: absent, switched off, or with another body.

    Tables that do not exist yet are not asked for.
    """
    tables, vendor = set(connection.introspection.table_names()), _vendor(connection)
    there = standing(connection)
    return [
        name
        for name, (table, sql) in _statements(vendor).items()
        if table in tables and there.get(name) != (table, _body(vendor, sql))
    ]


def install(connection: BaseDatabaseWrapper, only: str = "") -> None:
    """Install every guard whose table exists, or those of one table; safe to repeat."""
    tables = set(connection.introspection.table_names())
    vendor = _vendor(connection)
    with connection.cursor() as cursor:
        for name, (table, sql) in _statements(vendor).items():
            if table not in tables or (only and table != only):
                continue
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else ""))
            cursor.execute(sql)


def drop(connection: BaseDatabaseWrapper, only: str = "") -> None:
    """Remove the guards, or those of one table. For test fixtures that empty tables, and for rows that are read again from the ledger.

    The system check refuses to start without them.
    """
    tables = set(connection.introspection.table_names())
    vendor = _vendor(connection)
    with connection.cursor() as cursor:
        for name, (table, _) in _statements(vendor).items():
            if table in tables and only in ("", table):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else ""))

