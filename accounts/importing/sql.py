"""The SQL that judging, planning and writing share: how staged texts find their rows, and what counts as a change.

Identifiers come from the models and the canonical tables only, never from a file; values are always parameters.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from accounts.importing.columns import Kind
from accounts.importing.parsing import Slot
from accounts.importing.staging import Stage

ACCOUNT_TABLE = "accounts_account"
INVOICE_TABLE = "accounts_invoice"


def model_of(kind: Kind) -> type[Model]:
    """The model of a kind."""
    return apps.get_model("accounts", kind.model)


def table_of(kind: Kind) -> str:
    """The table of a kind."""
    return model_of(kind)._meta.db_table


def key_target(kind: Kind) -> str:
    """The table's column that holds the kind's key."""
    return kind.by_name[kind.key].target


def joins(stage: Stage, portfolio_id: int, *, only: str = "") -> str:
    """LEFT JOINs that resolve account and invoice texts of stage ``s``, one alias ``r_<slot>`` each."""
    parts = []
    for slot in stage.slots:
        if not slot.ref or (only and slot.target != only):
            continue
        table, column = (ACCOUNT_TABLE, "external_id") if slot.ref == "account" else (INVOICE_TABLE, "number")
        alias = f"r_{slot.target}"
        parts.append(
            f"LEFT JOIN {table} {alias} ON {alias}.portfolio_id = {int(portfolio_id)} AND {alias}.{column} = s.{slot.name}"
        )
    return " ".join(parts)


def target_join(stage: Stage, portfolio_id: int) -> str:
    """LEFT JOIN of the existing row as ``t``; needs ``joins``."""
    key = key_target(stage.kind)
    scope = f"t.portfolio_id = {int(portfolio_id)}" if stage.kind.scope == "portfolio" else "t.account_id = r_account_id.id"
    return f"LEFT JOIN {table_of(stage.kind)} t ON {scope} AND t.{key} = s.{key}"


def value(slot: Slot) -> str:
    """The value a slot writes: the staged one, or the id its text stands for."""
    return f"r_{slot.target}.id" if slot.ref else f"s.{slot.name}"


def then(slot: Slot) -> str:
    """What an existing row ``t`` would hold afterwards."""
    return f"COALESCE({value(slot)}, t.{slot.target})" if slot.keep else value(slot)


def changes(slot: Slot) -> str:
    """True when a slot would change the existing row ``t``."""
    return distinct(then(slot), f"t.{slot.target}")


def written(stage: Stage) -> list[Slot]:
    """Slots that go to a column of the table."""
    return [slot for slot in stage.slots if slot.target]


def compared(stage: Stage) -> list[Slot]:
    """Slots that may change an existing row."""
    keys = {key_target(stage.kind)}
    return [slot for slot in written(stage) if slot.update and slot.target not in keys]


def distinct(left: str, right: str) -> str:
    """Null-safe inequality on both databases."""
    return f"{left} IS DISTINCT FROM {right}" if connection.vendor == "postgresql" else f"{left} IS NOT {right}"


def run(statement: str, parameters: list[Any] | None = None) -> int:
    """Execute; rows affected."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or [])
        return cursor.rowcount


def create_list(name: str, query: str) -> int:
    """A temporary table from a query, replacing one of the same name; its rows are counted."""
    run(f"DROP TABLE IF EXISTS {name}")
    run(f"CREATE TEMPORARY TABLE {name} AS {query}")
    return int(rows(f"SELECT COUNT(*) FROM {name}")[0][0])


def rows(statement: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Execute and fetch."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or [])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
