"""G06: the amount of a payment put on an invoice: true of a payment on record, and it does not say that the invoice is paid."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .attach import attachment
from .base import BLOCK, Finding
from .clauses import Match
from .denied_words import NEG
from .facts import Facts
from .numbers import fact_amount
from .reported import reported
from .standing import claims_of
from .text import Draft, Text

_SUM = r"(?:betrag|summe|geld|zahlung|uberweisung|amount|sum|money|funds|payment|transfer|montant|somme|argent|paiement|virement|reglement|importe|cantidad|suma|dinero|pago|transferencia)"
_PUT = (
    r"(?:gebucht|verbucht|zugeordnet|angerechnet|gutgeschrieben|applied|booked|posted|allocated|credited|(?:imput|affect|credit|port)ee?s?|"
    r"(?:aplic|imput|abon|asign|contabiliz)(?:ad[oa]s?|amos))"
)
_ONTO = re.compile(rf"\b{_SUM}\b[^.;:!?\n]{{0,60}}\b{_PUT}\b|\b{_PUT}\b[^.;:!?\n]{{0,20}}\b{_SUM}\b")
_PAID_UP = re.compile(r"\b(?:be|ge)zahlt|beglich|ausgeglich|erledigt|\b(?:paid|settled|cleared|closed)\b|\b(?:pay|regl|sold)ee?s?\b|\b(?:pagad|saldad|liquidad)|"
    r"\b(?:gesamte\w*|voll(?:e[nrs]?|standig\w*)|ganzen?|whole|entire|full\w*|total\w*|tout\w*|entier\w*|integral\w*|todo|integr[oa]\w*)\b")
# Of the reader's books, of what is still to be done, of another one's money.
_NOT_OURS = re.compile(
    r"\b(?:you|sie|vous|usted\w*|(?<!se )ha|(?<!se )han|bank|banque|banco|will|would|can|could|should|shall|may|to be|werden|wird|kann|konnen|soll\w*|darf|sera|seront|pou\w+|peut|etre|puede\w*|podr\w+|sera\w*|ser|"
    r"another|other|andere\w*|autre\w*|otr[oa]s?)\b|\b(?:wrongly|by mistake|irrtum\w*|versehentlich|par erreur|por error)\b"
)
_TO = re.compile(r"[^.,;:!?\n]{0,12}\b(?:to|against|on|onto|auf|zu|zur|sur|au?|en|al)\b[^.,;:!?\n]{0,20}")


def booked_on_record(text: Text, facts: Facts, match: Match) -> bool:
    """ "We have posted the amount to FI-1" after a payment of FI-1; neither "in full" nor another amount than that of a payment."""
    seg = text.segment_at(match.start)
    clause = text.plain[slice(*match.clause)]
    rows = text.by_segment.get(seg, [])
    names = {item.ref.name for item in rows if item.kind == "ref" and item.ref.kind == "invoice" and match.clause[0] <= item.start < match.clause[1]}
    if not names or not _ONTO.search(clause) or _PAID_UP.search(text.plain, *match.sentence):
        return False
    # "The amount" is the one told last.
    before = text.by_segment.get(seg - 1, [])
    told = [item.value for item in rows if item.kind == "money"] or [item.value for item in before if item.kind == "money"]
    return all(_told_of(facts, name, told) for name in names)


def _told_of(facts: Facts, number: str, told: list[int | None]) -> bool:
    """A payment of invoice ``number`` is on record, of one of the amounts ``told`` if there are any."""
    paid = [fact_amount(str(row.get("amount", ""))) for row in facts.payments if row.get("invoice") in (number, None, "")]
    return bool(paid) and (not told or any(value in paid for value in told))


def misbooked(draft: Draft, text: Text) -> Iterator[Finding]:
    """The amount is told as put on an open invoice of which neither a payment nor a credit note is on record."""
    facts = draft.facts
    known = {row.get("invoice") for row in (*facts.payments, *facts.credits)}
    for match in claims_of(text, _ONTO):
        sentence = text.plain[slice(*match.sentence)]
        if known & {None, ""} or _NOT_OURS.search(sentence) or re.search(NEG, sentence) or reported(text, match.sentence, match.end):
            continue
        named = attachment(draft, text).named.get(text.segment_at(match.start), ())
        item = next((item for item in named if item.start >= match.start), None)
        if item is None or not (item.start < match.end or _TO.fullmatch(text.plain, match.end, item.start)):
            continue
        invoice = facts.invoice(item.ref.name)
        if invoice.open and invoice.number not in known:
            yield text.finding("G06", "contradicts_facts", BLOCK, match.start, match.end, "the facts show it as open and unpaid", fact=f"{invoice.number} is open")
