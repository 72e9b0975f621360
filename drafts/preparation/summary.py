"""What a preparation run did, and how many queries it took."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from drafts import states


@dataclass(slots=True)
class PrepareSummary:
    """Counts of one run. ``lanes`` counts accounts that were drafted, held or await a decision; ``skipped``
    counts by reason.
    """

    accounts: int = 0
    briefs: int = 0
    drafts: int = 0
    lanes: Counter[str] = field(default_factory=Counter)
    held: int = 0
    awaiting_decision: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    queries: int = 0

    def add(self, other: PrepareSummary) -> None:
        """Count another batch in; ``seconds`` and ``queries`` belong to the whole run and are measured there.
        """
        self.accounts += other.accounts
        self.briefs += other.briefs
        self.drafts += other.drafts
        self.held += other.held
        self.awaiting_decision += other.awaiting_decision
        self.lanes.update(other.lanes)
        self.skipped.update(other.skipped)

    def as_dict(self) -> dict[str, Any]:
        """The JSON summary of the ``prepare`` command."""
        return {
            "accounts": self.accounts,
            "briefs": self.briefs,
            "drafts": self.drafts,
            "lanes": {lane: self.lanes[lane] for lane, _ in states.LANE_CHOICES},
            "held": self.held,
            "awaiting_decision": self.awaiting_decision,
            "skipped": dict(sorted(self.skipped.items())),
            "seconds": round(self.seconds, 3),
            "accounts_per_second": round(self.accounts / self.seconds, 1) if self.seconds else 0.0,
            "queries": self.queries,
        }


class _Counter:
    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.queries += 1
        return execute(sql, params, many, context)


@contextmanager
def measured(summary: PrepareSummary) -> Iterator[PrepareSummary]:
    """Put wall seconds and the number of queries of the block into ``summary``."""
    counter = _Counter()
    start = time.perf_counter()
    with connection.execute_wrapper(counter):
        yield summary
    summary.seconds = time.perf_counter() - start
    summary.queries = counter.queries


@contextmanager
def settled_heap() -> Iterator[None]:
    """Keep what is already in memory out of the garbage collector's rounds: walking all loaded modules again and again
    while a batch makes its objects costs one part in twenty of a long run.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
