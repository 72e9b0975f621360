"""What the desk says, in the reader's language, at the edge where it is shown.

The rules, verbs and the record speak English and nothing else: a reason that is stored, hashed or compared never depends on who looked at
a page (docs/adr/0021). Pages hand each such sentence to ``said``. It finds the sentence in the catalogue, word for word or, where values
stand in it, by its fixed words, puts the values into the translation, and leaves alone what is not in it: names, what people typed and
what customers wrote. In English it does nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeData
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

from governance.language_formats import bent, dates_in_format, in_format

# Sentences with values are kept under this context in the catalogue, so that only they are matched by their fixed words.
CONTEXT = "sentence"
# Values that are somebody's own words: shown as they are, even when they happen to equal a word of the desk.
OWN_WORDS = frozenset({"quote", "body", "text", "typed", "comment", "note", "subject"})
PLACE = re.compile(r"%\((\w+)\)s")
# A sentence with fewer letters of its own than this takes numbers only; one that begins with a value, and has fewer than the second,
# takes there a number, a name of two words or a word of the desk: "%(n)s missing" is not everything somebody calls missing.
WEAK, WEAK_IN_FRONT = 4, 12
TAIL = re.compile(r"(?<=\S)[;,] (?=\S)")
COUNTED = re.compile(r"(?:(?P<before>\d[\d,.]*) (?P<thing>\D+)|(?P<what>\D+) (?P<after>\d[\d,]*(?:\.\d+)?))(?P<end>\.?)")
BRACKETED = re.compile(r"(?P<before>[^()]*\d[^()]*) \((?P<inside>[^()]+)\)")
OPENING = " \n“‘\"([→=·#×:/"
DATED = ("_on", "day", "until")
NUMBERED = ("_id", "pk", "number")
DATE = re.compile(r"\d{1,2} [A-Z][a-z]{2,8}\b|\d{4}-\d\d|\d\d:\d\d")
# How sentences are put together, from the widest to the narrowest joint.
COLON = re.compile(r"(:\s)")
JOINTS = (re.compile(r"(\n+)"), re.compile(r"((?<=[.!?])\s+)"), re.compile(r"(\s[·→+]\s|;\s)"), COLON, re.compile(r"(,\s|\sand\s|\sor\s)"))


def speaks_english() -> bool:
    """True while the active language is the source language: nothing has to be looked up."""
    return (get_language() or "en").startswith("en")


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence with values: how it is recognised and what it is in the language. ``needle`` stands in every such sentence."""

    fixed: int
    needle: str
    pattern: re.Pattern[str]
    places: tuple[str, ...]
    text: str
    front: bool

    def match(self, text: str) -> re.Match[str] | None:
        """The values, when ``text`` is this sentence. A sentence of hardly a word of its own takes short values or numbers only."""
        found = self.pattern.fullmatch(text) if self.needle in text else None
        if found is None:
            return None
        values = dict(zip(self.places, found.groups(), strict=True))
        if any((name == "at" or name.endswith(DATED)) and value and not DATE.search(value) for name, value in values.items()):
            return None
        if any(name.endswith(NUMBERED) and value and not any(char.isdigit() for char in value) for name, value in values.items()):
            return None
        front = found.group(1) if self.front and self.fixed < WEAK_IN_FRONT else ""
        if self.fixed < WEAK and not all(any(char.isdigit() for char in value) and len(value.split()) <= 3 for value in values.values() if value[:1] not in ("", " ")):
            others = [value for value in values.values() if value != front]
            plain = all(len(value.split()) <= 3 and "," not in value for value in others)
            return found if front and plain and _word(front) is not None else None
        return found if len(front.split()) <= 2 or front[:1].isdigit() or _word(front) is not None else None

    @property
    def rank(self) -> tuple[int, int, int, bool]:
        """The most fixed words first; of two alike the one that takes dates only."""
        return -self.fixed, len(self.places), -len(self.pattern.pattern), not any(name.endswith(DATED) for name in self.places)


