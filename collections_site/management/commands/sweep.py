"""One round of everything that is due, or rounds forever: the worker of an installation without a broker."""

from __future__ import annotations

import json
import signal
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from collections_site.embedded import EmbeddedWorker
from drafts import sweeping
from governance import clock


class Command(BaseCommand):
    """``sweep`` for one round, ``sweep --all`` with the slower steps, ``sweep --forever`` as a worker
    process.
    """

    help = "Do what is due by the state of the database: deliveries, preparation, expiries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument(
            "--all",
            action="store_true",
            help="the slower steps too: every due account, closing, the queue's order",
        )
        parser.add_argument(
            "--forever", action="store_true", help="keep going until the process is told to stop"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        if options["forever"]:
            self._forever()
            return
        done = sweeping.sweep(clock.now()) | {"generated": sweeping.generate(clock.now())}
        if options["all"]:
            done |= sweeping.prepare_due(clock.now())
        self.stdout.write(json.dumps(done))

    def _forever(self) -> None:
        worker = EmbeddedWorker()

        def end(signum: int, frame: FrameType | None) -> None:
            worker.stop(0)

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        worker.run()
