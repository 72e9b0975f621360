"""``benchmark``: how fast the real code is, in a scratch database of its own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collections_site.benchmarks import generating, importing, preparing, recording
from collections_site.benchmarks.yardsticks import Refused, scratch_database

RUNS = {"import": importing.run, "prepare": preparing.run}
GENERATE, LEDGER = "generate", "ledger"


class Command(BaseCommand):
    """Measure ``import`` or ``prepare`` on a made-up book of ten invoices an account, with plain SQL as the
    yardstick; or ``generate``: model drafts by one worker process, with the model's own latency as the yardstick; or ``ledger``: events
    written by several processes at once, and their verification.
    """

    help = "Measure import, preparation, model drafts or the ledger on made-up data in a scratch database, each beside its yardstick."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("what", choices=sorted([*RUNS, GENERATE, LEDGER]))
        parser.add_argument("--accounts", type=int, default=0, metavar="N", help="size of the book, for import and prepare")
        parser.add_argument("--drafts", type=int, default=512, metavar="N", help="model drafts, for generate")
        parser.add_argument("--latency", type=float, default=2.0, metavar="SECONDS", help="of the model server, for generate")
        parser.add_argument("--events", type=int, default=100_000, metavar="N", help="events to write, for ledger")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the scratch database, measure, drop it."""
        what = options["what"]
        size = {GENERATE: "drafts", LEDGER: "events"}.get(what, "accounts")
        if options[size] < 1:
            raise CommandError(f"--{size} must be at least 1")
        try:
            with scratch_database():
                result = self._measure(what, options[size], options["latency"])
        except Refused as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(result))
            return
        width = max(map(len, result))
        self.stdout.write(
            "\n".join(f"{key.replace('_', ' '):<{width}}  {value}" for key, value in result.items())
        )

    def _measure(self, what: str, size: int, latency: float) -> dict[str, Any]:
        if what == GENERATE:
            return generating.run(size, latency)
        return recording.run(size) if what == LEDGER else RUNS[what](size)
