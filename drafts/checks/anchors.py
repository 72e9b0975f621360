"""Which pattern can match a sentence at all, from its words alone; regular expressions run only on what is left.

Every element of a pattern (``service|access|account*``) is numbered. A word leads to the elements it can stand for; a pattern is tried on a
sentence only when each of its telling elements (those without small words) has a word there. Memoised per word, so that the common words
of letters cost one dictionary look-up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from .lexicon.basics import STOPWORDS
from .packs import PACKS, Pattern, elements_of_line, expand, plain_forms

_SMALL = frozenset(word for code in PACKS for word in STOPWORDS[code].split())
_PIECES = re.compile(r"[^\W\d_]+\*?|\*[^\W\d_]+\*?")


class Index:
    """Elements and patterns of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.classes: dict[str, str] = PACKS[language].classes
        self._numbers: dict[str, int] = {}
        self.telling: dict[int, bool] = {}
        self.exact: dict[str, set[int]] = {}
        self.prefix: dict[str, set[int]] = {}
        self.suffix: dict[str, set[int]] = {}
        self.inside: dict[str, set[int]] = {}
        self.by_anchor: dict[int, list[Pattern]] = {}
        for rule, lines in PACKS[language].rules.items():
            for line in lines:
                self._register(Pattern(language, rule, line))
        self._passes = {rule: [self._pass(rule, line) for line in lines] for rule, lines in PACKS[language].passes.items()}
        self._words: dict[str, frozenset[int]] = {}

    def _numbered(self, source: str) -> list[tuple[int, bool]]:
        parts = [part for part in elements_of_line(source) if not part.startswith("?")]
        return [(number, part.startswith("!")) for part in parts if (number := self._element(part.lstrip("!"))) is not None]

    def _pass(self, rule: str, line: str) -> Pattern:
        pattern = Pattern(self.language, rule, line)
        pattern.needs = frozenset(number for number, _ in self._numbered(line))
        return pattern

    def passes(self, rule: str, words: Iterable[str]) -> list[Pattern]:
        """Innocent readings of ``rule`` of which every element has a word among ``words``."""
        tries = self._passes.get("promise" if rule == "modal" else rule)
        if not tries:
            return []
        present: set[int] = set().union(*map(self.elements, words))
        return [pattern for pattern in tries if pattern.needs <= present]

    def _register(self, pattern: Pattern) -> None:
        numbers = self._numbered(pattern.source)
        telling = [number for number, _ in numbers if self.telling[number]]
        marked = [number for number, mark in numbers if mark]
        anchors = [n for n in marked if n in telling] or telling or marked or [number for number, _ in numbers]
        if not anchors:
            raise ValueError(f"a pattern needs a word as its anchor: {pattern.source}")
        pattern.needs = frozenset(telling) | {anchors[0]}
        self.by_anchor.setdefault(anchors[0], []).append(pattern)

    def _element(self, element: str) -> int | None:
        """Number of an element; None when a figure or any word can stand for it."""
        words = expand(element, self.classes)
        keys = [self._key(word) for word in words]
        if not words or None in keys:
            return None
        number = self._numbers.get(element)
        if number is None:
            number = self._numbers[element] = len(self._numbers)
            self.telling[number] = not any(key in _SMALL for key in keys)
            for key in keys:
                self._file(str(key), number)
        return number

    def _key(self, word: str) -> str | None:
        """The longest word of an alternative (``payment`` of ``late_payment``), with its stars; None when it has no letters."""
        if word in {"#", "%", "$", "*"}:
            return None
        pieces = _PIECES.findall(word.replace("_", " ").replace("'", " ").replace("-", " "))
        whole = [piece for piece in pieces if piece.strip("*")]
        return max(whole, key=lambda piece: (not piece.startswith("*"), len(piece.strip("*")))) if whole else None

    def _file(self, key: str, number: int) -> None:
        table = self.exact
        if key.startswith("*"):
            table = self.inside if key.endswith("*") else self.suffix
        elif key.endswith("*"):
            table = self.prefix
        for form in plain_forms(key.strip("*")):
            table.setdefault(form, set()).add(number)

    def elements(self, word: str) -> frozenset[int]:
        """Elements a plain word can stand for."""
        found = self._words.get(word)
        if found is None:
            if len(self._words) > 50_000:
                self._words.clear()
            collected: set[int] = set(self.exact.get(word, ()))
            for size in range(1, len(word) + 1):
                collected |= self.prefix.get(word[:size], frozenset()) | self.suffix.get(word[-size:], frozenset())
            for piece, numbers in self.inside.items():
                if piece in word:
                    collected |= numbers
            found = self._words[word] = frozenset(collected)
        return found

    def candidates(self, words: Iterable[str]) -> list[Pattern]:
        """Patterns of which every telling element has a word among ``words``."""
        known = self._words
        present: set[int] = set()
        present.update(*[known.get(word) or self.elements(word) for word in words])
        found: list[Pattern] = []
        for number in present & self.by_anchor.keys():
            found += [pattern for pattern in self.by_anchor[number] if pattern.needs <= present]
        return found


@lru_cache(maxsize=8)
def index(language: str) -> Index:
    """The index of a pack, built on first use."""
    return Index(language)
