"""Learn the weights of the embedded detector anew from a folder of labelled texts."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from drafts.detectors.linear import WEIGHTS
from drafts.detectors.scores import Quality, Share


class Command(BaseCommand):
    """`train_detector --data FOLDER [--output FILE]`: cross-validate, learn from everything, write the weights."""

    help = "Learn the weights of the embedded dispute and reply detector from a folder of labelled texts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the folder and the file."""
        parser.add_argument("--data", required=True, type=Path, help="folder with the public data sets as CSV")
        parser.add_argument("--output", type=Path, default=WEIGHTS, help="weights file to write (JSON)")
        parser.add_argument("--no-validation", action="store_true", help="skip the cross-validation")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train and print the figures per source."""
        try:
            # scikit-learn is the `train` extra: large, and not needed by a running system
            from drafts.detectors import training, training_data
        except ImportError as error:
            raise CommandError(f"training needs the extra `train` (scikit-learn): {error}") from error
        try:
            disputes = training_data.dispute_examples(options["data"])
        except FileNotFoundError as error:
            raise CommandError(f"no such data set: {error.filename}") from error
        if not options["no_validation"]:
            for source, figures in sorted(training.cross_validate(disputes).items()):
                self._print(f"{source} (cross-validated)", figures)
        weights = training.train(disputes, training_data.reply_examples())
        for source, examples in training_data.measured_examples(options["data"]).items():
            self._print(f"{source} (not learned)", training.measure(examples, weights))
        training.save(weights, options["output"])
        self.stdout.write(f"{options['output']}: {options['output'].stat().st_size // 1024} kB")

    def _print(self, source: str, figures: Quality) -> None:
        self.stdout.write(
            f"{source}: n={figures.n} precision {_share(figures.precision)} recall {_share(figures.recall)} "
            f"F1 {figures.f1:.2f} ({figures.f1_low:.2f}-{figures.f1_high:.2f})"
        )


def _share(share: Share) -> str:
    return "-" if share.value is None else f"{share.value:.2f} ({share.low:.2f}-{share.high:.2f})"
