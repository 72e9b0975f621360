"""The signature of G05: who signs is the sender of the facts, a role or a department, not somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .base import BLOCK, Finding
from .facts import Facts, simple
from .lexicon.people import CLOSERS, COMPANY_WORDS, GENERIC, ROLE_WORDS, TITLES
from .name_patterns import PLACE_FIRST, PLACE_LAST
from .text import Text

_LINES = 9
_LONG = 72
_PARTS = re.compile(r"\s*(?:[|,•·;]|\s[-/]\s|\t| {3,})\s*")
_JOINT = re.compile(r" [|·•] ")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_PARTICLE = frozenset("de del della van von der den la le du di da zu y e bin al el".split())
_AFTERWORD = re.compile(r"(?:p\.? ?-?s\.?|n\.?b\.?)[:. ]")
_OFFICE = re.compile(r"\w*(?:abteilung|buchhaltung|wesen|management|leit\w+|team|service|receivabl\w*|zentrale|betreuung|cobr\w+|cartera|comptab\w+|recouvrement|contab\w+|finan\w+)$")
_OWN = frozenset("ihr ihre your votre su vuestro dein euer i im a auftrag on behalf pp ppa fur".split())


def signature_findings(text: Text, facts: Facts) -> Iterator[Finding]:
    """The first name of the closing lines, when it is nobody on record."""
    sender = facts.raw.get("sender") or {}
    person = _tokens(str(sender.get("name") or "")) | _tokens(str(sender.get("title") or ""))
    own = frozenset(token for value in sender.values() if value for token in _tokens(str(value))) | person
    company = False
    for start, line in _closing_lines(text):
        small = sum(word[0].islower() and simple(word) not in _PARTICLE for word in _WORD.findall(line))
        if small > 2 or line.rstrip().endswith(":") or any(item.kind in {"money", "ref", "date"} and start <= item.start < start + len(line) for item in text.items):
            continue
        for verdict in _names(start, line, person, own):
            if verdict == "sender":
                return
            if isinstance(verdict, str):
                company = True
            elif not company or _full(text.folded[slice(*verdict)]):
                why = "the signature is not the sender on record"
                yield text.finding("G05", "wrong_recipient", BLOCK, *verdict, why, fact=str(sender.get("name") or ""))
                return


def _tokens(value: str) -> frozenset[str]:
    return frozenset(token for token in re.findall(r"[^\W\d_]+", simple(value)) if len(token) > 1 and token not in _PARTICLE)


def _full(name: str) -> bool:
    """First and last name; one word behind the company is a town."""
    words = _WORD.findall(name)
    return len(words) > 1 and simple(words[0]) not in PLACE_FIRST and simple(words[-1]) not in PLACE_LAST


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
        prose = len(bare) > (_LONG if not _JOINT.search(bare) else 2 * _LONG) or bare.endswith("?") or (small > 5) or (bare.endswith(".") and small > 3)
        if prose or len(found) >= _LINES:
            break
        found.append((start, line))
    return found[::-1] if len(found) < len([line for _, line in lines if line.strip()]) else []


def _names(start: int, line: str, person: frozenset[str], own: frozenset[str]) -> Iterator[str | tuple[int, int]]:
    """What the parts of a line name: "sender", "company", or the span of a stranger's name."""
    position = 0
    for part in _PARTS.split(line):
        at = line.find(part, position)
        position = at + len(part)
        words = _WORD.findall(part)
        plain = [simple(word) for word in words]
        while plain and (plain[0] in TITLES or plain[0] in _OWN):
            plain, words = plain[1:], words[1:]
        if not words or any(char.isdigit() for char in part) or "@" in part or all(word in CLOSERS for word in plain):
            continue
        tokens = frozenset().union(*map(_tokens, plain))
        if tokens & person:
            yield "sender"
        elif tokens & own:
            yield "company"
        elif len(words) > 4 or any(map(_no_name, words, plain)):
            return
        elif any(len(word) > 2 for word in plain):
            yield start + at, start + position


def _no_name(word: str, plain: str) -> bool:
    """A small letter at the beginning, a closing, a role, a department: no part of a name."""
    if word[0].islower():
        return plain not in _PARTICLE
    known = plain in CLOSERS or plain in ROLE_WORDS or plain in GENERIC or plain in COMPANY_WORDS - _PARTICLE
    return known or bool(_OFFICE.match(plain))
