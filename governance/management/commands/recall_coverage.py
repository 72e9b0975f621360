"""``python manage.py recall_coverage``: how often the intervals of recall and precision cover the truth, by simulation."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.metrics.recall_coverage import Coverage, simulate, simulate_precision

LEAST = 0.93


class Command(BaseCommand):
    """Draw many samples from populations whose misses are known; exit 1 when an interval covers the truth too rarely."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Size of the simulation."""
        parser.add_argument("--misses", type=int, nargs="+", default=[5, 18, 60], help="true misses in each population (default: 5 18 60)")
        parser.add_argument("--runs", type=int, default=20_000, help="samples drawn from each population (default: 20000)")
        parser.add_argument("--size", type=int, default=300, help="labels in each sample (default: 300)")
        parser.add_argument("--precision", type=float, nargs="+", default=[0.6, 0.75, 0.9], help="true shares of signals that are disputes")
        parser.add_argument("--judged", type=int, default=100, help="signals judged in each run (default: 100)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same samples")

    def handle(self, **options: Any) -> None:
        """One line for each population. Raises ``CommandError`` when an interval covers its truth in fewer than 93 %."""
        runs, seed = options["runs"], options["seed"]
        found = {f"{m} true misses": simulate(m, runs=runs, seed=seed, size=options["size"]) for m in options["misses"]}
        found |= {f"precision {p:.0%} of {options['judged']}": simulate_precision(p, options["judged"], runs=runs, seed=seed) for p in options["precision"]}
        for name, one in found.items():
            self.stdout.write(_line(name, one))
        low = [name for name, one in found.items() if one.share < LEAST]
        if low:
            raise CommandError(f"Below {LEAST:.0%}: {', '.join(low)}.")


def _line(name: str, one: Coverage) -> str:
    return f"{name}: {one.share:.1%} of {one.runs} intervals hold the truth, mean width {one.width:.1%}"
