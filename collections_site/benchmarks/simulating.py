"""A simulation of a policy on a whole book, measured."""

from __future__ import annotations

import gc
from datetime import timedelta
from typing import Any

from collections_site.benchmarks import book, yardsticks
from collections_site.benchmarks.preparing import analyse
from drafts.simulation.result import simulate
from governance import policies
from governance.models import PolicyVersion

CHANGE = {"renewal_days": 90, "routine_total_limit": 20_000}


def run(accounts: int) -> dict[str, Any]:
    """Build the book in the current (scratch) database, simulate another policy on all of it, and age it once in SQL as the yardstick."""
    made = book.build(accounts)
    analyse()
    gc.collect()
    active = policies.active()
    meter = yardsticks.Meter()
    result = simulate(active, PolicyVersion(number=0, parameters={**active.parameters, **CHANGE}), book.AS_OF)
    spent = meter.read()
    edges = {f"d{n}": book.TODAY - timedelta(days=n) for n in (30, 60, 90)}
    yardstick = yardsticks.ageing_seconds(book.TODAY, edges)
    tally = result.book.tally
    return {
        "accounts": tally.accounts,
        "invoices": made.invoices,
        **{key: round(value, 3) for key, value in spent.items()},
        "accounts_per_second": round(tally.accounts / spent["seconds"], 1),
        "processes": result.processes,
        "changed": tally.changed,
        "tightened": tally.tightened,
        "loosened": tally.loosened,
        "peak_memory_mb": round(yardsticks.peak_memory_mb(), 1),
        "yardstick_seconds": round(yardstick, 4),
        "ratio": round(spent["seconds"] / yardstick, 1) if yardstick else 0.0,
    }
