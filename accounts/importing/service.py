"""The import as one act: check or commit, by the same steps, with its run and its event."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from accounts.importing import extras, planning, sql, writing
from accounts.importing.canonical import BY_NAME
from accounts.importing.context import Context, Options
from accounts.importing.errors import Refusal, Refusals, Unreadable
from accounts.importing.judging import Judge
from accounts.importing.ledger import ACCOUNT_SLOTS, DISPUTE_SLOTS, Ledger
from accounts.importing.outcome import Outcome, amounts
from accounts.importing.parsing import Slot
from accounts.importing.planning import Plan
from accounts.importing.reading import ORDER, Book, Table, open_book
from accounts.importing.staging import Stage, create, fill, no_stages_left, stage
from accounts.importing.workbook import as_text
from accounts.models import ImportRun
from governance.audit import Entry, record
from governance.models import Portfolio, User
from governance.money import is_currency


class Refused(Exception):
    """Rows were refused and a partial import was not asked for: nothing was written."""


class DataMoved(Exception):
    """What would change is no longer what was checked: nothing was written."""


def check(path: Path, portfolio: Portfolio, options: Options, *, at: datetime, by: User | None = None, name: str = "") -> Outcome:
    """Everything but the write: what would be created, updated and refused. Raises ``Unreadable``."""
    started = time.perf_counter()
    book, context = _begin(path, portfolio, options, at, by, name)
    with no_stages_left():
        outcome, plans = _prepare(book, context)
        outcome.digest = planning.digest(plans, context.pk)
        outcome.examples = [example for plan in plans for example in planning.examples(plan, context.pk)][: planning.EXAMPLES]
    outcome.seconds = time.perf_counter() - started
    return outcome


def commit(
    path: Path, portfolio: Portfolio, options: Options, *, at: datetime, by: User | None = None, name: str = "",
    run: ImportRun | None = None, checked_digest: str = "",
) -> Outcome:
    """Import a book: all of it in one transaction, or nothing. Refused rows mean nothing, unless ``accept_partial``.

    ``run`` is the checked run to complete; with ``checked_digest`` the book must still be as it was checked (else ``DataMoved``).
    Raises ``Unreadable`` and ``Refused`` (whose ``args[0]`` is the outcome).
    """
    started = time.perf_counter()
    book, context = _begin(path, portfolio, options, at, by, name)
    with no_stages_left(), transaction.atomic():
        if run is not None and run.file_sha256 and run.file_sha256 != book.sha256:
            raise DataMoved
        if portfolio.pk is None:
            portfolio.save()
        Portfolio.objects.select_for_update(no_key=True).get(pk=portfolio.pk)  # imports of one book take turns
        outcome, plans = _prepare(book, context)
        if outcome.refusals.count and not options.accept_partial:
            outcome.seconds = time.perf_counter() - started
            raise Refused(outcome)
        if checked_digest and planning.digest(plans, context.pk) != checked_digest:
            raise DataMoved
        _write(book, context, plans, outcome)
        outcome.seconds = time.perf_counter() - started
        _finish_run(outcome, context, run)
    return outcome


def _begin(path: Path, portfolio: Portfolio, options: Options, at: datetime, by: User | None, name: str) -> tuple[Book, Context]:
    if options.currency and not is_currency(options.currency):
        raise Unreadable(f'"{options.currency}" is not a known currency; expected a code of ISO 4217, for example EUR')
    book = open_book(path, options, name=name)
    context = Context(portfolio, options, at, by, connection.vendor, dict(User.objects.values_list("username", "pk")))
    return book, context


def _prepare(book: Book, context: Context) -> tuple[Outcome, list[Plan]]:
    """Stage, judge and plan every table. Nothing permanent is written."""
    refusals = Refusals()
    outcome = Outcome(book.layout, book.name, book.sha256, str(context.portfolio), context.day, refusals=refusals)
    stages: dict[str, Stage] = {}
    tables = {table.match.kind.name: table for table in book.tables}
    for table in book.tables:
        stages.update(_stage_table(table, context, refusals))
    ordered = dict(sorted(stages.items(), key=lambda item: ORDER[item[0]]))
    Judge(ordered, tables, context, refusals).all()
    refusals.kept = _with_cells(refusals.kept, tables)
    plans = [planning.plan(found, context.pk) for found in ordered.values()]
    outcome.count(plans)
    outcome.rows = sum(found.rows for found in stages.values())
    outcome.outside = sum(found.outside for found in stages.values())
    outcome.totals, outcome.open_totals = _totals(ordered)
    outcome.notes = context.notes
    outcome.header = book.tables[0].match.original
    return outcome, plans


def _totals(stages: dict[str, Stage]) -> tuple[dict[str, str], dict[str, str]]:
    """Control totals of the accepted rows: amounts, and of invoices what is open. Of several kinds the invoices count."""
    priced = [s for s in stages.values() if any(slot.target == "amount_minor" for slot in s.slots)]
    if not priced:
        return {}, {}
    main = stages.get("invoices", priced[0])
    balance = "balance_minor" if main.kind.name == "invoices" else "0"
    sums = sql.rows(f"SELECT currency, SUM(amount_minor), SUM({balance}) FROM {main.table} GROUP BY currency")
    counted = [row for row in sums if row[1] is not None]
    opens = amounts({c: int(b) for c, _, b in counted}) if main.kind.name == "invoices" else {}
    return amounts({c: int(a) for c, a, _ in counted}), opens


def _stage_table(table: Table, context: Context, refusals: Refusals) -> dict[str, Stage]:
    ledger = Ledger(table.match, context) if table.match.layout else None
    found, formats = stage(table, context, refusals, ledger)
    context.note(f"{table.found.name}: {table.words}, {formats.words}.")
    _note_currency(table, context)
    stages = {found.kind.name: found}
    if ledger and table.match.layout:
        stages["accounts"] = _derived("accounts", table.label, ACCOUNT_SLOTS, ledger.accounts())
        if table.match.layout.disputed:
            stages["disputes"] = _derived("disputes", table.label, DISPUTE_SLOTS, ledger.disputes())
        if table.match.ignored:
            context.note(f"Columns not used: {', '.join(table.match.ignored)}.")
    if formats.rounding_words:
        context.note(formats.rounding_words)
    return stages


def _derived(kind: str, label: str, slots: list[Slot], rows: Iterable[tuple[Any, ...]]) -> Stage:
    found = Stage(BY_NAME[kind], slots, label)
    create(found.table, {"n": "integer", "weight": "integer", **{s.name: s.type for s in slots}})
    fill(found.table, found.names, rows)
    return found


def _note_currency(table: Table, context: Context) -> None:
    if not table.match.states_currency:
        origin = "as given by --currency" if context.options.currency else f"the currency of portfolio {context.portfolio}"
        context.note(f"{table.found.name} states no currency: its amounts are read as {context.currency}, {origin}.")


def _with_cells(kept: list[Refusal], tables: dict[str, Table]) -> list[Refusal]:
    """Refusals found by all rows together get the cells of their row, for the list to download."""
    found: list[Refusal] = []
    for table in tables.values():
        mine = [r for r in kept if r.file == table.label]
        wanted = {r.row for r in mine if not r.cells}
        cells = {n: as_text(row) for n, row in table.rows() if n in wanted} if wanted else {}
        found += [r if r.cells else replace(r, cells=cells.get(r.row, ())) for r in mine]
    return sorted(found, key=lambda r: (r.file, r.row))


def _write(book: Book, context: Context, plans: list[Plan], outcome: Outcome) -> None:
    writing.lock_accounts(plans, context.pk)
    for plan in plans:
        writing.write(plan, context)
    if context.options.placeholder_contacts:
        made = extras.placeholder_contacts(context, [plan.stage.table for plan in plans])
        counts = outcome.kinds.setdefault("contacts", {"created": 0, "updated": 0})
        counts["created"] += made
        if made:
            context.note(f"{made} placeholder contacts under .example were made; nothing sent to them can arrive.")
    extras.refresh_sources(context, book)
    outcome.written = True


def _finish_run(outcome: Outcome, context: Context, run: ImportRun | None) -> None:
    """One run and one event, in the transaction of the write."""
    run = run or ImportRun(started_at=context.now, started_by=context.by)
    describe_run(run, outcome, context.portfolio, context.options)
    run.state, run.committed_at = ImportRun.State.COMMITTED, context.now
    run.options["confirmed_by"] = str(context.by) if context.by else ""
    run.save()
    outcome.run_id = run.pk
    data = {
        "sha256": outcome.file_sha256, "layout": outcome.layout, "as_of": outcome.as_of, "rows": outcome.rows,
        "created": outcome.created, "updated": outcome.updated, "unchanged": outcome.unchanged,
        "refused": outcome.refusals.count, "outside": outcome.outside, "kinds": outcome.kinds, "portfolio": context.pk,
    }
    record([Entry("import", "import.committed", "import_run", run.pk, data)], by=context.by, at=context.now)


def describe_run(run: ImportRun, outcome: Outcome, portfolio: Portfolio, options: Options) -> None:
    """Copy an outcome to a run; the caller sets the state and saves."""
    run.portfolio = Portfolio.objects.filter(pk=portfolio.pk).first()  # a new one is undone with the import that was to fill it
    run.layout = outcome.layout
    run.file_name, run.file_sha256 = outcome.file_name[:255], outcome.file_sha256
    run.rows, run.created, run.updated, run.unchanged = outcome.rows, outcome.created, outcome.updated, outcome.unchanged
    run.refused = [{**r.as_json(), "cells": list(r.cells)} for r in outcome.refusals.kept]
    run.refused_count, run.totals, run.seconds = outcome.refusals.count, outcome.totals, outcome.seconds
    run.options = {**run.options, **options.as_json(), "kinds": outcome.kinds, "notes": outcome.notes, "outside": outcome.outside}


def record_refusal(outcome: Outcome, portfolio: Portfolio, options: Options, *, at: datetime, by: User | None) -> ImportRun:
    """Keep what was refused: a run that wrote nothing."""
    run = ImportRun(started_at=at, started_by=by, state=ImportRun.State.REFUSED)
    describe_run(run, outcome, portfolio, options)
    run.save()
    outcome.run_id = run.pk
    return run



def states_currency(path: Path, options: Options) -> bool:
    """True when every table with amounts has a column for their currency. Raises ``Unreadable``."""
    return all(table.match.states_currency for table in open_book(path, options).tables)
