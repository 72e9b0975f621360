"""History of mutable business rows, for people to read. The ledger is the evidence."""

from __future__ import annotations

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords


def tracked(**options: Any) -> HistoricalRecords:
    """History records with a 64-bit id (the library's own is 32-bit, and a ledger import writes one row for every invoice it changes)."""
    return HistoricalRecords(history_id_field=models.BigAutoField(), **options)
