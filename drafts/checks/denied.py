"""G06: a plan, a credit note or a dispute that the facts hold is denied, or an open dispute is told as over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from .attach import attachment
from .base import BLOCK, Finding
from .clauses import matches
from .denied_words import (
    CONDITION,
    CREDIT,
    DISPUTE,
    DISPUTED,
    ELSEWHERE,
    EVERY,
    EXISTS,
    FINITE,
    FREE_PART,
    MEANT,
    NEG,
    NEG_BEFORE,
    NEG_SUBJECT,
    NOT_OURS,
    OF_ITSELF,
    OTHER,
    OVER,
    PLAN,
    THIS,
    UNDISPUTED,
)
from .numbers import fact_amount
from .text import Draft, Text

_GAP = r"(?:[ '’-]+[\w.]+){{0,{}}}?[ '’-]+"
_FAR = r"[^,;:!?()\n]{{0,{}}}?"
_CUT = re.compile(r"[,;:()!?\n]| - |\b(?:but|aber|jedoch|mais|pero|sino)\b")


def _near(most: int) -> str:
    return _GAP.format(most)


def _far(most: int) -> str:
    return _FAR.format(most)


@lru_cache(maxsize=8)
def _denial(noun: str) -> re.Pattern[str]:
    """The ways to deny that a thing exists: "no X", "X was never agreed", "never agreed on X", "X besteht nicht", "X alguno"."""
    thing = rf"\b(?:{noun})"
    ways = (
        rf"\b(?:{NEG_BEFORE})(?:(?<=')|{_near(3)}){thing}",
        rf"{thing}\b{_far(60)}(?:{NEG}){_near(4)}(?:{EXISTS})",
        rf"(?:{NEG}){_near(4)}(?:{EXISTS}){_far(60)}{thing}",
        rf"(?:{NEG}){_near(6)}{thing}\w*{_near(5)}(?:{EXISTS})",
        rf"{thing}\b{_far(50)}\b(?:{FINITE})\b{_far(40)}(?:nichts?|nie|kein\w*)\b",
        rf"{thing}\b{_far(20)}[,;]? (?:and|und|et|y) (?:none|keine\w*|aucune?|ningun\w*)\b{_far(20)}(?:{EXISTS})",
        rf"{thing}\b{_far(50)}\b(?:n'existe|no existe|does not exist|doesn't exist)",
        rf"\b(?:{FINITE})\b{_far(40)}{thing}\b{_far(40)}(?:nicht|nie)\b",
        rf"\b(?:no|ni|sin|nunca|jamas)\b{_far(50)}{thing}\w*(?: de [a-z]+)? (?:alguna?|ninguna?)\b",
        rf"{thing}\b{_far(30)}\b(?:keinen?|keinerlei|ninguna?|aucune?)\b",
    )
    return re.compile("|".join(f"(?:{way})" for way in ways))


_NOT_DISPUTED = re.compile(
    rf"(?:(?:{NEG_SUBJECT}){_far(60)}|(?:{NEG})(?:[ '’-]+(?!the|die|der|den|das|la|le|les|el|los|las|as\b)[\w.]+){{0,2}}?[ '’-]+)(?:{DISPUTED})|{UNDISPUTED}"
)
# "sabemos que espera un abono, pero nunca hemos emitido ninguno": the thing stands in the clause before.
_NONE_SUCH = re.compile(
    r"\b(?:nichts|nie|never|nothing)\b(?: \w+){0,2} (?:gutgeschrieben|gutgebracht|credited)\b|\bgutgeschrieben\b[^,;:!?\n]{0,40}\b(?:nie|nichts)\b|"
    rf"\b(?:{CREDIT})\b[^.;!?\n]{{0,60}}[,;:]? ?\b(?:but|yet|however|aber|jedoch|doch|mais|or|pero|sin embargo|which|den|die|que)\b[^.;!?\n]{{0,60}}"
    r"(?:\b(?:not|never|n't)\b[^.;!?\n]{0,25}\b(?:one|any|it)\b|\bnone\b|\bkeinen?\b|\b(?:nicht|nie)\b[^.;!?\n]{0,25}(?:ausgestellt|erstellt|erteilt)|"
    r"\b(?:aucun|jamais|pas)\b[^.;!?\n]{0,25}(?:emis|etabli|accorde)|(?:n'en|ne)\b[^.;!?\n]{0,25}\baucun\b|\b(?:ninguno|ninguna|no se (?:lo|la) hemos)\b)"
)


# "Your objection is not affected by this": a letter that speaks of the dispute as there denies it nowhere; it may ask for the rest.
_ACKNOWLEDGED = re.compile(
    rf"\b(?:your|ihre[rnms]?|votre|vos|sus?) (?:\w+ )?(?:{DISPUTE})\w*[^.!?\n]{{0,40}}\b(?:affected|untouched|open|pending|betroffen|unberuhrt|offen|ouverte?|"
    rf"abierta?|afectad[ao])|\b(?:affect\w*|beruhrt|prejuge|prejuzga|afecta|unabhangig von|independent of|sans prejudice de) (?:en rien |nicht |de |a )*"
    rf"(?:your|ihre[rnms]?|votre|vos|sus?) (?:\w+ )?(?:{DISPUTE})"
)


def denied_facts(draft: Draft, text: Text) -> Iterator[Finding]:
    """Findings for plans, credit notes and disputes of the facts that the text denies, and for disputes it tells as over."""
    facts = draft.facts
    plans = [row for row in facts.terms if row.get("type") == "payment_plan"]
    if plans:
        yield from _denies(draft, text, PLAN, "term", {number for row in plans for number in _planned(draft, row)}, "the facts hold an approved plan")
    if facts.credits:
        numbers = {str(row.get("invoice") or "") for row in facts.credits}
        yield from _denies(draft, text, CREDIT, "credit", numbers, "the facts hold a credit note", _NONE_SUCH)
    if facts.disputed and not _ACKNOWLEDGED.search(text.plain):
        yield from _denies(draft, text, DISPUTE, "ticket", set(facts.disputed), "the facts hold a dispute", _NOT_DISPUTED)
        yield from _learned(draft, text)
        yield from _told_as_over(draft, text)


def _planned(draft: Draft, row: Mapping[str, Any]) -> list[str]:
    """Invoices of a plan: those it names, else the one its instalments add up to, else any."""
    named = row.get("invoices") or row.get("invoice") or ()
    if named:
        return [str(named)] if isinstance(named, str) else [str(one) for one in named]
    total = sum(fact_amount(str(part.get("amount", ""))) or 0 for part in row.get("schedule") or ())
    return [i.number for i in draft.facts.invoices if i.open == total] or [""]


def _denies(
    draft: Draft, text: Text, noun: str, kind: str, numbers: set[str], why: str, more: re.Pattern[str] | None = None
) -> Iterator[Finding]:
    for seg, (start, end) in enumerate(text.segments):
        if any(item.kind == "ref" and item.ref.kind == kind for item in text.by_segment.get(seg, ())):
            continue  # what is named by its number is not denied
        if text.asks(start, end) or OTHER.search(text.plain, start, end) or OF_ITSELF.search(text.plain, start, end) or FREE_PART.search(text.plain, start, end):
            continue
        found = _first(text, (_denial(noun), more), start, end, _whole)
        if found and _about(draft, text, seg, numbers, found.span()):
            yield text.finding("G06", "contradicts_facts", BLOCK, *found.span(), why)


def _first(
    text: Text, patterns: tuple[re.Pattern[str] | None, ...], start: int, end: int, accept: Callable[[Text, re.Match[str], int], bool]
) -> re.Match[str] | None:
    found = (match for pattern in patterns if pattern for match in pattern.finditer(text.plain, start, end))
    return next((match for match in found if accept(text, match, start)), None)


def _whole(text: Text, match: re.Match[str], start: int) -> bool:
    """No condition governs the denial, and the words mean what they seem to ("we have no objection to your visit" does not)."""
    left = max((cut.end() for cut in _CUT.finditer(text.plain, start, match.start())), default=start)
    return not CONDITION.search(text.plain, left, match.end()) and not NOT_OURS.search(text.plain, left, match.end() + 12)


def _about(draft: Draft, text: Text, seg: int, numbers: set[str], span: tuple[int, int]) -> bool:
    """True when the denial is about an invoice of ``numbers`` ("" = any): one it names, else all unless it points back ("on it")."""
    if "" in numbers:
        return True
    attach = attachment(draft, text)
    start, end = text.segments[seg]
    named = attach.named.get(seg)
    if named:
        return any(item.ref.name in numbers for item in named)
    if EVERY.search(text.plain, start, end) or not THIS.search(text.plain, start, end):
        return True
    return any(invoice.number in numbers for invoice in attach.nearby(seg) or draft.facts.invoices)


def _learned(draft: Draft, text: Text) -> Iterator[Finding]:
    """The learned model takes a sentence to say that nothing is disputed."""
    for match in matches(text, "no_dispute"):
        seg = text.segment_at(match.start)
        start, end = text.segments[seg]
        ticket = any(item.kind == "ref" and item.ref.kind == "ticket" for item in text.by_segment.get(seg, ()))
        doubtful = text.asks(start, end) or OTHER.search(text.plain, start, end) or CONDITION.search(text.plain, start, end)
        said = MEANT.search(text.plain, start, end)
        if said and not ticket and not doubtful and _about(draft, text, seg, set(draft.facts.disputed), (match.start, match.end)):
            yield text.finding("G06", "contradicts_facts", BLOCK, match.start, match.end, "the facts hold a dispute")


def _told_as_over(draft: Draft, text: Text) -> Iterator[Finding]:
    """ "Your complaint has been resolved" while it is open."""
    for seg, (start, end) in enumerate(text.segments):
        if text.asks(start, end):
            continue
        for match in OVER.finditer(text.plain, start, end):
            left = max((cut.end() for cut in _CUT.finditer(text.plain, start, match.start())), default=start)
            if ELSEWHERE.search(text.plain, left, min(end, match.end() + 14)) or OTHER.search(text.plain, left, match.end()):
                continue
            if _about(draft, text, seg, set(draft.facts.disputed), match.span()):
                yield text.finding("G06", "contradicts_facts", BLOCK, *match.span(), "the dispute is still open")
                break
        else:
            yield from _ticket_over(draft, text, seg)


def _ticket_over(draft: Draft, text: Text, seg: int) -> Iterator[Finding]:
    """ "Ticket T-77 is closed": said of a dispute named by its number."""
    start, end = text.segments[seg]
    for item in text.by_segment.get(seg, ()):
        if item.kind == "ref" and item.ref.kind == "ticket" and str(item.ref.row.get("invoice")) in draft.facts.disputed:
            found = OVER_TICKET.match(text.plain, item.end, end)
            if found and not ELSEWHERE.search(text.plain, start, found.end()):
                yield text.finding("G06", "contradicts_facts", BLOCK, item.start, found.end(), "the dispute is still open")


_OVER_END = (
    r"closed|resolved|settled|solved|geschlossen|erledigt|abgeschlossen|clos|ferme|resolue?|cloture|cerrad[oa]|resuelt[oa]|archivad[oa]"
)
OVER_TICKET = re.compile(rf"[^,;:]{{0,12}} (?:is|has been|was|ist|wurde|est|a ete|esta|fue|quedo)\b(?: \w+){{0,2}}? (?:{_OVER_END})\b")
