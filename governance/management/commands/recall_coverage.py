"""``python manage.py recall_coverage``: how often the interval of recall covers the truth, by simulation."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.metrics.recall_coverage import simulate

LEAST = 0.93


class Command(BaseCommand):
    """Draw many samples from populations whose misses are known; exit 1 when an interval covers the truth too rarely."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Size of the simulation."""
        parser.add_argument("--misses", type=int, nargs="+", default=[5, 18, 60], help="true misses in each population (default: 5 18 60)")
        parser.add_argument("--runs", type=int, default=20_000, help="samples drawn from each population (default: 20000)")
        parser.add_argument("--size", type=int, default=300, help="labels in each sample (default: 300)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same samples")

    def handle(self, **options: Any) -> None:
        """One line for each number of misses. Raises ``CommandError`` when one is below 93 %."""
        low = []
        for misses in options["misses"]:
            found = simulate(misses, runs=options["runs"], seed=options["seed"], size=options["size"])
            self.stdout.write(f"{misses} true misses: {found.share:.1%} of {found.runs} intervals hold the truth, mean width {found.width:.1%}")
            low += [str(misses)] if found.share < LEAST else []
        if low:
            raise CommandError(f"Below {LEAST:.0%} at {', '.join(low)} true misses.")
