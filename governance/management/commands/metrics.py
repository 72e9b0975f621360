"""``python manage.py metrics``: every registered measure with numerator, denominator, n, interval and the version of its formula."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance import cells, clock
from governance.measuring import rebuilding, rolling
from governance.metrics.answering import measured_all, metric
from governance.metrics.asking import PERIODS, SLICES, BadQuestion, Filters, Question, Window
from governance.metrics.export import COLUMNS, line

DAYS = 84


class Command(BaseCommand):
    """Print the measures, or check them against the ledger. Whoever may run commands sees all portfolios."""

    help = "Prints the registered measures; --check holds every row of them against the ledger, --rebuild reads them again from it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Window, parts, filters and the form of the output."""
        parser.add_argument("names", nargs="*", help="measures to print; all of them without any")
        parser.add_argument("--since", help=f"first day, for example 2026-01-31; {DAYS} days before --until without")
        parser.add_argument("--until", help="last day, inclusive; today without")
        parser.add_argument("--by", default="", help=f"in parts, one of: {', '.join((*SLICES, *PERIODS))}")
        for name in SLICES:
            parser.add_argument(f"--{name}", default="", help=f"only this {name}" + (" (id)" if name in ("portfolio", "template", "prompt") else ""))
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="one JSON document")
        form.add_argument("--csv", action="store_true", help="one line per measure and part, with a heading")
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--check", action="store_true", help="read the ledger again and compare; ends with 1 if anything differs")
        act.add_argument("--rebuild", action="store_true", help="read the measures again from the ledger and take these; stop the workers first")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer; what cannot be answered is said in one line."""
        if options["check"]:
            self._check()
            return
        if options["rebuild"]:
            self.stdout.write(f"{rebuilding.rebuild(clock.now()):,} rows of measures were read from the ledger.")
            return
        now = clock.now()
        rolling.roll(now)
        try:
            window = _window(options, now.date())
            question = Question(window, Filters.of(options))
            names = [metric(name).name for name in options["names"]] or None
            answers = measured_all(names, question, options["by"], at=now)
        except BadQuestion as error:
            raise CommandError(str(error)) from None
        lines = [line(answer, question) for answer in answers]
        if options["json"]:
            head = {"since": window.first, "until": window.last, "by": options["by"], "filters": question.filters.plain(), "measures": lines}
            self.stdout.write(json.dumps(head, indent=1, default=str))
        elif options["csv"]:
            out = csv.writer(self.stdout, lineterminator="\n")
            out.writerow(COLUMNS)
            out.writerows([cells.safe_cell(_cell(one[name])) for name in COLUMNS] for one in lines)
        else:
            self._table(lines)

    def _table(self, lines: list[dict[str, Any]]) -> None:
        for one in lines:
            part = f" [{one['part']}]" if one["part"] not in ("", None) else ""
            number = "-" if one["value"] is None else f"{one['value']:.4g} {one['unit']}"
            sure = f" ({one['low']:.4g} to {one['high']:.4g})" if one["low"] is not None and one["high"] is not None else ""
            of = f"{one['numerator']} of {one['n']}" if one["numerator"] is not None else f"n {one['n']}"
            why = f"; {one['reason']}" if one["reason"] else ""
            self.stdout.write(f"{one['name']}{part}: {number}{sure}, {of}, definition {one['version']}{why}")

    def _check(self) -> None:
        found = rebuilding.compare()
        for words in found.words:
            self.stderr.write(words)
        if found.count:
            raise CommandError(f"{found.count} differences between the measures and the ledger.")
        self.stdout.write("Every row of measures, and every sum of them, is what the ledger says.")


def _window(options: dict[str, Any], today: date) -> Window:
    last = _day(options["until"], "--until") or today
    return Window(_day(options["since"], "--since") or last - timedelta(days=DAYS - 1), last)


def _day(text: str | None, name: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuestion(f"{name} {text!r} is no day; write it like 2026-01-31") from None


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {'unknown' if inner is None else inner}" for key, inner in value.items())
    return "" if value is None else str(value)
