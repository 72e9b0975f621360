"""Learn anew what sentences of outgoing letters mean."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from drafts.checks.learned.model import WEIGHTS


class Command(BaseCommand):
    """`train_checks [--output FILE] [--no-validation]`: cross-validate, learn from everything, write the weights."""

    help = "Learn the weights that tell what a sentence of an outgoing letter says, from the labelled sentences beside the code."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file."""
        parser.add_argument("--output", type=Path, default=WEIGHTS, help="weights file to write (JSON)")
        parser.add_argument("--no-validation", action="store_true", help="skip the cross-validation")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train and print the figures per label."""
        try:
            # scikit-learn is the `train` extra: large, and not needed by a running system
            from drafts.checks.learned import training
        except ImportError as error:
            raise CommandError(f"training needs the extra `train` (scikit-learn): {error}") from error
        examples = training.read_examples()
        if not options["no_validation"]:
            for line in training.figures(examples):
                self.stdout.write(line)
        training.save(examples, options["output"])
        self.stdout.write(f"{options['output']}: {options['output'].stat().st_size // 1024} kB from {len(examples)} passages")
