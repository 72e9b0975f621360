"""Totals that are no fact of their own but the exact sum of what the text shows: the invoices it names, those of one sentence, the late ones."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from .attach import Attachment
from .facts import Invoice
from .items import Item
from .text import Text


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
        """The sum of the invoices of the same sentence; or in a line with the true total, the sum of the original amounts."""
        if self._fits(item, self._of(self.attach.named.get(item.seg, ()))):
            return True
        line = [other for other in self.text.by_segment[item.seg] if other.kind == "money" and other is not item]
        return self._fits(item, self._all, gross=True) and any(self._fits(other, self._all) for other in line)

    def named(self, item: Item) -> bool:
        """The sum of all invoices named in the text, or of those of them that are late."""
        late = [invoice for invoice in self._all if (invoice.days_overdue(self.facts.as_of) or 0) > 0]
        return self._fits(item, self._all) or self._fits(item, late)
