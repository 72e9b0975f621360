"""G03: every invoice, order, credit, plan and account identifier is a fact of this account; look-alikes are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from .attach import attachment
from .base import BLOCK, CheckInput, Finding
from .facts import Facts, compact, simple, skeleton
from .items import Item
from .text import Draft, Text, parsed

_INVOICE_WORD = re.compile(
    r"\b(?:invoices?|inv|bills?|rechnung(?:en|s)?|rechnungsnummer|rechnungs-nr|factures?|facturas?|fra|fact|beleg\w*|rg|re)\W{0,3}"
    r"(?:(?:numbers?|no|nr|nos|num|number|nummer|numero|n[o°]|#)\W{0,3})?$"
)
_ANOTHER = re.compile(
    r"\b(?:and|plus|also|as well as|und|sowie|wie auch|auch|et|ainsi que|comme|y|e|como|asi como)\W+(?:also |auch |aussi |tambien )?(?:our |unsere |notre |nuestra )?(?:the|die|der|la|le|num\w*|no|nr|n[o°])\W+\Z"
)
_UNIT = re.compile(r"\W{0,2}(?:[€$£%¥]|(?:eur|usd|gbp|chf|cad|mxn|aud|euros?|dollars?|pounds?|francs?|franken|pesos?|days?|tage?n?|jours?|dias?|pieces?|stuck|units?|palet\w*|kilos?|kg|m)\b)")
_OTHER_ID_WORD = re.compile(
    r"\b(?:purchase orders?|p\.?o\.?|bestell\w*|auftrag\w*|bon de commande|commande|pedido|orden de compra|credit notes?|gutschrift\w*|avoir|"
    r"nota de (?:credito|abono)|abono|tickets?|vorgang\w*|dossier|case|cas|caso|incidencia|account|customer|kunden\w*|client\w*|cuenta|"
    r"konto|compte|ref\w*|plan)"
    r"\W{0,3}(?:(?:numbers?|no|nr|num|nummer|numero|reference|id|n[o°]|#|ref\w*)\W{0,3})?$"
)
_HARMLESS = re.compile(
    r"(?:[a-z]{1,3}\d|q[1-4](?:[-/ ]?\d{2,4})?|h[12](?:[-/]\d{2,4})?|iso-?\d+|covid-?\d+|(?:19|20)\d\d[-/](?:\d\d|q[1-4])|v\d[\d.]*|"
    r"[a-z]\d{1,2}|b2b|b2c|24/7|365|utf-?8|mp3|"
    r"\d+(?:st|nd|rd|th|er|e|o|a)|\d+[-x]\w+|kw\s?\d+|w\d{1,2}|\d+\w?-day|\d{1,2}h\d{0,2}|\d+-\w+)",
    re.I,
)


def _looks_like_fact(facts: Facts, word: str) -> bool:
    prefix = re.match(r"[A-Z]+", compact(word))
    return prefix is not None and any(compact(ref.name).startswith(prefix.group()) for ref in facts.ids.values())


class IdJudge:
    """Judges the identifiers of one text."""

    def __init__(self, draft: Draft, text: Text) -> None:
        self.text, self.facts = text, draft.facts
        self.attach = attachment(draft, text)

    def findings(self) -> Iterator[Finding]:
        for item in self.text.items:
            if item.kind == "ref":
                yield from self._known(item)
            elif item.kind in {"id", "range"}:
                yield from self._unknown(item)
            elif item.kind in {"number", "phone", "money"} and item.currency is None:
                yield from self._digits(item)

    def _known(self, item: Item) -> Iterator[Finding]:
        yield from self._beside(item)
        if self.text.fold.back is None and self.text.folded.isascii():
            return
        left, right = self.text.fold.span(item.start, item.end)
        stored = self.text.raw[left:right]
        if any(ord(char) > 127 and char.isalnum() for char in stored):
            yield self._wrong(item, "letters of another script imitate an identifier")
        elif not compact(item.ref.name).endswith(compact(stored)):
            yield self._wrong(item, "hidden or foreign characters inside an identifier")

    def _beside(self, item: Item) -> Iterator[Finding]:
        """An order or credit note named beside one invoice belongs to that invoice."""
        kind = item.ref.kind
        if kind not in {"po", "credit"}:
            return
        own = self.attach.scope(item)
        if own.own is None or not own.named or self._leads_to_its_invoice(item) or self._told_apart(item, own.own.number):
            return
        if kind == "po" and own.own.po and compact(own.own.po) != compact(item.ref.name):
            yield self._wrong(item, f"not the order of {own.own.number}", own.own.po)
        owner = str(item.ref.row.get("invoice") or "")
        if kind == "credit" and owner and owner != own.own.number:
            yield self._wrong(item, f"not a credit note of {own.own.number}", owner)

    def _told_apart(self, item: Item, number: str) -> bool:
        """ "Is FI-1 on PO-7 or on PO-8?" claims nothing; "it belongs to PO-7; PO-8 is FI-2" speaks of another invoice before the semicolon."""
        start, end = self.text.segments[item.seg]
        if self.text.asks(start, end):
            return sum(other.kind == "ref" and other.ref.kind == item.ref.kind for other in self.text.by_segment[item.seg]) > 1
        left = max(self.text.plain.rfind(";", start, item.start), start)
        right = self.text.plain.find(";", item.end, end)
        mentions = self.attach.named.get(item.seg) or ()
        return not any(left <= mention.start < (right if right >= 0 else end) for mention in mentions if mention.ref.name == number)

    def _leads_to_its_invoice(self, item: Item) -> bool:
        """ "RM-77 (our FI-1), RM-81 (FI-2)": the order stands in front of its invoice, with nothing but small words between."""
        mentions = self.attach.named.get(item.seg) or ()
        owner = str(item.ref.row.get("number" if item.ref.kind == "po" else "invoice") or "")
        return any(
            mention.ref.name == owner and 0 <= mention.start - item.end <= 24 and "," not in self.text.plain[item.end : mention.start]
            for mention in mentions
        )

    def _wrong(self, item: Item, why: str, fact: str = "") -> Finding:
        return self.text.finding("G03", "wrong_invoice", BLOCK, item.start, item.end, why, fact=fact)

    def _before(self, item: Item) -> str:
        return self.text.plain[max(0, item.start - 34) : item.start]

    def _unknown(self, item: Item) -> Iterator[Finding]:
        word, before = item.word, self._before(item)
        if self.facts.ids.get(compact(word)):
            yield from self._known_spelling(item)
            return
        imitated = self.facts.skeletons.get(skeleton(word))
        if imitated:
            yield self._wrong(item, f"this looks like {imitated} but is not it", imitated)
            return
        labelled = bool(_INVOICE_WORD.search(before) or _OTHER_ID_WORD.search(before))
        if not labelled and (_HARMLESS.fullmatch(word) or simple(word) in self.facts.known_names):
            return
        digits = sum(map(str.isdigit, word))
        if (labelled and digits) or _looks_like_fact(self.facts, word) or (digits >= 2 and any(map(str.isalpha, word))) or digits >= 5:
            yield self._wrong(item, "this identifier is no fact of the account", self._nearest(word))

    def _known_spelling(self, item: Item) -> Iterator[Finding]:
        item.kind, item.ref = "ref", self.facts.ids[compact(item.word)]
        yield from self._known(item)

    def _nearest(self, word: str) -> str:
        names = [ref.name for ref in self.facts.ids.values() if ref.kind == "invoice"]
        return (
            min(set(names), key=lambda name: sum(a != b for a, b in zip(compact(name), compact(word), strict=False)), default="")
            if len(names) < 60
            else ""
        )

    def _digits(self, item: Item) -> Iterator[Finding]:
        """Plain digits right behind "invoice", "PO", "credit note": an identifier without its letters."""
        before = self._before(item)
        digits = re.sub(r"\D", "", item.word)
        if item.kind == "number" and self._like_a_number_of_ours(item, digits):
            yield self._wrong(item, "this number is no identifier of the account", self._nearest(digits))
            return
        if len(digits) < 3 or not (_INVOICE_WORD.search(before) or _OTHER_ID_WORD.search(before)):
            return
        owners = {ref.name for ref in self.facts.ids.values() if re.sub(r"\D", "", ref.name) == digits}
        if len(owners) != 1 and digits not in self.facts.digit_runs and not re.search(r"(?:account|compte|konto|cuenta)\W*$", before):
            yield self._wrong(item, "this number is no identifier of the account", self._nearest(digits))
        elif len(owners) == 1 and item.kind == "number":
            item.kind, item.ref = "ref", self.facts.ids[owners.pop().upper()]


    def _like_a_number_of_ours(self, item: Item, digits: str) -> bool:
        """Bare digits of the length of the account's all-digit invoice numbers and with their beginning, but none of them."""
        if item.word != digits or len(digits) < 3 or digits in self.facts.digit_runs:
            return False
        alike = [name for name in self._digit_names if len(name) == len(digits)]
        return any(len(digits) > 4 and name[:2] == digits[:2] for name in alike) or (bool(alike) and self._another(item))

    def _another(self, item: Item) -> bool:
        """ "8807 and the 8791": the article makes a number behind an invoice of ours another invoice."""
        start, end = self.text.segments[item.seg]
        said = any(other.kind == "ref" and other.ref.kind == "invoice" and other.end <= item.start for other in self.text.by_segment[item.seg])
        return said and bool(_ANOTHER.search(self.text.plain, start, item.start)) and not _UNIT.match(self.text.plain, item.end, end)

    @cached_property
    def _digit_names(self) -> list[str]:
        return [ref.name for ref in self.facts.ids.values() if ref.kind == "invoice" and ref.name.isdigit()]


def check_ids(inp: CheckInput) -> Iterable[Finding]:
    """G03 over subject and body."""
    draft = parsed(inp)
    for text in draft.texts:
        yield from IdJudge(draft, text).findings()
