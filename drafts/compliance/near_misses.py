"""Near-misses: every block at the gate and every drift that was caught. Counted from the ledger, never kept beside it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import Account
from governance.models import Event

# Kind → what it means. A stop by a person is an act, not a near-miss.
KINDS: dict[str, str] = {
    "gate": "a check or hold refused an approval",
    "drift": "the facts had changed when somebody approved",
    "text": "somebody approved another text than the one in force",
    "person": "somebody who may not tried to approve",
    "edit": "a check refused a person's edit",
    "stale": "facts changed under a draft, and it was made anew",
    "last_look": "the last look stopped an approved message",
    "forged": "an approval that was not on record, or of other bytes, was refused",
}
_GATE = {"checks": "gate", "evidence": "drift", "text": "text", "person": "person"}
# Codes of the last look that mean that rows do not agree with each other.
FORGED = frozenset({"record", "fingerprint", "bytes", "text", "approval"})
_MACHINE = Q(actor_id__isnull=True)


def events(since: datetime, until: datetime, accounts: QuerySet[Account] | None = None) -> QuerySet[Event]:
    """The events that are near-misses, newest first; with ``accounts`` those of these accounts only."""
    kinds = Q(action="gate.blocked") | Q(action="draft.edited", data__contains='"blocks"')
    kinds |= Q(action="follow_up.refresh") & _MACHINE | Q(action="delivery.stopped") & _MACHINE
    found = Event.objects.filter(kinds, at__gt=since, at__lte=until).order_by("-id")
    if accounts is None:
        return found
    streams = accounts.order_by().annotate(stream_name=Concat(Value("account:"), Cast("pk", CharField())))
    return found.filter(stream__in=streams.values("stream_name"))


def kind_of(event: Event) -> str:
    """Which kind of near-miss an event of ``events`` is."""
    data = json.loads(event.data)
    if event.action == "gate.blocked":
        return _GATE.get(data.get("why", ""), "gate")
    if event.action == "delivery.stopped":
        return "forged" if data.get("code") in FORGED else "last_look"
    return "edit" if event.action == "draft.edited" else "stale"


def counts(since: datetime, until: datetime, accounts: QuerySet[Account] | None = None) -> dict[str, int]:
    """Near-misses per kind; every kind is there, with 0 where there was none."""
    found = Counter(kind_of(event) for event in events(since, until, accounts).iterator(chunk_size=2000))
    return {kind: found[kind] for kind in KINDS}
