"""The preparation run, measured."""

from __future__ import annotations

import gc
from datetime import timedelta
from typing import Any

from django.db import connection

from collections_site.benchmarks import book, yardsticks
from drafts.preparation import prepare_all


def run(accounts: int) -> dict[str, Any]:
    """Build the book in the current (scratch) database, prepare all of it, and age it once in SQL as the
    yardstick.
    """
    made = book.build(accounts)
    analyse()
    gc.collect()
    meter = yardsticks.Meter()
    summary = prepare_all(book.AS_OF)
    spent = meter.read()
    edges = {f"d{n}": book.TODAY - timedelta(days=n) for n in (30, 60, 90)}
    yardstick = yardsticks.ageing_seconds(book.TODAY, edges)
    cpu = spent["python_cpu_seconds"] + spent["database_cpu_seconds"]
    return {
        "accounts": summary.accounts,
        "invoices": made.invoices,
        **{key: round(value, 3) for key, value in spent.items()},
        "cpu_seconds": round(cpu, 3),
        "accounts_per_cpu_second": round(summary.accounts / cpu, 1) if cpu else 0.0,
        "queries_per_account": round(summary.queries / max(1, summary.accounts), 4),
        "peak_memory_mb": round(yardsticks.peak_memory_mb(), 1),
        "yardstick_seconds": round(yardstick, 4),
        "ratio": round(spent["seconds"] / yardstick, 1) if yardstick else 0.0,
    }


def analyse() -> None:
    """Statistics as a database that has lived for a day would have them."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
