"""A policy comes into force: by a second policy administrator, after a fresh simulation, with a choice for the drafts that are under way."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from drafts.doorbell import ring
from drafts.review.base import Blocked
from drafts.simulation.policy_asking import gate
from drafts.simulation.policy_writing import valid
from drafts.simulation.versioning import GATE, STREAM, replace
from governance import policies
from governance.audit import Entry, record
from governance.decisions import Denied
from governance.models import PolicyVersion
from governance.policy_text import content_hash, stored
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

InFlight = PolicyVersion.InFlight


def activate_policy(policy_id: int, *, by: User, at: datetime, in_flight: str = InFlight.RECHECK, expected: str = "") -> PolicyVersion:
    """Put a draft in force; the version before retires in the same transaction.

    ``in_flight`` says what happens to drafts under way (keep, recheck, return), ``expected`` is the hash of the text the person saw.
    Raises ``NotAllowed`` (no policy administrator, its author, or who asked for it) or ``Blocked`` with what is missing.
    """
    with transaction.atomic():
        version, active = _locked(policy_id)
        _may(version, by)
        if expected and expected != content_hash(version.parameters):
            raise Blocked(GATE, "The text was changed while you had it open. Look at it again.")
        if in_flight not in InFlight.values:
            raise Blocked(GATE, "Say what happens to the drafts under way: leave them, judge them again, or write them anew.")
        if version.asked_at is None:
            raise Blocked(GATE, "Its author has not asked for activation.")
        if version.not_before is not None and at < version.not_before:
            raise Blocked(GATE, f"It was asked for from {version.not_before:%d %B %Y %H:%M} UTC on; it cannot come into force earlier.")
        run = gate(version, version.asked_by_id, at)
        # A bound may have been drawn since it was written.
        if stored(valid(stored(version.typed), active.typed)) != stored(version.typed):
            raise Blocked(GATE, "This text no longer keeps the locked rules.")
        version.in_flight, version.settled_at = in_flight, at if in_flight == InFlight.KEEP else None
        replace(active, version, by, at)
        data = {
            "policy": version.number, "sha256": run.content_sha256, "before": content_hash(active.parameters), "retired": active.number,
            "simulation": run.pk, "in_flight": in_flight,
        }  # fmt: skip
        record([Entry(STREAM, "policy.activated", "policy", version.pk, data)], by=by, at=at)
        ring("drafts.settle_policy")
    return version


def _locked(policy_id: int) -> tuple[PolicyVersion, PolicyVersion]:
    """The draft and the policy in force, locked in order of id: two activations at once wait for each other."""
    wanted = sorted({policy_id, policies.active().pk})
    rows = {row.pk: row for row in PolicyVersion.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")}
    if policy_id not in rows:
        raise PolicyVersion.DoesNotExist(f"no policy {policy_id}")
    active = next((row for row in rows.values() if row.state == PolicyVersion.State.ACTIVE), None)
    if active is None:
        raise Blocked(GATE, "Another policy came into force just now. Look at it again.")
    return rows[policy_id], active


def _may(version: PolicyVersion, by: User) -> None:
    can(by, "write_policy").or_raise()
    if version.author_id == by.pk:
        Denied("because you wrote this policy; another policy administrator activates it").or_raise()
    if version.asked_by_id == by.pk:
        Denied("because you asked for it; another policy administrator activates it").or_raise()
    if version.state != PolicyVersion.State.DRAFT:
        words = {"active": "in force already", "retired": "retired; prepare a roll back instead", "dropped": "discarded"}[version.state]
        raise Blocked(GATE, f"{str(version).capitalize()} is {words}.")
