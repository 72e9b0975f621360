"""Which invoice a figure belongs to: the one named beside it, else the one the text is speaking of.

Within a sentence or row: a figure belongs to the invoice before it ("FI-1 … 100, FI-2 … 200"); to the one behind it when the sentence
starts with the figure or a preposition ties them ("100 for FI-1"); lists pair up in order ("FI-1 and FI-2 (100 and 200)"). A sentence
without an invoice speaks of those of the nearest sentence before it, else of the next one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from .facts import Facts, Invoice, Ref
from .items import Item
from .text import Draft, Text

_TIE = re.compile(
    r"[\s(]*(?:for|on|of|from|under|against|fur|aus|zu|zur|auf|der|uber|pour|de|sur|au titre de|por|sobre|correspondiente a|relativ\w+ "
    r"a)?\s*"
    r"(?:the |your |our |die |der |unsere[rn]? |ihre[rn]? |la |le |les |l'|votre |notre |nuestra |su |las )?"
    r"(?:open |offene[rn]? )?(?:invoices?|rechnung(?:en)?|factures?|facturas?|nr|no|nummer|numero|number|n[o°])?[\s.:#(]*"
)


ORDINAL = re.compile(
    r"\b(?:the|die|der|la|le|el|zur|bei der|a la) (?:(?P<n0>first|former|erste[rn]?|erstere[rn]?|premiere?|primera|primero)|"
    r"(?P<n1>second|zweite[rn]?|deuxieme|seconde?|segunda|segundo)|(?P<n2>third|dritte[rn]?|troisieme|tercera)|"
    r"(?P<last>latter|last|letzte[rn]?|letztere[rn]?|derniere?|ultima|ultimo))\b"
)


# "That leaves 1,450.00 open on it, and FI-2 …": the figure is of the invoice of the sentence before.
_BACK = re.compile(
    r"\b(?:on|of|for|against|under) (?:it|that one|this one|that invoice|this invoice)\b|\b(?:dort|darauf|davon|daraus|hieraus|hiervon)\b|"
    r"\b(?:(?:that|this|which) leaves?|leaving|bleib\w*|verbleib\w*|queda[n]?|reste(?:nt)?|(?:out )?of the original|von den urspr\w+)\b|\b(?:this|that|diese[rn]?|cette|ladite|esta|esa|dicha) (?:invoice|rechnung|facture|factura)\b|\bcelle-(?:ci|la)\b|\b(?:de|sur|para|en|a) (?:esa|esta|dicha|la misma|cette|ladite)\b"
)


def invoice_number(item: Item) -> str | None:
    """Invoice number of a reference item (an invoice or its purchase order is no invoice mention)."""
    return item.ref.name if isinstance(item.ref, Ref) and item.ref.kind == "invoice" else None


@dataclass(slots=True)
class Scope:
    """``own``: the invoice a figure certainly belongs to; ``near``: candidates when the sentence names none or several."""

    own: Invoice | None
    near: list[Invoice]
    named: bool


class Attachment:
    """Scopes of the figures of one text."""

    def __init__(self, text: Text, facts: Facts, fallback: list[Invoice] | None = None) -> None:
        self.text, self.facts = text, facts
        self.fallback = fallback or []
        self._scopes: dict[int, Scope] = {}

    @cached_property
    def named(self) -> dict[int, list[Item]]:
        """Invoice mentions per segment."""
        found: dict[int, list[Item]] = {}
        for item in self.text.items:
            if item.kind == "ref" and invoice_number(item) is not None:
                found.setdefault(item.seg, []).append(item)
        return found

    def _invoice(self, item: Item) -> Invoice:
        return self.facts.invoice(item.ref.name)

    def rows_below(self, seg: int) -> list[Item]:
        """Invoice mentions of the rows under a heading ("Not yet due:"), up to the next line without one or, where the rows stand close, the next paragraph."""
        rows: list[Item] = []
        ends = [end for _, end in self.text.segments]
        for index in range(seg + 1, len(ends) if self.heads(seg) else 0):
            if index not in self.named or (rows and not self._apart(ends, seg) and self._apart(ends, index - 1)):
                break
            rows += self.named[index]
        return rows

    def _apart(self, ends: list[int], seg: int) -> bool:
        """True when an empty line follows ``seg``."""
        return "\n\n" in self.text.plain[ends[seg] : self.text.segments[seg + 1][0]]

    def heads(self, seg: int) -> bool:
        """True when ``seg`` ends in a colon: what it says is said of the rows below it."""
        return self.text.plain[slice(*self.text.segments[seg])].rstrip().endswith(":")

    def nearby(self, seg: int) -> list[Invoice]:
        """Invoices of the rows below when ``seg`` is a heading, else of the nearest sentence before it that names any, else of the next one, else of the
        subject or the only invoice."""
        named = self.named
        below = self.rows_below(seg)
        if below:
            return [self._invoice(item) for item in below]
        for index in range(seg - 1, -1, -1):
            if index in named:
                first = index
                while first - 1 in named:  # the rows of one list, the sentences that name one invoice each
                    first -= 1
                return [self._invoice(item) for row in range(first, index + 1) for item in named[row]]
        for index in range(seg + 1, len(self.text.segments)):
            if index in named:
                return [self._invoice(item) for item in named[index]]
        return self.fallback or (self.facts.invoices if len(self.facts.rows) == 1 else [])

    def scope(self, item: Item) -> Scope:
        """Where ``item`` (an amount, a date, a count) belongs."""
        back = self._pointed_back(item)
        if back is not None:
            return Scope(back, [back], True)
        found = self._scopes.get(item.seg)
        if found is not None:
            return found
        mentions = self.named.get(item.seg)
        if mentions and len(mentions) > 1:
            return Scope(self._among(item, mentions), [self._invoice(mention) for mention in mentions], True)
        if mentions:
            only = self._invoice(mentions[0])
            found = Scope(only, [only], True)
        else:
            found = Scope(None, self.nearby(item.seg), False)
        self._scopes[item.seg] = found
        return found

    def _pointed_back(self, item: Item) -> Invoice | None:
        """The one invoice of the sentence before, when words in front of the first invoice of this sentence point back to it."""
        mentions, before = self.named.get(item.seg), self.named.get(item.seg - 1, [])
        names = {mention.ref.name for mention in before}
        if not mentions or len(names) != 1 or item.start > mentions[0].start or mentions[0].ref.name in names:
            return None
        if _TIE.fullmatch(self.text.plain, item.end, mentions[0].start):
            return None
        pointed = _BACK.search(self.text.plain, self.text.segments[item.seg][0], mentions[0].start)
        return self._invoice(before[0]) if pointed else None

    def _told_in_order(self, item: Item, mentions: list[Item]) -> Invoice | None:
        """The invoice that "the first", "la segunda", "die letztere" in front of a figure points back to."""
        start = max((other.end for other in self.text.by_segment[item.seg] if other.end <= item.start), default=self.text.segments[item.seg][0])
        found = [m for m in ORDINAL.finditer(self.text.plain, start, item.start) if m.start() > mentions[-1].end]
        if not found:
            return None
        place = -1 if found[-1]["last"] else next(n for n in range(3) if found[-1][f"n{n}"])
        names = list(dict.fromkeys(mention.ref.name for mention in mentions))
        return self.facts.invoice(names[place]) if place < len(names) else None

    def _among(self, item: Item, mentions: list[Item]) -> Invoice | None:
        told = self._told_in_order(item, mentions)
        if told is not None:
            return told
        peers = [other for other in self.text.by_segment[item.seg] if other.kind == item.kind and not self._loose(other, mentions)]
        if item not in peers:
            return None
        before = [mention for mention in mentions if mention.start < item.start]
        after = [mention for mention in mentions if mention.start > item.start]
        if before and self._points_back(item, after):
            return self._invoice(before[-1])
        if not before and len(peers) == len(mentions) > 1 and peers[-1].start < mentions[0].start and item.kind == "money":
            return self._invoice(mentions[peers.index(item)])  # "770.00 and 1,338.60 make 2,108.60 (FI-1 and FI-2)"
        if not before:
            return None if peers[-1].start > mentions[-1].start and len(peers) > len(mentions) else self._invoice(after[0])
        if not after and peers[0].start > mentions[-1].start:
            return self._invoice(mentions[peers.index(item)]) if len(peers) == len(mentions) else None
        leading = peers[0].start < mentions[0].start and peers[-1].start < mentions[-1].start
        if leading and after:
            nearer = [peer for peer in peers if item.start < peer.start < after[0].start]
            return self._invoice(before[-1] if nearer and item.kind == "money" else after[0])  # "of 3,600 on FI-1 2,100 are left, and with the 529 of FI-2"
        if after and _TIE.fullmatch(self.text.plain, item.end, after[0].start) and after[0].start - item.end > 2:
            between = self.text.plain[before[-1].end : item.start]
            if "," in between or ";" in between or " and " in between or len(between) > 30:
                return self._invoice(after[0])
        if after and len(before) > 1 and self._pile(before, item, peers):
            return None
        return self._invoice(before[-1])

    def _points_back(self, item: Item, after: list[Item]) -> bool:
        """ "2,500.00 is left on it and 415.90 on FI-2": the word behind the figure points to the invoice named before."""
        stops = [other.start for other in self.text.by_segment[item.seg] if other.start >= item.end]
        stop = min([*stops, item.end + 40, self.text.segments[item.seg][1]])
        return bool(after) and _BACK.search(self.text.plain, item.end, stop) is not None

    def _loose(self, item: Item, mentions: list[Item]) -> bool:
        """An amount that is a total of the account and no amount of an invoice named beside it."""
        if item.kind != "money" or item.value not in self.facts.totals.values():
            return False
        return not any(item.value in (self._invoice(m).open, self._invoice(m).amount) for m in mentions)

    def _pile(self, before: list[Item], item: Item, peers: list[Item]) -> bool:
        """True when several invoices stand before the first figure: "FI-1 and FI-2 over 300"."""
        return before[-2].end < item.start and not any(before[-2].end <= peer.start < before[-1].start for peer in peers)


def attachment(draft: Draft, text: Text) -> Attachment:
    """The attachment of ``text``, made once; a body without invoices speaks of those of its subject, and the other way round."""
    if text.attachment is None:
        others = [item for other in draft.texts if other is not text for item in other.items]
        fallback = [draft.facts.invoice(number) for item in others if (number := invoice_number(item)) is not None]
        text.attachment = Attachment(text, draft.facts, fallback)
    return text.attachment  # type: ignore[no-any-return]
