"""What a reviewer looked at before deciding: the draft opened, the evidence opened. The browser reports it, the server's clock dates it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from drafts import states
from drafts.models import FollowUp
from drafts.review.telling import business_minutes
from governance import policies
from governance.audit import Entry, account_stream, record
from governance.models import Event
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

# Coming back to a screen within this time is the same look.
ONE_LOOK = timedelta(minutes=30)
EVIDENCE = range(1, 10)


def looked(follow_up_id: int, draft_id: int, evidence: int | None = None, *, by: User, at: datetime) -> bool:
    """Record that a person who may approve has the draft in front of them, or opened evidence 1 to 9 beside it; each once per look.

    Only while it can be decided, and only the version in force. True when something was recorded. Raises ``NotAllowed``.
    """
    follow_up = FollowUp.objects.filter(pk=follow_up_id).first()
    if follow_up is None or follow_up.draft_id != draft_id or follow_up.status not in states.REVIEWABLE:
        return False
    can(by, "approve", follow_up).or_raise()
    if evidence is not None and evidence not in EVIDENCE:
        return False
    action: str = "draft.viewed_evidence" if evidence else "draft.opened"
    data: dict[str, Any] = {"follow_up": follow_up_id} | ({"evidence": evidence} if evidence else {})
    known = Event.objects.filter(subject_kind="draft", subject_id=draft_id, action=action, actor_id=by.pk, at__gt=at - ONE_LOOK, at__lte=at)
    if evidence:
        known = known.filter(data__startswith=f'{{"evidence":{evidence}')
    if known.exists():
        return False
    if not evidence:
        data["business"] = business_minutes(follow_up, at, policies.active_parameters())
    with transaction.atomic():
        record([Entry(account_stream(follow_up.account_id), action, "draft", draft_id, data)], by=by, at=at)
    return True
