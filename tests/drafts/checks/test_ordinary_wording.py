"""Ordinary dunning mail in wording nobody tuned the checks for passes them, and so does every approved template.

A checker that knows only the words of its development set blocks the next honest letter: the share of clean rows blocked must stay at or
below 3 %, on rows that were never looked at while the rules were written.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput

ROWS = [json.loads(line) for line in (Path(__file__).parents[2] / "eval" / "ordinary.jsonl").read_text().splitlines()]

# Why this matters to whoever works on the checks: a closed vocabulary ("a statement nobody vouches for", "something is said to happen that no
# fact carries") blocked 42 % of these unseen clean rows, and half of the approved templates (tests/drafts/test_compose_checked.py). Rules must
# name what is wrong (an offer, a threat, a figure), not whatever is unknown. Prefer removing such a rule to feeding it words.


def test_at_most_three_percent_of_ordinary_rows_are_blocked():
    blocked = {}
    for row in ROWS:
        check = CheckInput(row["subject"], row["text"], row["facts"], row["purpose"], None, date.fromisoformat(row["facts"]["as_of"]), {})
        found = [(f.check, f.quote, f.why) for f in run_text_checks(check) if f.stops_routine_approval]
        if found:
            blocked[row["id"]] = found
    assert len(blocked) <= len(ROWS) * 0.03, blocked
