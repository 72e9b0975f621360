"""What only all rows together, or the database, can refuse: doubles, two customers for one invoice, unknown accounts and invoices."""

from __future__ import annotations

from accounts.importing import payments, sql
from accounts.importing.context import Context
from accounts.importing.errors import KEPT, Refusal, Refusals
from accounts.importing.ledger import SETTLED_NOTE
from accounts.importing.parsing import Slot
from accounts.importing.reading import Table
from accounts.importing.staging import Stage

Stages = dict[str, Stage]


class Judge:
    """Judges one stage after another, in the order of import; a refused row leaves its stage."""

    def __init__(self, stages: Stages, tables: dict[str, Table], context: Context, refusals: Refusals) -> None:
        self.stages, self.tables, self.context, self.refusals = stages, tables, context, refusals
        self.pk = context.pk

    def all(self) -> None:
        """Judge every stage."""
        for stage in self.stages.values():
            if stage.kind.name == "payments":
                payments.judge(stage, self._refuse)
                payments.fold(stage, self.pk)
            self._accounts(stage)
            if stage.kind.name == "invoices":
                self._two_customers(stage)
            self._doubles(stage)
            self._invoices(stage)
            if stage.kind.name == "messages":
                self._message_ids(stage)
            if stage.kind.name == "invoices":
                self._ledger_rest()
        self._parents()

    def _refuse(self, stage: Stage, query: str, column: str, expected: str, cause: str) -> None:
        """Refuse the rows of ``query`` (n, value, detail) and take them off the stage. ``{}`` in the texts stands for the detail."""
        count = sql.create_list("stage_refused", query)
        shown = self._title(stage, column)
        found = sql.rows(f"SELECT n, value, detail FROM stage_refused ORDER BY n LIMIT {KEPT}") if count else []
        for n, value, detail in found:
            words = expected.format(detail), cause.format(detail)
            self.refusals.add(Refusal(stage.label, n, shown, str(value or ""), *words))
        if count:
            self.refusals.count += count - len(found)
            sql.run(f"DELETE FROM {stage.table} WHERE n IN (SELECT n FROM stage_refused)")

    def _title(self, stage: Stage, column: str) -> str:
        table = self.tables.get(stage.kind.name)
        if not table or not table.match.layout:
            return column
        return dict(zip(table.match.header, table.match.original, strict=True)).get(column, column)

    def _scope(self, stage: Stage) -> str:
        return "" if stage.kind.scope == "portfolio" else "account_id, "

    def _doubles(self, stage: Stage) -> None:
        """The same key twice in one file: the second and later rows are refused."""
        if not self._weighed(stage):
            return
        key, scope = sql.key_target(stage.kind), self._scope(stage)
        same = f"d.{key} = s.{key}" + (" AND d.account_id = s.account_id" if scope else "")
        self._refuse(
            stage,
            f"SELECT s.n, s.{key} AS value, d.first AS detail FROM {stage.table} s JOIN (SELECT {scope}{key}, MIN(n) AS first "
            f"FROM {stage.table} GROUP BY {scope}{key} HAVING COUNT(*) > 1) d ON {same} WHERE s.n > d.first",
            stage.kind.key, "each once in the file", "is also in row {}",
        )

    def _weighed(self, stage: Stage) -> bool:
        """False for what a foreign layout derived: it has one row per customer by construction."""
        return stage.kind.name in self.tables

    def _two_customers(self, stage: Stage) -> None:
        """One invoice number, two customers: in the file (all such rows are refused), or against the book."""
        self._refuse(
            stage,
            f"SELECT s.n, s.number AS value, CASE WHEN s.account_id = d.low THEN d.high ELSE d.low END AS detail FROM {stage.table} s JOIN "
            f"(SELECT number, MIN(account_id) AS low, MAX(account_id) AS high FROM {stage.table} GROUP BY number "
            "HAVING MIN(account_id) <> MAX(account_id)) d ON d.number = s.number",
            "invoice_number", "one customer for one invoice number", "belongs to another customer too in this file ({})",
        )
        self._refuse(
            stage,
            f"SELECT s.n, s.number AS value, a.external_id AS detail FROM {stage.table} s "
            f"JOIN {sql.INVOICE_TABLE} t ON t.portfolio_id = {self.pk} AND t.number = s.number "
            f"JOIN {sql.ACCOUNT_TABLE} a ON a.id = t.account_id WHERE a.external_id <> s.account_id",
            "invoice_number", "one customer for one invoice number", "already belongs to customer {} in the book",
        )

    def _accounts(self, stage: Stage) -> None:
        """Every account named must be in the book or in this import."""
        staged = self.stages.get("accounts")
        for slot in (s for s in stage.slots if s.ref == "account"):
            here = f"LEFT JOIN {staged.table} k ON k.external_id = s.{slot.name}" if staged else ""
            unknown = f"s.{slot.name} IS NOT NULL AND r_{slot.target}.id IS NULL" + (" AND k.n IS NULL" if staged else "")
            self._refuse(
                stage,
                f"SELECT s.n, s.{slot.name} AS value, '' AS detail FROM {stage.table} s "
                f"{sql.joins(stage, self.pk, only=slot.target)} {here} WHERE {unknown}",
                self._column(stage, slot), "an account number of the book or of this import", "is not a known account",
            )

    def _invoices(self, stage: Stage) -> None:
        """Every invoice named must be in the book or in this import, and belong to the account of the row."""
        for slot in (s for s in stage.slots if s.ref == "invoice" or s.name == "invoice_number"):
            staged = self.stages.get("invoices")
            here = f"LEFT JOIN {staged.table} i ON i.number = s.{slot.name}" if staged else ""
            owner = f"COALESCE({'i.account_id, ' if staged else ''}a.external_id, '')"
            self._refuse(
                stage,
                f"SELECT s.n, s.{slot.name} AS value, '' AS detail FROM {stage.table} s {here} "
                f"LEFT JOIN {sql.INVOICE_TABLE} t ON t.portfolio_id = {self.pk} AND t.number = s.{slot.name} "
                f"LEFT JOIN {sql.ACCOUNT_TABLE} a ON a.id = t.account_id "
                f"WHERE s.{slot.name} IS NOT NULL AND {owner} <> s.account_id",
                "invoice_number", "an invoice number of the same account", "is not an invoice of this account",
            )

    def _column(self, stage: Stage, slot: Slot) -> str:
        return next(c.name for c in stage.kind.columns if c.target == slot.target)

    def _message_ids(self, stage: Stage) -> None:
        """A Message-ID names one message."""
        if not any(slot.name == "message_id" for slot in stage.slots):
            return
        self._refuse(
            stage,
            f"SELECT s.n, s.message_id AS value, '' AS detail FROM {stage.table} s {sql.joins(stage, self.pk)} "
            f"JOIN accounts_message t ON t.message_id = s.message_id AND s.message_id <> '' WHERE "
            f"t.external_id <> s.external_id OR {sql.distinct('t.account_id', 'r_account_id.id')}",
            "message_id", "a Message-ID not in the book yet", "already names another message of the book",
        )
        self._refuse(
            stage,
            f"SELECT s.n, s.message_id AS value, d.first AS detail FROM {stage.table} s JOIN (SELECT message_id, MIN(n) AS first "
            f"FROM {stage.table} WHERE message_id <> '' GROUP BY message_id) d ON d.message_id = s.message_id WHERE s.n > d.first",
            "message_id", "each Message-ID once", "is also in row {}",
        )

    def _parents(self) -> None:
        """No account is its own ancestor."""
        stage = self.stages.get("accounts")
        if stage is None or not any(slot.target == "parent_id" for slot in stage.slots):
            return
        known = (
            f"SELECT a.external_id, p.external_id FROM {sql.ACCOUNT_TABLE} a JOIN {sql.ACCOUNT_TABLE} p ON p.id = a.parent_id "
            f"WHERE a.portfolio_id = {self.pk}"
        )
        above = dict(sql.rows(known))
        above.update(sql.rows(f"SELECT external_id, parent_id FROM {stage.table}"))
        for n, number in sql.rows(f"SELECT n, external_id FROM {stage.table} WHERE parent_id IS NOT NULL"):
            if _in_circle(number, above):
                query = f"SELECT n, parent_id AS value, '' AS detail FROM {stage.table} WHERE n = {int(n)}"
                self._refuse(stage, query, "parent_account_number", "a parent that is not a child", "closes a circle of parents")

    def _ledger_rest(self) -> None:
        """Customers and disputes of a foreign layout go with their invoice row. A settled one only ends a dispute opened by import."""
        accounts, invoices, disputes = (self.stages.get(kind) for kind in ("accounts", "invoices", "disputes"))
        if invoices and accounts and not self._weighed(accounts):
            sql.run(
                f"DELETE FROM {accounts.table} WHERE n IN (SELECT k.n FROM {accounts.table} k LEFT JOIN "
                f"(SELECT DISTINCT account_id FROM {invoices.table}) i ON i.account_id = k.external_id WHERE i.account_id IS NULL)"
            )
        if invoices and disputes and not self._weighed(disputes):
            sql.run(
                f"DELETE FROM {disputes.table} WHERE n IN (SELECT k.n FROM {disputes.table} k LEFT JOIN {invoices.table} i "
                "ON i.number = k.invoice_id WHERE i.n IS NULL)"
            )
            self._ledger_disputes(disputes)

    def _ledger_disputes(self, disputes: Stage) -> None:
        """A mark in the ledger opens a dispute once, and its settlement ends it; what a person resolved stays as it is."""
        by_import = f"t.resolved_by_id IS NULL AND t.outcome_note LIKE '{SETTLED_NOTE}%%'"
        sql.run(
            f"DELETE FROM {disputes.table} WHERE n IN (SELECT s.n FROM {disputes.table} s {sql.joins(disputes, self.pk)} "
            f"{sql.target_join(disputes, self.pk)} WHERE "
            f"(s.status = 'resolved' AND (t.id IS NULL OR t.status = 'resolved')) OR "
            f"(s.status = 'open' AND t.id IS NOT NULL AND NOT (t.status = 'resolved' AND {by_import})))"
        )


def _in_circle(number: str, above: dict[str, str | None]) -> bool:
    seen, here = set[str](), above.get(number)
    while here and here not in seen:
        if here == number:
            return True
        seen.add(here)
        here = above.get(here)
    return False
