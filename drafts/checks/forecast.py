"""Who is said to do what in future.

A demand speaks of the future in few ways: the reader pays, answers, checks; the invoice is paid or released; a word from the reader would
help. Whatever else "will", "would", "could" happen (technicians come, mailboxes stop opening, tyres go flat) is often a promise or a threat
that no fact carries. So every future or conditional verb is looked at, and only the known harmless kinds pass; what is left is a sign for the
learned model, never a verdict.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from .lexicon import future

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d[\d.,]*|[,;:.?!()]")


def _near(tokens: list[tuple[str, int, int]], index: int, step: int, count: int, skip: frozenset[str]) -> list[str]:
    """Up to ``count`` words from ``index`` in one direction, inside the stretch between punctuation, adverbs skipped."""
    found: list[str] = []
    index += step
    while 0 <= index < len(tokens) and len(found) < count and tokens[index][0] not in ",;:.?!()":
        if tokens[index][0] not in skip:
            found.append(tokens[index][0])
        index += step
    return found


def _harmless(word: str, stems: tuple[str, ...]) -> bool:
    return word.startswith(stems) or f"{word}$" in stems


def _stretch(tokens: list[tuple[str, int, int]], index: int) -> list[str]:
    left = right = index
    while left > 0 and tokens[left - 1][0] not in ",;:.?!()":
        left -= 1
    while right + 1 < len(tokens) and tokens[right + 1][0] not in ",;:.?!()":
        right += 1
    return [token[0] for token in tokens[left : right + 1]]


def _english(tokens: list[tuple[str, int, int]], index: int) -> bool:
    """True when the modal at ``index`` says something no fact carries."""
    skip = future.EN_ADVERBS
    before, after = _near(tokens, index, -1, 4, skip), _near(tokens, index, 1, 6, skip)
    if not after:
        return False
    inverted = after[0] in future.EN_PRONOUNS and (not before or before[0] in future.EN_QUESTION)
    if inverted and after[0] in {"we", "i"}:
        return False  # the promise rule judges what we say of ourselves
    if inverted or (before and before[0] in {"we", "i"}):
        return False
    if before and before[0] in {"you", "they"}:
        return _harmless(after[0], future.EN_YOU_SUFFER)
    if before and (before[0] in future.EN_SUBJECTS or any(word in future.EN_SUBJECTS for word in before[:3])):
        return False
    verb = after[1] if after[0] in {"be", "have", "get", "been"} and len(after) > 1 else after[0]
    return not (_harmless(verb, future.EN_VERBS) or _harmless(after[0], future.EN_VERBS))


def _german(tokens: list[tuple[str, int, int]], index: int) -> bool:
    words = _stretch(tokens, index)
    before, after = _near(tokens, index, -1, 3, frozenset()), _near(tokens, index, 1, 3, frozenset())
    if any(word in future.DE_SUBJECTS for word in (*before[:2], *after[:2])) or "sie" in words or "wir" in words:
        return False
    if any(_harmless(word, future.DE_TOPICS) for word in words):
        return False
    return not any(_harmless(word, future.DE_VERBS) for word in words)


def _romance(tokens: list[tuple[str, int, int]], index: int, language: str) -> bool:
    table = future.ROMANCE[language]
    verb = tokens[index][0].split("'")[-1]
    if verb in table["not_verbs"] or _harmless(verb, table["verbs"]):
        return False
    words = _stretch(tokens, index)
    if verb.startswith(table["auxiliaries"]) and any(_harmless(word, table["participles"]) for word in words):
        return False
    before = _near(tokens, index, -1, 4, frozenset())
    if before and before[0].split("'")[-1] in table["subjects"]:
        return False
    return not any(_harmless(word.split("'")[-1], table["topics"]) for word in before)


_JUDGES: dict[str, Callable[[list[tuple[str, int, int]], int], bool]] = {
    "en": _english,
    "de": _german,
    "fr": lambda tokens, index: _romance(tokens, index, "fr"),
    "es": lambda tokens, index: _romance(tokens, index, "es"),
}


@lru_cache(maxsize=20_000)
def in_sentence(sentence: str, accented: str, languages: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Spans of such statements in one masked sentence; ``accented`` is its spelling with accents where the language needs them."""
    found: list[tuple[int, int]] = []
    tokens: list[tuple[str, int, int]] | None = None
    for language in languages:
        view = accented if language == "es" and len(accented) == len(sentence) else sentence
        for match in future.VERBS[language].finditer(view):
            tokens = tokens if tokens is not None else [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(sentence)]
            index = next((i for i, token in enumerate(tokens) if token[1] <= match.start() < token[2]), None)
            if index is not None and sentence[match.start() : match.end()].strip("xz") and _JUDGES[language](tokens, index):
                found.append(match.span())
    return tuple(found)
