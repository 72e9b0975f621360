"""What must be zero: counted from the ledger, each with how it is checked and when it was looked at last."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from governance.measuring import kinds
from governance.metrics.asking import Question
from governance.metrics.counting import Counts, standing
from governance.metrics.definitions import BY_NAME
from governance.metrics.rows import rows
from governance.models import Event, Measure

VERIFIED = "control.invariants_verified"
LEDGER = "I12"

_WORDS = {
    "without_approval": ("sent without approval", "At every acceptance by the mail server the ledger is asked for a complete approval of that follow-up before it."),
    "without_decision": ("sent on an executive account without a decision", "At every hand-over: the account is in executive review and no relationship decision is in force."),
    "paid": ("demand sent about a paid invoice", "At every hand-over of a demand: invoices it names that are no longer open, counted apart from the last look."),
    "disputed": ("demand sent about a disputed invoice", "At every hand-over of a demand: invoices it names that are disputed in full, counted apart from the last look."),
    "after_stop": ("sent after a stop", "At every acceptance: the message was stopped after its last approval."),
    "twice": ("sent twice", "At every acceptance: the same draft was accepted before."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Zero:
    """One of them. ``n`` is None where nobody has looked yet: unknown is not zero. ``rows`` are the rows behind it, where it has any."""

    name: str
    words: str
    how: str
    n: int | None
    rows: QuerySet[Measure] | None = None
    looked_at: datetime | None = None

    @property
    def good(self) -> bool:
        """Zero, and known to be."""
        return self.n == 0


def must_be_zero(question: Question, *, at: datetime) -> list[Zero]:
    """The row, in its fixed order. Everything but the ledger is counted now; the ledger as it was verified last."""
    gap = BY_NAME["silent_gap_rate"].numerator
    assert gap is not None
    wanted = {code: rows(kinds.VIOLATION, code=code) for code in kinds.NEVER}
    counts = Counts(question, [*wanted.values(), gap])
    found = [
        Zero(code, *_WORDS[code], sum(counts.of(one).values()), standing(question, one), at)
        for code, one in wanted.items()
    ]  # fmt: skip
    silent = "Approved in the routine lane while a required source was not fine; the gate and the lane rules refuse it."
    return [*found, _ledger(at), Zero("silent_gaps", "silent gaps", silent, sum(counts.of(gap).values()), standing(question, gap), at)]


def _ledger(at: datetime) -> Zero:
    how = "Every hash of the ledger is computed again each night, beside the signed checkpoints outside the database."
    last = Event.objects.filter(action=VERIFIED, at__lte=at).order_by("-at", "-pk").first()
    broken = json.loads(last.data).get("broken", {}) if last is not None else {}
    return Zero("ledger_breaks", "ledger breaks", how, broken.get(LEDGER, 0) if last is not None else None, None, last.at if last is not None else None)
