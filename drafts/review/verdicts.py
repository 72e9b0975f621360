"""The short verdicts of a reviewer: ask for changes, reject, stop a message, bring a stopped one back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from drafts import states, transitions
from drafts.delivery import outbox
from drafts.models import Delivery, FollowUp
from drafts.review import coding, evidence_first, tripping
from drafts.review.base import RELEASED, Blocked, demand_reason, locked, void_approvals
from drafts.review.telling import review_of
from governance import policies, topics
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

# Codes and words come from the one registry of reasons.
CHANGE_KINDS = topics.choices(topics.CHANGES)
REJECT_KINDS = topics.choices(topics.REJECT)


def request_changes(
    follow_up_id: int, kinds: Sequence[str], text: str, *, by: User, at: datetime, version: int | None = None
) -> FollowUp:
    """Send the draft back: preparation makes the next revision. ``kinds`` are keys of ``CHANGE_KINDS``; a kind or a text is needed."""
    unknown = [kind for kind in kinds if kind not in CHANGE_KINDS]
    if unknown:
        raise ValueError(f"unknown kinds of change: {', '.join(unknown)}")
    reason = _sentence([CHANGE_KINDS[kind] for kind in kinds], text)
    demand_reason(reason, "the request")
    with transaction.atomic():
        follow_up = locked(follow_up_id, by=by, action="request_changes", at=at, version=version)
        policy = policies.active_parameters()
        evidence_first.demand(follow_up, policy, by=by, at=at)
        review = review_of(follow_up, policy, by=by, at=at)
        void_approvals(follow_up, "changes were requested", code="changes_requested", by=by, at=at)
        if follow_up.draft is not None:
            tripping.note_refused(follow_up.draft, kinds, policy, by=by, at=at, again=True)
        return transitions.perform(
            [follow_up.pk], "request_changes", by=by, at=at, reason=reason, fields={follow_up.pk: RELEASED},
            data={follow_up.pk: {"kinds": sorted(kinds), "review": review}},
        )[0]


def reject(follow_up_id: int, kind: str, text: str, *, by: User, at: datetime, version: int | None = None, cause: str = "") -> FollowUp:
    """End this follow-up without sending. ``kind`` is a key of ``REJECT_KINDS``; the reason in words is required.

    ``cause`` says whether the draft is wrong or the facts changed (``Rejection.Cause``); without it the kind tells.
    """
    if kind not in REJECT_KINDS:
        raise ValueError(f"unknown kind of rejection: {kind}")
    demand_reason(text, "a rejection")
    with transaction.atomic():
        follow_up = locked(follow_up_id, by=by, action="reject", at=at, version=version)
        policy = policies.active_parameters()
        evidence_first.demand(follow_up, policy, by=by, at=at)
        review = review_of(follow_up, policy, by=by, at=at)
        void_approvals(follow_up, "the draft was rejected", code="rejected", by=by, at=at)
        counted = coding.note_rejection(follow_up, kind, cause, by=by, at=at)
        if follow_up.draft is not None:
            tripping.note_refused(follow_up.draft, [kind], policy, by=by, at=at, cause=counted)
        return transitions.perform(
            [follow_up.pk], "reject", by=by, at=at, reason=_sentence([REJECT_KINDS[kind]], text), fields={follow_up.pk: RELEASED},
            data={follow_up.pk: {"kind": kind, "cause": counted, "review": review}},
        )[0]


def stop(delivery_id: int, reason: str, *, by: User, at: datetime) -> Delivery:
    """Stop an approved message before its hand-over. Raises ``Blocked`` (E-SENT) when it is too late."""
    delivery = Delivery.objects.select_related("follow_up").get(pk=delivery_id)
    can(by, "stop", delivery.follow_up).or_raise()
    words = reason.strip() or f"Stopped by {by}."
    stopped = outbox.stop([delivery_id], code="person", reason=words, by=by, at=at, caught="person")
    if stopped:
        return stopped[0]
    delivery.refresh_from_db()
    if delivery.state == states.DELIVERY_STOPPED:
        return delivery
    moment = delivery.handed_over_at or at
    raise Blocked(
        "E-SENT", f"Too late to stop: it was handed to the mail server at {moment:%H:%M:%S} UTC. You can write a correction."
    )


def reopen(follow_up_id: int, *, by: User, at: datetime, version: int | None = None) -> FollowUp:
    """Bring a stopped message back into review. Its old approval is void: it needs a new one."""
    with transaction.atomic():
        follow_up = locked(follow_up_id, by=by, action="edit_draft", at=at, version=version)
        return transitions.perform([follow_up.pk], "reopen", by=by, at=at, fields={follow_up.pk: RELEASED})[0]


def _sentence(labels: Sequence[str], text: str) -> str:
    return ": ".join(part for part in (", ".join(labels), text.strip()) if part)

__all__ = ["CHANGE_KINDS", "REJECT_KINDS", "reject", "reopen", "request_changes", "stop", "void_approvals"]
