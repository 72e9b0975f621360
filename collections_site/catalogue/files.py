"""The files of the catalogue: ``locale/<language>/LC_MESSAGES/django.po``, read and written by people, and its compiled twin.

Both are kept in the repository, because an installation has no build step and no gettext tools. Babel, which the desk needs for its
money formats anyway, reads and writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.text import capfirst

from collections_site.catalogue import names, pages, sentences, told
from governance.language import CONTEXT

FOLDER = settings.BASE_DIR / "locale"
LANGUAGES = ("de",)
# Words of the Python that nobody sees on a page: codes, names of fields and of invented people, words that rules look for.
NOT_SHOWN = FOLDER / "not-shown.txt"
# A fixed moment: the file changes when its words do.
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entry the catalogue must have."""

    msgid: str
    plural: str
    context: str
    where: str

    @property
    def key(self) -> Key:
        """By which it is found."""
        return self.msgid, self.context


def path_of(language: str, ending: str = "po") -> Path:
    """Where a language's catalogue lies."""
    return FOLDER / language / "LC_MESSAGES" / f"django.{ending}"


def not_shown() -> frozenset[str]:
    """The words left out, one a line."""
    return frozenset(line.replace("\\n", "\n") for line in NOT_SHOWN.read_text(encoding="utf-8").splitlines() if line)


def wanted() -> list[Wanted]:
    """Every entry of templates and Python, once."""
    found: dict[Key, Wanted] = {}
    for words in pages.words():
        found.setdefault((words.msgid, words.context), Wanted(words.msgid, words.plural, words.context, words.where))
    left_out = not_shown()
    for sentence in sentences.sentences():
        context = CONTEXT if sentence.values else ""
        if sentence.msgid not in left_out:
            found.setdefault((sentence.msgid, context), Wanted(sentence.msgid, "", context, sentence.where))
    for words, where in told.told():
        found.setdefault((words, ""), Wanted(words, "", "", where))
    for name, where in names.names():
        if (name.strip(), "") not in found and not _begins_alike(found, name.strip()):
            found[name.strip(), ""] = Wanted(name.strip(), "", "", where)
    return list(found.values())


def _begins_alike(found: dict[Key, Wanted], name: str) -> bool:
    """True when the catalogue holds the same words with another first letter: one entry serves both (``governance.language``)."""
    return (capfirst(name), "") in found or (name[:1].lower() + name[1:], "") in found


def read(language: str) -> Catalog:
    """The catalogue of a language as it is kept; empty when there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as content:
        return read_po(content, locale=language)


def translations(language: str) -> dict[Key, tuple[str, ...]]:
    """What is translated, by entry: one text, or one for each plural form."""
    found = {}
    for message in read(language):
        if message.id:
            msgid = message.id if isinstance(message.id, str) else message.id[0]
            texts = (message.string,) if isinstance(message.string, str) else tuple(message.string)
            found[msgid, message.context or ""] = tuple(str(text) for text in texts)
    return found


def untranslated(language: str) -> Iterator[Wanted]:
    """The entries without a translation."""
    known = translations(language)
    return (entry for entry in wanted() if not all(known.get(entry.key, ("",))) or len(known.get(entry.key, ("",))) != (2 if entry.plural else 1))


def update(language: str) -> int:
    """Bring the catalogue up to what templates and Python say: new entries empty, old ones gone. Returns how many lack a translation."""
    known = translations(language)
    catalog = Catalog(locale=language, project="Collections Desk", creation_date=_MOMENT, revision_date=_MOMENT, fuzzy=False, charset="utf-8")
    missing = 0
    for entry in wanted():
        texts = known.get(entry.key, ())
        fits = len(texts) == (2 if entry.plural else 1) and all(texts)
        missing += not fits
        msgid = (entry.msgid, entry.plural) if entry.plural else entry.msgid
        string = (texts if entry.plural else texts[0]) if fits else (("", "") if entry.plural else "")
        catalog.add(msgid, string, locations=[(entry.where, None)], context=entry.context or None)
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    with path_of(language).open("wb") as content:
        write_po(content, catalog, width=140, sort_output=False, include_lineno=False)
    compile_(language)
    return missing


def compile_(language: str) -> None:
    """Write the compiled twin, which is what is read at run time."""
    with path_of(language, "mo").open("wb") as content:
        write_mo(content, read(language))
