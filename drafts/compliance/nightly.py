"""The nightly look: every invariant, every control. What is broken opens an incident, one per invariant until that one is closed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from drafts.compliance import evidence, incidents
from drafts.invariants import Result, verify
from drafts.privacy import retention
from governance import access, control_looks
from governance.audit import Entry, record
from governance.models import Event, Incident

log = logging.getLogger(__name__)

# A second bell of the same night finds that it was done.
LEAST_AGE = timedelta(hours=20)
DONE = "control.invariants_verified"
__all__ = ["DONE", "evidence", "run", "run_due"]


def run_due(at: datetime) -> int:
    """Run unless it was run lately. Returns how many invariants are broken."""
    if Event.objects.filter(action=DONE, at__gt=at - LEAST_AGE, at__lte=at).exists():
        return 0
    return run(at)


def run(at: datetime) -> int:
    """Verify everything, record it, open incidents; then look at the controls, which rest on it. Returns the broken invariants."""
    results = verify(limit=5)
    broken = [result for result in results if result.count]
    with transaction.atomic():
        data = {"looked_at": [r.invariant.id for r in results], "broken": {r.invariant.id: r.count for r in broken}}
        record([Entry("system", DONE, "invariants", None, data)], by=None, at=at)
        for result in broken:
            _raise(result, at)
    retention.throw_away(at)
    access.open_due(at)
    control_looks.look(at)
    if broken:
        log.error("invariants broken: %s", ", ".join(result.invariant.id for result in broken))
    return len(broken)


def _raise(result: Result, at: datetime) -> Incident:
    rows = "; ".join(f"{row.kind} {row.id}: {row.words}" for row in result.violations)
    more = f"; and {result.count - len(result.violations)} more" if result.count > len(result.violations) else ""
    what = f"{result.invariant.id} does not hold: {result.invariant.words}. {rows}{more}"
    return incidents.open_incident(
        f"invariant:{result.invariant.id}", what, harm="Not known yet: look at the rows first.", severity=Incident.Severity.HIGH, by=None, at=at,
        happened_at=None,
    )
