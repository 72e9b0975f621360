"""``simulate_shard``: the second process of a simulation. It is started by ``simulate_policy`` and by the worker, not by people."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from drafts.preparation.summary import settled_heap
from drafts.simulation.shards import serve


class Command(BaseCommand):
    """Judge the accounts named on standard input on the snapshot named there; write what differs to standard output."""

    help = "The second process of a simulation; reads its share from standard input. Not for people."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, judge, write."""
        with settled_heap():
            serve(json.load(sys.stdin), sys.stdout.write)
