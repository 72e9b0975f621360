"""Meanings in clauses: which rule of which language matches where, and whether a negation, a condition or a pass takes it back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from .anchors import index
from .base import BLOCK, WARN
from .fold import fold
from .innocent import innocent
from .learned.features import parts_of
from .learned.reading import read_part, signs_of
from .learned.weighing import weigh
from .negations import bought_off, negated_in
from .packs import Pattern, joined
from .quoted import readers_words
from .refusals import SAID_ANYWAY, answered_no, refused
from .text import WORD, Text

# Insults, machine talk and private data are none the better for a "not".
_QUOTED_TOO = SAID_ANYWAY | {"bank_change"}


# In rules an address is one foreign word and a figure is one number, however many words it is written in.
_FILLERS = {"link": "x", "email": "x", "iban": "x", "phone": "x", "ref": "z9", "id": "z9", "money": "9", "date": "9"}


# A sentence of figures and masked names alone says nothing a rule could read.
_LETTER = re.compile(r"[a-wy]")


@dataclass(frozen=True, slots=True)
class Match:
    """A rule matched at folded offsets ``start``…``end``; ``clause`` and ``sentence`` are the offsets of what holds it."""

    rule: str
    language: str
    start: int
    end: int
    clause: tuple[int, int]
    sentence: tuple[int, int]
    negated: bool
    source: str = ""
    doubted: bool = False

    def severity(self, otherwise: str = BLOCK) -> str:
        """A match that rests on a single word, of which the learned model hears nothing, warns the reviewer and stops nothing."""
        return WARN if self.doubted else otherwise


def _clauses(plain: str, language: str) -> list[tuple[int, int]]:
    """Clauses of a sentence: cut where a new subject or conjunction opens one."""
    cuts = [0]
    for match in joined(language, "boundary").finditer(plain, 1):
        if match.start() > cuts[-1] + 2:
            cuts.append(match.start())
    return list(zip(cuts, [*cuts[1:], len(plain)], strict=True))


def _names_in_part(text: Text, names: list[str]) -> Iterator[tuple[int, int]]:
    """Two or more words running of a known name, with its capitals: "the show at Court Lodge" names Court Lodge Nurseries Ltd."""
    for name in names:
        words = fold(name).folded.replace(",", " ").split()
        for size in range(len(words) - 1, 1, -1):
            for start in range(len(words) - size + 1):
                run = words[start : start + size]
                said = " ".join(run)
                at = text.folded.find(said) if run[0][:1].isupper() and run[-1][:1].isupper() else -1
                while at >= 0:
                    yield at, at + len(said)
                    at = text.folded.find(said, at + 1)


# Where a person is spoken to by one name: "Dear Sue", "thanks, Sue".
_ADDRESSED = (
    r"(?:\b(?:dear|hi|hello|hey|thanks|mr|mrs|ms|dr|herrn?|frau|hallo|liebe[rn]?|moin|gruezi|bonjour|cher|chere|madame|monsieur|maitre|hola|querid[oa]|estimad[oa]|don|dona|senora?|sra?)\.? |, |\n)"
)


def _called_by_one_name(text: Text, people: list[str]) -> Iterator[tuple[int, int]]:
    for word in {word for name in people for word in fold(name).folded.split() if len(word) > 2 and word[0].isupper()}:
        for found in re.finditer(rf"{_ADDRESSED}({re.escape(word.lower())})(?=[\s,.!?:;]|$)", text.plain):
            if text.folded[found.start(1)].isupper():
                yield found.span(1)


def mask_names(text: Text) -> str:
    """The plain text with known names blanked, so that a customer called "Court Legal Services" trips nothing."""
    masked = text.masked
    if masked is None:
        masked = text.plain
        facts = text.facts.raw
        rows = (facts.get("customer") or {}, facts.get("sender") or {}, facts.get("contact") or {})
        for name in {str(row.get(key)).lower() for row in rows for key in ("name", "company", "title", "email") if row.get(key)}:
            masked = re.sub(re.escape(fold(name).plain), lambda m: "x" * len(m.group()), masked)
        people = [str(row.get("name") or "") for row in rows[1:]]
        for start, end in (*_names_in_part(text, [str(row.get("name") or row.get("company") or "") for row in rows]), *_called_by_one_name(text, people)):
            masked = masked[:start] + "x" * (end - start) + masked[end:]
        for item in text.items:
            filler = _FILLERS.get(item.kind)
            if filler and masked[item.start : item.end].strip("x"):
                masked = masked[: item.start] + filler[0] + filler[-1] * (item.end - item.start - 1) + masked[item.end :]
        text.masked = masked
    return masked


LEARNED = "learned"
"""The source of a match no pattern made: the learned model is sure of the whole sentence."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """A match inside one sentence, in offsets of that sentence."""

    rule: str
    language: str
    start: int
    end: int
    clause: tuple[int, int]
    negated: bool
    source: str
    doubted: bool = False


@lru_cache(maxsize=20_000)
def _analyse(sentence: str, languages: tuple[str, ...]) -> tuple[_Hit, ...]:
    """Every match in one masked sentence. Memoised: the sentences of templates and the rows of statements come again and again."""
    words = WORD.findall(sentence)
    hits: list[_Hit] = []
    for language in languages:
        per_rule: dict[str, list[Pattern]] = {}
        for pattern in index(language).candidates(words):
            if pattern.regex.search(sentence):
                per_rule.setdefault(pattern.rule, []).append(pattern)
        if per_rule:
            clauses = _clauses(sentence, language)
            for rule, patterns in per_rule.items():
                hits += _rule_hits(sentence, words, language, rule, patterns, clauses)
    return tuple(hits)


def _rule_hits(
    sentence: str, words: list[str], language: str, rule: str, patterns: list[Pattern], clauses: list[tuple[int, int]]
) -> Iterator[_Hit]:
    innocent = [found.span() for one in index(language).passes(rule, words) for found in one.regex.finditer(sentence)]
    taken: list[tuple[int, int]] = []
    for pattern in patterns:
        for found in pattern.regex.finditer(sentence):
            clause = _clause_of(found, clauses, pattern.crosses)
            if clause is None or _passed(found, innocent) or any(left < found.end() and found.start() < right for left, right in taken):
                continue
            negated = not pattern.always and rule not in SAID_ANYWAY and negated_in(sentence, clause, found, language, rule)
            if negated and bought_off(sentence, language):
                negated = False
            if not negated:
                taken.append(found.span())
            yield _Hit(rule, language, found.start(), found.end(), clause, negated, pattern.source)


_REACH = 12


def _clause_of(found: re.Match[str], clauses: list[tuple[int, int]], crosses: bool) -> tuple[int, int] | None:
    """The clause holding a match; it may reach a word or two into the next one ("whenever | you can")."""
    for start, end in clauses:
        if start <= found.start() < end:
            if found.end() <= end:
                return start, end
            return (start, found.end()) if crosses or found.end() - end <= _REACH else None
    return None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One masked sentence with what the rules matched in it and the signs the learned model reads."""

    start: int
    sentence: str
    languages: tuple[str, ...]
    question: bool
    hits: tuple[_Hit, ...]
    signs: frozenset[str]


