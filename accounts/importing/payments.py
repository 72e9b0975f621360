"""A payment and its allocations: several rows of the file are one payment."""

from __future__ import annotations

from typing import Protocol

from accounts.importing import sql
from accounts.importing.parsing import Slot
from accounts.importing.staging import Stage

SAME = "d.account_id = s.account_id AND d.external_id = s.external_id"
ALLOCATIONS = "stage_allocations"


class Refuse(Protocol):
    """Refuses the rows of a query with columns n, value, detail."""

    def __call__(self, stage: Stage, query: str, column: str, expected: str, cause: str) -> None:
        """Refuse them."""


def allocates(stage: Stage) -> bool:
    """True when the file says what payments were for; without the column existing allocations stay."""
    return any(slot.name == "invoice_number" for slot in stage.slots)


def judge(stage: Stage, refuse: Refuse) -> None:
    """Several rows of one payment agree on it, name each invoice once, and allocate no more than it."""
    if not allocates(stage):
        return
    sides = [s for s in sql.written(stage) if s.target not in ("account_id", "external_id")]
    differs = " OR ".join(sql.distinct(f"s.{s.name}", f"f.{s.name}") for s in sides)
    refuse(
        stage,
        f"SELECT s.n, s.external_id AS value, d.first AS detail FROM {stage.table} s JOIN ({_first(stage)}) d ON {SAME} "
        f"JOIN {stage.table} f ON f.n = d.first WHERE s.n > d.first AND ({differs})",
        "payment_number", "the same payment as in row {}", "differs from its first row",
    )
    refuse(
        stage,
        f"SELECT s.n, s.external_id AS value, d.first AS detail FROM {stage.table} s "
        f"JOIN ({_first(stage, ', invoice_number')}) d ON {SAME} "
        f"AND NOT ({sql.distinct('d.invoice_number', 's.invoice_number')}) WHERE s.n > d.first",
        "payment_number", "one row per payment and invoice", "allocates to the same invoice as row {}",
    )
    refuse(
        stage,
        f"SELECT s.n, s.external_id AS value, '' AS detail FROM {stage.table} s JOIN (SELECT account_id, external_id "
        f"FROM {stage.table} GROUP BY account_id, external_id "
        f"HAVING SUM(COALESCE(allocated_amount, 0)) > MIN(amount_minor)) d ON {SAME}",
        "allocated_amount", "allocations of at most the payment", "is allocated beyond its amount",
    )


def _first(stage: Stage, more: str = "") -> str:
    return f"SELECT account_id, external_id{more}, MIN(n) AS first FROM {stage.table} GROUP BY account_id, external_id{more}"


def fold(stage: Stage, portfolio_id: int) -> None:
    """Keep one row per payment, weighing as many rows as it had; its allocations move to their own stage; what is left is unapplied."""
    if not allocates(stage):
        _unapplied(stage, "0")
        return
    sql.create_list(
        ALLOCATIONS,
        f"SELECT d.first AS n, s.invoice_number AS number, s.allocated_amount AS amount_minor, i.id AS invoice_id "
        f"FROM {stage.table} s JOIN ({_first(stage)}) d ON {SAME} LEFT JOIN {sql.INVOICE_TABLE} i "
        f"ON i.portfolio_id = {int(portfolio_id)} AND i.number = s.invoice_number WHERE s.invoice_number IS NOT NULL",
    )
    sql.create_list(
        "stage_folded",
        f"SELECT MIN(n) AS n, COUNT(*) AS rows_of, SUM(COALESCE(allocated_amount, 0)) AS allocated FROM {stage.table} "
        "GROUP BY account_id, external_id",
    )
    sql.run(f"DELETE FROM {stage.table} WHERE n NOT IN (SELECT n FROM stage_folded)")
    sql.run(f"UPDATE {stage.table} SET weight = f.rows_of FROM stage_folded f WHERE f.n = {stage.table}.n")
    _unapplied(stage, f"(SELECT f.allocated FROM stage_folded f WHERE f.n = {stage.table}.n)")


def _unapplied(stage: Stage, allocated: str) -> None:
    """Money in flight or failed is not cash; cleared money is unapplied as far as it is not allocated."""
    has_status = Slot("status", "status", "text") in stage.slots
    cleared = f"CASE WHEN status = 'cleared' THEN amount_minor - {allocated} ELSE 0 END" if has_status else f"amount_minor - {allocated}"
    sql.run(f"UPDATE {stage.table} SET unapplied_minor = {cleared} WHERE unapplied_minor IS NULL")


def write_allocations(stage: Stage, plan_table: str, portfolio_id: int) -> None:
    """Make the allocations of new and changed payments exactly those of the file."""
    if not allocates(stage):
        return
    touched = (
        f"SELECT p.n, t.id AS payment_id FROM {plan_table} p JOIN {stage.table} s ON s.n = p.n {sql.joins(stage, portfolio_id)} "
        f"{sql.target_join(stage, portfolio_id)} WHERE p.action <> 'same'"
    )
    sql.create_list("stage_touched", touched)
    sql.run("DELETE FROM accounts_allocation WHERE payment_id IN (SELECT payment_id FROM stage_touched)")
    sql.run(
        "INSERT INTO accounts_allocation (payment_id, invoice_id, amount_minor) SELECT x.payment_id, i.id, a.amount_minor "
        f"FROM {ALLOCATIONS} a JOIN stage_touched x ON x.n = a.n JOIN {sql.INVOICE_TABLE} i "
        f"ON i.portfolio_id = {int(portfolio_id)} AND i.number = a.number"
    )
