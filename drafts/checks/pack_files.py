"""Reading the rule packs: one text file per language, in sections.

``== class pay``, ``== rule legal``, ``== pass legal``, ``== negation`` …; a line that begins with two semicolons is a comment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).with_name("lexicon")
COMMENT = ";;"
TABLES = ("negation", "negation_void", "condition", "proviso", "boundary")


@dataclass(slots=True)
class Pack:
    """Word classes, rules, innocent readings and plain tables of one language; every list holds pattern lines."""

    classes: dict[str, str] = field(default_factory=dict)
    rules: dict[str, list[str]] = field(default_factory=dict)
    passes: dict[str, list[str]] = field(default_factory=dict)
    tables: dict[str, list[str]] = field(default_factory=dict)


def read_pack(language: str) -> Pack:
    """The pack of ``language``; raises ``ValueError`` for a section nobody reads."""
    pack, lines = Pack(), []
    for raw in _lines(FOLDER / f"{language}.txt"):
        if raw.startswith("=="):
            lines = _section(pack, raw[2:].split())
        else:
            lines.append(raw)
    pack.classes = {name: " ".join(words) for name, words in pack.classes.items()}
    return pack


def _section(pack: Pack, heading: list[str]) -> list[str]:
    kinds: dict[str, dict[str, list[str]]] = {"class": pack.classes, "rule": pack.rules, "pass": pack.passes}  # type: ignore[dict-item]
    if len(heading) == 2 and heading[0] in kinds:
        return kinds[heading[0]].setdefault(heading[1], [])
    if len(heading) == 1 and heading[0] in TABLES:
        return pack.tables.setdefault(heading[0], [])
    raise ValueError(f"unknown section of a rule pack: {' '.join(heading)}")


def read_words(language: str) -> frozenset[str]:
    """The everyday words of ``language``."""
    return frozenset(word for line in _lines(FOLDER / f"everyday.{language}.txt") for word in line.split())


def _lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(COMMENT)]
