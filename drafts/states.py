"""States of a follow-up and the only moves between them. Printed in the docs from this table."""

from __future__ import annotations

from typing import NamedTuple

PREPARING = "preparing"
AWAITING_DECISION = "awaiting_decision"
READY = "ready"
IN_REVIEW = "in_review"
AWAITING_APPROVAL = "awaiting_approval"
APPROVED = "approved"
STOPPED = "stopped"
ON_HOLD = "on_hold"
SENT = "sent"
ANSWERED = "answered"
CLOSED = "closed"
REJECTED = "rejected"
SUPERSEDED = "superseded"
EXPIRED = "expired"

STATUS_CHOICES = [
    (PREPARING, "Preparing"),
    (AWAITING_DECISION, "Awaiting decision"),
    (READY, "Ready"),
    (IN_REVIEW, "In review"),
    (AWAITING_APPROVAL, "Second approval"),
    (APPROVED, "Approved, leaving"),
    (STOPPED, "Stopped before sending"),
    (ON_HOLD, "On hold"),
    (SENT, "Sent"),
    (ANSWERED, "Answered"),
    (CLOSED, "Closed"),
    (REJECTED, "Rejected"),
    (SUPERSEDED, "Superseded"),
    (EXPIRED, "Expired"),
]

# One open follow-up per account: open means before sent.
OPEN = (PREPARING, AWAITING_DECISION, READY, IN_REVIEW, AWAITING_APPROVAL, APPROVED, STOPPED, ON_HOLD)
REVIEWABLE = (READY, IN_REVIEW, AWAITING_APPROVAL)


class Transition(NamedTuple):
    """One row of the table: ``action`` moves any of ``sources`` to ``target``."""

    action: str
    sources: tuple[str, ...]
    target: str
    meaning: str


TRANSITIONS: tuple[Transition, ...] = (
    Transition("draft_ready", (PREPARING,), READY, "a draft was prepared and checked"),
    Transition("await_decision", (PREPARING,), AWAITING_DECISION, "a person must decide before any draft exists"),
    Transition("hold", (PREPARING, READY, IN_REVIEW, AWAITING_APPROVAL, STOPPED, AWAITING_DECISION), ON_HOLD, "a hold is in force"),
    Transition("nothing_due", (PREPARING, ON_HOLD), CLOSED, "nothing is due any more"),
    Transition("decide_proceed", (AWAITING_DECISION,), PREPARING, "the decision lets a draft be prepared"),
    Transition("decide_no_contact", (AWAITING_DECISION,), CLOSED, "the decision is not to write"),
    Transition("open", (READY,), IN_REVIEW, "a reviewer took it"),
    Transition("leave", (IN_REVIEW,), READY, "the reviewer left it"),
    Transition("request_changes", (READY, IN_REVIEW, AWAITING_APPROVAL, STOPPED), PREPARING, "another draft is wanted"),
    Transition("route", (READY, IN_REVIEW, AWAITING_APPROVAL, STOPPED), READY, "handed to another owner"),
    Transition("route_held", (ON_HOLD,), ON_HOLD, "handed to another owner, still on hold"),
    Transition("answer", (READY, IN_REVIEW, AWAITING_APPROVAL, STOPPED, ON_HOLD), READY, "a person wrote an answer"),
    Transition("reject", (READY, IN_REVIEW, AWAITING_APPROVAL, STOPPED), REJECTED, "not to be sent"),
    Transition("approve_partly", (READY, IN_REVIEW, AWAITING_APPROVAL), AWAITING_APPROVAL, "approved, more roles needed"),
    Transition("approve", (READY, IN_REVIEW, AWAITING_APPROVAL), APPROVED, "every required role approved"),
    Transition("edit", (READY, IN_REVIEW, AWAITING_APPROVAL, STOPPED), IN_REVIEW, "edited; approvals of the old text are void"),
    Transition("stop", (APPROVED,), STOPPED, "stopped by a person or by the last look"),
    Transition("reopen", (STOPPED,), READY, "back to review"),
    Transition("accepted", (APPROVED,), SENT, "the mail server has it"),
    Transition("reply", (SENT, ANSWERED), ANSWERED, "the customer replied"),
    Transition("paid", (SENT, ANSWERED), CLOSED, "everything it asked for is settled"),
    Transition("next_step", (SENT, ANSWERED), CLOSED, "the next dunning step opens a new follow-up"),
    Transition("resolve", (ANSWERED,), CLOSED, "the reply was dealt with"),
    Transition("released", (ON_HOLD,), PREPARING, "the hold ended; everything is computed again"),
    Transition("refresh", (READY, IN_REVIEW, AWAITING_APPROVAL, STOPPED, AWAITING_DECISION), PREPARING, "facts changed; computed again"),
    Transition("supersede", tuple(s for s in OPEN if s != APPROVED), SUPERSEDED, "facts made it pointless"),
    Transition("expire", (READY, IN_REVIEW, AWAITING_APPROVAL), EXPIRED, "too old to be decided"),
)

BY_ACTION = {t.action: t for t in TRANSITIONS}

# Delivery is the outbox row; its states are not states of the follow-up.
SCHEDULED = "scheduled"
CLAIMED = "claimed"
HANDING_OVER = "handing_over"
ACCEPTED = "accepted"
DELIVERY_STOPPED = "stopped"
FAILED_TEMPORARY = "failed_temporary"
FAILED_PERMANENT = "failed_permanent"
OUTCOME_UNKNOWN = "outcome_unknown"

DELIVERY_CHOICES = [
    (SCHEDULED, "Leaves later"),
    (CLAIMED, "Sending"),
    (HANDING_OVER, "Sending"),
    (ACCEPTED, "Sent"),
    (DELIVERY_STOPPED, "Stopped"),
    (FAILED_TEMPORARY, "Failed, will be tried again"),
    (FAILED_PERMANENT, "Failed"),
    (OUTCOME_UNKNOWN, "Outcome unknown"),
]
# Never an automatic re-send: nothing leads from handing_over or outcome_unknown back to scheduled.
DELIVERY_MOVES: dict[str, tuple[str, ...]] = {
    SCHEDULED: (CLAIMED, DELIVERY_STOPPED),
    CLAIMED: (HANDING_OVER, SCHEDULED, DELIVERY_STOPPED, FAILED_TEMPORARY),
    HANDING_OVER: (ACCEPTED, FAILED_TEMPORARY, FAILED_PERMANENT, OUTCOME_UNKNOWN),
    FAILED_TEMPORARY: (CLAIMED, DELIVERY_STOPPED, FAILED_PERMANENT),
    OUTCOME_UNKNOWN: (ACCEPTED, FAILED_PERMANENT),
    ACCEPTED: (),
    DELIVERY_STOPPED: (),
    FAILED_PERMANENT: (),
}

ROUTINE = "routine"
EXCEPTION = "exception"
EXECUTIVE_REVIEW = "executive_review"
LANE_CHOICES = [(ROUTINE, "Routine"), (EXCEPTION, "Exception"), (EXECUTIVE_REVIEW, "Executive review")]
LANE_ORDER = {ROUTINE: 0, EXCEPTION: 1, EXECUTIVE_REVIEW: 2}

DEMAND = "demand"
ANSWER = "answer"
DISPUTE_RESPONSE = "dispute_response"
CORRECTION = "correction"
PO_REQUEST = "po_request"
PURPOSE_CHOICES = [
    (DEMAND, "Demand"),
    (ANSWER, "Answer"),
    (DISPUTE_RESPONSE, "Dispute response"),
    (CORRECTION, "Correction"),
    (PO_REQUEST, "PO request"),
]
