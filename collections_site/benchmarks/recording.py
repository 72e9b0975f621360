"""The ledger, measured: writers side by side, then one verification of everything they wrote.

Each writer is a process with a connection of its own and accounts of its own, as workers have them; every act is one transaction that
commits to the disk. First acts of one event, then acts of five (an approval writes about that many), then batches as preparation does.
"""

from __future__ import annotations

import itertools
import multiprocessing
import time
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone

from collections_site.benchmarks import yardsticks
from governance import ledger
from governance.audit import Entry, account_stream, record
from governance.models import Event

WRITERS = 4
ACCOUNTS = 250  # of one writer
# Events in one act, and the share of all events that are written so.
MIXES = ((1, 0.1), (5, 0.3), (100, 0.6))


def run(events: int) -> dict[str, Any]:
    """Write about ``events`` events into the current (scratch) database and verify them.

    SQLite takes one writer at a time, so there is one; seconds are wall seconds.
    """
    writers = WRITERS if connection.vendor == "postgresql" else 1
    result: dict[str, Any] = {"writers": writers}
    for size, share in MIXES:
        acts = max(1, round(events * share / size / writers))
        seconds = _write(writers, acts, size)
        result[f"events_per_second_in_acts_of_{size}"] = round(writers * acts * size / seconds)
    meter = yardsticks.Meter()
    began = time.perf_counter()
    report = ledger.examine()
    seconds = time.perf_counter() - began
    spent = meter.read()
    cpu = spent["python_cpu_seconds"] + spent["database_cpu_seconds"]
    return {
        "events": Event.objects.count(),
        **result,
        "verified_events": report.events,
        "verify_seconds": round(seconds, 3),
        "verified_per_second": round(report.events / seconds),
        "verify_python_cpu_seconds": round(spent["python_cpu_seconds"], 3),
        "verify_database_cpu_seconds": round(spent["database_cpu_seconds"], 3),
        "verified_per_cpu_second": round(report.events / cpu) if cpu else 0,
        "breaks": report.count,
        "peak_memory_mb": round(yardsticks.peak_memory_mb(), 1),
    }


def _write(writers: int, acts: int, size: int) -> float:
    """Seconds until every writer is done."""
    if writers == 1:
        began = time.perf_counter()
        _work(0, acts, size)
        return time.perf_counter() - began
    connections.close_all()  # no child may share a connection with us
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(writers + 1)
    processes = [context.Process(target=_child, args=(ready, writer, acts, size)) for writer in range(writers)]
    for process in processes:
        process.start()
    ready.wait()
    began = time.perf_counter()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - began
    if any(process.exitcode for process in processes):
        raise yardsticks.Refused("a writer ended with an error")
    return seconds


def _child(ready: Any, writer: int, acts: int, size: int) -> None:
    connection.ensure_connection()
    ready.wait()
    _work(writer, acts, size)
    connections.close_all()


def _work(writer: int, acts: int, size: int) -> None:
    accounts = itertools.cycle(range(writer * ACCOUNTS + 1, (writer + 1) * ACCOUNTS + 1))
    data = {"draft": 4711, "request": 4712, "fingerprint": "5f" * 32, "bytes": "a7" * 32}
    for number in range(acts):
        with transaction.atomic():
            many = size > 5
            account = next(accounts)
            entries = [
                Entry(account_stream(next(accounts) if many else account), "delivery.scheduled", "delivery", number, data)
                for _ in range(size)
            ]
            record(entries, by=None, at=timezone.now())
