"""The catalogue is complete, the rules speak English only, and no page has words outside of translation (docs/adr/0021)."""

from __future__ import annotations

import re
from html import unescape

import pytest
from babel.messages.pofile import read_po

from collections_site.catalogue import files, pages
from governance.language import PLACE
from tests.architecture.source import ROOT, imported, modules
from tests.architecture.test_house_rules import offenders


@pytest.mark.parametrize("language", files.LANGUAGES)
def test_every_entry_has_its_translation(language):
    missing = [f"{entry.where}: {entry.msgid}" for entry in files.untranslated(language)]
    assert not missing, "run manage.py catalogue and translate:\n" + offenders(missing)


@pytest.mark.parametrize("language", files.LANGUAGES)
def test_nothing_is_fuzzy_or_left_over(language):
    wanted = {entry.key for entry in files.wanted()}
    with files.path_of(language).open("rb") as content:
        messages = [message for message in read_po(content, locale=language) if message.id]
    fuzzy = [str(message.id) for message in messages if message.fuzzy]
    left = [str(m.id) for m in messages if ((m.id if isinstance(m.id, str) else m.id[0]), m.context or "") not in wanted]
    assert not fuzzy + left, offenders(fuzzy + left)


@pytest.mark.parametrize("language", files.LANGUAGES)
def test_a_translation_has_the_places_of_its_sentence(language):
    plurals = {entry.key: entry.plural for entry in files.wanted()}
    wrong = []
    for (msgid, context), texts in files.translations(language).items():
        places = set(PLACE.findall(msgid)) | set(PLACE.findall(plurals.get((msgid, context), "")))
        for text in texts:
            if set(PLACE.findall(text)) != places:
                wrong.append(f"{msgid} → {text}")
            elif places and _filled(text, places) is None:
                wrong.append(f"cannot be filled: {text}")
    assert not wrong, offenders(wrong)


def _filled(text, places):
    try:
        return text % dict.fromkeys(places, "x")
    except (ValueError, TypeError, KeyError):
        return None


@pytest.mark.parametrize("language", files.LANGUAGES)
def test_the_compiled_catalogue_is_the_one_people_read(language, tmp_path, monkeypatch):
    kept = files.path_of(language, "mo").read_bytes()
    (tmp_path / language / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / language / "LC_MESSAGES" / "django.po").write_bytes(files.path_of(language).read_bytes())
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    files.compile_(language)
    assert (tmp_path / language / "LC_MESSAGES" / "django.mo").read_bytes() == kept


# Where a page is shown: the edge, and the middleware that chooses the language.
EDGE = {"governance/language.py", "governance/readers.py", "collections_site/middleware.py", "collections_site/templatetags/desk.py", "collections_site/sign_in/pages.py"}


def test_rules_and_verbs_speak_english_only():
    found = [
        path for path, tree in modules().items()
        if path not in EDGE and "/catalogue/" not in path
        for name in imported(tree)
        if name.startswith("django.utils.translation")
    ]
    assert not found, offenders(found)


# Words that are no words of the desk: its name, keys of the keyboard, units, formats, signs, command lines.
NOT_WORDS = re.compile(
    r"Collections Desk|manage\.py.*|python|Ctrl|Esc|Enter|SHA-256|SHA|ID|UTC|UTF|CSV|PDF|XLSX|ZIP|MIME|http\S*|\bv\b|\bh\b|\bs\b|\bmin\b|\bd\b|\bn\b|[a-z]\b"
)
TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
TRANSLATED = re.compile(r"\{% blocktranslate.*?\{% endblocktranslate %\}", re.DOTALL)
SHOWN = re.compile(r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"')
RAW_BLOCK = re.compile(r"\{% block (?:bodyclass|coltype) %\}.*?\{% endblock %\}", re.DOTALL)
WORDS_IN_TAG = re.compile(r'\{% (?:badge|state) "[^"]*[A-Za-z]|\{% include [^%]*="[A-Z][^%]*|\|default:"[^"]*[A-Za-z]{2}|\|pluralize')



@pytest.mark.parametrize("path", pages.templates(), ids=lambda path: path.name)
def test_a_page_has_no_words_outside_of_translation(path):
    source = RAW_BLOCK.sub("", TRANSLATED.sub("", path.read_text(encoding="utf-8")))
    found = [match.group() for match in WORDS_IN_TAG.finditer(source)]
    plain = re.sub(r"\{\{.*?\}\}", "", TAG.sub("", source), flags=re.DOTALL)
    texts = [*SHOWN.findall(plain), *re.split(r"<[^>]*>", re.sub(r"<!--.*?-->", "", plain, flags=re.DOTALL))]
    found += [text.strip() for text in texts if re.search(r"[A-Za-z]{2}", NOT_WORDS.sub("", unescape(text)))]
    assert not found, f"{path.relative_to(ROOT)}: {offenders(found)}"
