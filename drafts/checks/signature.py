"""The signature of G05: who signs is the sender of the facts, a role or a department, not somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .base import BLOCK, Finding
from .facts import Facts, simple
from .lexicon.people import CLOSERS, COMPANY_WORDS, GENERIC, ROLE_WORDS, TITLES
from .text import Text

_LINES = 9
_LONG = 72
_PARTS = re.compile(r"\s*(?:[|,•·;]|\s[-/]\s|\t| {3,})\s*")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_PARTICLE = frozenset("de del della van von der den la le du di da zu y e bin al el".split())
_AFTERWORD = re.compile(r"(?:p\.? ?-?s\.?|n\.?b\.?)[:. ]")
_OFFICE = re.compile(r"\w*(?:abteilung|buchhaltung|wesen|management|leit\w+|team|service|receivabl\w*|zentrale|betreuung|cobr\w+|cartera|comptab\w+|recouvrement|contab\w+|finan\w+)$")
_OWN = frozenset("ihr ihre your votre su vuestro dein euer i im a auftrag on behalf pp ppa fur".split())


def signature_findings(text: Text, facts: Facts) -> Iterator[Finding]:
    """The first name of the closing lines, when it is nobody on record."""
    for start, line in _closing_lines(text):
        small = sum(word[0].islower() and simple(word) not in _PARTICLE for word in _WORD.findall(line))
        if any(char.isdigit() for char in line) or "@" in line or small > 2:
            continue
        verdict = _first_name(text, facts, start, line)
        if verdict == (0, 0):
            return
        if verdict is not None:
            why = "the signature is not the sender on record"
            sender = str((facts.raw.get("sender") or {}).get("name") or "")
            yield text.finding("G05", "wrong_recipient", BLOCK, *verdict, why, fact=sender)
            return


def _closing_lines(text: Text) -> list[tuple[int, str]]:
    """(offset, line) of the short lines at the end, after the last line of prose; a postscript is left out."""
    lines: list[tuple[int, str]] = []
    position = 0
    for line in text.folded.split("\n"):
        lines.append((position, line))
        position += len(line) + 1
    for index, (_, line) in enumerate(lines):
        if index and _AFTERWORD.match(line.lower()):
            lines = lines[:index]
            break
    found: list[tuple[int, str]] = []
    for start, line in reversed(lines):
        bare = line.strip()
        if not bare:
            continue
        small = sum(word[0].islower() for word in _WORD.findall(bare))
        prose = len(bare) > _LONG or bare.endswith("?") or (small > 5) or (bare.endswith(".") and small > 3)
        if prose or len(found) >= _LINES:
            break
        found.append((start, line))
    return found[::-1] if len(found) < len([line for _, line in lines if line.strip()]) else []


def _first_name(text: Text, facts: Facts, start: int, line: str) -> tuple[int, int] | None:
    """Span of a stranger's name in ``line``; (0, 0) when the line names the sender; None when it names nobody."""
    position = 0
    for part in _PARTS.split(line):
        at = line.find(part, position)
        position = at + len(part)
        words = _WORD.findall(part)
        plain = [simple(word) for word in words]
        while plain and (plain[0] in TITLES or plain[0] in _OWN):
            plain, words = plain[1:], words[1:]
        if not words or all(word in CLOSERS for word in plain):
            continue
        if any(token in facts.name_tokens for word in plain for token in re.findall(r"[^\W\d_]+", word) if len(token) > 1 and token not in _PARTICLE):
            return 0, 0
        if any(word[0].islower() and simple(word) not in _PARTICLE for word in words) or len(words) > 4:
            return None
        if any(word in CLOSERS or word in ROLE_WORDS or word in GENERIC or word in COMPANY_WORDS - _PARTICLE or _OFFICE.match(word) for word in plain):
            return None
        if all(len(word) < 3 for word in plain):
            return None
        return start + at, start + position
    return None
