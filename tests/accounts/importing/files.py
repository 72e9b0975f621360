"""Files and runs for the tests of the import."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command

ACCOUNTS = "account_number,name"
INVOICES = "account_number,invoice_number,issued_on,due_on,currency,amount"


@dataclass(frozen=True)
class Ran:
    """What one run of the command said."""

    code: int
    data: dict[str, Any]
    out: str
    err: str

    @property
    def messages(self) -> list[str]:
        return [item["message"] for item in self.data["refused"]]


def write(folder: Path, name: str, *lines: str, encoding: str = "utf-8", end: str = "\n") -> Path:
    """A text file of lines."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes("".join(line + end for line in lines).encode(encoding))
    return path


def run(path: Path, *options: str) -> Ran:
    """``manage.py import_book PATH … --json``."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("import_book", str(path), "--json", *options, stdout=out, stderr=err)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return Ran(code, json.loads(out.getvalue()), out.getvalue(), err.getvalue())


def small_book(folder: Path, *, invoices: tuple[str, ...] = ("0007,INV-1,2026-03-01,2026-03-31,EUR,1234.56",)) -> Path:
    """One customer and one invoice."""
    write(folder, "accounts.csv", ACCOUNTS, "0007,Northwind Bearings GmbH", "0008,Alder AG")
    write(folder, "invoices.csv", INVOICES, *invoices)
    return folder
