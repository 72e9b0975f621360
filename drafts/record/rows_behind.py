"""What people typed when they acted: the words behind an event, which the ledger itself never carries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Model

from accounts.models import CallNote, Dispute, DisputeSignal, Promise
from drafts.models import Reply
from governance.models import Decision, Event, Hold

# Act → the row it was about and the columns with somebody's words.
WORDS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "hold.put": (Hold, ("reason", "quote")), "hold.released": (Hold, ("release_reason",)), "signal.found": (DisputeSignal, ("quote",)),
    "signal.dismissed": (DisputeSignal, ("decision_reason", "evidence")), "signal.confirmed": (DisputeSignal, ("quote",)),
    "dispute.opened": (Dispute, ("reason", "quote")), "dispute.resolved": (Dispute, ("outcome_note",)), "call.logged": (CallNote, ("note",)),
    "promise.recorded": (Promise, ("quote",)), "decision.prepared": (Decision, ("question",)),
    "decision.recorded": (Decision, ("outcome_text", "conditions")), "reply.recorded": (Reply, ("quote",)),
}  # fmt: skip


def said(events: Iterable[Event]) -> dict[int, str]:
    """Number of the event → words, for those that have some. One query per kind of row."""
    events = [event for event in events if event.action in WORDS and event.subject_id]
    wanted: dict[type[Model], set[int]] = defaultdict(set)
    for event in events:
        wanted[WORDS[event.action][0]].add(event.subject_id or 0)
    rows = {(model, row.pk): row for model, ids in wanted.items() for row in model._default_manager.filter(pk__in=ids)}
    out = {}
    for event in events:
        model, columns = WORDS[event.action]
        row = rows.get((model, event.subject_id or 0))
        words = " · ".join(str(text) for column in columns if (text := getattr(row, column, "")))
        if words:
            out[event.number] = words
    return out
