"""``evaluate checks|disputes|replies FILE --output OUT.jsonl`` and ``evaluate drafts --a VERSION --b VERSION``."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from drafts.checks import files as checked
from drafts.detectors import DETECTORS, Detector, detector
from drafts.detectors import files as judged
from drafts.generation import client
from drafts.generation.model_detector import ModelDetector
from drafts.simulation import cli
from governance import clock


class Command(BaseCommand):
    """The same commands for people who try a rule, prompt or model, and for acceptance. Exit 0 when every row was judged."""

    # Files are judged without any database, so nothing about one may stop it.
    requires_system_checks = ()

    help = "Judges files of outgoing or incoming texts, or compares two versions of words on the same facts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One subcommand per kind of file, and one for versions."""
        kinds = parser.add_subparsers(dest="kind", required=True, parser_class=type(parser))
        for kind, words in (("checks", "outgoing texts, JSON lines"), ("disputes", "incoming texts, CSV"), ("replies", "replies, CSV")):
            sub = kinds.add_parser(kind, help=words)
            sub.add_argument("file", type=Path)
            sub.add_argument("--output", type=Path, required=True, metavar="OUT.jsonl")
            if kind != "checks":
                sub.add_argument("--detector", default="embedded", choices=[*(d.name for d in DETECTORS), ModelDetector.name])
        cli.add_arguments(kinds.add_parser("drafts", help="two versions of words on the same facts"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the subcommand; a file that cannot be judged is one line of error and exit 1."""
        try:
            if options["kind"] == "drafts":
                shown, _ = cli.run(options, clock.now())
                self.stdout.write(shown)
            else:
                self.stdout.write("\n".join(self._file(options)))
        except (checked.FileProblem, judged.FileProblem, *cli.ERRORS) as error:
            raise CommandError(str(error)) from error

    def _file(self, options: dict[str, Any]) -> list[str]:
        path, output = options["file"], options["output"]
        if options["kind"] == "checks":
            return checked.judge_file(path, output).lines()
        judge = self._detector(options["detector"])
        if options["kind"] == "disputes":
            lines = judged.judge_disputes_file(path, output, judge.judge_dispute).lines()
        else:
            lines = judged.judge_replies_file(path, output, judge.judge_reply).lines()
        fallbacks = getattr(judge, "fallbacks", 0)
        return [*lines, f"judged by the embedded detector instead {fallbacks}"] if fallbacks else lines

    def _detector(self, name: str) -> Detector:
        if name != ModelDetector.name:
            return detector(name)
        if not client.configured():
            raise CommandError("no model is configured: set LLM_MODEL and LLM_BASE_URL (or OPENAI_API_KEY)")
        return ModelDetector()
