"""G10 and G20: talk of a machine about itself, and talk below any tone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from .base import BLOCK, CheckInput, Finding
from .clauses import Match, matches
from .facts import simple
from .text import Draft, Text, parsed
from .tone_rules import find
from .uncharted import unusual


def check_echo(inp: CheckInput) -> Iterable[Finding]:
    """G10: talk about prompts or instructions, prompt fragments, the canary, claims that somebody approved this text."""
    draft = parsed(inp)
    canary = str(inp.policy.get("canary") or "")
    for text in draft.texts:
        if canary and canary in text.raw:
            at = text.raw.index(canary)
            yield Finding(
                "G10", "injection_echo", BLOCK, canary, "the canary of the prompt", None, at, at + len(canary), "", False, text.where
            )
        for match in matches(text, "echo"):
            if _tells_of_a_term(draft, text, match):
                continue
            yield text.finding("G10", "injection_echo", match.severity(), match.start, match.end, "talk of instructions, prompts or approvals")
        for found in _PROMPT_MARKS.finditer(text.folded) if any(mark in text.plain for mark in _PROMPT_CHARS) else ():
            yield text.finding("G10", "injection_echo", BLOCK, *found.span(), "a fragment of a prompt or of machine output")


_APPROVAL = re.compile(r"appro|genehmig|bewillig|freigegeb|autori[sz]|authori[sz]|aprob|accord|valid|vereinbar|agreed")
_THIS_TEXT = re.compile(
    r"\b(?:(?:this|the|my|our) (?:message|e-?mail|text|letter|draft|wording|reminder)|(?:diese[rsn]?|mein\w*|unser\w*) (?:nachricht|schreiben|e-?mail|mail|text|"
    r"entwurf|erinnerung)|(?:ce|cet|cette|mon|notre) (?:message|courriel|mail|lettre|texte|relance|projet)|(?:este|esta|mi|nuestr[oa]) (?:mensaje|correo|carta|"
    r"texto|borrador|recordatorio))\b"
)


def _tells_of_a_term(draft: Draft, text: Text, match: Match) -> bool:
    """Who approved a plan or discount that is a fact may be said of the term; never of this message."""
    sentence = text.plain[slice(*match.sentence)]
    named = any(item.kind == "ref" and item.ref.kind == "term" for each in draft.texts for item in each.items)
    return bool(draft.facts.terms) and named and bool(_APPROVAL.search(sentence)) and not _THIS_TEXT.search(sentence)


_PROMPT_CHARS = ("<", "[", "##", '"', "system:", "assistant:", "user:", "human:", "ai:")
_PROMPT_MARKS = re.compile(
    r"\"{3}|<\|[^|\n]{0,40}\|>|\[/?INST\]|<</?SYS>>|^\s*#{2,}\s*\w|^\s*(?:system|assistant|user|human|ai)\s*:|</?(?:data|facts|context|"
    r"instructions?|system|user|untrusted)[^>\n]*>|\"role\"\s*:",
    re.M | re.I,
)


def check_tone(inp: CheckInput) -> Iterable[Finding]:
    """G20: insults, sarcasm, accusations, shouting, and what the tone rules of the installation name."""
    draft = parsed(inp)
    for text in draft.texts:
        for match in matches(text, "rude"):
            yield text.finding("G20", "rude", match.severity(), match.start, match.end, "abusive, sarcastic or accusing wording")
        if text.folded.count("!") >= 2:
            yield text.finding("G20", "rude", BLOCK, text.folded.index("!"), text.folded.rindex("!") + 1, "two or more exclamation marks")
    yield from find(inp.policy.get("tone_rules", ()), draft)
    yield from _shouting(draft)
    for found in _VOCATIVE.finditer(draft.body.plain):
        named = draft.body.folded[found.start(1)]  # German names people with a capital; "Sie schrieben," is a verb
        if unusual(draft.body, found.group(1)) and ("de" not in draft.body.languages or named.isupper()):
            yield draft.body.finding("G20", "rude", BLOCK, *found.span(), "the reader is called names")


_CAPITALS = re.compile(r"[A-ZÀ-ÖØ-Þ]{4,}")
_VOCATIVE = re.compile(
    r"(?:^|[,.!:]\s+|\n)(?:you|ihr|du|sie|vous|bande de|tas de|panda de|pandilla de|hatajo de|espece de|ustedes)\s+([a-z]{4,})\s*[,!]"
)


def _shouting(draft: Draft) -> Iterator[Finding]:
    text = draft.body
    upper = [m for m in _CAPITALS.finditer(text.folded) if _whole(text.folded, m) and simple(m.group()) not in draft.facts.name_tokens]
    if not upper:
        return
    letters = sum(map(len, text.words)) or 1
    if sum(map(str.isupper, text.folded)) / letters > 0.3:
        yield text.finding("G20", "rude", BLOCK, 0, min(80, len(text.folded)), "more than 30 % capitals")
        return
    for first, second in pairwise(upper):
        if second.start() - first.end() <= 2 and not _heading(text, first.start()):
            yield text.finding("G20", "rude", BLOCK, first.start(), second.end(), "shouting in capitals")
            return


_HEADING = 8


def _heading(text: Text, at: int) -> bool:
    """True in a row of the statement ("TOTAL OPEN  1,240.00") and in a short line of its own: a heading, no shouting."""
    start = text.folded.rfind("\n", 0, at) + 1
    end = text.folded.find("\n", at)
    line = text.folded[start : end if end >= 0 else len(text.folded)]
    dated = line.isupper() and len(line.split()) <= _HEADING and any(map(str.isdigit, line))
    return "!" not in line and (dated or len(line.split()) <= 4 or any(i.kind == "money" and start <= i.start < start + len(line) for i in text.items))


def _whole(folded: str, match: re.Match[str]) -> bool:
    """True when the capitals are a whole word, not the front of an identifier."""
    return not folded[match.start() - 1 : match.start()].isalnum() and not folded[match.end() : match.end() + 1].isalnum()
