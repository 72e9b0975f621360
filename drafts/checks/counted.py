"""G06: a number of invoices that a text tells is one the account, or the text itself, has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .base import BLOCK, Finding
from .lexicon.basics import NUMBER_WORDS
from .text import Draft, Text

_PLURAL = re.compile(r"invoices\b|rechnungen\b|factures\b|facturas\b")
_COUNT = re.compile(
    r"(?<![\w.,-])(\d{1,2}|[a-z]+) (?:of your |of our |your |our |the |further |other |ihrer |unserer |de vos |de nos |de sus |de "
    r"nuestras )?(?:(?:open|outstanding|overdue|unpaid|following|offenen?|uberfalligen?|falligen?|folgenden?|unbezahlten?|ausstehenden?)\s){0,2}\Z"
)


def counted(draft: Draft, text: Text) -> Iterator[Finding]:
    """ "Your three open invoices" must be a number of invoices that is true."""
    if text.vocabulary.isdisjoint(("invoices", "rechnungen", "factures", "facturas")):
        return
    for noun in _PLURAL.finditer(text.plain):
        match = _COUNT.search(text.plain, max(0, noun.start() - 60), noun.start())
        if match is None:
            continue
        number = small(match[1], text.languages)
        if number is None or number < 2:
            continue
        facts = draft.facts
        late = sum(1 for i in facts.invoices if (i.days_overdue(facts.as_of) or 0) > 0)
        opened = sum(1 for i in facts.invoices if i.open)
        undisputed = sum(1 for i in facts.invoices if i.number not in facts.disputed and i.open)
        spoken = set() if _ONLY.search(text.plain, *text.segments[text.segment_at(noun.start())]) else _spoken(text, noun.start())
        if number not in {len(facts.invoices), late, opened, undisputed, *spoken} and not _of_some(text, match, noun, number < len(facts.invoices)):
            yield text.finding("G06", "contradicts_facts", BLOCK, match.start(), noun.end(), "the account has another number of open invoices", fact=str(opened))


# "Only two are open" speaks of the account, whatever is named.
_ONLY = re.compile(r"\b(?:only|just|nur|lediglich|seulement|ne .{0,30} que|solo|solamente|unicamente)\b")


def _spoken(text: Text, position: int) -> set[int]:
    """How many invoices the text names, and how many the sentence at ``position`` does."""
    named = [i for i in text.items if i.kind == "ref" and i.ref.kind == "invoice"]
    seg = text.segment_at(position)
    return {len({i.ref.name for i in named}), len({i.ref.name for i in named if i.seg == seg})}


_STATE_SAID = re.compile(r"open|outstanding|overdue|unpaid|offen|uberfallig|fallig|unbezahlt|ausstehend")
_STATE_BEHIND = re.compile(
    r"(?: \w+){0,3}? (?:open|outstanding|overdue|unpaid|due|offen\w*|uberfallig\w*|fallig\w*|unbezahlt\w*|ausstehend\w*|ouvertes?|impayees?|echues?|en retard|abiertas?|pendientes?|vencidas?|impagadas?)\b"
)
_SUPERLATIVE = re.compile(r" (?:les plus|mas) \w+|\W+(?:the )?(?:oldest|older)")


def _of_some(text: Text, match: re.Match[str], noun: re.Match[str], fewer: bool) -> bool:
    """ "In April we sent you two invoices", "the two oldest invoices": some of them, and nothing is said of how many are open."""
    if not fewer or _STATE_SAID.search(match.group()):
        return False
    end = text.segments[text.segment_at(noun.start())][1]
    return not _STATE_BEHIND.match(text.plain, noun.end(), end) or bool(_SUPERLATIVE.match(text.plain, noun.end(), end))


def small(word: str, languages: tuple[str, ...]) -> int | None:
    """The number a word or one or two digits stand for."""
    if word.isdecimal():
        return int(word)
    return next((value for code in languages if (value := NUMBER_WORDS[code].get(word)) is not None), None)
