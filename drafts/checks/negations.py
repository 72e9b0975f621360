"""Which words a negation of its clause governs: "no late fee, interest or penalty", but not "will not hesitate to"."""

from __future__ import annotations

import re

from .packs import joined

_SUBJECT = re.compile(r"\b(?:we|i|you|they|wir|ich|sie|nous|je|vous|nosotros|ustedes|usted)\b")


# "No late fee, interest or penalty has been added": the list goes on behind the comma.
_LISTED = re.compile(r"\s*(?:[a-z-]+ ){1,3}(?:or|nor|oder|noch|ou|ni|o|u|and|und|et|y) [a-z]")
_DENIED_LIST = re.compile(r"\b(?:no|without|neither|kein\w*|ohne|weder|aucun\w*|ni|sans|pas de|pas d'|ningun\w*|sin) (?:[a-z'-]+ ?){1,4}(?:, ?(?:[a-z'-]+ ?){1,3})*,\Z")


def _part(plain: str, clause: tuple[int, int], match: re.Match[str]) -> tuple[int, int]:
    """The stretch between commas that holds the match: the scope of a negation, unless it only continues a list ("no fee, interest …")."""
    left = max(plain.rfind(mark, clause[0], match.start()) for mark in ",;:(") + 1
    right = min((at for mark in ",;:)" if (at := plain.find(mark, match.end(), clause[1])) >= 0), default=clause[1])
    start, end = max(left, clause[0]), right
    if _LISTED.match(plain, start) and _DENIED_LIST.search(plain[clause[0] : start]):
        return clause[0], end
    body = plain[start:end]
    if len(body.split()) <= 4 and not _SUBJECT.search(body):
        return clause
    return start, end


# Rules about the state of an invoice rather than about what we intend.
_STATES = frozenset(("cleared", "no_payment", "not_due", "overdue", "disputed", "po_missing"))
# "We repeat it without charge" is a promise all the same.
_NO_VERB = re.compile(r"\b(?:without|ohne|sans|sin|no (?:charge|cost|delay)|kostenlos)\b")


# "No late payment charge": what is denied is a charge, not a payment.
_CHARGE = re.compile(r" (?:late |late-)?(?:charges?|fees?|interest|penalt\w+|surcharges?|costs?)\b")


def _blank(void: re.Match[str]) -> str:
    return void.group() if _CHARGE.match(void.string, void.end()) else " " * len(void.group())


def negated_in(plain: str, clause: tuple[int, int], match: re.Match[str], language: str, rule: str = "") -> bool:
    """True when a negation of this clause governs the match and nothing undoes it ("will not hesitate to")."""
    negation = joined(language, "negation")
    if not negation.search(plain, *clause):
        return False
    start, end = _part(plain, clause, match)
    void = _NO_VERB if rule == "promise" else None
    cleaned = plain[clause[0] : clause[1]]
    if rule not in _STATES:  # "without your payment we will …" denies nothing; "no payment has arrived" does
        cleaned = joined(language, "negation_void").sub(_blank, cleaned)
    if void is not None:
        cleaned = void.sub(lambda m: " " * len(m.group()), cleaned)
    return bool(negation.search(cleaned, start - clause[0], end - clause[0]))


# The condition is not what the reader shall do but what has happened: paid, on its way, crossed.
_ALREADY = re.compile(
    r"\b(?:already|on its way|in the meantime|bereits|schon|inzwischen|zwischenzeitlich|unterwegs|deja|entre-temps|ya|entretanto|"
    r"cross(?:ed|es|ing)?|gekreuzt|uberschn[ie]tten|kreuzt|croisee?s?|croisent|croise|cruzad[oa]s?|cruzo|cruzaron|cruzan)\b"
)


def bought_off(sentence: str, language: str) -> bool:
    """ "We will not suspend … provided that you pay": a threat in the clothes of a promise."""
    return not _ALREADY.search(sentence) and bool(joined(language, "proviso").search(sentence))