def reading_of(text: Text, fallback: str = "") -> Iterator[Sentence]:
    """The sentences of ``text`` that say anything, read by the rules; ``fallback`` names the language of a text too short to tell."""
    masked, accented = mask_names(text), text.folded.lower()
    languages = text.languages or ((fallback,) if fallback else ())
    for start, end in text.segments:
        sentence = masked[start:end]
        if _LETTER.search(sentence):
            hits, question = _analyse(sentence, languages), text.asks(start, end)
            said = [(hit.rule, hit.negated) for hit in hits]
            yield Sentence(start, sentence, languages, question, hits, signs_of(said, sentence, accented[start:end], languages, question))


def _scores(one: Sentence) -> Mapping[str, float]:
    """The highest probability of each label over a sentence and its clauses."""
    scores = dict(read_part(one.sentence, one.languages, one.question, one.signs))
    for part in parts_of(one.sentence)[1:]:
        said = [(hit.rule, hit.negated) for hit in _analyse(part, one.languages)]
        read = read_part(part, one.languages, one.question, signs_of(said, part, part, one.languages, one.question))
        scores = {label: max(score, read[label]) for label, score in scores.items()}
    return scores


_CONDITION = re.compile(r"\b(?:if|whether|should you|ob|falls|sollte\w*|welche\w*|si|au cas|lesquelles|en caso|which)\b")


