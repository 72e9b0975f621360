"""The words of the templates, read from what Django compiles them to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.template import Engine, Template
from django.template.base import Node, TokenType
from django.templatetags.i18n import BlockTranslateNode

ROOT = settings.BASE_DIR
# An audit pack is evidence: it is written in English, like the record it is taken from.
ON_RECORD = ("pack/",)
_WORDS_OF_TAG = re.compile(r"""\b_\("([^"]+)"\)|\b_\('([^']+)'\)""")
_TRANSLATE = re.compile(r"""\{% translate ("([^"]+)"|'([^']+)')(?: context "([^"]+)")?""")


@dataclass(frozen=True, slots=True)
class Words:
    """An entry of a template; ``plural`` where it is counted."""

    msgid: str
    plural: str
    context: str
    where: str


def templates() -> list[Path]:
    """Every template of a page or a letter: they speak the reader's language."""
    folder = ROOT / "templates"
    return [p for p in sorted(folder.rglob("*.*")) if p.suffix in (".html", ".txt") and not str(p.relative_to(folder)).startswith(ON_RECORD)]


def words() -> list[Words]:
    """Every entry of every template once."""
    found: dict[tuple[str, str], Words] = {}
    engine = Engine.get_default()
    for path in templates():
        for entry in words_of(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)), engine):
            found.setdefault((entry.msgid, entry.context), entry)
    return list(found.values())


def words_of(source: str, where: str, engine: Engine) -> Iterator[Words]:
    """The entries of one template."""
    for match in _TRANSLATE.finditer(source):
        yield Words((match[2] or match[3]).replace("%", "%%"), "", match[4] or "", where)
    for match in _WORDS_OF_TAG.finditer(source):
        yield Words((match[1] or match[2]).replace("%", "%%"), "", "", where)
    for node in nodes(Template(source, engine=engine).nodelist):
        if isinstance(node, BlockTranslateNode):
            one = _text(node.singular)
            yield Words(one, _text(node.plural) if node.plural else "", "", where)


def _text(tokens: list[object]) -> str:
    """What ``blocktranslate`` looks up: text with places for values."""
    return "".join(
        token.contents.replace("%", "%%") if token.token_type == TokenType.TEXT else f"%({token.contents.split('|')[0].strip()})s"  # type: ignore[attr-defined]
        for token in tokens
    )


def nodes(parts: object) -> Iterator[Node]:
    """Every node of a template, from the outside in."""
    for node in parts:  # type: ignore[attr-defined]
        if isinstance(node, Node):
            yield node
            for name in ("nodelist", "nodelist_true", "nodelist_false", "nodelist_loop", "nodelist_empty"):
                if hasattr(node, name):
                    yield from nodes(getattr(node, name))
            for branch in getattr(node, "conditions_nodelists", ()):
                yield from nodes(branch[1])
