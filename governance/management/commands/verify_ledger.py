"""``verify_ledger``: is the record what was written, and is all of it still there?"""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from governance import ledger, signing
from governance.checkpoints.files import Unreadable


class Command(BaseCommand):
    """Exit 0 when the record is whole, 1 with every place where it is not, 2 when ledger or checkpoints cannot be read."""

    help = "Verify the ledger against itself and against the signed checkpoints outside the database. Reads only."
    requires_system_checks: list[str] = []  # an auditor wants the answer also where the guards are switched off

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--since", metavar="DATE", help="only what came after the last checkpoint up to that date (2026-11-01 or with a time)")
        parser.add_argument("--against", type=Path, metavar="FILE", help="a checkpoint (00000012.json) you kept, its companions beside it")
        parser.add_argument("--key", type=Path, action="append", default=[], metavar="FILE", help="the public key you trust (PEM); may be repeated")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, print, and end with 1 or 2 when it has to be."""
        began = time.perf_counter()
        try:
            since = _moment(options["since"]) if options["since"] else None
            keys = [signing.load_public(path.read_bytes()) for path in options["key"]]
            report = ledger.examine(since=since, against=options["against"], keys=keys)
        except (Unreadable, signing.KeyProblem, OSError, ValueError, DatabaseError) as error:
            self._unreadable(error, as_json=options["json"])
            raise SystemExit(2) from error
        seconds = time.perf_counter() - began
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(report, seconds)))
        else:
            self._print(report, seconds)
        if not report.whole:
            raise SystemExit(1)

    def _unreadable(self, error: Exception, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"ok": False, "error": str(error)}))
        else:
            self.stderr.write(f"Cannot be verified: {error}")

    def _print(self, report: ledger.Report, seconds: float) -> None:
        for row in report.breaks:
            self.stdout.write(f"{row.stream} #{row.number} [{row.kind}]: {row.why}")
        if report.count > len(report.breaks):
            self.stdout.write(f"and {report.count - len(report.breaks)} more")
        for note in report.notes:
            self.stdout.write(f"Note: {note}")
        found = "whole" if report.whole else f"BROKEN in {report.count} places"
        beside = f"{report.checkpoints} checkpoints, the last of {report.newest}" if report.checkpoints else "no checkpoint"
        rate = f"{seconds:.1f} s, {report.events / seconds:,.0f} events a second"
        self.stdout.write(f"The record is {found}: {report.events:,} events in {report.streams:,} streams, {beside} ({rate}).")


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"--since {text} is not a date like 2026-11-01 or 2026-11-01T14:00") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _as_json(report: ledger.Report, seconds: float) -> dict[str, Any]:
    return {
        "ok": report.whole, "events": report.events, "streams": report.streams, "checkpoints": report.checkpoints,
        "newest_checkpoint": report.newest, "seconds": round(seconds, 3), "events_per_second": round(report.events / seconds),
        "count": report.count, "notes": report.notes,
        "breaks": [{"stream": row.stream, "number": row.number, "kind": row.kind, "why": row.why} for row in report.breaks],
    }  # fmt: skip
