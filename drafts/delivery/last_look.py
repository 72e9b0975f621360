"""The last look: every reason for which an approved message must not leave now.

Taken under the locks of the account, in the transaction that commits ``handing_over``. The registry is explicit. A look that raises
lets nothing through: the exception ends the transaction and the message stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from drafts import states
from drafts.delivery import looks, mime, outbox
from drafts.delivery.changes import Reason
from drafts.models import Delivery
from drafts.preparation.telling import known
from governance import approvals, policies, training
from governance.models import Approval, ApprovalRequest
from governance.rights import roles_of
from governance.roles import SATISFIED_BY, label_of


@dataclass(frozen=True, slots=True)
class LastLook:
    """The outcome: reasons to stop (none: it may leave), a later moment to leave at, how many looks were taken, and how complete the facts were."""

    reasons: tuple[Reason, ...]
    wait_until: datetime | None
    taken: int
    known: dict[str, Any] = field(default_factory=dict)


class DeliveryScene(looks.Scene):
    """The scene of one delivery: its draft, and the approval it rests on with its people, read again now."""

    def __init__(self, delivery: Delivery, at: datetime) -> None:
        super().__init__(delivery.draft, at)
        self.delivery, self.request = delivery, delivery.approval_request

    @cached_property
    def approvals(self) -> list[Approval]:
        """The approvals of the request with their people."""
        return list(Approval.objects.filter(request=self.request).select_related("person", "required_role").order_by("pk"))


def take(delivery: Delivery, at: datetime) -> LastLook:
    """Look at a locked delivery: each reason once, in the order of the registries. Outside the customer's hours it only waits."""
    moment = outbox.business_moment(delivery.account, policies.active_parameters(), at)
    if moment > at:
        return LastLook((), moment, 0)
    scene = DeliveryScene(delivery, at)
    plain = [*(r for look in LAST for r in look(scene)), *looks.reasons_of((*looks.EVIDENCE, *looks.OBSTACLES), scene)]
    found = plain or [*needs_more(scene), *looks.reasons_of(looks.DERIVED, scene)]
    return LastLook(tuple(dict.fromkeys(found)), None, TAKEN, {} if found else _known_now(scene))


def _known_now(scene: DeliveryScene) -> dict[str, Any]:
    """What is known at hand-over, counted apart from the looks: were one of them wrong, the record would still say so."""
    standing, named = scene.standing, set(scene.draft.invoice_ids)
    chased = scene.draft.purpose == states.DEMAND
    open_now = {invoice.id for invoice in standing.facts.invoices}
    disputed = [i for i in standing.facts.invoices if i.id in named and i.disputed_minor and i.disputed_minor >= i.balance_minor]
    return {
        **known(standing.facts, standing.policy), "undecided": standing.awaiting_decision,
        "paid": len(named - open_now) if chased else 0, "disputed": len(disputed) if chased else 0,
    }  # fmt: skip


def pause(scene: DeliveryScene) -> Iterable[Reason]:
    """Sending is paused for the whole installation or for this portfolio."""
    for hold in scene.standing.holds:
        if hold.scope in ("global", "portfolio") and hold.kind == "pause":
            yield Reason("paused", f"Sending is paused: {hold.reason}.")


def approval(scene: DeliveryScene) -> Iterable[Reason]:
    """The approval is complete, in time and of exactly this text."""
    request, fingerprint = scene.request, scene.draft.fingerprint
    if request.state != ApprovalRequest.State.COMPLETE:
        yield Reason("approval", f"The approval is {request.get_state_display().lower()}.")
    if request.expires_at <= scene.at:
        yield Reason("approval_expired", f"The approval expired on {request.expires_at:%d %B %Y}.")
    if not fingerprint == request.fingerprint == scene.delivery.fingerprint:
        yield Reason("fingerprint", "The approval is of another text.")
    if scene.draft.follow_up.draft_id != scene.draft.pk:
        yield Reason("fingerprint", "A newer revision of the text exists.")


def approver_rights(scene: DeliveryScene) -> Iterable[Reason]:
    """Everybody who approved still holds the role they approved in."""
    for given in scene.approvals:
        role = given.required_role.role
        held = roles_of(given.person, scene.request.portfolio_id, scene.request.account_id)
        if given.verdict != Approval.Verdict.APPROVE or not held & SATISFIED_BY.get(role, frozenset()):
            yield Reason("approver_rights", f"{given.person} may no longer approve as {label_of(role)}.")


def approver_training(scene: DeliveryScene) -> Iterable[Reason]:
    """Where policy asks for training, everybody who approved has it on record today."""
    request, today = scene.request, scene.standing.facts.today
    subjects = training.needed(scene.standing.policy, request.lane, request.topics)
    for given in scene.approvals:
        if why := training.refusal(given.person_id, subjects, today):
            yield Reason("approver_rights", f"{given.person} may no longer approve {why.replace('your training', 'their training')}.")


def segregation(scene: DeliveryScene) -> Iterable[Reason]:
    """Nobody who approved wrote the text, asked for it, or dismissed a signal against it, by the policy of today."""
    refused = dict(reversed(scene.standing.barred()))
    for given in scene.approvals:
        if given.person_id in refused:
            yield Reason("segregation", f"The approval of {given.person} does not count {refused[given.person_id]}.")


def on_record(scene: DeliveryScene) -> Iterable[Reason]:
    """Every approval has its event in the ledger: an approval that only exists as a row was not given here."""
    for given in approvals.unrecorded(scene.request, scene.approvals):
        yield Reason("record", f"The approval of {given.person} is not on record.")


def needs_more(scene: DeliveryScene) -> Iterable[Reason]:
    """Under the facts and the policy of today it needs a role that nobody approved in."""
    approved = {given.required_role.role for given in scene.approvals}
    missing = [role for role, _ in scene.standing.required_roles() if role not in approved]
    if missing:
        yield Reason("policy", f"It now also needs the approval of: {', '.join(label_of(role) for role in missing)}.")


def frozen_bytes(scene: DeliveryScene) -> Iterable[Reason]:
    """What would go out is what was approved, to whom it was approved, and nothing besides."""
    parts = [*mime.differences(scene.draft, scene.delivery.mime), *mime.envelope_differences(scene.delivery)]
    if parts:
        yield Reason("bytes", f"The frozen message differs from the approved text in: {', '.join(parts)}.")


def reply_path(scene: DeliveryScene) -> Iterable[Reason]:
    """Answers still go where they should."""
    sender = scene.standing.facts.sender
    wanted = "" if sender.reply_to == sender.email else sender.reply_to
    if mime.reply_path(scene.delivery.mime) != wanted.lower():
        yield Reason("sender", f"The reply address of this portfolio is {sender.reply_to or sender.email} now.")


LAST: tuple[Callable[[DeliveryScene], Iterable[Reason]], ...] = (
    pause, approval, approver_rights, approver_training, segregation, on_record, frozen_bytes, reply_path,
)  # fmt: skip
TAKEN = len(LAST) + 1 + len(looks.EVIDENCE) + len(looks.OBSTACLES) + len(looks.DERIVED)
