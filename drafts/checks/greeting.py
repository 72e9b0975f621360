"""The greeting of G05: whoever is addressed by name is the contact on record (or the customer), nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .base import BLOCK, Finding
from .facts import Facts, simple
from .lexicon.people import COMMON_OPENERS, GENERIC, ROLE_WORDS, TITLES
from .text import Text
from .words import LANGUAGE_SHIFT, mask_of

_OPENER = re.compile(
    r"(?:to whom it may concern|a quien corresponda|a qui de droit|"
    r"(?P<open>(?:my )?dear(?:est)?|hi|hello|hey|hiya|howdy|g'day|gidday|greetings|good (?:morning|afternoon|evening|day)|morning|afternoon|evening|happy \w+day|"
    r"attn\.?|attention|fao|respected|esteemed|namaste|sehr geehrte[rs]?|sehr verehrte[rs]?|(?:einen )?(?:schonen )?guten (?:tag|morgen|abend)|"
    r"tag|tach|mahlzeit|hallo|halli hallo|hoi|hej|sali|salu|ciao|liebe[rs]?|moin(?: moin)?|servus|gruezi|grus gott|gruss gott|grues gott|werte[rs]?|verehrte[rs]?|geschatzte[rs]?|"
    r"an (?:alle|die|das|den|herrn|frau)|bonjour|re-?bonjour|bon matin|bonsoir|coucou|salut|allo|(?:tres )?cher|(?:tres )?chere|chers|cheres|madame|monsieur|a l'attention de|"
    r"(?:muy )?estimad[oa]s?|querid[oa]s?|hola|(?:muy )?buen(?:os|as) (?:dias|tardes|noches)|buenas|buen dia|que tal|cordial saludo|apreciad[oa]s?|"
    r"apreciables?|respetad[oa]s?|muy senor(?:es)?(?: mios?)?|distinguid[oa]s?|senor(?:es|a)?|atencion|at\.?te?n?\.)(?!\w)[.:]?)(?P<rest>[^\n]{0,90})"
)
_UP = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽ"
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# A name ends at a mark of its own, not at the dot of a title or an initial.
_CUT = re.compile(r"[,:;!?(]| - |\.(?=\s*$)|\.(?=\s+[a-z])")
_TITLE_DOT = re.compile(r"\b(?:mr|mrs|ms|dr|dra|mag|dipl|ing|prof|lic|licda|mtra|mtro|arq|c\.p|cp|sr|sra|srta|mme|mlle|m|st|[a-z])\Z")
_VOCATIVE = re.compile(rf"([{_UP}][\w'.-]+(?: (?:(?:de|del|la|von|van|du|y) ){{0,2}}[{_UP}][\w'.-]+){{0,2}} ?)\s?(?:,|-|:|!)\s*(?:\n|$|[a-z])")
_CALLED_LAST = re.compile(rf", ((?:[{_UP}][\w'-]+ ?){{1,2}})[.!:,]?[ \t]*(?:\n|$)")
_LINES = 7


def greeting_findings(text: Text, facts: Facts) -> Iterator[Finding]:
    """Findings about the lines with which the letter opens."""
    allowed = frozenset(re.findall(r"[^\W\d_]+", simple(" ".join(str(value) for value in _addressed(facts) if value))))
    position, greeted = 0, False
    for number, line in enumerate(text.folded.split("\n")[: 2 * _LINES]):
        start = position + len(line) - len(line.lstrip())
        position += len(line) + 1
        if not line.strip():
            if greeted:
                return
            continue
        span = _opened(text, start) or (_called(text, start, line) if number == 0 else None)
        greeted = greeted or span is not None
        if span and _strangers(text, *span, allowed):
            name = str((facts.raw.get("contact") or {}).get("name") or "no contact on record")
            why = "the greeting names somebody else than the contact on record"
            yield text.finding("G05", "wrong_recipient", BLOCK, start, span[1], why, fact=name)
            return


def _addressed(facts: Facts) -> list[object]:
    contact, customer = facts.raw.get("contact") or {}, facts.raw.get("customer") or {}
    return [contact.get("name"), contact.get("salutation"), customer.get("name"), customer.get("children")]


def _opened(text: Text, start: int) -> tuple[int, int] | None:
    """The stretch behind a greeting word that holds the name ("Hola, Carlos:" has it behind the comma)."""
    match = _OPENER.match(text.plain, start)
    if match is None or not match.group("open"):
        return None
    left, line_end = match.start("rest"), match.end("rest")
    if text.plain[left - 1] == "." and _GREETS_ALL.fullmatch(match["open"]):
        return left, left  # "Buen día. Gracias por …": a sentence of its own
    end = _cut(text.plain, left, line_end)
    if not _names(text.folded[left:end]):
        later = _CALLED_NEXT.match(text.folded, end)
        if later:
            left, end = later.start(1), _cut(text.plain, later.start(1), later.end(1))
    return left, end


_GREETS_ALL = re.compile(r"hi|hello|good \w+|guten \w+|hallo|bonjour|bonsoir|hola|buen(?:os|as) \w+|buenas|buen dia")
_CALLED_NEXT = re.compile(
    rf"[,:;!-]?[ \t]*((?:(?:[Hh]err|[Ff]rau|[Mm]adame|[Mm]onsieur|{'|'.join(sorted(TITLES))})\.? )?(?:[{_UP}][\w'.-]+(?:[ \t](?:de|del|la|von|van|du|y))?[ \t]?){{1,4}})"
    r"(?=[,:;!\n.(-]|$)"
)


def _cut(plain: str, start: int, end: int) -> int:
    for found in _CUT.finditer(plain, start, end):
        if found.group() != "." or not _TITLE_DOT.search(plain, start, found.start()):
            return found.start()
    return end


def _called(text: Text, start: int, line: str) -> tuple[int, int] | None:
    """ "Jonas," or "Mr Keller -" as the whole greeting; "Thanks for your note, Peter."; never a heading of ordinary words."""
    match = _VOCATIVE.match(text.folded, start)
    if match and not re.search(r"\d", match.group(1)):
        words = [simple(word) for word in _WORDS.findall(match.group(1)) if word[0].isupper()]
        if any(word in TITLES for word in words) or not any(word in COMMON_OPENERS or _small(word) for word in words):
            return match.span(1)
    if len(line) <= 70:
        last = _CALLED_LAST.search(text.folded, start, start + len(line) + 1)
        if last:
            return last.span(1)
    return None


def _small(word: str) -> bool:
    return bool(mask_of(word) >> LANGUAGE_SHIFT)


def _names(stretch: str) -> list[str]:
    return [word for word in _WORDS.findall(stretch) if word[0].isupper() and simple(word) not in GENERIC]


def _strangers(text: Text, start: int, end: int, allowed: frozenset[str]) -> list[str]:
    words = [word for word in _WORDS.findall(text.folded[start:end]) if len(word) > 1]
    capitals = [word for word in words if word[0].isupper()]
    return [word for word in capitals or words[:2] if not _known(word, allowed)]  # "hi peter," has none


# "Docteure", "Professeure", "Ingenieurin": a title in a form of its own.
_TITLE_STEMS = tuple(sorted(title for title in TITLES if len(title) > 5))


def _known(word: str, allowed: frozenset[str]) -> bool:
    pieces = [simple(word), *re.findall(r"[^\W\d_]+", simple(word))]
    return any(
        piece in allowed or piece.startswith(_TITLE_STEMS) or piece in GENERIC or piece in TITLES or piece in ROLE_WORDS or piece in COMMON_OPENERS or _small(piece) for piece in pieces if len(piece) > 1
    )
