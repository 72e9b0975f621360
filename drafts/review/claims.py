"""Taking a follow-up into review, leaving it, and the text being typed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from drafts import states, transitions
from drafts.fingerprint import normalise_newlines
from drafts.models import FollowUp, WorkingCopy
from drafts.review.base import RELEASED, Blocked, locked
from governance import policies
from governance.audit import Entry, account_stream, record
from governance.decisions import Denied
from governance.history import record_history
from governance.rights import can, roles_of
from governance.roles import FINANCE

if TYPE_CHECKING:
    from governance.models import User


def open_for_review(follow_up_id: int, *, by: User, at: datetime, version: int | None = None) -> FollowUp:
    """Take a ready follow-up into review and claim it for the policy's claim minutes; one's own claim is extended."""
    with transaction.atomic():
        follow_up = locked(follow_up_id, by=by, action="edit_draft", at=at, version=version)
        until = at + timedelta(minutes=policies.active_parameters().claim_minutes)
        if follow_up.status == states.READY:
            fields = {"claimed_by_id": by.pk, "claimed_until": until}
            return transitions.perform([follow_up.pk], "open", by=by, at=at, fields={follow_up.pk: fields})[0]
        if follow_up.status not in (states.IN_REVIEW, states.AWAITING_APPROVAL):
            raise transitions.WrongState("open", {follow_up.pk: follow_up.status})
        _claim(follow_up, by, until, at)
    return follow_up


def leave(follow_up_id: int, *, by: User, at: datetime) -> FollowUp:
    """Give a follow-up in review back to the queue, unchanged."""
    with transaction.atomic():
        follow_up = locked(follow_up_id, by=by, action="edit_draft", at=at)
        return transitions.perform([follow_up.pk], "leave", by=by, at=at, fields={follow_up.pk: RELEASED})[0]


def take_over(follow_up_id: int, *, by: User, at: datetime) -> FollowUp:
    """Take somebody else's claim; for finance approvers (leads) only, and on record because it changes who decides."""
    with transaction.atomic():
        follow_up = transitions.lock([follow_up_id])[0]
        can(by, "edit_draft", follow_up).or_raise()
        if FINANCE not in roles_of(by, follow_up.portfolio_id, follow_up.account_id):
            Denied("because only a finance approver may take over a claim").or_raise()
        before = follow_up.claimed_by_id
        _claim(follow_up, by, at + timedelta(minutes=policies.active_parameters().claim_minutes), at)
        stream = account_stream(follow_up.account_id)
        record([Entry(stream, "follow_up.taken_over", "follow_up", follow_up.pk, {"from": before})], by=by, at=at)
    return follow_up


def release_claims(at: datetime) -> int:
    """Put follow-ups whose claim ran out back into the queue; used by the sweep."""
    ids = list(
        FollowUp.objects.filter(status=states.IN_REVIEW, claimed_until__lte=at).values_list("pk", flat=True).order_by("pk")[:500]
    )
    done = 0
    for pk in ids:
        with transaction.atomic():
            row = transitions.lock([pk])[0]
            if row.status == states.IN_REVIEW and row.claimed_until is not None and row.claimed_until <= at:
                transitions.perform([pk], "leave", by=None, at=at, fields={pk: RELEASED}, reason="the claim ran out")
                done += 1
    return done


def save_working_copy(draft_id: int, subject: str, body: str, *, by: User, at: datetime, follow_up_id: int) -> WorkingCopy:
    """Keep what a person is typing, one copy per draft and person. Not a version until saved."""
    follow_up = FollowUp.objects.get(pk=follow_up_id)
    can(by, "edit_draft", follow_up).or_raise()
    if not follow_up.drafts.filter(pk=draft_id).exists():
        raise Blocked("E-LOCK", "This draft does not belong to this follow-up.")
    text = {"subject": subject[:300], "body": normalise_newlines(body), "saved_at": at}
    copy, _ = WorkingCopy.objects.update_or_create(draft_id=draft_id, user=by, defaults=text)
    return copy


def drop_working_copy(follow_up_id: int, *, by: User) -> bool:
    """Let go of one's own typed words; versions stay as they are. True when there were any."""
    follow_up = FollowUp.objects.get(pk=follow_up_id)
    can(by, "edit_draft", follow_up).or_raise()
    return WorkingCopy.objects.filter(draft__follow_up=follow_up, user=by).delete()[0] > 0


def _claim(follow_up: FollowUp, by: User, until: datetime, at: datetime) -> None:
    if follow_up.claimed_by_id != by.pk or (follow_up.claimed_until or at) < until:
        FollowUp.objects.filter(pk=follow_up.pk).update(claimed_by=by, claimed_until=until)
        record_history(FollowUp, [follow_up.pk], "~", by=by, at=at, reason="claimed")
        follow_up.claimed_by, follow_up.claimed_until = by, until
