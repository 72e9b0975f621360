"""Evidence first: of some drafts a reviewer says whether anything speaks against writing before the text is shown.

Which drafts is not for the reviewer to choose: a share of them, told by the number of the follow-up and the policy, and the next one after
too many quick approvals in a row (``governance.pace``). Each person answers once per follow-up; the first answer stands.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from drafts import states, transitions
from drafts.delivery.standing import BESIDE_A_HOLD
from drafts.models import FollowUp
from drafts.review.base import Blocked
from governance import pace, policies
from governance.audit import Entry, account_stream, record
from governance.canonical import sha256_hex
from governance.measuring.kinds import FIRST_NO, FIRST_YES
from governance.models import Event
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User
    from governance.policies import PolicyParameters

ACTION = "draft.answered_first"
SAMPLED, QUICK = "sampled", "quick"
WHY = {SAMPLED: "one of the sample that the policy sets", QUICK: "after many quick approvals in a row"}
# What a reason not to write may call for: the panels of the decision bar, all but Approve.
NEXT = {
    "route": "somebody else should have it", "disputed": "the customer disputes it", "request_changes": "the text must say something else",
    "reject": "nothing should be sent",
}  # fmt: skip


def asked(follow_up: FollowUp, policy: PolicyParameters, *, by: User, at: datetime) -> str:
    """Why this person is to answer before the text is shown: ``SAMPLED`` or ``QUICK``; empty when not, or when they have answered.

    What people wrote beside a dispute or after a mistake is no reminder: there the question does not arise.
    """
    draft = follow_up.draft
    if draft is None or follow_up.status not in states.REVIEWABLE or draft.purpose in BESIDE_A_HOLD:
        return ""
    why = SAMPLED if sampled(follow_up.pk, policy) else QUICK if _too_quick(by, policy, at) else ""
    return why if why and not _answered(follow_up, by) else ""


def sampled(follow_up_id: int, policy: PolicyParameters) -> bool:
    """The same for everybody, every time: no reload, no second browser and no colleague draws another lot. A larger share only adds."""
    return int(sha256_hex(f"evidence first {follow_up_id}")[:8], 16) % 100 < policy.evidence_first_percent


def demand(follow_up: FollowUp, policy: PolicyParameters, *, by: User, at: datetime) -> None:
    """Raise ``Blocked`` (E-FIRST) while the answer is missing.

    Every decision about the message begins with this: approve, edit, request changes, reject, route. What only holds something back for
    the customer's sake asks nothing: a hold, putting off, a dispute, stopping.
    """
    if asked(follow_up, policy, by=by, at=at):
        raise Blocked("E-FIRST", "Read the evidence first and answer whether there is any reason not to write. Then the text is shown.")


def answer(follow_up_id: int, said: str, next_step: str = "", *, by: User, at: datetime) -> bool:
    """Put the answer on record, once: ``said`` is yes or no, ``next_step`` a key of ``NEXT`` with a yes. False when nothing was asked.

    The words of the reason go where the person takes them; the ledger has the codes.
    """
    if said not in (FIRST_YES, FIRST_NO) or (said == FIRST_YES) != (next_step in NEXT):
        raise ValueError("answer yes with what it calls for, or no")
    with transaction.atomic():
        follow_up = transitions.lock([follow_up_id])[0]
        can(by, "approve", follow_up).or_raise()  # a colleague's claim is no obstacle: who answers reads, and changes nothing
        why = asked(follow_up, policies.active_parameters(), by=by, at=at)
        if why:
            data = {"follow_up": follow_up.pk, "answer": said, "why": why, **({"next": next_step} if next_step else {})}
            record([Entry(account_stream(follow_up.account_id), ACTION, "draft", follow_up.draft_id, data)], by=by, at=at)
    return bool(why)


def _too_quick(by: User, policy: PolicyParameters, at: datetime) -> bool:
    run = pace.runs(pace.begin_of_day(by, at), people=[by.pk]).get(by.pk)
    return run is not None and run.now > policy.quick_approvals_in_a_row


def _answered(follow_up: FollowUp, by: User) -> bool:
    texts = follow_up.drafts.values("pk")
    return Event.objects.filter(subject_kind="draft", subject_id__in=texts, action=ACTION, actor_id=by.pk).exists()
