"""The record of acts: a registry of actions and one verb that appends to the ledger.

``data`` carries ids, codes and hashes, never personal text, so an erasure never touches the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from governance import acting, heads
from governance.canonical import canonical_json, quoted, sha256_hex
from governance.measuring.writing import project
from governance.models import Event

if TYPE_CHECKING:
    from governance.models import User

# Every act that may be recorded, with its words. A typo is an error, not a new action.
ACTIONS: dict[str, str] = {
    # follow-up transitions (drafts.states) are recorded as follow_up.<action>
    "follow_up.prepare": "preparation began",
    "draft.prepared": "draft prepared",
    "draft.requested": "draft asked for by a person",
    "draft.edited": "draft edited",
    "draft.opened": "draft opened",
    "draft.viewed_evidence": "evidence opened",
    "draft.answered_first": "answered from the evidence, before the text was shown",
    "finding.acknowledged": "warning read",
    "approval.requested": "approval asked for",
    "approval.given": "approved",
    "approval.refused": "rejected",
    "approval.void": "approval void",
    "gate.blocked": "approval refused at the gate",
    "approval.expired": "approval request expired",
    "approval.complete": "every required role approved",
    "delivery.scheduled": "message scheduled",
    "delivery.stopped": "message stopped",
    "delivery.last_look": "last look taken",
    "delivery.handing_over": "handing over to the mail server",
    "delivery.accepted": "accepted by the mail server",
    "delivery.failed": "delivery failed",
    "delivery.unknown": "outcome unknown",
    "delivery.outcome_proposed": "evidence for an unknown outcome",
    "delivery.resolved": "unknown outcome settled",
    "delivery.returned": "the mail system of the customer answered that it was not delivered",
    "hold.put": "hold put",
    "hold.released": "hold released",
    "signal.found": "dispute signal found",
    "signal.confirmed": "dispute confirmed",
    "signal.dismissed": "not a dispute",
    "dispute.opened": "dispute opened",
    "dispute.owned": "dispute taken over",
    "dispute.answered": "dispute answered",
    "dispute.resolved": "dispute resolved",
    "decision.prepared": "decision prepared",
    "decision.options_added": "options of a model added to a decision",
    "decision.asked": "decision asked for by a person",
    "decision.raised": "decision passed to a higher role",
    "decision.recorded": "decision recorded",
    "decision.lapsed": "decision lapsed",
    "term.approved": "term approved",
    "term.withdrawn": "term withdrawn",
    "account.routed": "routed",
    "view.shared": "list of the queue shared with a team",
    "view.renamed": "shared list of the queue renamed",
    "view.withdrawn": "shared list of the queue deleted",
    "call.logged": "phone call logged",
    "reply.recorded": "reply recorded",
    "reply.confirmed": "reply kind confirmed",
    "promise.recorded": "promise to pay recorded",
    "promise.settled": "promise kept, kept late or broken",
    "contact.opted_out": "contact opted out",
    "contact.bounced": "mail to a contact came back",
    "contact.tried_again": "a contact whose mail came back may be written to again",
    "contact.address_proposed": "an address of a contact proposed",
    "contact.address_refused": "a proposed address refused or withdrawn",
    "contact.verified": "an address confirmed by a second person",
    "import.committed": "book imported",
    "policy.written": "policy version written",
    "policy.activated": "policy activated",
    "policy.simulated": "policy simulated",
    "policy.cases_read": "loosened cases read",
    "policy.asked": "activation of a policy asked for",
    "policy.asking_withdrawn": "activation of a policy no longer asked for",
    "policy.discarded": "policy draft discarded",
    "policy.settled": "drafts under way dealt with after a new policy",
    "words.written": "template version written",
    "words.activated": "template activated",
    "prompt.written": "prompt version written",
    "prompt.activated": "prompt activated",
    "tone.written": "tone rule written",
    "tone.activated": "tone rule activated",
    "standard.written": "review guidance written",
    "standard.activated": "review guidance activated",
    "rights.asked": "role asked for",
    "rights.granted": "role granted",
    "rights.refused": "role refused",
    "rights.recalled": "request for a role withdrawn",
    "rights.withdrawn": "role withdrawn",
    "rights.person_added": "person added",
    "rights.person_changed": "person or group membership changed",
    "rights.joined_group": "person put into a group",
    "rights.left_group": "person taken out of a group",
    "rights.password_set": "password set by an administrator",
    "rights.trained": "training put on record",
    "rights.training_ended": "training ended",
    "rights.password_changed": "own password changed",
    "rights.second_factor_set": "second factor set up",
    "rights.second_factor_reset": "second factor reset by an administrator",
    "rights.recovery_code_used": "signed in with a recovery code",
    "break_glass.begun": "emergency access opened",
    "break_glass.page_read": "page read under emergency access",
    "break_glass.ended": "emergency access ended early",
    "break_glass.reviewed": "emergency access reviewed",
    "portfolio.added": "portfolio added",
    "portfolio.changed": "portfolio changed",
    "system.seeded": "installation prepared",
    "system.sending_paused": "sending paused",
    "system.sending_resumed": "sending resumed",
    "system.words_off": "model drafting or a version of a text switched off",
    "system.words_on": "model drafting or a version of a text switched on again",
    "system.switch_tripped": "a kill switch tripped by itself",
    "system.clock_moved": "demo clock moved",
    "system.history_simulated": "a synthetic history was made",
    "system.checkpoint_written": "checkpoint of the ledger written",
    "system.quarantine_begun": "sending refused: the database looks restored",
    "system.quarantine_lifted": "sending allowed again after a restore",
    "model.asked_for": "a model asked for, for a portfolio",
    "model.switched_on": "a model may write for a portfolio",
    "model.refused": "a model refused for a portfolio",
    "model.switched_off": "no model writes for a portfolio any more",
    "model.fell_back": "a portfolio fell below its readiness: templates write",
    "model.resumed": "a portfolio is ready again: the model writes",
    "digest.sent": "weekly digest of the measures mailed",
    "audit.read": "history read",
    "audit.exported": "record exported",
    "audit.pack_made": "audit pack made",
    "audit.pack_refused": "audit pack refused",
    "audit.downloaded": "audit pack downloaded",
    "audit.pack_deleted": "audit pack deleted after its time",
    "audit.sampled": "sample drawn",
    "sample.framed": "frame and seed of a sample recorded",
    "sample.drawn": "items of a sample drawn",
    "sample.labelled": "item of a sample labelled",
    "sample.settled": "verdict on an item of a sample",
    "sample.locked": "result of a sample locked",
    "draft.corrected": "correction of a draft coded",
    "audit.contact_revealed": "contact data revealed",
    "control.looked_at": "controls looked at",
    "control.invariants_verified": "invariants verified",
    "incident.opened": "incident opened",
    "incident.action_set": "corrective action agreed",
    "incident.corrected": "correction done",
    "incident.reopened": "closure check failed",
    "incident.closed": "incident closed after a check",
    "review.opened": "access review opened",
    "review.kept": "grant kept in an access review",
    "review.ended": "grant ended in an access review",
    "privacy.hold_put": "preservation hold put",
    "privacy.hold_released": "preservation hold released",
    "privacy.erased": "person erased",
    "privacy.thrown_away": "rows past their retention thrown away",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One act to record. ``subject_kind`` and ``subject_id`` name the row it was about.

    ``filled``: the roles that entitle to this act, where the verb knows better than ``acting.RIGHTS``.
    """

    stream: str
    action: str
    subject_kind: str
    subject_id: int | None
    data: dict[str, Any] = field(default_factory=dict)
    filled: frozenset[str] = frozenset()


