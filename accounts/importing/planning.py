"""What an import would do: for every staged row new, changed or same, against the book as it is now. Nothing permanent is written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from accounts.importing import payments, sql
from accounts.importing.parsing import Slot
from accounts.importing.staging import Stage
from governance.money import to_decimal

NEW, CHANGED, SAME = "new", "changed", "same"
EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Change:
    """One existing row that would change: its key, and (column, now, then) of each changed column."""

    kind: str
    row: int
    key: str
    columns: tuple[tuple[str, str, str], ...]


@dataclass(slots=True)
class Plan:
    """Counts of one kind. ``created`` … count rows of the file; ``rows_created`` … rows of the table."""

    stage: Stage
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rows_created: int = 0
    rows_updated: int = 0
    examples: list[Change] = field(default_factory=list)

    @property
    def table(self) -> str:
        """The temporary table: n, target_id, action."""
        return f"plan_{self.stage.kind.name}"

    @property
    def moves(self) -> bool:
        """True when something would be written."""
        return bool(self.rows_created or self.rows_updated)


def plan(stage: Stage, portfolio_id: int) -> Plan:
    """Compare one stage with the book."""
    found = Plan(stage)
    changed = " OR ".join(sql.changes(slot) for slot in sql.compared(stage)) or "1 = 0"
    if stage.kind.name == "disputes":
        # what a person answered or resolved here is not undone by a file
        changed = f"({changed}) AND t.answered_at IS NULL AND t.resolved_by_id IS NULL"
    if payments.allocates(stage):
        changed = f"{changed} OR {_allocations_differ()}"
    sql.create_list(
        found.table,
        f"SELECT s.n, t.id AS target_id, CASE WHEN t.id IS NULL THEN '{NEW}' WHEN {changed} THEN '{CHANGED}' ELSE '{SAME}' END AS action "
        f"FROM {stage.table} s {sql.joins(stage, portfolio_id)} {sql.target_join(stage, portfolio_id)}",
    )
    counted = sql.rows(
        f"SELECT p.action, SUM(s.weight), COUNT(*) FROM {found.table} p JOIN {stage.table} s ON s.n = p.n GROUP BY p.action"
    )
    weights = {action: (int(weight), int(count)) for action, weight, count in counted}
    found.created, found.rows_created = weights.get(NEW, (0, 0))
    found.updated, found.rows_updated = weights.get(CHANGED, (0, 0))
    found.unchanged = weights.get(SAME, (0, 0))[0]
    return found


def _allocations_differ() -> str:
    """True for a payment whose staged allocations are not those of the book."""
    same = "b.invoice_id = x.invoice_id AND b.amount_minor = x.amount_minor"
    booked = "accounts_allocation b WHERE b.payment_id = t.id"
    staged = "stage_allocations x WHERE x.n = s.n"
    return (
        f"EXISTS (SELECT 1 FROM {staged} AND NOT EXISTS (SELECT 1 FROM {booked} AND {same})) OR "
        f"EXISTS (SELECT 1 FROM {booked} AND NOT EXISTS (SELECT 1 FROM {staged} AND {same}))"
    )


def examples(found: Plan, portfolio_id: int) -> list[Change]:
    """The first changed rows, column by column, for the screen."""
    if not found.rows_updated:
        return []
    slots = sql.compared(found.stage)
    listed = _changed_rows(found, portfolio_id, slots, f"ORDER BY p.n LIMIT {EXAMPLES}")
    return [_change(found.stage, slots, row) for row in listed]


def _changed_rows(found: Plan, portfolio_id: int, slots: list[Slot], tail: str) -> list[tuple[Any, ...]]:
    """(row, key, currency, then per slot: now, then) of the rows that would change."""
    stage = found.stage
    currency = "s.currency" if any(slot.target == "currency" for slot in stage.slots) else "''"
    pairs = "".join(f", t.{slot.target}, {sql.then(slot)}" for slot in slots)
    return sql.rows(
        f"SELECT p.n, s.{sql.key_target(stage.kind)}, {currency}{pairs} FROM {found.table} p JOIN {stage.table} s ON s.n = p.n "
        f"{sql.joins(stage, portfolio_id)} JOIN {sql.table_of(stage.kind)} t ON t.id = p.target_id WHERE p.action = '{CHANGED}' {tail}"
    )


def _change(stage: Stage, slots: list[Slot], row: tuple[Any, ...]) -> Change:
    names = {column.target: column.name for column in stage.kind.columns if column.target}
    found = []
    for slot, old, new in zip(slots, row[3::2], row[4::2], strict=True):
        now, then = _shown(slot, old, row[2]), _shown(slot, new, row[2])
        if now != then:
            found.append((names.get(slot.target, slot.target).replace("_", " "), now, then))
    return Change(stage.kind.name, row[0], row[1] or "", tuple(found))


def _shown(slot: Slot, value: Any, currency: str) -> str:
    if slot.target.endswith("_minor") and value is not None and currency:
        return str(to_decimal(value, currency))
    return _words(value)


def _words(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def digest(plans: list[Plan], portfolio_id: int) -> str:
    """A hash of what would change, old values included: if the data moves between check and confirm, the hash does."""
    found = hashlib.sha256()
    for one in plans:
        found.update(f"{one.stage.kind.name} {one.created} {one.updated} {one.unchanged}\n".encode())
        for row in _changed_rows(one, portfolio_id, sql.compared(one.stage), "ORDER BY p.n") if one.rows_updated else []:
            found.update(repr(tuple(map(_words, row))).encode())
        if one.rows_created:
            for (n,) in sql.rows(f"SELECT n FROM {one.table} WHERE action = '{NEW}' ORDER BY n"):
                found.update(f"{n},".encode())
    return found.hexdigest()
