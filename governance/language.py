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
from pathlib import Path
from typing import Any

from babel.messages.mofile import read_mo
from django.conf import settings
from django.utils.safestring import SafeData
from django.utils.translation import get_language, gettext

from governance.language_formats import in_format

# Sentences with values are kept under this context in the catalogue, so that only they are matched by their fixed words.
CONTEXT = "sentence"
# Values that are somebody's own words: shown as they are, even when they happen to equal a word of the desk.
OWN_WORDS = frozenset({"quote", "body", "text", "typed", "comment", "note", "subject"})
PLACE = re.compile(r"%\((\w+)\)s")
# How sentences are put together, from the widest to the narrowest joint.
JOINTS = (re.compile(r"(\n+)"), re.compile(r"((?<=[.!?])\s+)"), re.compile(r"(\s·\s|;\s)"), re.compile(r"(:\s)"), re.compile(r"(,\s|\sand\s|\sor\s)"))


def speaks_english() -> bool:
    """True while the active language is the source language: nothing has to be looked up."""
    return (get_language() or "en").startswith("en")


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence with values: how it is recognised and what it is in the language."""

    fixed: int
    pattern: re.Pattern[str]
    places: tuple[str, ...]
    text: str


def _form(msgid: str, text: str) -> Form:
    pieces = PLACE.split(msgid)
    literal = [piece.replace("%%", "%") for piece in pieces[::2]]
    names = tuple(pieces[1::2])
    source = "".join(re.escape(word) + ("(.+?)" if n < len(names) else "") for n, word in enumerate(literal))
    first = source[:1]
    if first.isalpha():
        source = f"[{first.lower()}{first.upper()}]{source[1:]}"
    end = r"\.?" if not source.endswith(r"\.") else ""
    return Form(sum(map(len, literal)), re.compile(f"{source}{end}", re.DOTALL), names, text)


class Forms:
    """The sentences with values of one language, those with the most fixed words first, found by how they begin."""

    def __init__(self, language: str) -> None:
        self.by_beginning: dict[str, list[Form]] = {}
        for path in settings.LOCALE_PATHS:
            file = Path(path) / language / "LC_MESSAGES" / "django.mo"
            if file.exists():
                self._read(file)
        for forms in self.by_beginning.values():
            forms.sort(key=lambda form: -form.fixed)

    def _read(self, file: Path) -> None:
        with file.open("rb") as content:
            for message in read_mo(content):
                if message.context == CONTEXT and isinstance(message.id, str) and isinstance(message.string, str):
                    begin = PLACE.split(message.id)[0].replace("%%", "%")[:3].lower()
                    self.by_beginning.setdefault(begin if len(begin) == 3 else "", []).append(_form(message.id, message.string))

    def find(self, text: str) -> tuple[Form, re.Match[str]] | None:
        """The form ``text`` has, with its values."""
        candidates = [*self.by_beginning.get(text[:3].lower(), ()), *self.by_beginning.get("", ())]
        for form in sorted(candidates, key=lambda form: -form.fixed):
            if found := form.pattern.fullmatch(text):
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
    found = forms_of(language).find(text)
    if found is None:
        return None
    form, match = found
    values = {name: _value(name, value, language) for name, value in zip(form.places, match.groups(), strict=True)}
    words = form.text % values
    if text.endswith(".") and not words.endswith((".", "!", "?")):
        words += "."
    return _as_begun(text, words)


def _word(text: str) -> str | None:
    """An entry without values, also where the desk began a sentence with it, went on after it, or ended it with a full stop."""
    tries: tuple[tuple[str, Callable[[str], str]], ...] = (
        (text, str),
        (text[:1].lower() + text[1:], lambda words: words[:1].upper() + words[1:]),
        (text[:1].upper() + text[1:], str),
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
    return words[:1].upper() + words[1:] if text[:1].isupper() else words


def _value(name: str, value: str, language: str) -> str:
    return value if name.rstrip("_0123456789") in OWN_WORDS else _said(value, language)


def _by_parts(text: str, language: str) -> str:
    """Several sentences in a row, or a list: each part by itself, as long as every part or a whole sentence is known."""
    for joint in JOINTS:
        pieces = joint.split(text)
        if len(pieces) < 3:
            continue
        whole = [_whole(piece, language) for piece in pieces[::2]]
        if not any(words is not None for words in whole):
            continue
        if joint is JOINTS[-1] and None in whole:
            continue
        known = [_said(piece, language) if words is None else words for words, piece in zip(whole, pieces[::2], strict=True)]
        between = [said_joint(piece) for piece in pieces[1::2]]
        return "".join(word for pair in zip(known, [*between, ""], strict=True) for word in pair)
    return text


def said_joint(joint: str) -> str:
    """What stands between the parts of a list."""
    word = joint.strip()
    return f" {gettext(word)} " if word in ("and", "or") else joint
