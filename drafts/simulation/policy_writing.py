"""Drafts of a policy: begun from the one in force, edited by their author alone, discarded, and prepared to roll back. Nothing comes into
force here: see ``policy_activation``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts import readiness
from drafts.review.base import Blocked
from drafts.simulation.versioning import GATE, STREAM, next_number
from governance import policies
from governance.audit import Entry, record
from governance.decisions import Denied
from governance.history import save_as
from governance.models import PolicyVersion
from governance.policy_parameters import PolicyParameters
from governance.policy_text import checked, content_hash, stored
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

LONGEST_NOTE = 2_000


def valid(changes: Mapping[str, Any], base: PolicyParameters) -> PolicyParameters:
    """``base`` with ``changes``, held against types, bounds, locked rules and the kinds of source there are. Raises ``BadPolicy``."""
    return checked(changes, base, sources=readiness.KINDS)


def write_policy(changes: Mapping[str, Any], note: str, *, by: User, at: datetime) -> PolicyVersion:
    """A new draft: the policy in force with ``changes`` (parameter → value). Raises ``NotAllowed``, or ``BadPolicy`` naming each field."""
    can(by, "write_policy").or_raise()
    with transaction.atomic():
        base = _active()
        return _begin(valid(changes, base.typed), note, base, by, at)


def _active() -> PolicyVersion:
    """The policy in force under lock: two drafts begun at once get two numbers."""
    return PolicyVersion.objects.select_for_update(of=("self",)).get(pk=policies.active().pk)


def _begin(parameters: PolicyParameters, note: str, base: PolicyVersion, by: User, at: datetime, restores: PolicyVersion | None = None) -> PolicyVersion:
    number = next_number(PolicyVersion.objects.all(), "number")
    row = PolicyVersion(number=number, parameters=stored(parameters), note=_note(note), based_on=base, restores=restores, author=by)
    save_as(row, by=by, at=at, reason="written")
    _tell(row, base, by, at)
    return row


def _tell(row: PolicyVersion, base: PolicyVersion, by: User, at: datetime) -> None:
    data: dict[str, Any] = {"policy": row.number, "sha256": content_hash(row.parameters), "base": base.number, "before": content_hash(base.parameters)}
    if row.restores_id:
        assert row.restores is not None
        data["restores"] = row.restores.number
    record([Entry(STREAM, "policy.written", "policy", row.pk, data)], by=by, at=at)


def _note(note: str) -> str:
    return note.strip()[:LONGEST_NOTE]


def own_draft(policy_id: int, by: User, what: str) -> PolicyVersion:
    """A draft of the person's own, locked. Raises ``NotAllowed`` or ``Blocked``."""
    can(by, "write_policy").or_raise()
    row = PolicyVersion.objects.select_for_update(of=("self",)).get(pk=policy_id)
    if row.state != PolicyVersion.State.DRAFT:
        words = {"active": "in force", "retired": "retired", "dropped": "discarded"}[row.state]
        raise Blocked(GATE, f"{str(row).capitalize()} is {words}; it never changes. Begin a new draft.")
    if row.author_id != by.pk:
        Denied(f"because {row.author or 'somebody else'} wrote this draft; only its author {what} it. Begin your own").or_raise()
    return row


def edit_policy(policy_id: int, changes: Mapping[str, Any], note: str | None = None, *, by: User, at: datetime) -> PolicyVersion:
    """Change a draft of one's own. What was asked for it falls: the text is another. Raises ``NotAllowed``, ``Blocked`` or ``BadPolicy``."""
    with transaction.atomic():
        row = own_draft(policy_id, by, "edits")
        before = content_hash(row.parameters)
        row.parameters = stored(valid(changes, row.typed))
        row.note = row.note if note is None else _note(note)
        if content_hash(row.parameters) != before:
            forget_asking(row)
            if row.restores is not None and content_hash(row.restores.parameters) != content_hash(row.parameters):
                row.restores = None  # no longer the content it was to bring back
            save_as(row, by=by, at=at, reason="edited")
            base = row.based_on or policies.active()
            _tell(row, base, by, at)
        elif note is not None:
            save_as(row, by=by, at=at, reason="note")
    return row


def forget_asking(row: PolicyVersion) -> None:
    """Nobody asks for this text any more."""
    row.asked_by, row.asked_at, row.asked_reason, row.not_before, row.in_flight = None, None, "", None, ""


def discard_policy(policy_id: int, *, by: User, at: datetime) -> PolicyVersion:
    """Give up a draft of one's own; it is kept, and can never come into force."""
    with transaction.atomic():
        row = own_draft(policy_id, by, "discards")
        forget_asking(row)
        row.state = PolicyVersion.State.DISCARDED
        save_as(row, by=by, at=at, reason="discarded")
        record([Entry(STREAM, "policy.discarded", "policy", row.pk, {"policy": row.number})], by=by, at=at)
    return row


def prepare_rollback(policy_id: int, *, by: User, at: datetime) -> PolicyVersion:
    """A new draft with the content of an earlier version, to be simulated, asked for and activated like any other.

    Raises ``NotAllowed``; ``Blocked`` for what was never in force, is in force, or says the same as what is; ``BadPolicy`` when a bound was
    drawn since that the old content does not keep.
    """
    can(by, "write_policy").or_raise()
    with transaction.atomic():
        old, base = PolicyVersion.objects.get(pk=policy_id), _active()
        if old.state != PolicyVersion.State.RETIRED:
            raise Blocked(GATE, f"{str(old).capitalize()} is not a version that was in force before; there is nothing to go back to.")
        parameters = valid(stored(old.typed), base.typed)
        if parameters == base.typed:
            raise Blocked(GATE, f"{str(old).capitalize()} says the same as {base}, which is in force.")
        return _begin(parameters, f"Back to policy {old.number}.", base, by, at, restores=old)
