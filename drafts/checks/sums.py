"""Totals that are no fact of their own but the exact sum of what the text shows: the invoices it names, those of one sentence, the late ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from .amount_words import OVERDUE
from .attach import Attachment
from .counted import small
from .facts import Invoice
from .items import Item
from .text import WORD, Text

_TIED = 12
_NEAR = 40
_BOTH = frozenset("both beide beiden beider ambas ambos".split())
_FIRST = re.compile(r"\b(?:first|former|ersten|premier(?:e?s)|primer[oa]s)\b")
_POINTS = re.compile(
    r"\b(?:the|these|those|both|first|last|former|latter|die|diese|beide[nr]?|beiden|ersten|letzten|letzteren|les|ces|premiere?s|dernieres?|derniers|las|los|est[oa]s|es[oa]s|ambas|primer[oa]s|ultim[oa]s)\b"
)
_OLDEST = re.compile(r"\b(?:oldest|older|altesten|alteren|plus anciennes|mas antiguas)\b")
_WITHOUT = re.compile(
    r"\b(?:without|excluding|except(?: for)?|apart from|leaving(?: out)?|not counting|ohne|abgesehen von|bis auf|mit ausnahme|hors|hormis|sans(?: compter)?|sauf|excepte|mis\w* a part|sin(?: contar| incluir)?|salvo|excepto|aparte de|"
    r"dejando(?: aparte)?)\b"
)


class ShownSums:
    """Sums of the invoices that one text names."""

    def __init__(self, text: Text, attach: Attachment) -> None:
        self.text, self.attach, self.facts = text, attach, attach.facts

    def _of(self, items: Iterable[Item]) -> list[Invoice]:
        return [self.facts.invoice(name) for name in dict.fromkeys(item.ref.name for item in items)]

    @cached_property
    def _all(self) -> list[Invoice]:
        return self._of(item for items in self.attach.named.values() for item in items)

    def _fits(self, item: Item, invoices: list[Invoice], gross: bool = False) -> bool:
        """True when ``item`` is the sum of two or more ``invoices`` of one currency."""
        codes = {invoice.currency for invoice in invoices}
        if len(invoices) < 2 or len(codes) != 1 or not (item.currency is None or codes <= item.currency):
            return False
        return item.value == sum((invoice.amount if gross else invoice.open) or 0 for invoice in invoices)

    def shown(self, item: Item) -> bool:
        """The sum of the invoices of the same sentence, of those it points to, of all but one; in a line with the true total, of the original amounts."""
        if self._fits(item, self._of(self.attach.named.get(item.seg, ()))):
            return True
        if any(self._fits(item, pointed) for pointed in (*self._pointed(item), self._stretch(item), self._but(item))):
            return True
        line = [other for other in self.text.by_segment[item.seg] if other.kind == "money" and other is not item]
        return self._fits(item, self._all, gross=True) and any(self._fits(other, self._all) for other in line)

    def _pointed(self, item: Item) -> list[list[Invoice]]:
        """What "the first two", "the last three", "these two" can mean in a sentence that names none before ``item``, or right behind it ("300.00 of the
        first two")."""
        start, end = self.text.segments[item.seg]
        said = self.text.plain[start : item.start]
        if not _POINTS.search(said) and not self.attach.named.get(item.seg):
            said = self.text.plain[item.end : min(end, item.end + _NEAR)]
        number = next((n for word in WORD.findall(said) if (n := 2 if word in _BOTH else small(word, self.text.languages)) and n > 1), 0)
        if not (number and _POINTS.search(said)) or any(mention.start < item.start for mention in self.attach.named.get(item.seg, ())):
            return []
        earlier = self._of(mention for row in sorted(self.attach.named) if row < item.seg for mention in self.attach.named[row])
        near = list(dict.fromkeys(self.attach.nearby(item.seg)))
        if _OLDEST.search(said):
            waiting = [invoice for invoice in self.facts.invoices if invoice.open]
            return [sorted(these, key=lambda invoice: invoice.due)[:number] for these in (self._all, waiting)]
        if _FIRST.search(said):
            return [earlier[:number], near[:number]]
        return [earlier[-number:]] if len(near) >= number else []

    def _stretch(self, item: Item) -> list[Invoice]:
        """The invoices named in front of the figure in its own stretch: "FI-1 and FI-2 come to 300.00; FI-3 is separate"."""
        start, _ = self.text.segments[item.seg]
        start = max(start, self.text.plain.rfind(";", start, item.start))
        return self._of(mention for mention in self.attach.named.get(item.seg, ()) if start <= mention.start < item.start)

    def _but(self, item: Item) -> list[Invoice]:
        """All open invoices but those a sentence sets aside: "without FI-2 it comes to 300.00"."""
        start, end = self.text.segments[item.seg]
        aside = _WITHOUT.search(self.text.plain, start, end)
        named = self.attach.named.get(item.seg, [])
        if aside is None or not named or not 0 <= named[0].start - aside.end() < _TIED * 2:
            return []
        left = {mention.ref.name for mention in named}
        return [invoice for invoice in self.facts.invoices if invoice.open and invoice.number not in left]

    def overdue(self, item: Item) -> bool:
        """What all late invoices come to, in a sentence that calls it overdue; not as the amount of an invoice right beside it."""
        start, end = self.text.segments[item.seg]
        late = self.facts.sums(overdue=True)
        if len(self.facts.rows) < 2 or not any(value == item.value and (item.currency is None or code in item.currency) for code, value in late.items()):
            return False
        return bool(OVERDUE.search(self.text.plain, start, end)) and not any(self._tied(item, mention) for mention in self.attach.named.get(item.seg, ()))

    def _tied(self, item: Item, mention: Item) -> bool:
        """ "FI-1, 500.00" is a row; "500.00, FI-1 not included" is none."""
        if mention.start < item.start:
            return item.start - mention.end < _TIED
        return mention.start - item.end < _TIED and "," not in self.text.plain[item.end : mention.start]

    def named(self, item: Item) -> bool:
        """The sum of all invoices named in the text, or of those of them that are late."""
        late = [invoice for invoice in self._all if (invoice.days_overdue(self.facts.as_of) or 0) > 0]
        return self._fits(item, self._all) or self._fits(item, late)
