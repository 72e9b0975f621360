"""The write: one upsert per kind from its stage, and the history of exactly the rows it created or changed."""

from __future__ import annotations

from typing import Any

from django.db import connection

from accounts.importing import payments, sql
from accounts.importing.context import Context
from accounts.importing.extras import close_former
from accounts.importing.parsing import Slot
from accounts.importing.planning import CHANGED, NEW, Plan
from accounts.importing.staging import Stage
from accounts.models import Account
from governance.history import record_history

LOCK_CHUNK = 10_000


def lock_accounts(plans: list[Plan], portfolio_id: int) -> None:
    """Lock the accounts whose facts change, in the order of their ids, before anything is written: a message of theirs that is about
    to leave takes its last look either before this import or after it."""
    ids: set[int] = set()
    for plan in plans:
        stage = plan.stage
        if not plan.moves:
            continue
        account = "t.id" if stage.kind.name == "accounts" else "r_account_id.id"
        found = sql.rows(
            f"SELECT DISTINCT {account} FROM {plan.table} p JOIN {stage.table} s ON s.n = p.n {sql.joins(stage, portfolio_id)} "
            f"{sql.target_join(stage, portfolio_id)} WHERE p.action <> 'same' AND {account} IS NOT NULL"
        )
        ids.update(pk for (pk,) in found)
    ordered = sorted(ids)
    for start in range(0, len(ordered), LOCK_CHUNK):
        chunk = ordered[start : start + LOCK_CHUNK]
        list(Account.objects.select_for_update(no_key=True).filter(pk__in=chunk).order_by("pk").values_list("pk"))


def write(plan: Plan, context: Context) -> None:
    """Write one kind, its history and, for payments, its allocations."""
    if plan.moves:
        created = _upsert(plan, NEW, context) if plan.rows_created else []
        changed = _upsert(plan, CHANGED, context) if plan.rows_updated else []
        if plan.stage.kind.name == "accounts":
            _parents(plan, context)
        if plan.stage.kind.name == "contacts":
            close_former([*created, *changed])
        model = sql.model_of(plan.stage.kind)
        if hasattr(model, "history"):
            for ids, kind in ((created, "+"), (changed, "~")):
                if ids:
                    record_history(model, ids, kind, by=context.by, at=context.now, reason="import")
        if plan.stage.kind.name == "payments":
            payments.write_allocations(plan.stage, plan.table, context.pk)
        if connection.vendor == "postgresql" and len(created) > 1000:
            sql.run(f"ANALYZE {model._meta.db_table}")


def _upsert(plan: Plan, action: str, context: Context) -> list[int]:
    """One INSERT … SELECT … ON CONFLICT DO UPDATE for the rows of one action; ids of the rows written."""
    stage, pk = plan.stage, context.pk
    columns, values, parameters = _insert_columns(stage, context)
    key = sql.key_target(stage.kind)
    scope = "portfolio_id" if stage.kind.scope == "portfolio" else "account_id"
    sets = [_assignment(stage, slot) for slot in sql.compared(stage) if slot.target != "parent_id"]
    touch = f"{key} = excluded.{key}"  # a payment whose allocations alone changed still counts as changed
    again = ["scanned_at = NULL"] if stage.kind.name in ("tickets", "messages", "contracts") else []  # changed text is read again
    assignments = ", ".join([*sets, *again]) or touch
    found = sql.rows(
        f"INSERT INTO {sql.table_of(stage.kind)} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {plan.table} p "
        f"JOIN {stage.table} s ON s.n = p.n {sql.joins(stage, pk)} WHERE p.action = '{action}' "
        f"ON CONFLICT ({scope}, {key}) DO UPDATE SET {assignments} RETURNING id",
        parameters,
    )
    return [row[0] for row in found]


def _assignment(stage: Stage, slot: Slot) -> str:
    new = f"excluded.{slot.target}"
    return f"{slot.target} = " + (f"COALESCE({new}, {sql.table_of(stage.kind)}.{slot.target})" if slot.keep else new)


def _insert_columns(stage: Stage, context: Context) -> tuple[list[str], list[str], list[Any]]:
    """Columns, their SQL values and parameters: staged where the file speaks, else the model's default."""
    staged = {slot.target: sql.value(slot) for slot in sql.written(stage) if slot.target != "parent_id"}
    columns: list[str] = []
    values: list[str] = []
    parameters: list[Any] = []
    for field in sql.model_of(stage.kind)._meta.concrete_fields:
        if field.primary_key:
            continue
        column = str(field.column)
        columns.append(column)
        if column in staged:
            values.append(staged[column])
        else:
            values.append("%s")
            parameters.append(_default(field, context))
    return columns, values, parameters


def _default(field: Any, context: Context) -> Any:
    if field.column == "portfolio_id":
        return context.pk
    if getattr(field, "auto_now_add", False):
        return connection.ops.adapt_datetimefield_value(context.now)
    return field.get_db_prep_save(field.get_default(), connection)


def _parents(plan: Plan, context: Context) -> None:
    """Parents come second: one of the same file must exist before it can be pointed to."""
    stage = plan.stage
    if not any(slot.target == "parent_id" for slot in stage.slots):
        return
    sql.create_list(
        "stage_parents",
        f"SELECT t.id, r_parent_id.id AS parent_id FROM {plan.table} p JOIN {stage.table} s ON s.n = p.n "
        f"{sql.joins(stage, context.pk)} {sql.target_join(stage, context.pk)} WHERE p.action <> 'same'",
    )
    table = Account._meta.db_table
    sql.run(
        f"UPDATE {table} SET parent_id = x.parent_id FROM stage_parents x WHERE x.id = {table}.id "
        f"AND {sql.distinct(f'{table}.parent_id', 'x.parent_id')}"
    )


