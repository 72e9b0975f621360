"""What a person has judged already: a text that changed after that is judged by its new sentences only.

Without this a dismissal would either come back with every change of the text, or hide whatever the customer writes there afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, F, OuterRef, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, Concat

from accounts.models import DisputeSignal
from drafts.detection.reading import CHANNELS, Channel, Text
from drafts.detectors.text import sentences


def unjudged(texts: Sequence[Text]) -> dict[Text, tuple[str, str]]:
    """Per text with a decided signal: its subject and its sentences, as far as they did not stand there when the last one was decided.

    One query for any number.
    """
    by_row = {(text.kind, text.id): text for text in texts}
    judged = DisputeSignal.objects.exclude(status=DisputeSignal.Status.PENDING).filter(
        account_id__in={text.account_id for text in texts}, source_id__in={text.id for text in texts}
    )
    kept = (When(source_kind=channel.kind, then=_words_then(channel)) for channel in CHANNELS if hasattr(channel.model, "history"))
    words = Case(*kept, output_field=TextField())
    rows = judged.annotate(words=words).order_by("decided_at", "pk").values_list("source_kind", "source_id", "words", "quote")
    last = {(kind, pk): (words, quote) for kind, pk, words, quote in rows}
    return {text: _fresh(text, *before) for row, before in last.items() if (text := by_row.get(row))}


def _words_then(channel: Channel) -> Subquery:
    """Subject and body of the signal's text as they stood when the signal was decided; none where no version of that time is kept."""
    decided = Coalesce(OuterRef("decided_at"), OuterRef("found_at"))
    versions: Any = channel.model.history.filter(id=OuterRef("source_id"), history_date__lte=decided)
    subject = (F("subject"), Value("\n")) if "subject" in channel.columns else (Value(""),)
    words = Concat(*subject, F(channel.body), output_field=TextField())
    return Subquery(versions.annotate(words=words).order_by("-history_date", "-history_id").values("words")[:1])


def _fresh(text: Text, words: str | None, quote: str) -> tuple[str, str]:
    """Without a kept version a subject counts as seen: it stood above what was decided."""
    before = f"{words or ''}\n{quote}"
    body = "\n\n".join(piece.raw for piece in sentences(text.body) if piece.raw not in before)
    return ("" if words is None or text.subject in before else text.subject), body
