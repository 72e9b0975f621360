"""Approval of exactly one fingerprint by distinct named persons, one per required role."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from governance import calendar, training
from governance.audit import Entry, account_stream, record
from governance.decisions import Allowed, Decision, Denied
from governance.models import Approval, ApprovalRequest, Event, PolicyVersion, RequiredRole
from governance.rights import can, roles_of
from governance.roles import SATISFIED_BY, label_of
from governance.staff import able_people, best_role

if TYPE_CHECKING:
    from governance.models import Portfolio, User


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one approval did: whether the request is complete now, and which roles are still needed."""

    request: ApprovalRequest
    complete: bool
    remaining: tuple[str, ...]


def expiry(at: datetime, business_days: int, country: str, time_zone: str = "UTC") -> datetime:
    """The end of the ``business_days``-th business day after ``at``, by the calendar of ``country`` and the clocks of ``time_zone``; in UTC."""
    here = calendar.zone(time_zone)
    last = calendar.add_business_days(at.astimezone(here).date(), business_days, country)
    return datetime.combine(last + timedelta(days=1), time(0), here).astimezone(UTC)


def open_request(
    *, subject_id: int, account_id: int, portfolio: Portfolio, fingerprint: str, lane: str, roles: Sequence[tuple[str, str]],
    requester: User | None, policy: PolicyVersion, at: datetime, subject_kind: str = "draft", topics: Sequence[str] = (),
    time_zone: str = "UTC",
) -> ApprovalRequest:
    """Ask for approval of ``fingerprint`` by ``roles`` (role, reason); the live request of the subject is returned if it asks the same.

    ``topics`` are what the text commits us to (``governance.topics``), ``time_zone`` is the account's: days of the expiry are its days. A
    live request with another fingerprint, other roles or other topics is made void first. Raises ``ValueError`` without roles.
    """
    if not roles:
        raise ValueError("an approval request names at least one role")
    wanted = dict(reversed(roles))  # the first reason of a role counts
    with transaction.atomic():
        live = (
            ApprovalRequest.objects.select_for_update()
            .filter(subject_kind=subject_kind, subject_id=subject_id, state__in=["open", "complete"])
            .first()
        )
        if live is not None:
            same_roles = set(live.required_roles.values_list("role", flat=True)) == set(wanted)
            same_roles &= (live.lane, live.topics) == (lane, list(topics))
            if live.fingerprint == fingerprint and same_roles and live.expires_at > at:
                return live
            void(subject_kind, [subject_id], reason="asked again with other text, roles or after expiry", code="asked_again", by=requester, at=at)
        request = ApprovalRequest.objects.create(
            subject_kind=subject_kind, subject_id=subject_id, account_id=account_id, portfolio=portfolio, fingerprint=fingerprint,
            policy_version=policy, lane=lane, topics=list(topics), requester=requester, created_at=at,
            expires_at=expiry(at, policy.typed.approval_business_days, portfolio.country, time_zone),
        )
        ordered = [role for role in SATISFIED_BY if role in wanted]
        RequiredRole.objects.bulk_create(
            [RequiredRole(request=request, role=r, position=n, reason=wanted[r]) for n, r in enumerate(ordered, 1)]
        )
        data: dict[str, object] = {"fingerprint": fingerprint, "roles": ordered, "policy": policy.number}
        data |= {"topics": list(topics)} if topics else {}
        record([Entry(account_stream(account_id), "approval.requested", subject_kind, subject_id, data)], by=requester, at=at)
    return request


def remaining_roles(request: ApprovalRequest) -> list[RequiredRole]:
    """Required roles nobody has approved yet, in order."""
    return list(request.required_roles.filter(approval__isnull=True).order_by("position"))


def may_approve(
    request: ApprovalRequest, person: User, *, fingerprint: str, at: datetime, barred: Collection[tuple[int, str]] = ()
) -> Decision:
    """May ``person`` approve now? ``barred`` are (user id, "because …") pairs: editors, requesters, who dismissed the signal."""
    if request.state != ApprovalRequest.State.OPEN:
        return Denied(f"because this approval request is {request.get_state_display().lower()}")
    if request.expires_at <= at:
        return Denied("because the approval request has expired; ask again")
    if request.fingerprint != fingerprint:
        return Denied("because the text or its facts changed since you opened it")
    for user_id, reason in barred:
        if user_id == person.pk:
            return Denied(reason)
    allowed = can(person, "approve", request)
    if not allowed:
        return allowed
    if request.approvals.filter(person=person).exists():
        return Denied("because you already answered; each required role is filled by another person")
    if not _fitting(request, person):
        needed = ", ".join(label_of(r.role) for r in remaining_roles(request)) or "nobody"
        return Denied(f"because it still needs: {needed}; you hold none of these roles here")
    untrained = training.refusal(person.pk, training_subjects(request), at.date())
    return Denied(untrained) if untrained else Allowed()


def training_subjects(request: ApprovalRequest) -> list[str]:
    """What the policy it was asked under wants its approvers trained for."""
    return training.needed(request.policy_version.typed, request.lane, request.topics)


def _fitting(request: ApprovalRequest, person: User) -> list[RequiredRole]:
    """The required roles this person could fill; first the one that fewest roles of colleagues could fill."""
    held = roles_of(person, request.portfolio_id, request.account_id)
    fitting = [r for r in remaining_roles(request) if held & SATISFIED_BY[r.role]]
    return sorted(fitting, key=lambda r: (len(SATISFIED_BY[r.role]), r.position))


