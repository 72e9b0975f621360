"""``verify_invariants``: do the sentences that must always hold, hold in this database?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from drafts.invariants import INVARIANTS, NOT_FROM_ROWS, Result, verify
from governance import clock


class Command(BaseCommand):
    """Exit 0 when every invariant holds, 1 with the offending rows when one does not."""

    help = "Check the invariants that rows can show: approvals, bytes, holds, transitions, events, ledger, totals. Reads only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        known = [invariant.id for invariant in INVARIANTS]
        parser.add_argument("--only", nargs="+", choices=known, metavar="ID", default=[], help=f"of {', '.join(known)}")
        parser.add_argument("--limit", type=int, default=50, help="offending rows shown per invariant (all are counted)")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, print, and end with 1 when something is broken."""
        if options["limit"] < 1:
            raise CommandError("--limit should be at least 1")
        results = verify(options["only"], limit=options["limit"])
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(results)))
        else:
            self._print(results)
        if any(result.count for result in results):
            raise SystemExit(1)

    def _print(self, results: list[Result]) -> None:
        for result in results:
            mark = "broken" if result.count else "holds "
            self.stdout.write(f"{mark}  {result.invariant.id:<4} {result.invariant.words}  ({result.seconds:.1f} s)")
            if result.note:
                self.stdout.write(f"          {result.note}")
            for row in result.violations:
                self.stdout.write(f"          {row.kind} {row.id}: {row.words}")
            if result.count > len(result.violations):
                self.stdout.write(f"          and {result.count - len(result.violations)} more")
        self.stdout.write(f"Rows cannot show: {', '.join(NOT_FROM_ROWS)}. The test suite does.")


def _as_json(results: list[Result]) -> dict[str, Any]:
    return {
        "ok": not any(result.count for result in results),
        "at": clock.now().isoformat(),
        "invariants": [
            {
                "id": result.invariant.id, "words": result.invariant.words, "ok": not result.count, "count": result.count,
                "seconds": result.seconds, "note": result.note,
                "violations": [{"kind": row.kind, "id": row.id, "words": row.words} for row in result.violations],
            }
            for result in results
        ],
        "not_from_rows": list(NOT_FROM_ROWS),
    }  # fmt: skip
