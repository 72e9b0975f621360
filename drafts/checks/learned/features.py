"""What the learned model sees of one masked sentence: words, their tags and both in order, and what the rule packs say of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from drafts.detectors.thesaurus import meanings, tags_of

_TOKEN = re.compile(r"[a-z]+|\d+|[?%$€£!]")
_STEM = 5
_LONG = 9
NAME, FIGURE = "N", "0"
_SEAM = re.compile(
    r"[,;:()]| - | and (?=we|i |you|our|that)| und (?=wir|ich|sie|dass)| et (?=nous|je|vous|que)| y (?=nos|le|les|usted|que)| but | aber | mais "
    r"| pero | sino | otherwise| sonst| sinon"
)
# Purpose and condition say nothing by themselves: "damit wir ihn klären können" is no promise.
_SUBORDINATE = re.compile(r" *(?:damit|falls|wenn|ob|sofern|so that|if|whether|in case|afin|pour que|si|au cas|para que|por si|en caso)\b")
_LEAST_WORDS, _LONG_SENTENCE = 4, 10


def parts_of(sentence: str) -> list[str]:
    """A sentence and, when it is long, its stretches between commas and joining words: one clause can hide in a long decent sentence."""
    if len(sentence.split()) < _LONG_SENTENCE:
        return [sentence]
    parts = [part for part in _SEAM.split(sentence) if len(part.split()) >= _LEAST_WORDS and not _SUBORDINATE.match(part)]
    return [sentence, *parts] if parts != [sentence] else [sentence]


def tokens(sentence: str) -> list[str]:
    """Words of a folded, masked sentence; names are ``N`` and figures of any kind ``0``."""
    found: list[str] = []
    for token in _TOKEN.findall(sentence):
        if token[0].isdigit():
            token = FIGURE
        elif not token.strip("xz") and len(token) > 1:
            token = NAME
        if token not in (NAME, FIGURE) or found[-1:] != [token]:
            found.append(token)
    return found


def _words(words: list[str]) -> Iterator[str]:
    stems = [word[:_STEM] for word in words]
    yield from words
    yield from map("{} {}".format, words, words[1:])
    for gap in (1, 2, 3):
        yield from map("{}*{}*".format, stems, stems[gap:])
    for word, stem in zip(words, stems, strict=True):
        if len(word) > _STEM:
            yield stem + "*"
        if len(word) >= _LONG:
            yield from (f"c:{word[start : start + _STEM]}" for start in range(len(word) - _STEM + 1))
    yield "^" + " ".join(words[:1])
    yield "^" + " ".join(words[:2])


def word_features(sentence: str, languages: Iterable[str], question: bool) -> set[str]:
    """The features of a masked sentence that need no rules."""
    words = tokens(sentence)
    found = set(_words(words))
    for language in languages:
        found.update(meanings(tags_of(words, language)))
    if question:
        found.add("Q?")
    found.add(f"len:{min(len(words) // 5, 6)}")
    return found
