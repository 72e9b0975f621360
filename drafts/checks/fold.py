"""A normalised copy of a text beside the stored one, with a way back to the stored offsets.

Three views of one text: ``raw`` (stored bytes, never changed), ``folded`` (typographic variants made plain, invisible characters gone,
look-alike letters replaced) and ``plain`` (folded, lower case, without accents). ``folded`` and ``plain`` have the same length; ``back``
maps their offsets to ``raw`` and is None when nothing moved, which is the usual case and costs almost nothing.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from governance.hidden import is_invisible

from .confusables import CONFUSABLE

_ASCII = frozenset(map(chr, range(32, 127))) | {"\n", "\t"}
_SPACES = "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_APOSTROPHES = "\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4\u0060\uff07"
_QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u2033"

# One character in, one character out: these never move an offset.
SAME: dict[str, str] = {
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(_APOSTROPHES, "'"),
    **dict.fromkeys(_QUOTES, '"'),
    "\r": " ",
    "\x0b": " ",
    "\x0c": " ",
    "\u2028": "\n",
    "\u2029": "\n",
    "\u0085": "\n",
}
_KEEP = frozenset(chr(c) for c in range(0xA1, 0x180) if chr(c) != "\u00ad" and unicodedata.category(chr(c)) != "Cc") | frozenset(
    "\u2022\u2026\u20ac\u20a4\u20b9\u20ba\u20bd\u20a9\u20aa\u20b1\u2116\u2122\u2192\u2190\u00b7\u2013\u25cf\u25aa\u2500\u2502\u2713\u2705"
)
_SIMPLE = _ASCII | frozenset(SAME) | _KEEP
_SUPERSCRIPT_ORDINALS = {"º": "o", "ª": "a", "ß": "s", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "ı": "i", "æ": "a", "œ": "o"}


def _unaccent(char: str) -> str:
    base = unicodedata.normalize("NFD", char.lower())[0]
    base = _SUPERSCRIPT_ORDINALS.get(base, base)
    return base if len(base) == 1 else char


@dataclass(frozen=True, slots=True)
class Folded:
    """The three views of a text; ``span(start, end)`` leads from folded offsets to offsets in ``raw``."""

    raw: str
    folded: str
    plain: str
    back: tuple[int, ...] | None
    odd: frozenset[str]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the stored text of the folded characters ``start``…``end`` (end exclusive)."""
        if self.back is None or start < 0:
            return start, end
        if end <= start:
            at = self.back[start] if start < len(self.back) else len(self.raw)  # nothing visible is left at the end of the text
            return at, at
        return self.back[start], self.back[end - 1] + 1


def _fold_slowly(raw: str) -> tuple[str, tuple[int, ...]]:
    """Character by character: NFKC, invisible characters out, look-alikes to Latin; keeps where each character came from."""
    out: list[str] = []
    back: list[int] = []
    for position, char in enumerate(raw):
        if char in _ASCII or char in _KEEP:
            replacement = char
        elif char in SAME:
            replacement = SAME[char]
        elif is_invisible(char) or unicodedata.category(char) == "Mn":
            continue
        else:
            replacement = CONFUSABLE.get(char) or "".join(CONFUSABLE.get(c, c) for c in unicodedata.normalize("NFKC", char))
        for piece in replacement:
            out.append(piece if piece.lower() == piece or len(piece.lower()) == 1 else "?")
            back.append(position)
    return "".join(out), tuple(back)


def fold(raw: str) -> Folded:
    """Fold ``raw``; linear in its length, with a fast path for texts of ordinary Latin characters."""
    if raw.isascii() and "\r" not in raw and "`" not in raw:
        return Folded(raw, raw, raw.lower(), None, frozenset())
    odd = frozenset(raw).difference(_ASCII) | (frozenset("`") if "`" in raw else frozenset())
    back: tuple[int, ...] | None = None
    folded = raw
    if odd <= _SIMPLE:
        for char in odd:
            if char in SAME:
                folded = folded.replace(char, SAME[char])
    else:
        folded, back = _fold_slowly(raw)
    plain = folded
    for char in frozenset(folded).difference(_ASCII):
        plain = plain.replace(char, _unaccent(char))
    return Folded(raw, folded, plain.lower(), back, odd)
