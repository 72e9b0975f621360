"""The short verdicts of a reviewer: ask for changes, reject, stop a message, bring a stopped one back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from drafts import states, transitions
from drafts.delivery import outbox
from drafts.models import Delivery, FollowUp
from drafts.review.base import RELEASED, Blocked, demand_reason, locked
from governance import approvals
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

CHANGE_KINDS = {
    "wrong_fact": "Wrong fact", "tone": "Tone", "missing_context": "Missing context", "wrong_language": "Wrong language",
    "wrong_recipient": "Wrong recipient", "policy": "Policy",
}
REJECT_KINDS = {
    "wrong_fact": "Wrong fact", "wrong_recipient": "Wrong recipient", "wrong_time": "Wrong time", "tone": "Tone",
    "disputed": "Disputed", "paid": "Paid", "other": "Other",
}


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
        void_approvals(follow_up, "changes were requested", code="changes_requested", by=by, at=at)
        return transitions.perform(
            [follow_up.pk], "request_changes", by=by, at=at, reason=reason, fields={follow_up.pk: RELEASED},
            data={follow_up.pk: {"kinds": sorted(kinds)}},
        )[0]


def reject(follow_up_id: int, kind: str, text: str, *, by: User, at: datetime, version: int | None = None) -> FollowUp:
    """End this follow-up without sending. ``kind`` is a key of ``REJECT_KINDS``; the reason in words is required."""
    if kind not in REJECT_KINDS:
        raise ValueError(f"unknown kind of rejection: {kind}")
    demand_reason(text, "a rejection")
    with transaction.atomic():
        follow_up = locked(follow_up_id, by=by, action="reject", at=at, version=version)
        void_approvals(follow_up, "the draft was rejected", code="rejected", by=by, at=at)
        return transitions.perform(
            [follow_up.pk], "reject", by=by, at=at, reason=_sentence([REJECT_KINDS[kind]], text), fields={follow_up.pk: RELEASED},
            data={follow_up.pk: {"kind": kind}},
        )[0]


def stop(delivery_id: int, reason: str, *, by: User, at: datetime) -> Delivery:
    """Stop an approved message before its hand-over. Raises ``Blocked`` (E-SENT) when it is too late."""
    delivery = Delivery.objects.select_related("follow_up").get(pk=delivery_id)
    can(by, "stop", delivery.follow_up).or_raise()
    words = reason.strip() or f"Stopped by {by}."
    stopped = outbox.stop([delivery_id], code="person", reason=words, by=by, at=at)
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


def void_approvals(follow_up: FollowUp, reason: str, *, code: str, by: User | None, at: datetime) -> None:
    """Void every live approval of every revision of this follow-up."""
    ids = list(follow_up.drafts.values_list("pk", flat=True))
    approvals.void("draft", ids, reason=reason, code=code, by=by, at=at)


def _sentence(labels: Sequence[str], text: str) -> str:
    return ": ".join(part for part in (", ".join(labels), text.strip()) if part)
