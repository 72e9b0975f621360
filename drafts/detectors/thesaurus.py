"""The thesaurus of dunning language: which of some eighty meanings the words of a sentence carry.

One file per language in ``meanings``: ``== TAG`` and entries separated by white space. ``word*`` any ending, ``*word*`` inside compounds,
``a_b`` words in a row, each with its own ``*``. Tags are shared by all languages, so that what was learned of one serves the others.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

FOLDER = Path(__file__).with_name("meanings")
LANGUAGES = ("en", "de", "fr", "es")
COMMENT = ";;"
_LETTERS = str.maketrans({"ß": "s", "œ": "oe", "æ": "ae", "'": "_", "’": "_", "-": "_"})
_SHORTEST = 3  # letters before an open ending; anything shorter catches other words


@dataclass(slots=True)
class Thesaurus:
    """Tags by whole word, by beginning, by part, and by the first word of an expression."""

    exact: dict[str, set[str]] = field(default_factory=dict)
    prefix: dict[str, set[str]] = field(default_factory=dict)
    inside: dict[str, set[str]] = field(default_factory=dict)
    runs: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    open_runs: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)

    def add(self, entry: str, tag: str) -> None:
        """File one entry under ``tag``."""
        parts = tuple(part for part in entry.split("_") if part.strip("*"))
        if len(parts) > 1:
            shelf = self.open_runs if parts[0].endswith("*") else self.runs
            shelf.setdefault(parts[0].strip("*"), []).append((parts, tag))
            return
        word = parts[0] if parts else ""
        body = word.strip("*")
        if word.startswith("*"):
            self.inside.setdefault(body, set()).add(tag)
        elif word.endswith("*") and len(body) >= _SHORTEST:
            self.prefix.setdefault(body, set()).add(tag)
        elif body:
            self.exact.setdefault(body, set()).add(tag)


def _plain(entry: str) -> str:
    """Lower case without accents: the form of the words looked up."""
    spread = unicodedata.normalize("NFKD", entry.lower().translate(_LETTERS))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


@cache
def thesaurus(language: str) -> Thesaurus:
    """The thesaurus of ``language``, read once."""
    found, tag = Thesaurus(), ""
    for line in (FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(COMMENT):
            continue
        if line.startswith("=="):
            tag = line[2:].strip()
            continue
        for entry in line.split():
            found.add(_plain(entry), tag)
    return found


@lru_cache(maxsize=50_000)
def word_tags(word: str, language: str) -> frozenset[str]:
    """The tags of one folded word."""
    book = thesaurus(language)
    found = set(book.exact.get(word, ()))
    for size in range(_SHORTEST, len(word) + 1):
        found |= book.prefix.get(word[:size], set())
    if len(word) > 5:
        for start in range(1, len(word) - 3):
            for end in range(start + 4, len(word) + 1):
                found |= book.inside.get(word[start:end], set())
    return frozenset(found | book.inside.get(word, set()))


@lru_cache(maxsize=20_000)
def _openings(word: str, language: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    book = thesaurus(language)
    found = list(book.runs.get(word, ()))
    for size in range(_SHORTEST, len(word) + 1):
        found += book.open_runs.get(word[:size], ())
    return tuple(found)


def _meets(part: str, word: str) -> bool:
    body = part.strip("*")
    if part.startswith("*"):
        return body in word
    return word.startswith(body) if part.endswith("*") else word == body


def tags_of(words: list[str], language: str) -> list[frozenset[str]]:
    """The tags of each word of a sentence, those of expressions put on their first word."""
    tags = [word_tags(word, language) for word in words]
    for start, word in enumerate(words):
        for parts, tag in _openings(word, language):
            rest = words[start + 1 : start + len(parts)]
            if len(rest) == len(parts) - 1 and all(map(_meets, parts[1:], rest)):
                tags[start] = tags[start] | {tag}
    return tags


_REACH = 4
_NEGATION_REACH = 3


def meanings(tags: Sequence[frozenset[str]], together: bool = True) -> Iterator[str]:
    """The tags of a sentence as features: each (``T:STOP``), denied (``T!STOP``), and pairs in order within four words (``T:STOP>SUPPLY``);
    with ``together`` also every two that occur anywhere (``T:STOP&SUPPLY``)."""
    for place, here in enumerate(tags):
        yield from ("T:" + tag for tag in here)
        if not here:
            continue
        denied = any("NEG" in tags[before] for before in range(max(0, place - _NEGATION_REACH), place))
        if denied:
            yield from ("T!" + tag for tag in here)
        for after in range(place, min(len(tags), place + _REACH + 1)):
            yield from (f"T:{one}>{two}" for one in here for two in tags[after] if one != two or after > place)
    every = sorted(set().union(*tags)) if tags and together else []
    yield from (f"T:{one}&{two}" for number, one in enumerate(every) for two in every[number + 1 :])


@lru_cache(maxsize=20_000)
def meanings_in_any(words: tuple[str, ...]) -> frozenset[str]:
    """The meanings of a sentence in the language whose thesaurus knows most of its words; for texts of unknown language."""
    tagged = [tags_of(list(words), language) for language in LANGUAGES]
    return frozenset(meanings(max(tagged, key=lambda tags: sum(map(bool, tags))), together=False))