def _form(msgid: str, text: str) -> Form:
    pieces = PLACE.split(msgid)
    literal = [piece.replace("%%", "%") for piece in pieces[::2]]
    names = tuple(pieces[1::2])
    source = ""
    for n, words in enumerate(literal):
        first = f"[{words[0].lower()}{words[0].upper()}]{re.escape(words[1:])}" if n == 0 and words[:1].isalpha() else re.escape(words)
        source += first + (_value_after(words, names[n], n == 0) if n < len(names) else "")
    end = r"\.?" if literal[-1] and not literal[-1].endswith(".") else ""
    fixed = sum(char.isalpha() for words in literal for char in words)
    needle = max([literal[0][1:], *literal[1:]], key=len)
    return Form(fixed, needle, re.compile(source + end, re.DOTALL), names, text, not literal[0])


def _value_after(words: str, name: str, first: bool) -> str:
    """A value after a space, a quotation mark or at the beginning is something; glued to a word or to another value it may be nothing."""
    if words[-1:] in OPENING if words else first:
        return "(.+?)"
    if name.startswith("quote"):
        return r"((?:[:;,]? ?“.*?”)?)"
    return r"((?:[\s,;:.(].*?)?)" if words else r"((?:(?:[,;.](?=\s)| \().*?)?)"


class Forms:
    """The sentences with values of one language, those with the most fixed words first, found by how they begin."""

    def __init__(self, language: str) -> None:
        self.by_beginning: dict[str, list[Form]] = {}
        for path in settings.LOCALE_PATHS:
            file = Path(path) / language / "LC_MESSAGES" / "django.mo"
            if file.exists():
                self._read(file)
        anywhere = self.by_beginning.pop("", [])
        for forms in self.by_beginning.values():
            forms.extend(anywhere)
            forms.sort(key=lambda form: form.rank)
        self.anywhere = sorted(anywhere, key=lambda form: form.rank)

    def _read(self, file: Path) -> None:
        mark = f"{CONTEXT}\x04"
        with file.open("rb") as content:
            entries: dict[Any, str] = GNUTranslations(content)._catalog  # type: ignore[attr-defined]  # the only way to list what it holds
        for key, text in entries.items():
            if isinstance(key, str) and key.startswith(mark):
                msgid = key.removeprefix(mark)
                begin = PLACE.split(msgid)[0].replace("%%", "%")[:3].lower()
                self.by_beginning.setdefault(begin if len(begin) == 3 else "", []).append(_form(msgid, text))

    def find(self, text: str) -> tuple[Form, re.Match[str]] | None:
        """The form ``text`` has, with its values."""
        for form in self.by_beginning.get(text[:3].lower(), self.anywhere):
            if found := form.match(text):
                return form, found
        return None


@lru_cache(maxsize=4)
def forms_of(language: str) -> Forms:
    """The sentences of a language, read once per process."""
    return Forms(language)


def said(value: Any) -> Any:
    """``value`` in the reader's language. Only text is looked at (and lists of text); everything else comes back as it is."""
    if speaks_english():
        return value
    if isinstance(value, (list, tuple)):
        return [said(item) for item in value]
    if not isinstance(value, str) or isinstance(value, SafeData) or not value.strip():
        return value
    return _said(str(value), get_language() or "en")


@lru_cache(maxsize=8192)
def _said(text: str, language: str) -> str:
    inner = text.strip()
    lead, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    found = _whole(inner, language)
    return lead + (_by_parts(inner, language) if found is None else found) + tail


def _whole(text: str, language: str) -> str | None:
    """The translation of a text that is one entry of the catalogue, a value with a format, or one sentence with values."""
    known = _word(text)
    if known is not None:
        return known
    formatted = in_format(text, language)
    if formatted is not None:
        return formatted
    put_together = _listed(text, language) or _counted(text, language)
    found = forms_of(language).find(text) if put_together is None else None
    if found is None:
        return put_together or _with_tail(text, language)
    form, match = found
    values = {name: _value(name, value, language) for name, value in zip(form.places, match.groups(), strict=True)}
    words = bent(form.text % values, language)
    if not any(is_own(name) for name in form.places):
        words = dates_in_format(words, language)
    if words.endswith(".."):
        words = words[:-1]
    if text.endswith(".") and not words.endswith((".", "!", "?")):
        words += "."
    return _as_begun(text, words)


