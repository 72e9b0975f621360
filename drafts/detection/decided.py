"""What a person has judged already: a text that changed after that is judged by its new sentences only.

Without this a dismissal would either come back with every change of the text, or hide whatever the customer writes there afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, OuterRef, Subquery, TextField, When
from django.db.models.functions import Coalesce

from accounts.models import DisputeSignal
from drafts.detection.reading import CHANNELS, Channel, Text
from drafts.detectors.text import sentences


def unjudged(texts: Sequence[Text]) -> dict[Text, str]:
    """Per text with a decided signal: its sentences that did not stand there when the last one was decided. One query for any number."""
    by_row = {(text.kind, text.id): text for text in texts}
    judged = DisputeSignal.objects.exclude(status=DisputeSignal.Status.PENDING).filter(
        account_id__in={text.account_id for text in texts}, source_id__in={text.id for text in texts}
    )
    kept = (When(source_kind=channel.kind, then=_body_then(channel)) for channel in CHANNELS if hasattr(channel.model, "history"))
    body = Case(*kept, output_field=TextField())
    rows = judged.annotate(body=body).order_by("decided_at", "pk").values_list("source_kind", "source_id", "body", "quote")
    last = {(kind, pk): f"{body or ''}\n{quote}" for kind, pk, body, quote in rows}
    return {text: _fresh(text, before) for row, before in last.items() if (text := by_row.get(row))}


def _body_then(channel: Channel) -> Subquery:
    """The body of the signal's text as it stood when the signal was decided; none where no version of that time is kept."""
    decided = Coalesce(OuterRef("decided_at"), OuterRef("found_at"))
    versions: Any = channel.model.history.filter(id=OuterRef("source_id"), history_date__lte=decided)
    return Subquery(versions.order_by("-history_date", "-history_id").values(channel.body)[:1])


def _fresh(text: Text, before: str) -> str:
    return "\n\n".join(piece.raw for piece in sentences(text.body) if piece.raw not in before)
