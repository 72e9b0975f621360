"""I1, I8, I9: what was sent was approved, completely, by people who could; an edit voids what was given before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import Q

from accounts.models import DisputeSignal
from drafts import states
from drafts.delivery.duties import authors_of, chain_of, requesters_of
from drafts.invariants.base import CHUNK, REACHED, Violation, of, reached
from drafts.models import Delivery, Draft
from governance.approvals import unrecorded
from governance.models import Approval, ApprovalRequest

LIVE = (ApprovalRequest.State.OPEN, ApprovalRequest.State.COMPLETE)


def every_message_was_approved() -> Iterator[Violation]:
    """I1: a complete, valid request for exactly the fingerprint, with one approval per required role, each on record."""
    for delivery in reached():
        request, draft = delivery.approval_request, delivery.draft
        if not delivery.fingerprint == draft.fingerprint == request.fingerprint or request.subject_id != draft.pk:
            yield of(delivery, f"its approval request {request.pk} is of another text")
        if request.state != ApprovalRequest.State.COMPLETE:
            yield of(delivery, f"its approval request {request.pk} is {request.get_state_display().lower()}")
        if delivery.handed_over_at is None or delivery.handed_over_at >= request.expires_at:
            yield of(delivery, f"its approval request {request.pk} had expired when it was handed over")
        yield from _answers(delivery)


def _answers(delivery: Delivery) -> Iterator[Violation]:
    request = delivery.approval_request
    given = list(Approval.objects.filter(request=request).select_related("required_role"))
    good = {a.required_role_id for a in given if a.verdict == Approval.Verdict.APPROVE and a.fingerprint == delivery.fingerprint}
    asked = dict(request.required_roles.values_list("pk", "role"))
    if not asked:
        yield of(delivery, f"its approval request {request.pk} asks nobody")
    for pk in asked.keys() - good:
        yield of(delivery, f"nobody approved it as {asked[pk]}")
    for answer in unrecorded(request, given):
        yield of(delivery, f"the ledger has no approval by person {answer.person_id}")
    others = ApprovalRequest.objects.filter(subject_kind="draft", subject_id=delivery.draft_id, state=ApprovalRequest.State.COMPLETE)
    if others.exclude(pk=request.pk).exists():
        yield of(delivery, "more than one complete approval request exists for its text")


def edits_void_approvals() -> Iterator[Violation]:
    """I8: a live request is of the revision in force, or of the one that went out."""
    rows = ApprovalRequest.objects.filter(subject_kind="draft", state__in=LIVE).order_by("pk")
    for request in rows.iterator(chunk_size=CHUNK):
        draft = Draft.objects.select_related("follow_up").filter(pk=request.subject_id).first()
        if draft is None:
            yield Violation("approval_request", request.pk, f"its draft {request.subject_id} does not exist")
        elif draft.follow_up.draft_id != draft.pk:
            left = Delivery.objects.filter(approval_request=request, state__in=REACHED).exists()
            if not left:
                yield Violation("approval_request", request.pk, f"it is {request.state}, but its text (version {draft.revision}) was replaced")


def approvers_are_others() -> Iterator[Violation]:
    """I9: nobody approved their own words or what they asked for (but in the routine lane where policy said so), nor a message a signal
    they dismissed would have held; one person filled one role."""
    rows = Approval.objects.filter(verdict=Approval.Verdict.APPROVE, request__subject_kind="draft").order_by("pk")
    for answer in rows.select_related("request__policy_version", "person").iterator(chunk_size=CHUNK):
        draft = Draft.objects.select_related("follow_up").filter(pk=answer.request.subject_id).first()
        if draft is not None:
            yield from (Violation("approval", answer.pk, words) for words in _against(answer, draft))
    per_person = Counter(Approval.objects.values_list("request_id", "person_id"))
    for (request_id, person_id), count in per_person.items():
        if count > 1:
            yield Violation("approval_request", request_id, f"person {person_id} filled {count} roles of it")


def _against(answer: Approval, draft: Draft) -> Iterator[str]:
    routine = answer.request.lane == states.ROUTINE and answer.request.policy_version.typed.routine_editor_may_approve
    chain = chain_of(draft)
    if not routine and answer.person_id in authors_of(chain):
        yield f"person {answer.person_id} approved their own words"
    if not routine and answer.person_id in requesters_of(chain):
        yield f"person {answer.person_id} approved a text they asked for"
    if answer.person.is_service:
        yield f"person {answer.person_id} is a service account"
    if _dismissed(answer, draft):
        yield f"person {answer.person_id} dismissed a dispute signal and approved the message"


def _dismissed(answer: Approval, draft: Draft) -> bool:
    """Whether the person had dismissed a signal on an invoice named, or on the account since our last message before."""
    sent = Delivery.objects.filter(account_id=answer.request.account_id, accepted_at__lt=answer.at).order_by("-accepted_at")
    last = sent.values_list("accepted_at", flat=True).first()
    about = Q(invoice_id__in=draft.invoice_ids)
    about |= Q(invoice__isnull=True, decided_at__gt=last) if last else Q(invoice__isnull=True)
    rows = DisputeSignal.objects.filter(about, account_id=answer.request.account_id, status=DisputeSignal.Status.DISMISSED)
    return rows.filter(decided_by_id=answer.person_id, decided_at__lt=answer.at).exists()