def _word(text: str) -> str | None:
    """An entry without values, also where the desk began a sentence with it, went on after it, or ended it with a full stop."""
    tries: tuple[tuple[str, Callable[[str], str]], ...] = (
        (text, str),
        (text[:1].lower() + text[1:], capfirst),
        (capfirst(text), str),
    )
    for tried, finish in tries:
        if (words := gettext(tried)) != tried:
            return finish(words)
    if text.endswith("."):
        for tried, finish in tries:
            if (words := gettext(tried[:-1])) != tried[:-1]:
                return finish(words) + "."
    return None


def _as_begun(text: str, words: str) -> str:
    """A sentence that begins with a capital begins with one in every language."""
    return capfirst(words) if text[:1].isupper() else words


def is_own(place: str) -> bool:
    """True for a place that holds somebody's own words."""
    return place.rstrip("_0123456789") in OWN_WORDS


def _value(name: str, value: str, language: str) -> str:
    return value if is_own(name) else _said(value, language)


def _listed(text: str, language: str) -> str | None:
    """A list of entries, counted or not: "reviewer, finance approver", "stale 2, not configured 1"."""
    words = [_word(piece) or _counted(piece, language) for piece in text.split(", ")]
    return ", ".join(str(word) for word in words) if len(words) > 1 and None not in words else None


def _with_tail(text: str, language: str) -> str | None:
    """A text that ends with something the desk adds to sentences ("; no deputy", ", and 2 more"): both parts by themselves."""
    for found in TAIL.finditer(text):
        tail = text[found.start() :]
        form = forms_of(language).find(tail)
        added = form is not None and form[0].pattern.pattern[0] in ",;"
        known = _whole(tail, language) if added else _word(tail)
        if known is not None:
            return _said(text[: found.start()], language) + known
    return None


def _counted(text: str, language: str) -> str | None:
    """A number beside words of the catalogue: "3 drafts", "edited 1"."""
    found = COUNTED.fullmatch(text)
    if found is None:
        return None
    words = _word((found["thing"] or found["what"]).strip())
    if words is None:
        return None
    number = in_format(found["before"] or found["after"], language) or (found["before"] or found["after"])
    return (f"{number} {words}" if found["before"] else f"{words} {number}") + found["end"]


def _by_parts(text: str, language: str) -> str:
    """Several sentences in a row, or a list: each part by itself, as long as every part or a whole sentence is known."""
    for joint in JOINTS:
        pieces = joint.split(text, maxsplit=1 if joint is COLON else 0)
        if len(pieces) < 3:
            continue
        whole = [_whole(piece, language) for piece in pieces[::2]]
        if not any(words is not None for words in whole):
            continue
        if (joint is JOINTS[-1] and None in whole) or (joint in JOINTS[2:4] and whole[0] is None):
            continue
        known = [_said(piece, language) if words is None else words for words, piece in zip(whole, pieces[::2], strict=True)]
        between = [said_joint(piece) for piece in pieces[1::2]]
        return "".join(word for pair in zip(known, [*between, ""], strict=True) for word in pair)
    return _bracketed(text, language) or text


def _bracketed(text: str, language: str) -> str | None:
    """Something numbered with words of the desk behind it in brackets: "R-204 (price, KD-101501)"."""
    found = BRACKETED.fullmatch(text)
    if found is None:
        return None
    known = [_word(piece) or in_format(piece, language) for piece in found["inside"].split(", ")]
    given = [piece if any(char.isdigit() for char in piece) else None for piece in found["inside"].split(", ")]
    words = [one or other for one, other in zip(known, given, strict=True)]
    return f"{found['before']} ({', '.join(str(word) for word in words)})" if any(known) and None not in words else None


def said_joint(joint: str) -> str:
    """What stands between the parts of a list."""
    word = joint.strip()
    return f" {gettext(word)} " if word in ("and", "or") else joint
