"""``python manage.py simulate_history``: months of work that never happened, with known faults, in a portfolio marked as synthetic."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collections_site.synthetic.simulate import PER_MONTH, SAMPLED, Refused, Simulated, Wish, simulate


class Command(BaseCommand):
    """Play the history, then say what is true of it."""

    help = "Makes a synthetic history with planted faults, marked as such for good, and prints the truth its measures should find."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Size, seed and the two permissions."""
        parser.add_argument("--months", type=int, required=True, help="how long it is")
        parser.add_argument("--seed", type=int, required=True, help="the same seed plants the same history")
        parser.add_argument("--drafts-per-month", type=int, default=PER_MONTH, help=f"debts decided about in a month (default: {PER_MONTH})")
        parser.add_argument("--sample", type=int, default=SAMPLED, help=f"units drawn and labelled for recall (default: {SAMPLED}; 0: none)")
        parser.add_argument("--portfolio", default="", help="code of the portfolio it becomes (default: synthetic-<seed>)")
        parser.add_argument("--into-existing", action="store_true", help="beside the accounts of people, whose measures of all portfolios it then enters")
        parser.add_argument("--on-production", action="store_true", help="in a production installation, whose record keeps it for good")
        parser.add_argument("--json", action="store_true", help="as one JSON document")

    def handle(self, **options: Any) -> None:
        """Raises ``CommandError`` where no history is made."""
        wish = Wish(
            options["months"], options["seed"], options["drafts_per_month"], options["sample"], options["portfolio"],
            into_existing=options["into_existing"], production=options["on_production"],
        )  # fmt: skip
        try:
            made = simulate(wish)
        except (Refused, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(made.told, indent=2) if options["json"] else _lines(made))


def _lines(made: Simulated) -> str:
    truth = made.truth
    recall = "no dispute was planted" if truth["recall"] is None else f"{truth['recall']:.1%}"
    return "\n".join(
        (
            f"Synthetic history {made.portfolio}: {made.drafts} drafts in {made.months} months, seed {made.seed}; "
            f"{made.labelled} labels, {made.refused} acts the desk refused.",
            f"Planted: recall {recall}, precision {truth['precision']:.1%}, rework {truth['rework']:.1%}, corrections {truth['correction_rate']:.1%}, "
            f"promises kept {truth['promises_kept']:.1%}.",
        )
    )
