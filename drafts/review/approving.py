"""Approval of exactly the text that was on the screen, by a person who may, on facts read again at that moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.text import capfirst

from drafts import states, transitions
from drafts.delivery import looks, outbox
from drafts.delivery.changes import Reason
from drafts.models import Delivery, Draft, Finding, FollowUp
from drafts.review import coding, evidence_first, tripping
from drafts.review.base import RELEASED, Blocked, Conflict, author_words, locked
from drafts.review.recompute import recompute
from drafts.review.telling import review_of
from drafts.review.verdicts import void_approvals
from governance import approvals, topics
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


class Said(NamedTuple):
    """What the approver said: about the corrections of an edited text (``kinds`` None when nobody was asked), a comment, and the code of
    why it may go out in spite of warnings."""

    kinds: Collection[str] | None
    critical: bool
    comment: str = ""
    reason: str = ""


class _EvidenceChanged(Exception):
    """Leaves the transaction: the refusal must not roll back with the refresh it calls for."""

    def __init__(self, reasons: Sequence[Reason], account_id: int) -> None:
        super().__init__()
        self.reasons, self.account_id = reasons, account_id


def approve(
    follow_up_id: int, fingerprint: str, *, by: User, at: datetime, acknowledged: Collection[int] = (), version: int | None = None,
    comment: str = "", reason: str = "", corrections: Collection[str] | None = None, critical: bool = False,
) -> Approved:
    """Approve the text with ``fingerprint``. ``acknowledged`` are the ids of the warnings the person ticked, one by one; ``reason`` is the
    code (``governance.topics``) of why it may go out in spite of them, demanded of everybody who approves a text with warnings.

    ``corrections`` are the classes the person confirmed for an edited text (None: nobody was asked), ``critical`` whether the machine's
    text would have harmed.

    All in one transaction under the locks Account → FollowUp → ApprovalRequest: facts are read again and must be materially the same,
    no hold, signal or check may stand against it, the person must hold a role that is still needed. The last approval freezes the
    bytes and schedules the delivery. Raises ``NotAllowed``, ``WrongState``, ``Conflict``, or ``Blocked`` (E-EVID when the facts
    changed: the follow-up is then prepared again; E-BLOCK otherwise).
    """
    try:
        with transaction.atomic():
            return _approve(follow_up_id, fingerprint, by, at, acknowledged, version, Said(corrections, critical, comment, reason))
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
    follow_up_id: int, fingerprint: str, by: User, at: datetime, acknowledged: Collection[int], version: int | None, said: Said
) -> Approved:
    follow_up = locked(follow_up_id, by=by, action="approve", at=at, version=version)
    if follow_up.status not in states.REVIEWABLE or follow_up.draft is None:
        raise transitions.WrongState("approve", {follow_up.pk: follow_up.status})
    draft = follow_up.draft
    if draft.fingerprint != fingerprint:
        words = f"{capfirst(author_words(draft))} saved version {draft.revision} while you were reading another one. Look at it first."
        raise Conflict(words, other=author_words(draft), current=draft)
    scene = looks.Scene(draft, at)
    evidence_first.demand(follow_up, scene.standing.policy, by=by, at=at)
    _refuse_obstacles(scene)
    reason = _reason(said.reason, acknowledge(draft, acknowledged, reason=said.reason, by=by, at=at))
    request = _request(draft, scene.standing, at)
    outcome = approvals.decide(
        request, by=by, fingerprint=fingerprint, at=at, comment=said.comment, reason=reason, barred=scene.standing.barred()
    )
    coding.note(draft, scene.standing, said.kinds, said.critical, by=by, at=at)
    if not outcome.complete:
        return Approved(_pass_on(scene.standing, follow_up, outcome.remaining, by, at), False, outcome.remaining, None)
    delivery = _schedule(draft, outcome.request, scene.standing, by, at)
    confirmed = coding.confirmed_pairs(draft) if draft.author_id else None
    review = review_of(follow_up, scene.standing.policy, by=by, at=at, standing=scene.standing, confirmed=confirmed)
    tripping.note_approved(draft, confirmed, scene.standing.policy, by=by, at=at)
    data = {follow_up.pk: {"delivery": delivery.pk, "fingerprint": fingerprint, "review": review}}
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


def _reason(code: str, warnings: int) -> str:
    """The code to record: none on a text without warnings. Raises ``Blocked`` when it is missing, ``ValueError`` for an unknown one."""
    if not warnings:
        return ""
    if not code:
        raise Blocked("E-REASON", "Please choose why this may go out in spite of the warnings: the reason is recorded with your approval.")
    if code not in topics.choices(topics.APPROVE):
        raise ValueError(f"unknown reason for an approval: {code}")
    return code


def acknowledge(draft: Draft, finding_ids: Collection[int], *, reason: str = "", by: User, at: datetime) -> int:
    """Record the warnings this person read, with why the text may go out all the same. Returns how many warnings the text has.

    Everybody who approves reads each of them for themselves; the row keeps who read it first. Raises ``Blocked`` while one is left.
    """
    wanted = set(finding_ids)
    warnings = list(draft.findings.filter(severity=Finding.Severity.WARN, registered=False).order_by("pk"))
    unread = [f for f in warnings if f.acknowledged_by_id != by.pk and f.pk not in wanted]
    if unread:
        words = "; ".join(f.why for f in unread)
        raise Blocked("E-BLOCK", f"Please read and tick each warning first: {words}", findings=unread)
    now_read = [f for f in warnings if f.acknowledged_by_id != by.pk]
    first = [f for f in now_read if f.acknowledged_by_id is None]
    for finding in first:
        finding.acknowledged_by, finding.acknowledged_at = by, at
    Finding.objects.bulk_update(first, ["acknowledged_by", "acknowledged_at"])
    stream, why = account_stream(draft.follow_up.account_id), {"reason": reason} if reason else {}
    record([Entry(stream, "finding.acknowledged", "finding", f.pk, {"check": f.check_id, **why}) for f in now_read], by=by, at=at)
    return len(warnings)


def _request(draft: Draft, standing: Standing, at: datetime) -> ApprovalRequest:
    """The live request for this text and the roles of now; asking for other roles voids what was given before."""
    follow_up = draft.follow_up
    return approvals.open_request(
        subject_id=draft.pk, account_id=follow_up.account_id, portfolio=follow_up.portfolio, fingerprint=draft.fingerprint,
        lane=standing.lane, roles=standing.required_roles(), requester=None, policy=standing.policy_version, at=at,
        topics=standing.topics, time_zone=standing.facts.time_zone,
    )


def _pass_on(standing: Standing, follow_up: FollowUp, remaining: Sequence[str], by: User, at: datetime) -> FollowUp:
    """More roles are needed: the follow-up goes to the next one."""
    owner_id = follow_up.account.owner_id if remaining[0] == OWNER else None
    fields = {**RELEASED, "owner_role": remaining[0], "owner_id": owner_id}
    review = review_of(follow_up, standing.policy, by=by, at=at)
    data = {follow_up.pk: {"remaining": list(remaining), "review": review}}
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
            told = {follow_up.pk: {"code": changed.reasons[0].code}}
            transitions.perform([follow_up.pk], "refresh", by=None, at=at, reason=reason, fields={follow_up.pk: RELEASED}, data=told)
    recompute([changed.account_id], at)
