"""Incidents: opened by a person who saw a wrong message or by the machine, corrected by an owner with a date, closed by somebody else."""

from __future__ import annotations

import platform
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import django
from django.db import transaction

from drafts import states
from drafts.models import Delivery
from drafts.review.base import Blocked, demand_reason
from governance import policies
from governance.audit import Entry, account_stream, record
from governance.decisions import Denied
from governance.history import save_as
from governance.models import Incident
from governance.rights import can, people_with
from governance.roles import AUDITOR, DECIDERS

if TYPE_CHECKING:
    from governance.models import User


def wrong_message(delivery_id: int, what: str, harm: str, severity: str, *, by: User, at: datetime) -> Incident:
    """A message the customer has, or may have, was wrong: open the incident of it. Raises ``NotAllowed`` or ``Blocked``."""
    what, harm = demand_reason(what, "what was wrong"), demand_reason(harm, "the harm as far as you know")
    with transaction.atomic():
        row = Delivery.objects.select_related("draft__template_version", "follow_up", "approval_request").get(pk=delivery_id)
        can(by, "open_incident", row.follow_up).or_raise()
        if row.state not in (states.ACCEPTED, states.OUTCOME_UNKNOWN):
            raise Blocked("E-STATE", "This message has not left. Stop it instead.")
        if severity not in Incident.Severity.values:
            raise Blocked("E-FORM", "Please choose how severe it is.")
        return open_incident(
            f"delivery:{row.pk}", what, harm=harm, severity=severity, account_id=row.account_id, portfolio_id=row.follow_up.portfolio_id,
            happened_at=row.accepted_at or row.handed_over_at, versions=_versions(row), by=by, at=at,
        )


def open_incident(source: str, what: str, *, harm: str, severity: str, by: User | None, at: datetime, **fields: Any) -> Incident:
    """Open an incident unless one of the same ``source`` is open: that one is returned. In the caller's transaction."""
    known = Incident.objects.filter(source=source).exclude(state=Incident.State.CLOSED).first()
    if known is not None:
        return known
    row = Incident(source=source, what=what, harm=harm, severity=severity, noticed_by=by, noticed_at=at, **fields)
    row.versions = row.versions or system_versions()
    save_as(row, by=by, at=at)
    _note(row, "incident.opened", {"source": source, "severity": severity}, by, at)
    return row


def system_versions() -> dict[str, Any]:
    """The system itself and the policy in force."""
    return {"django": django.get_version(), "python": platform.python_version(), "policy": policies.active().number}


def _versions(row: Delivery) -> dict[str, Any]:
    """System, policy, template, prompt and model behind one message."""
    draft = row.draft
    found = {**system_versions(), "policy": row.approval_request.policy_version.number, "draft": draft.pk, "revision": draft.revision}
    if draft.template_version is not None:
        found["template"] = str(draft.template_version)
    attempt = draft.generations.select_related("prompt_version").order_by("-pk").first()
    if attempt is not None:
        found |= {"model": attempt.model, "prompt": str(attempt.prompt_version or "")}
    return found


def agree_action(incident_id: int, action: str, owner: User, due: date, *, by: User, at: datetime) -> Incident:
    """What will be done, by whom, until when."""
    action = demand_reason(action, "the corrective action")
    with transaction.atomic():
        row = _open(incident_id, by, "correct_incident")
        if owner not in _owners(row):
            raise Blocked("E-FORM", "The owner must be a person who works on this portfolio.")
        if due < at.date():
            raise Blocked("E-FORM", "The due date lies in the past.")
        row.action, row.action_owner, row.action_due, row.state = action, owner, due, Incident.State.CORRECTING
        save_as(row, by=by, at=at)
        _note(row, "incident.action_set", {"owner": owner.pk, "due": due}, by, at)
    return row


def corrected(incident_id: int, *, by: User, at: datetime) -> Incident:
    """The owner of the action says that it is done; somebody else now checks."""
    with transaction.atomic():
        row = _open(incident_id, by, "correct_incident")
        if row.state != Incident.State.CORRECTING:
            raise Blocked("E-STATE", "There is no corrective action under way.")
        if row.action_owner_id != by.pk:
            Denied("because the corrective action belongs to somebody else").or_raise()
        row.state, row.corrected_by, row.corrected_at = Incident.State.CORRECTED, by, at
        save_as(row, by=by, at=at)
        _note(row, "incident.corrected", {}, by, at)
    return row


def check(incident_id: int, worked: bool, finding: str, *, by: User, at: datetime) -> Incident:
    """The closure check by another person than who corrected: closed, or back to be corrected."""
    finding = demand_reason(finding, "what the check found")
    with transaction.atomic():
        row = _open(incident_id, by, "close_incident")
        if row.state != Incident.State.CORRECTED:
            raise Blocked("E-STATE", "The correction is not done yet, so there is nothing to check.")
        if by.pk in (row.action_owner_id, row.corrected_by_id):
            Denied("because you corrected it yourself; another person checks").or_raise()
        row.closure = finding
        if worked:
            row.state, row.closed_by, row.closed_at = Incident.State.CLOSED, by, at
        else:
            row.state, row.corrected_by, row.corrected_at = Incident.State.CORRECTING, None, None
        save_as(row, by=by, at=at)
        _note(row, "incident.closed" if worked else "incident.reopened", {}, by, at)
    return row


def owners(row: Incident) -> list[User]:
    """Who can be given the corrective action, by name."""
    return sorted(_owners(row), key=str)


def _owners(row: Incident) -> list[User]:
    return list(people_with([*DECIDERS, AUDITOR], row.portfolio_id or 0))


def _open(incident_id: int, by: User, action: str) -> Incident:
    row = Incident.objects.select_for_update(of=("self",)).get(pk=incident_id)
    can(by, action, row).or_raise()
    if row.state == Incident.State.CLOSED:
        raise Blocked("E-STATE", "This incident is closed.")
    return row


def _note(row: Incident, action: str, data: dict[str, Any], by: User | None, at: datetime) -> None:
    stream = account_stream(row.account_id) if row.account_id else "system"
    record([Entry(stream, action, "incident", row.pk, data)], by=by, at=at)
