"""The queue of simulations: somebody asks, a worker runs it, the result stays. What is done never changes; a new question is a new row."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q, QuerySet

from drafts.doorbell import ring
from drafts.models import SimulationChange, SimulationRun
from drafts.review.base import Blocked
from drafts.simulation import data
from drafts.simulation.book import Found
from drafts.simulation.result import Result, simulate
from drafts.simulation.versioning import GATE, STREAM
from governance import clock, policies
from governance.audit import Entry, record
from governance.bulk import insert
from governance.models import PolicyVersion
from governance.policy_text import content_hash
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

log = logging.getLogger(__name__)

FRESH = timedelta(hours=24)
LEASE = timedelta(minutes=15)
ATTEMPTS = 3
CHUNK = 2_000
WAITING = (SimulationRun.State.QUEUED, SimulationRun.State.CLAIMED)


def ask_for_run(policy_id: int, *, by: User, at: datetime) -> SimulationRun:
    """Queue a simulation of a policy draft as it stands; the one under way of the same text is returned. Raises ``NotAllowed``, ``Blocked``."""
    can(by, "write_policy").or_raise()
    with transaction.atomic():
        version = PolicyVersion.objects.select_for_update(of=("self",)).get(pk=policy_id)
        if version.state != PolicyVersion.State.DRAFT:
            raise Blocked(GATE, f"{str(version).capitalize()} is {version.get_state_display().lower()}; only a draft is simulated.")
        waiting = SimulationRun.objects.filter(policy_version=version, state__in=WAITING).first()
        if waiting is not None and waiting.content_sha256 == content_hash(version.parameters):
            return waiting
        if waiting is not None:
            _end(waiting, "The text was changed meanwhile.", at)
        run = _queue(version, by, at)
    ring("drafts.simulate", run.pk)
    return run


def _queue(version: PolicyVersion, by: User | None, at: datetime) -> SimulationRun:
    return SimulationRun.objects.create(
        policy_version=version, baseline=policies.active(), parameters=version.parameters, content_sha256=content_hash(version.parameters),
        requested_by=by, requested_at=at,
    )


def run_due(at: datetime) -> int:
    """Run what waits, and what a worker fell silent over. Returns how many ended with a result. Takes as long as they do."""
    rows = SimulationRun.objects.filter(Q(state=SimulationRun.State.QUEUED) | Q(state=SimulationRun.State.CLAIMED, lease_until__lt=at))
    return sum(run(pk, at=clock.now()) for pk in rows.order_by("pk").values_list("pk", flat=True)[:10])


def run(run_id: int, *, at: datetime) -> bool:
    """One simulation, if no other worker has it. True when it has a result; a failure is on its row, in words."""
    row = _claim(run_id, at)
    if row is None:
        return False
    try:
        subject = PolicyVersion(pk=row.policy_version_id, number=row.policy_version.number, parameters=row.parameters)
        result = simulate(row.baseline, subject, at)
    except Exception:
        log.exception("simulation %s could not be made", row.pk)
        _end(row, "Something went wrong while it ran; the log of the worker says what. Run it again.", at)
        return False
    return finish(row, result, by=row.requested_by, at=clock.now())


def _claim(run_id: int, at: datetime) -> SimulationRun | None:
    free = Q(state=SimulationRun.State.QUEUED) | Q(state=SimulationRun.State.CLAIMED, lease_until__lt=at)
    taken = SimulationRun.objects.filter(free, pk=run_id).update(
        state=SimulationRun.State.CLAIMED, attempts=F("attempts") + 1, lease_until=at + LEASE
    )
    if not taken:
        return None
    row = SimulationRun.objects.select_related("policy_version", "baseline", "requested_by").get(pk=run_id)
    if row.attempts > ATTEMPTS:
        _end(row, "The worker fell silent three times while it ran. Run it again when the machine is calm.", at)
        return None
    return row


def _end(row: SimulationRun, words: str, at: datetime) -> None:
    mine = SimulationRun.objects.filter(pk=row.pk, state__in=WAITING, attempts=row.attempts)
    mine.update(state=SimulationRun.State.FAILED, words=words, finished_at=at, lease_until=None)


def finish(row: SimulationRun, result: Result, *, by: User | None, at: datetime) -> bool:
    """Write the result and close the row, if it is still this worker's."""
    tally = result.book.tally
    with transaction.atomic():
        held = SimulationRun.objects.select_for_update(of=("self",)).filter(pk=row.pk, state=SimulationRun.State.CLAIMED, attempts=row.attempts)
        if not held.exists():
            return False
        for chunk in _chunks(result.found()):
            insert(SimulationChange, [_change(row, found) for found in chunk])
        SimulationRun.objects.filter(pk=row.pk).update(
            state=SimulationRun.State.DONE, finished_at=at, lease_until=None, as_of=result.as_of, data_mark=result.data_mark,
            accounts=tally.accounts, changed=tally.changed, tightened=tally.tightened, loosened=tally.loosened, figures=result.figures,
            seconds=round(result.seconds, 3),
        )
        told = {"policy": row.policy_version.number, "sha256": row.content_sha256, "changed": tally.changed, "loosened": tally.loosened}
        record([Entry(STREAM, "policy.simulated", "simulation", row.pk, told)], by=by, at=at)
    return True


