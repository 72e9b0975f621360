"""How ready each portfolio is, measured now; a table for people, JSON for scripts."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from drafts.readiness.measure import measure
from drafts.readiness.scoring import Readiness
from governance import clock, policies
from governance.models import ModelSwitch, Portfolio

STATES = {"": "not asked for", "asked": "asked for, waits for a second person", "on": "on", "fell_back": "on, but templates write"}


class Command(BaseCommand):
    """``readiness`` or ``readiness --json``; exit code 1 when a model may write for a portfolio that is not ready. Writes nothing."""

    help = "Measure how ready each portfolio is: facts, disputes, people, texts, sender, mail. Exit 1 if a portfolio with model drafting on is not ready."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("--json", action="store_true", help="one object: portfolio code → score, minimum, passes, why_not, model, lines")
        parser.add_argument("--portfolio", metavar="CODE", action="append", default=[], help="only this one (may be repeated)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure and print."""
        rows = Portfolio.objects.order_by("code")
        if unknown := set(options["portfolio"]) - set(rows.values_list("code", flat=True)):
            raise CommandError(f"no portfolio has the code {', '.join(sorted(unknown))}")
        chosen = list(rows.filter(code__in=options["portfolio"]) if options["portfolio"] else rows)
        found = measure([row.pk for row in chosen], clock.now(), policies.active_parameters())
        switches = _switches()
        if options["json"]:
            told = {row.code: {**found[row.pk].as_dict(), "model": switches.get(row.pk, "") or "off"} for row in chosen}
            self.stdout.write(json.dumps(told, indent=1))
        else:
            for row in chosen:
                self._table(row, found[row.pk], switches.get(row.pk, ""))
        if any(found[row.pk].why_not for row in chosen if switches.get(row.pk) in ("on", "fell_back")):
            sys.exit(1)

    def _table(self, row: Portfolio, found: Readiness, switch: str) -> None:
        verdict = "passes" if not found.why_not else f"does not pass: {found.why_not}"
        self.stdout.write(f"{row.code}: {found.score} of 100 (asked: {found.minimum}), {verdict}. Model drafting: {STATES[switch]}.")
        for line in found.lines:
            self.stdout.write(f"  {line.words.upper():<11} {line.title:<24} {line.value}")
            if line.do:
                self.stdout.write(f"  {'':<11} {'':<24} → {line.do}")


def _switches() -> dict[int, str]:
    rows = ModelSwitch.objects.filter(state__in=("asked", "on")).values_list("portfolio_id", "state", "fell_back_at")
    return {pk: "fell_back" if fell else state for pk, state, fell in rows}
