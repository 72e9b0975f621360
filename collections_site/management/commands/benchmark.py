"""``benchmark``: how fast the real code is, in a scratch database of its own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collections_site.benchmarks import (
    boarding,
    generating,
    history,
    importing,
    measuring,
    preparing,
    queueing,
    racing,
    recording,
    simulating,
)
from collections_site.benchmarks.yardsticks import Refused, scratch_database

RUNS = {"import": importing.run, "prepare": preparing.run, "simulate": simulating.run}
GENERATE, LEDGER, METRICS, PAGE, QUEUE, RACES = "generate", "ledger", "metrics", "measures", "queue", "races"


class Command(BaseCommand):
    """Measure ``import``, ``prepare`` or ``simulate`` (a policy) on a made-up book of ten invoices an account, with plain SQL as the
    yardstick; or ``generate``: model drafts by one worker process, with the model's own latency as the yardstick; or ``ledger``: events
    written by several processes at once, and their verification; or ``metrics``: counting measures on a long history (PostgreSQL);
    or ``measures``: the page of measures as people load it, on a history of ``--drafts`` decided drafts (PostgreSQL);
    or ``queue``: the review queue as people load it, over ``--drafts`` open follow-ups (PostgreSQL);
    or ``races``: many people who answer for the same draft at once (not a measure of speed: it counts what must not happen, and exits 1
    when something did).
    """

    help = "Measure import, preparation, model drafts or the ledger on made-up data in a scratch database, each beside its yardstick."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("what", choices=sorted([*RUNS, GENERATE, LEDGER, METRICS, PAGE, QUEUE, RACES]))
        parser.add_argument("--accounts", type=int, default=0, metavar="N", help="size of the book, for import, prepare and simulate")
        parser.add_argument("--drafts", type=int, default=512, metavar="N", help="model drafts, for generate; decided drafts on record, for metrics and measures; open follow-ups, for queue")
        parser.add_argument("--latency", type=float, default=2.0, metavar="SECONDS", help="of the model server, for generate")
        parser.add_argument("--events", type=int, default=100_000, metavar="N", help="events to write, for ledger")
        parser.add_argument("--rounds", type=int, default=200, metavar="N", help="races of each kind, for races")
        parser.add_argument("--only", default="", metavar="KIND", help="one kind, for races: approvers, edit, reject, hold, stop")
        parser.add_argument("--parallel", type=int, default=32, metavar="K", help="people at once, for races")
        parser.add_argument("--seconds", type=float, default=0, metavar="S", help="begin no further race of a kind after S seconds, for races (0: no limit)")
        parser.add_argument("--keep", default="", metavar="DATABASE", help="leave the filled database standing under this name, or read the one that stands, for measures")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the scratch database, measure, drop it."""
        what = options["what"]
        size = {GENERATE: "drafts", LEDGER: "events", METRICS: "drafts", PAGE: "drafts", QUEUE: "drafts", RACES: "rounds"}.get(what, "accounts")
        if options[size] < 1:
            raise CommandError(f"--{size} must be at least 1")
        kept = options["keep"]
        if kept and what != PAGE:
            raise CommandError(f"--keep is for {PAGE}: what the others make is dropped when they end")
        try:
            with scratch_database(kept, history.told(options[size]) if kept else ""):
                result = self._measure(what, options[size], options)
        except Refused as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            width = max(map(len, result))
            self.stdout.write("\n".join(f"{key.replace('_', ' '):<{width}}  {value}" for key, value in result.items()))
        if result.get("faults") or result.get("broken_invariants") or result.get("ledger_breaks"):
            raise SystemExit(1)

    def _measure(self, what: str, size: int, options: dict[str, Any]) -> dict[str, Any]:
        if what == GENERATE:
            return generating.run(size, options["latency"])
        if what == METRICS:
            return measuring.run(size)
        if what == PAGE:
            return boarding.run(size)
        if what == QUEUE:
            return queueing.run(size)
        if what == RACES:
            return racing.run(options["parallel"], size, options["only"], seconds=options["seconds"], say=self._say)
        return recording.run(size) if what == LEDGER else RUNS[what](size)

    def _say(self, words: str) -> None:
        """How far it is; not part of the result."""
        self.stderr.write(words)
        self.stderr.flush()