class UnknownAction(KeyError):
    """An action that is not in the registry."""


def account_stream(account_id: int) -> str:
    """The stream of one account."""
    return f"account:{account_id}"


def _known(action: str) -> None:
    if action not in ACTIONS and not action.startswith("follow_up."):
        raise UnknownAction(action)


def event_hash(
    prev_hash: str, stream: str, number: int, action: str, actor_id: int | None, subject: str, at: datetime, data: str, roles: str = ""
) -> str:
    """The chained hash of one event: SHA-256 over its canonical JSON with the previous hash.

    Form 2 begins with the number 2 and ends with the roles; form 1, without either, is that of events written before roles were on
    record (``roles`` empty). An event cannot pass from one form to the other: its text would begin differently. The text is put together
    by hand: it is exactly ``canonical_json`` of the list, at a third of the time.
    """
    moment = (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat(timespec="microseconds")
    actor = "null" if actor_id is None else actor_id
    first, last = ("2,", f",{quoted(roles)}") if roles else ("", "")
    return sha256_hex(
        f"[{first}{quoted(prev_hash)},{quoted(stream)},{number},{quoted(action)},{actor},{quoted(subject)},{quoted(moment)},{quoted(data)}{last}]"
    )


def record(entries: Iterable[Entry], *, by: User | None, at: datetime) -> list[Event]:
    """Append ``entries`` in order, each to its stream, inside the caller's transaction, with the roles ``by`` held at ``at``.

    What the acts measure is written with them. A few statements for any number. Raises ``UnknownAction`` for an unregistered action and
    ``RuntimeError`` outside a transaction.
    """
    entries = list(entries)
    if not entries:
        return []
    if not connection.in_atomic_block:
        raise RuntimeError("the ledger is written in the transaction of the act it records")
    for entry in entries:
        _known(entry.action)
    last, held = _begin(sorted({entry.stream for entry in entries}), by, at)
    events = [_chained(entry, last, held, by, at) for entry in entries]
    heads.append(events, last)
    project(events)
    return events


def _begin(streams: list[str], by: User | None, at: datetime) -> tuple[dict[str, heads.Head], acting.Held]:
    """Lock the streams and find out what the actor held."""
    known = acting.nobody(by)
    if known is not None or by is None:
        return heads.lock(streams)[0], known or acting.Held(acting.SERVICE)
    last, rows = heads.lock(streams, acting.statement(by, streams, at))
    return last, acting.Held().read(rows)


def _chained(entry: Entry, last: dict[str, heads.Head], held: acting.Held, by: User | None, at: datetime) -> Event:
    """The next event of its stream; ``last`` moves on."""
    number, prev = last[entry.stream]
    number, actor, data = number + 1, by.pk if by else None, canonical_json(entry.data)
    roles = held.codes(entry.stream, entry.action, entry.filled)
    subject = f"{entry.subject_kind}:{entry.subject_id}"
    digest = event_hash(prev, entry.stream, number, entry.action, actor, subject, at, data, roles)
    last[entry.stream] = (number, digest)
    return Event(
        stream=entry.stream, number=number, action=entry.action, actor_id=actor, roles=roles, subject_kind=entry.subject_kind,
        subject_id=entry.subject_id, data=data, at=at, prev_hash=prev, hash=digest,
    )  # fmt: skip
