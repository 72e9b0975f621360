"""Messages that left, rows changed behind the guards, and what ``verify_invariants`` says of them."""

from __future__ import annotations

import io
from datetime import timedelta

from django.core.management import call_command
from django.db import connection

from drafts import states
from drafts.delivery import handover, outbox, settle
from drafts.invariants import broken
from governance import guards
from tests.drafts.scene import AS_OF

LEAVES = AS_OF + timedelta(minutes=10)


def sent(case, at=LEAVES):
    """Approve and hand over."""
    case.approve() if case.follow_up.lane == states.ROUTINE else case.approve(case.desk.owner, case.desk.finance)
    at = max(at, case.delivery.leaves_at)
    assert handover.deliver_one(case.delivery.pk, at) == states.ACCEPTED
    return case


def parked(case):
    """A message whose outcome nobody knows."""
    case.approve()
    claim = outbox.claim(LEAVES, "worker", case.delivery.pk)
    assert handover.begin(claim, at=LEAVES) is not None
    settle.unknown(claim, "the line broke", at=LEAVES)
    assert case.delivery.state == states.OUTCOME_UNKNOWN
    return case


def tamper(statement, *values):
    """One statement by hand, with every guard out of the way."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        guards.drop(connection)
        plain = [connection.ops.adapt_datetimefield_value(v) if hasattr(v, "tzinfo") else v for v in values]
        cursor.execute(statement, plain)
        assert cursor.rowcount != 0, "the statement must change something"
    guards.install(connection)


def only(invariant):
    """The one invariant that is broken now, with its sentences."""
    found = broken()
    assert {line.split(":")[0] for line in found} == {invariant}, found
    return " ".join(found)


def one_of(invariant):
    """Likewise, where the row breaks others too."""
    found = [line for line in broken() if line.startswith(f"{invariant}:")]
    assert found, broken()
    return " ".join(found)


def run(*args):
    out = io.StringIO()
    try:
        call_command("verify_invariants", *args, stdout=out)
    except SystemExit as end:
        return int(end.code), out.getvalue()
    return 0, out.getvalue()
