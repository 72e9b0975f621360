"""Judging a file of outgoing texts: JSON lines in, JSON lines out, a table for people. It never touches the database of record."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from drafts.checks import run_text_checks
from drafts.checks.base import LABELS, CheckInput, Finding

OUTPUT_KEYS = ("check", "label", "severity", "role", "quote", "why", "registered")


class FileProblem(ValueError):
    """A file that cannot be judged; the message names the line and what was expected."""


@dataclass(slots=True)
class Summary:
    """How many texts were judged and blocked; with labels also how right that is."""

    rows: int = 0
    blocked: int = 0
    found: Counter[str] = field(default_factory=Counter)
    violating: int = 0
    violating_blocked: int = 0
    clean: int = 0
    clean_blocked: int = 0

    def lines(self) -> list[str]:
        """The summary as a table for people."""
        table = [f"rows {self.rows}", f"blocked {self.blocked}"]
        if self.violating or self.clean:
            table += [_share("violating rows blocked", self.violating_blocked, self.violating), _share("clean rows blocked", self.clean_blocked, self.clean)]
        return table + [f"{label:22} {count}" for label, count in self.found.most_common()]


def _share(words: str, part: int, whole: int) -> str:
    return f"{words} {part} of {whole}" + (f" = {100 * part / whole:.1f} %" if whole else "")


def judge_file(path: Path, output: Path) -> Summary:
    """Run G01 (text rules) to G22 on every row; one output line per row. The output takes its name only when every row was judged."""
    summary, beside = Summary(), output.with_name(output.name + ".part")
    try:
        with beside.open("w", encoding="utf-8") as stream:
            for number, row in _rows(path):
                findings = run_text_checks(_input(number, row))
                blocked = any(finding.stops_routine_approval for finding in findings)
                _count(summary, row, findings, blocked)
                shown = [{key: value for key, value in asdict(f).items() if key in OUTPUT_KEYS} for f in findings]
                stream.write(json.dumps({"id": row.get("id", str(number)), "findings": shown, "blocked": blocked}, ensure_ascii=False) + "\n")
        beside.replace(output)
    finally:
        beside.unlink(missing_ok=True)
    return summary


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        lines = path.open(encoding="utf-8-sig")
    except OSError as error:
        raise FileProblem(f"{path}: {error.strerror or error}") from error
    with lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise FileProblem(f"line {number} is not JSON: {error}") from error
            if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not isinstance(row.get("facts"), dict):
                raise FileProblem(f"line {number}: expected an object with a text (string) and facts (object)")
            yield number, row


def _input(number: int, row: Mapping[str, Any]) -> CheckInput:
    facts = row["facts"]
    try:
        as_of = date.fromisoformat(str(facts["as_of"])[:10])
    except (KeyError, ValueError) as error:
        raise FileProblem(f"line {number}: facts.as_of is missing or no ISO date") from error
    return CheckInput(str(row.get("subject") or ""), row["text"], facts, str(row.get("purpose") or "demand"), None, as_of)


def _count(summary: Summary, row: Mapping[str, Any], findings: tuple[Finding, ...], blocked: bool) -> None:
    summary.rows += 1
    summary.blocked += blocked
    summary.found.update({f.label for f in findings if f.label in LABELS})
    if "labels" not in row:
        return
    if row["labels"]:
        summary.violating += 1
        summary.violating_blocked += blocked
    else:
        summary.clean += 1
        summary.clean_blocked += blocked
