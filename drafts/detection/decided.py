"""What a person has judged already: a text that changed after that is judged by its new sentences only.

Without this a dismissal would either come back with every change of the text, or hide whatever the customer writes there afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.models import DisputeSignal
from drafts.detection.reading import CHANNELS, Text
from drafts.detectors.text import sentences


def unjudged(texts: Sequence[Text]) -> dict[Text, str]:
    """Per text with a decided signal: its sentences that did not stand there when the last one was decided. One query without any."""
    by_row = {(text.kind, text.id): text for text in texts}
    accounts = {text.account_id for text in texts}
    judged = DisputeSignal.objects.filter(account_id__in=accounts).exclude(status=DisputeSignal.Status.PENDING)
    last = {(signal.source_kind, signal.source_id): signal for signal in judged.order_by("decided_at", "pk")}
    return {text: _fresh(text, signal) for row, signal in last.items() if (text := by_row.get(row))}


def _fresh(text: Text, signal: DisputeSignal) -> str:
    before = _as_decided(text, signal)
    return "\n\n".join(piece.raw for piece in sentences(text.body) if piece.raw not in before)


def _as_decided(text: Text, signal: DisputeSignal) -> str:
    """The body as it stood when ``signal`` was decided; only its quote where no version of that time is kept."""
    channel = next(channel for channel in CHANNELS if channel.kind == text.kind)
    history: Any = getattr(channel.model, "history", None)
    versions = history.filter(id=text.id, history_date__lte=signal.decided_at or signal.found_at) if history else None
    kept = versions.order_by("history_date", "history_id").last() if versions is not None else None
    return f"{getattr(kept, channel.body, '')}\n{signal.quote}"
