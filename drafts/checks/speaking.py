"""Which invoices a statement is about."""

from __future__ import annotations

from .attach import ORDINAL, attachment
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
    return _counted_off(draft, text, match) or attach.nearby(seg) or draft.facts.invoices


def _counted_off(draft: Draft, text: Text, match: Match) -> list[Invoice]:
    """ "The second one is not due yet", "la troisième facture": by the order in which the letter names its invoices."""
    told = next((found for found in ORDINAL.finditer(text.plain, match.sentence[0], match.start)), None)
    if told is None:
        return []
    mentions = [item for row in sorted(attachment(draft, text).named.items()) if row[0] < text.segment_at(match.start) for item in row[1]]
    names = list(dict.fromkeys(item.ref.name for item in mentions))
    place = -1 if told["last"] else next(n for n in range(3) if told[f"n{n}"])
    return [draft.facts.invoice(names[place])] if len(names) > max(place, 1) else []


def _beside(text: Text, match: Match, named: list[Item]) -> list[Item]:
    """The invoices in the same stretch between commas and semicolons as the statement, else the one before it, else all of the sentence."""
    left = max(text.plain.rfind(mark, match.sentence[0], match.start) for mark in ";:,") + 1
    right = min((at for mark in ";,:" if (at := text.plain.find(mark, match.end, match.sentence[1])) >= 0), default=match.sentence[1])
    inside = [m for m in named if left <= m.start < right]
    return inside or [m for m in named if m.start < match.start][-1:] or named
