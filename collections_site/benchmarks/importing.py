"""The import, measured: a made-up ledger file through the real code, beside one COPY of as many rows."""

from __future__ import annotations

import csv
import random
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from accounts.importing import service
from accounts.importing.context import Options
from accounts.importing.portfolios import portfolio_for
from collections_site.benchmarks import book, yardsticks

ACCOUNT_HEADER = ("account_number", "name", "country", "time_zone", "language", "currency")
INVOICE_HEADER = (
    "account_number",
    "invoice_number",
    "issued_on",
    "due_on",
    "currency",
    "amount",
    "balance",
    "status",
    "settled_on",
    "po_number",
)


def write_files(folder: Path, accounts: int, *, seed: int = 20260512) -> int:
    """A canonical folder of ``accounts`` customers with ten invoices each; the same numbers give the same
    files. Returns the invoices.
    """
    dice = random.Random(seed)  # noqa: S311 - a reproducible book, not a secret
    with (
        (folder / "accounts.csv").open("w", newline="") as a,
        (folder / "invoices.csv").open("w", newline="") as b,
    ):
        customers, invoices = csv.writer(a), csv.writer(b)
        customers.writerow(ACCOUNT_HEADER)
        invoices.writerow(INVOICE_HEADER)
        for n in range(accounts):
            customers.writerow((f"{n:07d}", f"Customer {n:07d} Ltd", "DE", "Europe/Berlin", "de", "EUR"))
            invoices.writerows(_invoice(n, k, dice) for k in range(book.INVOICES_PER_ACCOUNT))
    return accounts * book.INVOICES_PER_ACCOUNT


def _invoice(n: int, k: int, dice: random.Random) -> tuple[Any, ...]:
    due_on = book.TODAY + timedelta(days=dice.randint(-75, 40))
    amount = dice.randint(5_000, 400_000)
    paid = k > 6
    text = f"{amount // 100}.{amount % 100:02d}"
    issued_on = due_on - timedelta(days=60)
    settled_on = issued_on + timedelta(days=dice.randint(5, 19)) if paid else ""
    return (
        f"{n:07d}", f"B{n:07d}{k}", issued_on, due_on, "EUR", text, "0.00" if paid else text, "paid" if paid else "open", settled_on,
        f"PO{dice.randint(10_000, 99_999)}" if k % 2 else "",
    )  # fmt: skip


def run(accounts: int) -> dict[str, Any]:
    """Import the files into the current (scratch) database, with history and the audit event, and COPY as
    many rows as the yardstick.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        invoices = write_files(folder, accounts)
        portfolio, _ = portfolio_for("Benchmark", "EUR")
        meter = yardsticks.Meter()
        outcome = service.commit(folder, portfolio, Options(as_of=book.TODAY), at=book.AS_OF)
        spent = meter.read()
    yardstick = yardsticks.copy_seconds(invoices)
    cpu = spent["python_cpu_seconds"] + spent["database_cpu_seconds"]
    return {
        "accounts": outcome.kinds["accounts"]["created"],
        "invoices": outcome.kinds["invoices"]["created"],
        **{key: round(value, 3) for key, value in spent.items()},
        "cpu_seconds": round(cpu, 3),
        "accounts_per_cpu_second": round(accounts / cpu, 1) if cpu else 0.0,
        "invoices_per_second": round(invoices / spent["seconds"]),
        "peak_memory_mb": round(yardsticks.peak_memory_mb(), 1),
        "yardstick_seconds": round(yardstick, 4),
        "ratio": round(spent["seconds"] / yardstick, 1) if yardstick else 0.0,
    }
