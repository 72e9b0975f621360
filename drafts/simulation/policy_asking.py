"""Before a policy may be asked for: a fresh simulation of exactly its text, every loosened case read one by one. Then one person asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from drafts.models import LoosenedReading, SimulationChange, SimulationRun
from drafts.models.simulation import LOOSENED
from drafts.review.base import Blocked
from drafts.simulation.policy_writing import forget_asking, own_draft
from drafts.simulation.runs import newest, why_stale
from drafts.simulation.versioning import GATE, STREAM
from governance.audit import Entry, record
from governance.canonical import sha256_hex
from governance.history import save_as
from governance.models import PolicyVersion
from governance.policy_text import content_hash

if TYPE_CHECKING:
    from governance.models import User

LONGEST_REASON = 2_000
MOST_AT_ONCE = 200


def setting_key(name: str) -> str:
    """The key under which reading a looser setting is kept."""
    return sha256_hex(f"setting:{name}")


def to_read(run: SimulationRun) -> set[str]:
    """Keys of everything that has to be read: each loosened case, and each setting that is looser or may be."""
    cases = SimulationChange.objects.filter(run=run, direction=LOOSENED).values_list("case_key", flat=True)
    return {*cases, *(setting_key(name) for name in run.figures.get("looser_settings", ()))}


def already_read(run: SimulationRun, person_id: int) -> set[str]:
    """Keys the person has read of exactly this text, in this run or an earlier one."""
    mine = LoosenedReading.objects.filter(policy_version_id=run.policy_version_id, content_sha256=run.content_sha256, person_id=person_id)
    return set(mine.values_list("case_key", flat=True))


def read_cases(policy_id: int, keys: Iterable[str], *, by: User, at: datetime) -> int:
    """Put on record that the author read these loosened cases; keys that are none are refused. Returns how many were new."""
    wanted = set(keys)
    with transaction.atomic():
        version = own_draft(policy_id, by, "asks for")
        run = newest(version)
        if run is None:
            raise Blocked(GATE, why_stale(version, None, at))
        if len(wanted) > MOST_AT_ONCE or wanted - to_read(run):
            raise Blocked(GATE, "These are not the loosened cases of this simulation; look at them again.")
        new = sorted(wanted - already_read(run, by.pk))
        LoosenedReading.objects.bulk_create(
            [LoosenedReading(policy_version=version, content_sha256=run.content_sha256, case_key=key, person=by, at=at) for key in new],
            ignore_conflicts=True,
        )
        if new:
            data = {"policy": version.number, "simulation": run.pk, "sha256": run.content_sha256, "cases": new}
            record([Entry(STREAM, "policy.cases_read", "policy", version.pk, data)], by=by, at=at)
    return len(new)


def gate(version: PolicyVersion, reader_id: int | None, at: datetime) -> SimulationRun:
    """The simulation that opens the gate. Raises ``Blocked`` with what is missing."""
    run = newest(version)
    if words := why_stale(version, run, at):
        raise Blocked(GATE, words)
    assert run is not None
    unread = to_read(run) - already_read(run, reader_id or 0)
    if unread:
        n = len(unread)
        raise Blocked(GATE, f"{n} loosened {'case has' if n == 1 else 'cases have'} not been read by who asks: read each, one by one.")
    return run


def ask_for_activation(policy_id: int, reason: str, *, by: User, at: datetime, not_before: datetime | None = None) -> PolicyVersion:
    """The author asks a second policy administrator to put the draft in force. Raises ``NotAllowed``, or ``Blocked`` with what is missing."""
    with transaction.atomic():
        version = own_draft(policy_id, by, "asks for")
        if not reason.strip():
            raise Blocked(GATE, "Say why this should come into force: the second person decides on your words.")
        if version.based_on is not None and content_hash(version.based_on.parameters) == content_hash(version.parameters):
            raise Blocked(GATE, "This draft changes nothing.")
        run = gate(version, by.pk, at)
        version.asked_by, version.asked_at, version.asked_reason = by, at, reason.strip()[:LONGEST_REASON]
        version.not_before = not_before
        save_as(version, by=by, at=at, reason="activation asked for")
        data = {"policy": version.number, "sha256": run.content_sha256, "simulation": run.pk}
        record([Entry(STREAM, "policy.asked", "policy", version.pk, data)], by=by, at=at)
    return version


def withdraw_asking(policy_id: int, *, by: User, at: datetime) -> PolicyVersion:
    """The author asks no longer."""
    with transaction.atomic():
        version = own_draft(policy_id, by, "withdraws")
        if version.asked_at is None:
            raise Blocked(GATE, "Activation was not asked for.")
        forget_asking(version)
        save_as(version, by=by, at=at, reason="asks no longer")
        record([Entry(STREAM, "policy.asking_withdrawn", "policy", version.pk, {"policy": version.number})], by=by, at=at)
    return version
