"""The clock of a synthetic history: this database's clock stands in the past for one transaction, which nobody else sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction

from governance.models import Installation


@contextmanager
def travelling() -> Iterator[None]:
    """Let the clock of this database be moved for the block, in one transaction; kind and clock are as before at its end.

    Only a demo's clock moves, and the guards of the database read the same row. For this transaction the installation is one; no other
    connection ever sees it. Anything that fails leaves no row behind.
    """
    allowed = settings.DEMO_MODE
    settings.DEMO_MODE = True
    try:
        with transaction.atomic():
            row = Installation.objects.select_for_update().get(pk=1)
            Installation.objects.filter(pk=1).update(kind=Installation.Kind.DEMO)
            yield
            Installation.objects.filter(pk=1).update(kind=row.kind, clock_offset_seconds=row.clock_offset_seconds)
    finally:
        settings.DEMO_MODE = allowed
