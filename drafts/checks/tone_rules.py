"""Tone rules of the installation: words and phrases under change control, looked for beside the built-in patterns of G20."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from .base import Finding
from .facts import simple
from .text import Draft

LABEL = "rude"


@lru_cache(maxsize=512)
def pattern_of(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    """The phrases as one pattern over the plain form of a text; ``*`` stands for the rest of a word. None when there are none."""
    parts = [part for phrase in phrases if (part := _part(phrase))]
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(parts, key=len, reverse=True))})(?!\w)") if parts else None


def _part(phrase: str) -> str:
    words = [re.escape(simple(word)).replace(r"\*", r"\w{0,30}") for word in phrase.split()]
    return r"\s+".join(words)


def find(rules: Iterable[Mapping[str, Any]], draft: Draft) -> Iterator[Finding]:
    """Each place where a rule in force for the language of the text finds a phrase; the finding names rule and version."""
    for rule in rules:
        pattern = pattern_of(tuple(rule["phrases"]))
        if pattern is None or (rule["language"] and rule["language"] not in draft.body.languages):
            continue
        for text in draft.texts:
            for match in pattern.finditer(text.plain):
                yield text.finding("G20", LABEL, rule["severity"], *match.span(), f"{rule['why']} (tone rule {rule['name']})")


def fires(phrases: Iterable[str], example: str) -> bool:
    """True when the phrases find something in an example."""
    pattern = pattern_of(tuple(phrases))
    return pattern is not None and pattern.search(simple(example)) is not None
