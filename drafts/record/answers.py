"""Who answered, in which role, whether they held it that day, how long they looked, and which evidence they opened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from drafts.models import FollowUp
from governance.admin.wording import span
from governance.models import Approval, ApprovalRequest, Event
from governance.rights import Held, held_at

# A screen left open over lunch is no long look.
LONGEST_LOOK = timedelta(hours=4)


@dataclass(slots=True)
class Answer:
    """One person's answer. ``held`` are the grants in force at that moment; ``looked`` in words, "not recorded" when it was not."""

    approval: Approval
    revision: int
    held: list[Held]
    looked: str
    evidence: list[str]
    event: int | None = None
    fingerprint_fits: bool = True

    @property
    def entitled(self) -> bool:
        """True when a grant of that day covers the role the person acted in."""
        return any(one.role == self.approval.acting_as for one in self.held)


@dataclass(slots=True)
class Asked:
    """One approval request with its required roles and the answers."""

    request: ApprovalRequest
    revision: int
    roles: list[str]
    answers: list[Answer] = field(default_factory=list)


def asked(follow_up: FollowUp, events: Sequence[Event]) -> list[Asked]:
    """Every request about a version of this follow-up, oldest first."""
    revisions = dict(follow_up.drafts.values_list("pk", "revision"))
    requests = ApprovalRequest.objects.filter(subject_kind="draft", subject_id__in=revisions).select_related("policy_version")
    out = []
    for request in requests.prefetch_related("required_roles", "approvals__person", "approvals__required_role").order_by("pk"):
        one = Asked(request, revisions[request.subject_id], [r.role for r in request.required_roles.all()])
        ordered = sorted(request.approvals.all(), key=lambda a: a.at)
        one.answers = [_answer(a, request, one.revision, follow_up, events) for a in ordered]
        out.append(one)
    return out


def _answer(approval: Approval, request: ApprovalRequest, revision: int, follow_up: FollowUp, events: Sequence[Event]) -> Answer:
    acts = [e for e in events if e.actor_id == approval.person_id]
    recorded = next(
        (e for e in acts if e.action in ("approval.given", "approval.refused") and _is_about(e, request) and e.at == approval.at), None
    )
    opened = [
        e for e in acts
        if e.action == "draft.opened" and e.subject_id == request.subject_id and approval.at - LONGEST_LOOK <= e.at <= approval.at
    ]  # fmt: skip
    seen = [
        str(json.loads(e.data).get("evidence", "")) for e in acts
        if e.action == "draft.viewed_evidence" and e.subject_id == request.subject_id and e.at <= approval.at
    ]  # fmt: skip
    return Answer(
        approval, revision, held_at(approval.person, follow_up.portfolio_id, follow_up.account_id, approval.at),
        _looked(opened, approval), sorted(set(seen)), recorded.number if recorded else None, approval.fingerprint == request.fingerprint,
    )  # fmt: skip


def _is_about(event: Event, request: ApprovalRequest) -> bool:
    return event.subject_id == request.subject_id and json.loads(event.data).get("request") == request.pk


def _looked(opened: Sequence[Event], approval: Approval) -> str:
    if not opened:
        return "not recorded"
    seconds = int((approval.at - opened[-1].at).total_seconds())
    return f"{seconds} s" if seconds < 60 else span(seconds) if seconds >= 3600 else f"{seconds // 60} min {seconds % 60} s"