def _weighed(one: Sentence) -> list[_Hit]:
    """What a sentence is taken to say: the rules' matches the learned model lets stand, and what it found itself."""
    matched = {hit.rule for hit in one.hits if not hit.negated}
    denied = {hit.rule for hit in one.hits} - matched
    verdict = weigh(matched, _scores(one), one.question or bool(_CONDITION.search(one.sentence)), denied)
    hits = [replace(hit, doubted=hit.rule in verdict.doubted) for hit in one.hits if hit.negated or hit.rule not in verdict.fallen]
    size = len(one.sentence.rstrip())
    return hits + [_Hit(rule, one.languages[0], 0, size, (0, size), False, LEARNED) for rule in sorted(verdict.raised) if one.languages]


def _found(text: Text) -> dict[str, list[Match]]:
    found: dict[str, list[Match]] = {}
    quotes = readers_words(text)
    for one in reading_of(text):
        start, whole = one.start, (one.start, one.start + len(one.sentence))
        for hit in _weighed(one):
            if hit.source == LEARNED and innocent(hit.rule, text, *whole):
                continue
            if hit.rule not in _QUOTED_TOO and any(left < start + hit.end and start + hit.start < right for left, right in quotes):
                continue
            clause = (hit.clause[0] + start, hit.clause[1] + start)
            denied = refused(hit.rule, text, *whole) or answered_no(hit.rule, text, hit.source == LEARNED, (hit.start + start, hit.end + start), whole)
            match = Match(hit.rule, hit.language, hit.start + start, hit.end + start, clause, whole, hit.negated or denied, hit.source, hit.doubted)
            found.setdefault(hit.rule, []).append(match)
    return found


def all_matches(text: Text) -> dict[str, list[Match]]:
    """Rule → its matches in ``text``, negated ones included; made once per text."""
    if text.found is None:
        text.found = _found(text)
    return text.found


def matches(text: Text, rule: str, *, negated: bool | None = False) -> Iterator[Match]:
    """Matches of ``rule`` in ``text``, in every language it may be in; ``negated=None`` yields negated ones too (marked)."""
    for match in all_matches(text).get(rule, ()):
        if negated is None or match.negated == negated:
            yield match


def _passed(found: re.Match[str], innocent: list[tuple[int, int]]) -> bool:
    """True when an innocent reading covers the telling word of the match, or when the match reaches into a bracket ("not here (due …")."""
    left, right = found.span("anchor")
    return found.group().count("(") > found.group().count(")") or any(start < right and left < end for start, end in innocent)


def condition_before(text: Text, match: Match) -> bool:
    """True when the match stands in a condition ("if we made a mistake", "sollte … bereits bezahlt sein")."""
    left = max(text.plain.rfind(mark, match.clause[0], match.start) for mark in ",;:(") + 1
    return bool(joined(match.language, "condition").search(text.plain, max(left, match.clause[0]), match.end))


def asks(text: Text, sentence: tuple[int, int]) -> bool:
    """True for a question: it claims nothing."""
    return text.asks(*sentence)