def _role_for(request: ApprovalRequest, person: User, barred: Collection[tuple[int, str]]) -> RequiredRole | None:
    """The required role this person fills: one that leaves the others to colleagues who may fill them, if there is such a one."""
    fitting = _fitting(request, person)
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    remaining = [r.role for r in remaining_roles(request)]
    out = {*(user_id for user_id, _ in barred), *request.approvals.values_list("person_id", flat=True)}
    able = able_people(remaining, request.portfolio_id, request.account_id, training_subjects(request), without=out)
    # The scarcest first: whoever is finance and owner fills finance, so that a colleague who is owner only can still answer.
    fitting.sort(key=lambda r: len(able[r.role] - {person.pk}))
    best = best_role([r.role for r in fitting], remaining, able, person.pk)
    return next((r for r in fitting if r.role == best), fitting[0])


def decide(
    request: ApprovalRequest, *, by: User, fingerprint: str, at: datetime, approve: bool = True, comment: str = "", reason: str = "",
    barred: Collection[tuple[int, str]] = (),
) -> Outcome:
    """Record one person's answer; ``reason`` is the code of why it may go out in spite of warnings (``governance.topics.REASONS``).

    Raises ``NotAllowed`` with the reason; the rows stay locked until the caller's transaction ends.
    """
    with transaction.atomic():
        request = ApprovalRequest.objects.select_for_update().get(pk=request.pk)
        may_approve(request, by, fingerprint=fingerprint, at=at, barred=barred).or_raise()
        required = _role_for(request, by, barred)
        assert required is not None  # may_approve looked under the same lock
        held = roles_of(by, request.portfolio_id, request.account_id) & SATISFIED_BY[required.role]
        Approval.objects.create(
            request=request, required_role=required, person=by, fingerprint=fingerprint, comment=comment, reason=reason, at=at,
            acting_as=required.role if required.role in held else sorted(held)[0],
            verdict=Approval.Verdict.APPROVE if approve else Approval.Verdict.REJECT,
        )
        remaining = tuple(r.role for r in remaining_roles(request))
        complete = approve and not remaining
        if complete or not approve:
            request.state = ApprovalRequest.State.COMPLETE if complete else ApprovalRequest.State.REJECTED
            request.completed_at = at
            request.save(update_fields=["state", "completed_at"])
        _record_answer(request, required.role, approve, complete, reason, by, at)
    return Outcome(request, complete, remaining)


def _answer_data(request: ApprovalRequest, role: str) -> dict[str, object]:
    return {"fingerprint": request.fingerprint, "role": role, "request": request.pk}


def _versions(request: ApprovalRequest) -> dict[str, object]:
    """What every event about a request names: the request, its text, the policy it was asked under."""
    return {"request": request.pk, "fingerprint": request.fingerprint, "policy": request.policy_version.number}


def unrecorded(request: ApprovalRequest, given: Sequence[Approval]) -> list[Approval]:
    """Approvals of ``request`` without an event of that person, role and fingerprint in the ledger."""
    acts = Event.objects.filter(subject_kind=request.subject_kind, subject_id=request.subject_id, action="approval.given")
    # Older events name no policy; what an answer is known by is the same in both.
    told = [(actor, json.loads(data)) for actor, data in acts.values_list("actor_id", "data")]
    known = {(actor, data.get("fingerprint"), data.get("role"), data.get("request")) for actor, data in told}
    return [a for a in given if (a.person_id, *_answer_data(request, a.required_role.role).values()) not in known]


def _record_answer(request: ApprovalRequest, role: str, approve: bool, complete: bool, reason: str, by: User, at: datetime) -> None:
    stream = account_stream(request.account_id)
    data = _answer_data(request, role) | _versions(request) | ({"reason": reason} if reason else {})
    answer = "approval.given" if approve else "approval.refused"
    entries = [Entry(stream, answer, request.subject_kind, request.subject_id, data, filled=SATISFIED_BY[role])]
    if complete:
        entries.append(Entry(stream, "approval.complete", request.subject_kind, request.subject_id, _versions(request)))
    record(entries, by=by, at=at)


def void(subject_kind: str, subject_ids: Sequence[int], *, reason: str, code: str, by: User | None, at: datetime) -> int:
    """Make every live request of the subjects void (the text or its facts changed). Returns how many.

    ``reason`` are the words for people; ``code``, one word, says the same in the ledger.
    """
    with transaction.atomic():
        rows = list(
            ApprovalRequest.objects.select_for_update(of=("self",)).select_related("policy_version")
            .filter(subject_kind=subject_kind, subject_id__in=subject_ids, state__in=["open", "complete"])
            .order_by("pk")
        )
        for row in rows:
            row.state, row.void_reason = ApprovalRequest.State.VOID, reason
        ApprovalRequest.objects.bulk_update(rows, ["state", "void_reason"])
        entries = [
            Entry(account_stream(r.account_id), "approval.void", r.subject_kind, r.subject_id, {**_versions(r), "code": code}) for r in rows
        ]
        record(entries, by=by, at=at)
    return len(rows)


def expire(at: datetime) -> int:
    """Mark open requests past their expiry, each with its event; used by the sweep."""
    with transaction.atomic():
        late = ApprovalRequest.objects.select_for_update(of=("self",)).filter(state=ApprovalRequest.State.OPEN, expires_at__lte=at)
        rows = list(late.select_related("policy_version").order_by("pk"))
        for row in rows:
            row.state = ApprovalRequest.State.EXPIRED
        ApprovalRequest.objects.bulk_update(rows, ["state"])
        entries = [Entry(account_stream(r.account_id), "approval.expired", r.subject_kind, r.subject_id, _versions(r)) for r in rows]
        record(entries, by=None, at=at)
    return len(rows)
