"""Rows by another author, written without any knowledge of the rules: the estimate that counts.

When they arrived the checks blocked 25 of 100 clean rows and missed 15 of 100 violating ones while the development set stood at 98 % and
1.6 %: numbers with the thousands of other countries ("418 555"), invoice numbers with dashes taken for telephone numbers, courteous closings
taken for promises; and offers, threats and contempt in plain words. Half of that set is here; the other half stays unseen for the next
estimate. Mend classes, not rows.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput

ROWS = [json.loads(line) for line in (Path(__file__).parents[2] / "eval" / "unseen.jsonl").read_text().splitlines()]


def blocked(row):
    facts = row["facts"]
    check = CheckInput(row.get("subject") or "", row["text"], facts, row.get("purpose") or "demand", None, date.fromisoformat(facts["as_of"]))
    return [(f.check, f.quote, f.why) for f in run_text_checks(check) if f.stops_routine_approval]


def test_clean_rows_by_another_author_pass():
    clean = [row for row in ROWS if not row["labels"]]
    found = {row["id"]: b for row in clean if (b := blocked(row))}
    assert len(found) <= 0.05 * len(clean), found


def test_violating_rows_by_another_author_are_blocked():
    violating = [row for row in ROWS if row["labels"]]
    missed = {row["id"]: (row["labels"], row["text"][:300]) for row in violating if not blocked(row)}
    assert len(missed) <= 0.05 * len(violating), missed
