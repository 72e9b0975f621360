"""``simulate_policy``: what a policy would do to today's book, before it is in force."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from drafts.simulation.judging import CELL_WORDS, CELLS
from drafts.simulation.policy_writing import valid
from drafts.simulation.result import as_json, simulate
from drafts.simulation.runs import run_now
from governance import clock, policies
from governance.models import PolicyVersion, Portfolio
from governance.policy_text import BadPolicy, from_file, stored

LARGEST_FILE = 1 << 20


class Command(BaseCommand):
    """Simulate a file of parameters (nothing is written), or a policy by its number (the result is kept: activation asks for it)."""

    help = "What a policy would do to today's book and to the drafts decided in the last 28 days, judged by the rules of production."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "policy", metavar="FILE|ID", help="a JSON file of parameters, what it leaves out is as in force; or the number of a policy"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Simulate and print."""
        try:
            found = self._by_number(int(options["policy"])) if options["policy"].isdecimal() else self._from_file(Path(options["policy"]))
        except BadPolicy as error:
            raise CommandError("This is no policy:\n" + "\n".join(f"  {problem}" for problem in error.problems)) from error
        except policies.NoActivePolicy as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(found, ensure_ascii=False) if options["json"] else self._table(found))

    def _by_number(self, number: int) -> dict[str, Any]:
        version = PolicyVersion.objects.filter(number=number).first()
        if version is None:
            there = ", ".join(str(n) for n in PolicyVersion.objects.order_by("number").values_list("number", flat=True))
            raise CommandError(f"There is no policy {number}; there are: {there}.")
        if version.state != PolicyVersion.State.DRAFT:
            return as_json(simulate(policies.active(), version, clock.now()))
        run, result = run_now(version, by=None, at=clock.now())
        return {**as_json(result), "simulation": run.pk}

    def _from_file(self, path: Path) -> dict[str, Any]:
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise CommandError(f"{path} is larger than a policy can be.")
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        active = policies.active()
        subject = PolicyVersion(number=0, parameters=stored(valid(from_file(text), active.typed)))
        return as_json(simulate(active, subject, clock.now()))

    def _table(self, found: dict[str, Any]) -> str:
        width = max(map(len, CELL_WORDS.values())) + 2
        lines = [f"{'from, to':<{width}}" + "".join(f"{CELL_WORDS[c]:>{width}}" for c in CELLS)]
        lines += [f"{CELL_WORDS[a]:<{width}}" + "".join(f"{found['matrix'][a][b]:>{width},}" for b in CELLS) for a in CELLS]
        within = found["within"]
        lines += [
            "",
            f"{found['accounts']:,} accounts, {found['changed']:,} in another lane: {found['tightened']:,} tightened, {found['loosened']:,} loosened.",
            f"In the same lane with other approvers: {within['tightened']:,} tightened, {within['loosened']:,} loosened.",
            f"Messages that wait: {found['scheduled']['waiting']:,}; {found['scheduled']['need_more']:,} would need another approval, "
            f"{found['scheduled']['held']:,} would be held.",
            f"Replay of 28 days: {found['replay']['drafts']:,} decided drafts, {found['replay']['tightened']:,} tightened, "
            f"{found['replay']['loosened']:,} loosened.",
            *self._teams(found["teams"]),
            f"{found['seconds']} seconds.",
        ]
        return "\n".join(lines)

    def _teams(self, teams: list[dict[str, Any]]) -> list[str]:
        """Deadlines per portfolio; what cannot be told is told as such."""
        names = dict(Portfolio.objects.values_list("pk", "name"))
        said = {True: "at risk", False: "not at risk", None: "not known"}
        return [f"Deadlines of {names.get(team['portfolio'], 'a portfolio')}: {said[team['risk']]} ({team['why']})." for team in teams] or [
            "Deadlines: not known, nobody answered for a draft in 28 days."
        ]
