"""Import a ledger file, or say exactly why not."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from accounts.importing import service
from accounts.importing.context import Options
from accounts.importing.errors import Unreadable
from accounts.importing.layouts import NAMES
from accounts.importing.outcome import Outcome
from accounts.importing.portfolios import portfolio_for
from governance import clock

CLEAN, REFUSED, UNREADABLE = 0, 1, 2
SHOWN = 20


class Command(BaseCommand):
    """Exit 0: imported (or, with --dry-run, importable) without a refused row; 1: rows were refused; 2: not readable at all."""

    help = "Import accounts, invoices and other facts from CSV or XLSX (docs/import.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Arguments as documented in docs/import.md."""
        parser.add_argument("path", help="a CSV or XLSX file, or a folder of them")
        parser.add_argument("--layout", default="", help=f"{', '.join(NAMES)}; found from the header when not given")
        parser.add_argument("--as-of", default="", metavar="DATE", help="the book as of this day (2026-05-31); default today")
        parser.add_argument("--currency", default="", metavar="CODE", help="currency of amounts that state none")
        parser.add_argument("--portfolio", default="", metavar="NAME", help="name or code; created when missing")
        parser.add_argument("--placeholder-contacts", action="store_true", help="verified contacts under .example, marked as such")
        parser.add_argument("--accept-partial", action="store_true", help="import the good rows although others are refused")
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument("--date-order", default="", choices=["", "dmy", "mdy"], help="when the file leaves it open")
        parser.add_argument("--decimal", default="", choices=["", "point", "comma"], help="when the file leaves it open")
        parser.add_argument("--encoding", default="", help="when the file leaves it open, for example windows-1252")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **given: Any) -> None:
        """Run and exit with the code that says how it went."""
        started = time.perf_counter()
        try:
            outcome = self._run(given)
        except Unreadable as error:
            self._say_unreadable(str(error), given, time.perf_counter() - started)
            sys.exit(UNREADABLE)
        if given["json"]:
            self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False))
        else:
            self._say(outcome, dry=given["dry_run"])
        if outcome.refusals.count:
            sys.exit(REFUSED)

    def _run(self, given: dict[str, Any]) -> Outcome:
        options, at, path = _options(given), clock.now(), Path(given["path"])
        portfolio, words = portfolio_for(given["portfolio"], options.currency)
        if words and not options.currency and not service.states_currency(path, options):
            raise Unreadable("the file states no currency and the portfolio is new; give --currency, for example --currency EUR")
        try:
            work = service.check if given["dry_run"] else service.commit
            outcome: Outcome = work(path, portfolio, options, at=at)
        except service.Refused as refused:
            outcome = refused.args[0]
            service.record_refusal(outcome, portfolio, options, at=at, by=None)
        if words and (outcome.written or given["dry_run"]):
            outcome.notes.insert(0, words)
        return outcome

    def _say_unreadable(self, message: str, given: dict[str, Any], seconds: float) -> None:
        if given["json"]:
            empty = {"layout": given["layout"], "rows": 0, "created": 0, "updated": 0, "unchanged": 0, "refused": []}
            self.stdout.write(json.dumps({**empty, "totals": {}, "seconds": round(seconds, 3), "error": message}, ensure_ascii=False))
        self.stderr.write(f"Not imported: {message}. Nothing was written.".replace("..", "."))

    def _say(self, outcome: Outcome, *, dry: bool) -> None:
        head = "Checked, nothing was written" if dry else "Imported" if outcome.written else "Refused, nothing was written"
        out = self.stdout.write
        out(f"{head}: {outcome.file_name} ({outcome.layout}) into {outcome.portfolio}, as of {outcome.as_of}")
        for note in outcome.notes:
            out(f"  {note}")
        out(
            f"  {outcome.rows} rows: {outcome.created} created, {outcome.updated} updated, {outcome.unchanged} unchanged, "
            f"{outcome.refusals.count} refused, {outcome.outside} later than {outcome.as_of}; {outcome.seconds:.1f} s"
        )
        for currency, amount in outcome.totals.items():
            out(f"  total {currency} {amount}, of it open {outcome.open_totals.get(currency, '–')}")
        for refusal in outcome.refusals.kept[:SHOWN]:
            self.stderr.write(f"  {refusal.message}")
        if outcome.refusals.count > SHOWN:
            self.stderr.write(f"  … and {outcome.refusals.count - SHOWN} more")
        if outcome.refusals.count and not outcome.written and not dry:
            self.stderr.write("  Correct the file, or import the other rows with --accept-partial.")


def _options(given: dict[str, Any]) -> Options:
    as_of: date | None = None
    if given["as_of"]:
        try:
            as_of = date.fromisoformat(given["as_of"])
        except ValueError:
            raise Unreadable(f'--as-of "{given["as_of"]}" is not a date; expected for example 2026-05-31') from None
    return Options(
        layout=given["layout"],
        as_of=as_of,
        currency=given["currency"],
        placeholder_contacts=given["placeholder_contacts"],
        accept_partial=given["accept_partial"],
        date_order=given["date_order"],
        decimal=given["decimal"],
        encoding=given["encoding"],
    )


