"""What an event of each action has to say: fingerprints before and after, reason code, versions. Ids, codes and hashes, never words of people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from governance import acting
from governance.audit import event_hash
from governance.models import Event

MOVED = {"from", "to", "lane"}
LEAVING = {"fingerprint", "bytes"}
ASKED = {"request", "fingerprint", "policy"}
PREPARED = MOVED | {"brief", "facts", "policy"}
FIELDS: dict[str, set[str]] = {
    "import.committed": set(),
    "policy.written": {"version", "sha256", "before"},
    "words.written": {"version", "sha256", "before"},
    "words.activated": {"version", "sha256", "before"},
    "prompt.written": {"version", "sha256", "before"},
    "prompt.activated": {"version", "sha256", "before", "evaluation"},
    "draft.edited": {"revision", "fingerprint", "before", "facts", "template", "parent"},
    "draft.requested": set(),
    "draft.corrected": {"first", "corrections", "confirmed", "follow_up"},
    "finding.acknowledged": {"check"},
    "approval.requested": {"fingerprint", "policy", "roles"},
    "approval.given": ASKED | {"role"},
    "approval.refused": ASKED | {"role"},
    "approval.complete": ASKED,
    "approval.void": ASKED | {"code"},
    "approval.expired": ASKED,
    "gate.blocked": {"why", "codes"},
    "delivery.scheduled": LEAVING | {"draft", "request", "policy", "leaves_at"},
    "delivery.handing_over": LEAVING | {"looks", "attempt"},
    "delivery.accepted": LEAVING,
    "delivery.stopped": LEAVING | {"code"},
    "delivery.failed": LEAVING | {"permanent", "attempt"},
    "delivery.unknown": LEAVING | {"why"},
    "delivery.resolved": LEAVING | {"outcome"},
    "hold.put": {"kind", "scope", "id"},
    "hold.released": {"kind"},
    "signal.found": {"source"},
    "signal.confirmed": set(),
    "dispute.opened": {"invoice", "category"},
    "dispute.owned": {"owner"},
    "dispute.answered": {"delivery"},
    "dispute.resolved": {"outcome"},
    "decision.prepared": {"kind"},
    "decision.recorded": {"kind", "outcome"},
    "reply.recorded": {"message", "kind", "delivery"},
    "follow_up.draft_ready": PREPARED | {"fingerprint", "parent", "template", "draft"},
    "follow_up.await_decision": PREPARED,
    "follow_up.hold": MOVED,
    "follow_up.approve": MOVED | {"fingerprint", "delivery", "draft"},
    "follow_up.edit": MOVED | {"revision", "draft"},
    "follow_up.answer": MOVED | {"revision", "draft"},
    "follow_up.stop": MOVED | {"delivery", "draft"},
    "follow_up.accepted": MOVED | {"delivery", "draft"},
    "follow_up.reply": MOVED | {"reply"},
}
_HASH = re.compile(r"[0-9a-f]{64}")
_HASHES = {"fingerprint", "before", "facts", "bytes", "sha256"}
_CODE = re.compile(r"[\w.:+/-]*")


def faults(events: Iterable[Event]) -> list[str]:
    """What is missing or does not belong there, one line per fault; an action without a declaration is one too."""
    return [f"{event}: {fault}" for event in events for fault in _faults(event)]


def _faults(event: Event) -> Iterable[str]:
    data = json.loads(event.data)
    needed = FIELDS.get(event.action)
    if needed is None and event.action.startswith("follow_up."):
        needed = MOVED
    if needed is None:
        yield "nobody declared what it has to say"
    elif missing := needed - set(data):
        yield f"does not say {', '.join(sorted(missing))}"
    for name in _HASHES & set(data):
        if data[name] is not None and not _HASH.fullmatch(data[name]):
            yield f"{name} is no SHA-256"
    yield from (f"{name} is not a code: {value}" for name, value in data.items() for text in _texts(value) if not _CODE.fullmatch(text))
    if (event.actor_id is None) != (event.roles == acting.SERVICE) or event.roles in ("", acting.NO_ROLE):
        yield f"was done by {event.actor_id} as “{event.roles}”"
    subject = f"{event.subject_kind}:{event.subject_id}"
    told = (event.stream, event.number, event.action, event.actor_id, subject, event.at, event.data, event.roles)
    if event_hash(event.prev_hash, *told) != event.hash:
        yield "has another hash than its content"


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
