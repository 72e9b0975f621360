"""``evaluate drafts``: its options, and the comparison as a table or as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from drafts.simulation.comparison import Comparison, NotComparable, TooExpensive, compare
from drafts.simulation.versions import UnknownVersion, resolve
from drafts.simulation.writing import Outcome

ERRORS = (UnknownVersion, NotComparable, TooExpensive)
ACCOUNTS = 50
MOST_ACCOUNTS = 1_000
FIGURES = (
    "answered", "blocked", "blocked_share", "objections", "edit_rate", "tokens_in", "tokens_out", "cost_micro", "latency_ms_p50",
    "latency_ms_p90",
)  # fmt: skip


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    names = "“template”, “draft/2” or “draft/2@model-name”"
    parser.add_argument("--a", required=True, metavar="VERSION", help=f"the baseline: {names}")
    parser.add_argument("--b", required=True, metavar="VERSION", help="the version that is judged against it")
    parser.add_argument("--accounts", type=int, default=ACCOUNTS, metavar="N", help=f"accounts to compare on (default {ACCOUNTS})")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: Mapping[str, Any], at: datetime) -> tuple[str, bool]:
    """What to print, and whether the second version passed. Raises one of ``ERRORS`` with words for the person."""
    accounts = max(1, min(MOST_ACCOUNTS, int(options["accounts"])))
    found = compare(resolve(options["a"]), resolve(options["b"]), accounts, at)
    return (json.dumps(as_json(found), ensure_ascii=False) if options["json"] else as_text(found)), found.passed


def as_json(found: Comparison) -> dict[str, Any]:
    """Totals, and per account both sides with their findings."""
    rows = [
        {
            "account": case.facts.account_id, "name": case.facts.name, "lane": case.verdict.lane, "made_up": case.made_up,
            "a": _side(a), "b": _side(b),
        }
        for case, (a, b) in zip(found.cases, found.rows, strict=True)
    ]  # fmt: skip
    return {
        "a": {"version": found.baseline.name, **found.a}, "b": {"version": found.subject.name, **found.b}, "passed": found.passed,
        "why_not": list(found.why_not), "content_sha256": found.subject.sha256, "accounts": rows,
    }  # fmt: skip


def _side(outcome: Outcome) -> dict[str, Any]:
    findings = [
        {"check": f.check, "label": f.label, "severity": f.severity, "quote": f.quote, "why": f.why, "registered": f.registered}
        for f in outcome.findings
    ]
    return {
        "text": outcome.text, "findings": findings, "blocked": outcome.blocked, "error": outcome.error, "edit_rate": outcome.edit_rate,
        **asdict(outcome.spent),
    }  # fmt: skip


def as_text(found: Comparison) -> str:
    """The table: one line per account, then the totals."""
    lines = [f"{'account':<34} {'lane':<10} {found.baseline.name:<34} {found.subject.name}"]
    for case, (a, b) in zip(found.cases, found.rows, strict=True):
        name = f"{case.facts.name[:26]} {'(made up)' if case.made_up else ''}".strip()
        lines.append(f"{name:<34} {case.verdict.lane:<10} {_words(a):<34} {_words(b)}")
    lines.append("")
    lines += [f"{figure.replace('_', ' '):<45} {_shown(found.a[figure]):<34} {_shown(found.b[figure])}" for figure in FIGURES]
    for side, totals in ((found.baseline.name, found.a), (found.subject.name, found.b)):
        lines += [f"{side}: {count} × {label}" for label, count in {**totals["labels"], **totals["errors"]}.items()]
    lines += ["", "passed" if found.passed else f"not passed: {'; '.join(found.why_not)}"]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    return "-" if value is None else str(value)


def _words(outcome: Outcome) -> str:
    if outcome.error:
        return f"no text: {outcome.error}"[:33]
    stops = ", ".join(dict.fromkeys(f.label for f in outcome.objections))
    edit = f" edit {outcome.edit_rate:.0%}" if outcome.edit_rate is not None else ""
    return f"{stops[:24] or 'clean'}{edit}"
