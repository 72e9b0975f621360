"""Which invoices a statement is about."""

from __future__ import annotations

from .attach import attachment
from .clauses import Match
from .facts import Invoice
from .items import Item
from .text import Draft, Text


def spoken_of(draft: Draft, text: Text, match: Match) -> list[Invoice]:
    """Invoices a statement is about: named in its sentence, else spoken of, else all."""
    attach, seg = attachment(draft, text), text.segment_at(match.start)
    named = attach.named.get(seg)
    if named:
        inside = _beside(text, match, named)
        return [draft.facts.invoice(m.ref.name) for m in inside]
    return attach.nearby(seg) or draft.facts.invoices


def _beside(text: Text, match: Match, named: list[Item]) -> list[Item]:
    """The invoices in the same stretch between commas and semicolons as the statement, else the one before it, else all of the sentence."""
    left = max(text.plain.rfind(mark, match.sentence[0], match.start) for mark in ";:,") + 1
    right = min((at for mark in ";,:" if (at := text.plain.find(mark, match.end, match.sentence[1])) >= 0), default=match.sentence[1])
    inside = [m for m in named if left <= m.start < right]
    return inside or [m for m in named if m.start < match.start][-1:] or named
