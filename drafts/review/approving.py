"""Approval of exactly the text that was on the screen, by a person who may, on facts read again at that moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from drafts import states, transitions
from drafts.delivery import looks, outbox
from drafts.delivery.changes import Reason
from drafts.models import Delivery, Draft, Finding, FollowUp
from drafts.review.base import RELEASED, Blocked, Conflict, author_words, locked
from drafts.review.recompute import recompute
from drafts.review.verdicts import void_approvals
from governance import approvals
from governance.audit import Entry, account_stream, record
from governance.decisions import NotAllowed
from governance.roles import LEGAL, OWNER

if TYPE_CHECKING:
    from drafts.delivery.standing import Standing
    from governance.models import ApprovalRequest, User


@dataclass(frozen=True, slots=True)
class Approved:
    """What an approval did. ``delivery`` is set when it was the last one; ``remaining`` are the roles still needed."""

    follow_up: FollowUp
    complete: bool
    remaining: tuple[str, ...]
    delivery: Delivery | None


class _EvidenceChanged(Exception):
    """Leaves the transaction: the refusal must not roll back with the refresh it calls for."""

    def __init__(self, reasons: Sequence[Reason], account_id: int) -> None:
        super().__init__()
        self.reasons, self.account_id = reasons, account_id


def approve(
    follow_up_id: int, fingerprint: str, *, by: User, at: datetime, acknowledged: Collection[int] = (), version: int | None = None,
    comment: str = "",
) -> Approved:
    """Approve the text with ``fingerprint``. ``acknowledged`` are the ids of the warnings the person ticked, one by one.

    All in one transaction under the locks Account → FollowUp → ApprovalRequest: facts are read again and must be materially the same,
    no hold, signal or check may stand against it, the person must hold a role that is still needed. The last approval freezes the
    bytes and schedules the delivery. Raises ``NotAllowed``, ``WrongState``, ``Conflict``, or ``Blocked`` (E-EVID when the facts
    changed: the follow-up is then prepared again; E-BLOCK otherwise).
    """
    try:
        with transaction.atomic():
            return _approve(follow_up_id, fingerprint, by, at, acknowledged, version, comment)
    except _EvidenceChanged as changed:
        _note_refusal(follow_up_id, "evidence", [reason.code for reason in changed.reasons], by, at)
        _prepare_again(follow_up_id, changed, at)
        words = " ".join(reason.words for reason in changed.reasons)
        raise Blocked(
            "E-EVID", f"The brief changed since you opened it: {words} Approval needs another look.",
            changes=[reason.words for reason in changed.reasons],
        ) from None
    except Conflict:
        _note_refusal(follow_up_id, "text", [], by, at)
        raise
    except Blocked as block:
        if block.code == "E-BLOCK":
            _note_refusal(follow_up_id, "checks", [finding.check_id for finding in block.findings], by, at)
        raise
    except NotAllowed:
        _note_refusal(follow_up_id, "person", [], by, at)
        raise


def _note_refusal(follow_up_id: int, why: str, codes: Sequence[str], by: User, at: datetime) -> None:
    """The gate held: said in the ledger, in a transaction of its own because the refused one left nothing."""
    account_id = FollowUp.objects.filter(pk=follow_up_id).values_list("account_id", flat=True).first()
    if account_id is None:
        return
    data = {"why": why, "codes": sorted(set(codes))}
    with transaction.atomic():
        record([Entry(account_stream(account_id), "gate.blocked", "follow_up", follow_up_id, data)], by=by, at=at)


def _approve(
    follow_up_id: int, fingerprint: str, by: User, at: datetime, acknowledged: Collection[int], version: int | None, comment: str
) -> Approved:
    follow_up = locked(follow_up_id, by=by, action="approve", at=at, version=version)
    if follow_up.status not in states.REVIEWABLE or follow_up.draft is None:
        raise transitions.WrongState("approve", {follow_up.pk: follow_up.status})
    draft = follow_up.draft
    if draft.fingerprint != fingerprint:
        words = f"{author_words(draft).capitalize()} saved version {draft.revision} while you were reading another one. Look at it first."
        raise Conflict(words, other=author_words(draft), current=draft)
    scene = looks.Scene(draft, at)
    _refuse_obstacles(scene)
    acknowledge(draft, acknowledged, by=by, at=at)
    request = _request(draft, scene.standing, at)
    outcome = approvals.decide(request, by=by, fingerprint=fingerprint, at=at, comment=comment, barred=scene.standing.barred())
    if not outcome.complete:
        return Approved(_pass_on(follow_up, outcome.remaining, by, at), False, outcome.remaining, None)
    delivery = _schedule(draft, outcome.request, scene.standing, by, at)
    data = {follow_up.pk: {"delivery": delivery.pk, "fingerprint": fingerprint}}
    row = transitions.perform([follow_up.pk], "approve", by=by, at=at, fields={follow_up.pk: RELEASED}, data=data)[0]
    return Approved(row, True, (), delivery)


def _refuse_obstacles(scene: looks.Scene) -> None:
    """Changed evidence leads to another preparation; anything else that stands in the way is said as it is."""
    changed = looks.reasons_of(looks.EVIDENCE, scene)
    if changed:
        raise _EvidenceChanged(changed, scene.draft.follow_up.account_id)
    against = looks.reasons_of(looks.OBSTACLES, scene) or looks.reasons_of(looks.DERIVED, scene)
    stored = [f for f in scene.draft.findings.filter(severity=Finding.Severity.BLOCK, registered=False) if f.why not in _texts(against)]
    if against or stored:
        words = [reason.words for reason in against] + [f"A check refuses the text: {finding.why}" for finding in stored]
        raise Blocked("E-BLOCK", f"Not possible yet: {' '.join(dict.fromkeys(words))}", changes=words, findings=stored)


def _texts(reasons: Sequence[Reason]) -> str:
    return "\n".join(reason.words for reason in reasons)


def acknowledge(draft: Draft, finding_ids: Collection[int], *, by: User, at: datetime) -> None:
    """Record the warnings this person read. Raises ``Blocked`` while one is left; an acknowledgement once given stays."""
    wanted = set(finding_ids)
    warnings = list(draft.findings.filter(severity=Finding.Severity.WARN, registered=False).order_by("pk"))
    unread = [f for f in warnings if f.acknowledged_by_id is None and f.pk not in wanted]
    if unread:
        words = "; ".join(f.why for f in unread)
        raise Blocked("E-BLOCK", f"Please read and tick each warning first: {words}", findings=unread)
    now_read = [f for f in warnings if f.acknowledged_by_id is None]
    for finding in now_read:
        finding.acknowledged_by, finding.acknowledged_at = by, at
    Finding.objects.bulk_update(now_read, ["acknowledged_by", "acknowledged_at"])
    stream = account_stream(draft.follow_up.account_id)
    record([Entry(stream, "finding.acknowledged", "finding", f.pk, {"check": f.check_id}) for f in now_read], by=by, at=at)


def _request(draft: Draft, standing: Standing, at: datetime) -> ApprovalRequest:
    """The live request for this text and the roles of now; asking for other roles voids what was given before."""
    follow_up = draft.follow_up
    return approvals.open_request(
        subject_id=draft.pk, account_id=follow_up.account_id, portfolio=follow_up.portfolio, fingerprint=draft.fingerprint,
        lane=standing.lane, roles=standing.required_roles(), requester=None, policy=standing.policy_version, at=at,
    )


def _pass_on(follow_up: FollowUp, remaining: Sequence[str], by: User, at: datetime) -> FollowUp:
    """More roles are needed: the follow-up goes to the next one."""
    owner_id = follow_up.account.owner_id if remaining[0] == OWNER else None
    fields = {**RELEASED, "owner_role": remaining[0], "owner_id": owner_id}
    data = {follow_up.pk: {"remaining": list(remaining)}}
    return transitions.perform([follow_up.pk], "approve_partly", by=by, at=at, fields={follow_up.pk: fields}, data=data)[0]


def _schedule(draft: Draft, request: ApprovalRequest, standing: Standing, by: User, at: datetime) -> Delivery:
    account = draft.follow_up.account
    legal = request.required_roles.filter(role=LEGAL).exists()
    leaves_at = outbox.leaving_time(account, standing.policy, lane=standing.lane, legal=legal, at=at)
    return outbox.schedule(draft, request, leaves_at=leaves_at, reply_to=standing.facts.sender.reply_to, by=by, at=at)


def _prepare_again(follow_up_id: int, changed: _EvidenceChanged, at: datetime) -> None:
    """Facts changed: approvals fall, and a machine's draft is written anew. A person's answer stays for that person to look at."""
    with transaction.atomic():
        follow_up = transitions.lock([follow_up_id])[0]
        void_approvals(follow_up, "the facts changed", code="facts_changed", by=None, at=at)
        by_machine = follow_up.purpose not in (states.DISPUTE_RESPONSE, states.CORRECTION)
        if by_machine and follow_up.status in states.BY_ACTION["refresh"].sources:
            reason = "; ".join(reason.code for reason in changed.reasons)
            transitions.perform([follow_up.pk], "refresh", by=None, at=at, reason=reason, fields={follow_up.pk: RELEASED})
    recompute([changed.account_id], at)
