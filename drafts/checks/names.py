"""G05: the greeting is the contact on record; no other company or person is named; the sender signs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from .base import BLOCK, WARN, CheckInput, Finding
from .facts import Facts, simple
from .greeting import greeting_findings
from .lexicon.basics import LANGUAGES, MONTHS, WEEKDAYS
from .lexicon.people import CAPITALISED, COMPANY_WORDS, GENERIC, ROLE_WORDS, TITLES
from .name_patterns import BEFORE_FORM, CONTEXTS, FORMS, LEGAL_FORM, NAMES, PAIR_HINT, PLACE_AFTER, PLACE_FIRST, PLACE_LAST, PLACE_NEAR
from .pack_files import read_words
from .signature import signature_findings
from .text import Draft, parsed
from .words import LANGUAGE_SHIFT, mask_of

_ALLOWED = GENERIC | ROLE_WORDS | COMPANY_WORDS | TITLES
_NO_NAMES = frozenset(MONTHS) | frozenset(WEEKDAYS) | frozenset(CAPITALISED.split())
_EVERYDAY = {language: read_words(language) for language in LANGUAGES}
_ENDING = 3
_STEM = 4
_OWES = re.compile(r"\W+(?:\w+ ){0,2}?(?:owes?|schuldet|schulden|doit|debe|adeuda)\b")
_POLITE = re.compile(r"\b(?:Ihr\w*|Sie|Ihnen|Du|Dein\w*|Euch|Euer\w*)\b")


@lru_cache(maxsize=20_000)
def _ordinary(word: str, languages: tuple[str, ...]) -> bool:
    """True for a word of ordinary letters, told by its stem; an ending of up to three letters is free."""
    if mask_of(word) >> LANGUAGE_SHIFT or word in _NO_NAMES:
        return True
    sizes = range(max(_STEM, len(word) - _ENDING), len(word) + 1)
    return any(word[:size] in _EVERYDAY[language] for language in languages for size in sizes)


def _unknown_tokens(name: str, facts: Facts) -> list[str]:
    tokens = re.findall(r"[^\W\d_]+", simple(re.sub(r"\S*\d\S*", " ", name)))
    return [token for token in tokens if token not in facts.name_tokens and token not in _ALLOWED and len(token) > 1 and not mask_of(token) >> LANGUAGE_SHIFT]


class NameJudge:
    """Judges greeting, names and signature of the body."""

    def __init__(self, draft: Draft) -> None:
        self.text, self.facts, self.inp = draft.body, draft.facts, draft.inp
        self.seen: list[tuple[int, int]] = []

    def findings(self) -> Iterator[Finding]:
        yield from greeting_findings(self.text, self.facts)
        yield from self._other_names()
        folded = self.text.folded
        for form in LEGAL_FORM.finditer(folded) if not self.text.vocabulary.isdisjoint(FORMS) else ():
            before = BEFORE_FORM.search(folded, max(0, form.start() - 60), form.start() + 1)
            if before:
                yield from self._name(before.start(1), form.end())
        for kind, pattern, words in CONTEXTS:
            if self._worth(words):
                for match in pattern.finditer(folded):
                    group = match.lastindex or 1
                    if kind != "debtor" or self._debtor(*match.span(group)):
                        yield from self._name(*match.span(group))
        yield from self._pairs()
        yield from signature_findings(self.text, self.facts)

    def _worth(self, signs: tuple[str, ...] | frozenset[str]) -> bool:
        """Cheap signs that a context can occur: a phrase, or a word."""
        if isinstance(signs, tuple):
            return any(sign in self.text.plain for sign in signs)
        return not self.text.vocabulary.isdisjoint(signs)

    def _other_names(self) -> Iterator[Finding]:
        for name in self.inp.facts.get("other_names") or ():
            for match in re.finditer(rf"(?<!\w){re.escape(simple(str(name)))}(?!\w)", self.text.plain):
                yield self.text.finding("G05", "wrong_recipient", BLOCK, match.start(), match.end(), "a name of another account of ours")

    def _name(self, start: int, end: int, severity: str = BLOCK) -> Iterator[Finding]:
        name = self.text.folded[start:end]
        if any(left < end and start < right for left, right in self.seen):
            return
        if _unknown_tokens(name, self.facts) and re.search(r"\w", name):
            self.seen.append((start, end))
            why = "a person or company that is not on record for this account"
            yield self.text.finding("G05", "wrong_recipient", severity, start, start + len(name.rstrip()), why)

    def _debtor(self, start: int, end: int) -> bool:
        """Two words that are no ordinary ones in the place of the one who owes; in a sentence that names an invoice."""
        name = self.text.folded[start:end]
        tokens = [token for token in _unknown_tokens(name, self.facts) if not _ordinary(token, self.text.languages)]
        seg = self.text.segment_at(start)
        named = any(item.kind == "ref" for item in self.text.by_segment.get(seg, ())) or self.text.plain.startswith((" account", " balance"), end)
        german = "de" in self.text.languages
        least = 1 if _OWES.match(self.text.plain, end) or (not german and len(name.split()) > 1) else 2
        if german and _POLITE.search(name):
            return False  # "für Lizenzen Ihrer Leitstelle": capitals of grammar
        return named and len(tokens) >= least and not self._place(start, end)

    def _place(self, start: int, end: int) -> bool:
        words = simple(self.text.folded[start:end]).split()
        if words[-1] in PLACE_LAST or words[0] in PLACE_FIRST:
            return True
        plain = self.text.plain
        return bool(PLACE_NEAR.search(plain, max(0, start - 30), start) or PLACE_AFTER.match(plain, end))

    def _pairs(self) -> Iterator[Finding]:
        """Two capitalised words in a row of which nothing is known: a name, outside German, where every noun has a capital."""
        folded = self.text.folded
        if "de" in self.text.languages or not PAIR_HINT.search(folded):
            return
        for match in NAMES.finditer(folded):
            start, end = match.span()
            if self._own_line(start):
                later = NAMES.match(folded, folded.find(" ", start) + 1)  # "For Oakridge Freight …"
                if later is None or later.end() != end:
                    continue
                start = later.start()
            if self._stranger_pair(folded[start:end]) and not self._place(start, end):
                yield from self._name(start, end, BLOCK if self._of_the_debt(start) else WARN)

    def _of_the_debt(self, start: int) -> bool:
        """The sentence speaks of an invoice or an amount: without one, two capitals are a feast, a fair, a product."""
        return any(item.kind in {"ref", "money"} for item in self.text.by_segment.get(self.text.segment_at(start), ()))

    def _own_line(self, start: int) -> bool:
        """A heading, a greeting or a signature: judged elsewhere. Two capitals at the beginning of a line are one word of a sentence."""
        return start == 0 or self.text.folded[start - 1] in "\n\t" or self.text.folded[max(0, start - 2) : start] == "- "

    def _stranger_pair(self, name: str) -> bool:
        capitals = [simple(word) for word in re.findall(r"[^\W\d_]+", name) if word[0].isupper()]
        left = [token for token in _unknown_tokens(name, self.facts) if token in capitals and not _ordinary(token, self.text.languages)]
        return len(left) >= 2 and len(left) >= len(capitals) - 1


def check_recipient(inp: CheckInput) -> Iterable[Finding]:
    """G05 over the body (a subject greets nobody)."""
    yield from NameJudge(parsed(inp)).findings()
