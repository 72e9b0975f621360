"""G11: money promised to the customer in future: who (we), what (credits, refunds, waives, deducts) and how much, whatever the words between."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .clauses import Match
from .innocent import BOOKED
from .numbers import fact_amount
from .text import Draft, Text

_GAP = r"(?: (?!not\b|never\b|nicht\b|nie\b|keine?n?\b|pas\b|jamais\b|no\b|nunca\b)[\w.,'€$£-]+){0,7}?"
_EN = (
    rf"\b(?:we|i)(?:'ll| will| shall|'re| are|'m| am| intend to| plan to| want to)(?: going to| about to| glad to| happy to)?{_GAP}"
    r" (?:credit|crediting|refund\w*|reimburs\w+|waiv\w+|deduct\w*|repay\w*|compensat\w+|forgiv\w+|knock\w*|write off|writing off|writ\w+ [^;:!?]{1,20} off|"
    r"(?:pay|paying|giv\w+|send|sending) [^;:!?]{1,25} back|(?:tak\w+|let\w*) [^;:!?]{1,25} off|send\w* you a (?:check|cheque))\b|"
    r"\b(?:you|your account|it|this|that)(?:'ll| will| shall| are going to| is going to) be (?:\w+ )?(?:credited|refunded|reimbursed|repaid|compensated|waived|written off)\b|"
    r"\b(?:credit|refund|reimbursement)(?: \w+)? of [^;:!?]{1,20} (?:will follow|follows|is coming|is on its way|will be (?:issued|posted|made|sent))"
)
_DE_VERB = r"(?:gutschreiben|gutgeschrieben|erlassen|erstatten|erstattet|zuruckerstatte\w+|zuruckzahlen|zuruckgezahlt|zuruckuberweisen|zuruckuberwiesen|verguten|vergutet|nachlassen|abziehen|abgezogen)"
_DE = (
    rf"\b(?:wir|ich) (?:werden?|wollen|mochten?|konnen){_GAP} {_DE_VERB}\b|\b(?:werden?|wollen) (?:wir|ich){_GAP} {_DE_VERB}\b|\b(?:wird|werden){_GAP} (?:gutgeschrieben|erstattet|zuruckerstattet|"
    rf"zuruckgezahlt|zuruckuberwiesen|erlassen|vergutet)\b|\b(?:schreiben? (?:wir|ich)|(?:wir|ich) schreiben?)\b[^;:!?]{{0,60}}\d[^;:!?]{{0,30}} gut\b|"
    r"\b(?:(?:uberweisen?|zahlen?|buchen?|geben?) (?:wir|ich)|(?:wir|ich) (?:uberweisen?|zahlen?|buchen?|geben?))\b[^;:!?]{0,60} zuruck\b|"
    r"\b(?:ziehen? (?:wir|ich)|(?:wir|ich) ziehen?)\b[^;:!?]{0,60}\d[^;:!?]{0,20} ab\b|\b(?:erstatten?|erlassen?|verguten?) (?:wir|ich)\b|\b(?:wir|ich) (?:erstatten?|erlassen?|verguten?)\b|"
    r"\b(?:sie|ihr) (?:erhalten|bekommen|erhaltet|bekommt)\b[^;:!?]{0,50} (?:als (?:ausgleich|entschadigung|wiedergutmachung)|zuruck|gutgeschrieben|erstattet)\b"
)
_FR_STEM = r"(?:crediter|rembourser|reverser|deduir|restituer|dedommager|annuler|abandonner|rabattr)"
_FR = (
    rf"\b(?:nous|je|on)(?: vous| le| la| les| y)*(?: {_FR_STEM}(?:ons|ai|a)| (?:allons|vais|voulons|comptons)(?: vous| le| la| les)* (?:crediter|rembourser|reverser|deduire|restituer|dedommager|annuler))\b|"
    r"\b(?:seront|sera)(?: \w+)? (?:credite|rembourse|reverse|deduit|restitue|annule|rendu)(?:e|s|es)?\b|\bvous en (?:faisons|fais|ferons|ferai) (?:grace|cadeau)\b|"
    r"\b(?:avoir|remboursement) (?:de|d'un montant de) [^;:!?]{1,20} (?:suivra|vous parviendra|sera \w+)"
)
_ES_STEM = r"(?:abonar|acreditar|devolver|reembolsar|condonar|descontar|bonificar|compensar|reintegrar|restar|deducir|perdonar)"
_ES = (
    rf"\b{_ES_STEM}(?:emos|e)\b(?! en)|\b(?:vamos|voy) a {_ES_STEM}(?:le|les|te|os|selo)?\b|\bse (?:le|les|te|os) {_ES_STEM}(?:an|a)\b|\bse (?:lo|la|los|las) (?:perdonamos|perdono|regalamos|condonamos)\b|"
    r"\bemitir(?:emos|e)? (?:un |una )?(?:abono|nota de (?:abono|credito))\b"
)
_PROMISED = {code: re.compile(pattern) for code, pattern in (("en", _EN), ("de", _DE), ("fr", _FR), ("es", _ES))}
_SENTENCE_FAR = 60


def promised_credits(draft: Draft, text: Text) -> Iterator[Match]:
    """Sentences in which we will give the customer money back and say how much, unless it is a credit note on record by its number."""
    for code in text.languages:
        for found in _PROMISED[code].finditer(text.plain) if code in _PROMISED else ():
            seg = text.segment_at(found.start())
            sentence = text.segments[seg]
            if text.asks(*sentence) or BOOKED.search(text.plain, *sentence) or found.end() > sentence[1]:
                continue
            if _sum_beside(draft, text, seg, found):
                yield Match("credit_offer", code, found.start(), found.end(), sentence, sentence, False, "promised")


def _sum_beside(draft: Draft, text: Text, seg: int, found: re.Match[str]) -> bool:
    """An amount near the promise; the sentence restates no credit note of the facts by number or amount."""
    row = text.by_segment.get(seg, ())
    posted = {fact_amount(str(credit.get("amount", ""))) for credit in draft.facts.credits}
    if any((item.kind == "ref" and item.ref.kind == "credit") or (item.kind == "money" and item.value in posted) for item in row):
        return False
    return any(item.kind == "money" and item.start - found.end() < _SENTENCE_FAR and found.start() - item.end < _SENTENCE_FAR for item in row)