def _chunks(found: Iterable[Found]) -> Iterator[list[Found]]:
    rest = iter(found)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _change(row: SimulationRun, found: Found) -> SimulationChange:
    moved = found.moved
    return SimulationChange(
        run=row, account_id=found.account_id, before=moved.before, after=moved.after, direction=moved.direction, rules=list(moved.rules),
        roles_before=list(moved.roles_before), roles_after=list(moved.roles_after), tier=found.tier, totals=found.totals,
        days_overdue=found.days_overdue, case_key=found.case_key,
    )


def run_now(version: PolicyVersion, *, by: User | None, at: datetime) -> tuple[SimulationRun, Result]:
    """Simulate a saved policy in this process and keep the result; what waits in the queue for the same policy is overtaken."""
    with transaction.atomic():
        for waiting in SimulationRun.objects.select_for_update(of=("self",)).filter(policy_version=version, state__in=WAITING):
            _end(waiting, "It was run from the command line meanwhile.", at)
        row = _queue(version, by, at)
    SimulationRun.objects.filter(pk=row.pk).update(state=SimulationRun.State.CLAIMED, attempts=1, lease_until=at + LEASE)
    row.attempts = 1
    try:
        result = simulate(row.baseline, version, at)
    except BaseException:
        _end(row, "It was broken off.", at)
        raise
    finish(row, result, by=by, at=clock.now())
    row.refresh_from_db()
    return row, result


def newest(version: PolicyVersion) -> SimulationRun | None:
    """The newest finished simulation of exactly this text."""
    return done(version).filter(content_sha256=content_hash(version.parameters)).first()


def done(version: PolicyVersion) -> QuerySet[SimulationRun]:
    """Finished simulations of a policy, newest first."""
    return SimulationRun.objects.filter(policy_version=version, state=SimulationRun.State.DONE).order_by("-as_of", "-pk")


def why_stale(version: PolicyVersion, run: SimulationRun | None, at: datetime) -> str:
    """Why ``run`` opens no gate, in words; empty when it does."""
    if run is None:
        earlier = done(version).exists()
        return "The simulation is older than the text: run it again." if earlier else "This text was never simulated: run it first."
    assert run.as_of is not None
    if run.as_of > at or run.as_of <= at - FRESH:
        return "The simulation is older than 24 hours: run it again."
    if run.baseline_id != policies.active().pk:
        return "Another policy came into force since the simulation: run it again."
    if run.data_mark != data.mark():
        return "The data moved since the simulation (an import, or a source that answered anew): run it again."
    return ""


__all__ = ["ask_for_run", "done", "finish", "newest", "run", "run_due", "run_now", "why_stale"]
