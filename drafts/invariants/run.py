"""Every invariant that rows can show, looked at in one consistent picture of the database."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice

from drafts.invariants import approving, figuring, leaving, population, recording, sending
from drafts.invariants.base import Invariant, Violation
from governance.picture import one_picture

INVARIANTS: tuple[Invariant, ...] = (
    Invariant("I1", "every message at the mail server has one complete, valid approval of its fingerprint", (approving.every_message_was_approved,)),
    Invariant("I2", "the bytes are the approved bytes", (sending.bytes_are_the_approved_ones,), sending.erased_words),
    Invariant("I3", "one message per Message-ID, and per account, step and cycle", (sending.one_message_per_step,)),
    Invariant("I4", "an approved message reaches a visible end state in time", (population.nothing_hangs,)),
    Invariant("I5", "accepted means the mail server has it", (sending.accepted_means_accepted,)),
    Invariant("I6", "an unknown outcome is left by evidence or named persons only", (sending.unknown_is_left_by_evidence_only,)),
    Invariant("I7", "nothing stood against a message when it left", (sending.handed_over_by_the_book, leaving.nothing_stood_against_it)),
    Invariant("I8", "an edit voids every approval of the old text", (approving.edits_void_approvals,)),
    Invariant("I9", "nobody approves their own words or acts", (approving.approvers_are_others, recording.policies_and_texts_are_by_two_people)),
    Invariant("I10", "only listed transitions happen", (recording.moves_are_listed,)),
    Invariant("I11", "one event per change", (recording.changes_have_events,)),
    Invariant("I12", "the ledger verifies", (recording.the_ledger_verifies,)),
    Invariant("I13", "the guards of the database stand", (recording.guards_stand,)),
    Invariant("I16", "a shown total is the sum of its rows, per currency", (figuring.totals_are_sums,)),
    Invariant("I17", "a draft names its brief; the same inputs give its fingerprint", (figuring.drafts_rest_on_their_brief,)),
    Invariant("I18", "model spend never over its budget", (population.spend_is_within_budget,)),
    Invariant("I23", "an erasure is on record and accounts for every row it changed", (population.erasures_are_on_record,)),
    Invariant("I24", "nothing is sent while a restored database is in quarantine", (population.nothing_left_in_quarantine,)),
    Invariant("I25", "facts and recipient of a message belong to its account", (leaving.facts_belong_to_the_account,)),
    Invariant("I26", "a lane is kept or raised, never lowered", (population.lanes_are_never_lowered,)),
    Invariant("I27", "generated = decided + pending + expired + superseded + withdrawn; approvals = deliveries = mail log", (population.the_population_is_complete,)),
    Invariant("I28", "nothing goes out on an executive-review account without a decision", (leaving.relationships_were_decided,)),
    Invariant("I29", "nothing is promised or threatened without a term or decision", (leaving.commitments_were_decided,)),
)  # fmt: skip
# What needs a test to be shown: pages, crashes, flushed queues, rights read at a moment.
NOT_FROM_ROWS = ("I14", "I15", "I20", "I21", "I22")


@dataclass(frozen=True, slots=True)
class Result:
    """What looking at one invariant found: the first rows that break it, how many there are, the seconds it took, and what to know."""

    invariant: Invariant
    violations: tuple[Violation, ...]
    count: int
    seconds: float
    note: str = ""


def verify(only: Collection[str] = (), *, limit: int = 50) -> list[Result]:
    """Look at each invariant (or those named), in one picture of the database. Keeps the first ``limit`` rows of each.

    Raises ``KeyError`` for an unknown id. Reads only.
    """
    known = {invariant.id: invariant for invariant in INVARIANTS}
    chosen = [known[name] for name in only] if only else list(INVARIANTS)
    with one_picture():
        return [_look(invariant, limit) for invariant in chosen]


def broken(only: Collection[str] = ()) -> list[str]:
    """Every violation as a sentence; empty when all invariants hold. For tests and monitors."""
    return [f"{r.invariant.id}: {v.kind} {v.id}: {v.words}" for r in verify(only) for v in r.violations]


def _look(invariant: Invariant, limit: int) -> Result:
    began = time.monotonic()
    found: list[Violation] = []
    count = 0
    for look in invariant.looks:
        rows = iter(look())
        some = list(islice(rows, limit - len(found)))
        found += some
        count += len(some) + sum(1 for _ in rows)
    note = invariant.note() if invariant.note else ""
    return Result(invariant, tuple(found), count, round(time.monotonic() - began, 3), note)
