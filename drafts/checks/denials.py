"""Statements that deny what the facts hold: a payment that came, a credit note that is posted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .attach import attachment
from .base import BLOCK, Finding
from .clauses import matches
from .items import Item
from .numbers import fact_amount
from .speaking import spoken_of
from .text import Draft, Text

# What a sentence must speak of to deny a payment: money and its coming.
_MONEY_CAME = re.compile(
    r"pa(?:y|id)|receiv|receipt|arriv|transfer|remit|money|penny|cent|funds|come in|came in|credit|reached|settle|zahl|geld|eingang|eingegang|"
    r"uberweis|erhalten|gutschrift|ausgeblieben|bekommen|regl|verse|virement|recu|parvenu|avoir|sou\b|euro|pag|abon|ingres|recib|cobr|lleg|"
    r"open|unpaid|outstanding|offen|unbezahlt|ouvert|impaye|pendiente|abiert"
)
# A document that did not show a payment yet says nothing about the payment.
_NOT_SHOWN = re.compile(
    r"(?:statement|reminder|letter|message|list|auszug|aufstellung|mahnung|erinnerung|releve|rappel|etat|courrier|estado|extracto|recordatorio|"
    r"aviso|which|that|que|qui|der|die|das)\b.{0,40}\b(?:show|include|reflect|contain|list|mention|beruck\w*|enthielt|enthalt|zeig\w*|"
    r"auswies|affich\w*|mentionn\w*|inclu\w*|repren\w*|montr\w*|muestr\w*|mostra\w*|reflej\w*|conten\w*|figur\w*)"
)
_CAME = (
    r"(?:come in|came in|arriv\w*|receiv\w*|reach\w*|paid|in yet|eingegang\w*|angekomm\w*|gekommen|gezahlt|bezahlt|erhalten|recue?s?|arrivee?s?|"
    r"parvenue?s?|versee?s?|payee?s?|reglee?s?|encaissee?s?|recib\w*|llega\w*|ingres\w*|pagad\w*|abonad\w*|cobrad\w*|entrado)"
)
_NOTHING = re.compile(
    r"\b(?:nothing|no (?:payment|money|funds|remittance)|keine? (?:zahlung|geld)\w*|kein geld|nichts|rien|aucun (?:paiement|versement|reglement|"
    rf"virement)|nada|ningun (?:pago|ingreso|abono)|ninguna transferencia)\b(?P<gap>[^.;:!?]{{0,45}}?)\b{_CAME}\b|"
    rf"\b(?:n'|ne |n'a )[^.;:!?]{{0,30}}\b{_CAME} (?:aucun|rien)|\bno (?:ha|hemos|nos ha)\b[^.;:!?]{{0,20}}{_CAME} (?:nada|ningun)"
)
_SINCE = re.compile(
    r"\b(?:further|else|more|since|other|another|weiter\w*|sonst|danach|seitdem|seither|mehr|autre|depuis|ensuite|plus|desde|mas|otr[oa]|adicional)\b"
)
_MISSED = re.compile(
    r"\b(?:ausgeblieben|blieb\w* aus|bleibt aus|fehlt|fehlen|missing|failed to arrive|did not (?:arrive|come|reach)|manque|falta)\b|"
    rf"\b(?:not|n't|never|nicht|nie|pas|jamais|no|nunca)\b[^.;:!?]{{0,40}}\b{_CAME}\b"
)
_UNAPPLIED = re.compile(
    r"(?:\b(?:not|never|nicht|pas|jamais|no|nunca|without|ohne|sans|sin|kein\w*|unable to|encore a)\b|n't)(?:(?!\b(?:and|und|et|y|but|aber|mais|pero)\b)[^.;:!?]){0,60}\b(?:appl\w+|imput\w+|deduct\w+|"
    r"post(?:ed|ing)|book(?:ed|ing)|offset|verrechn\w+|angerechnet|anrechn\w+|abgezogen|gebucht|verbucht|berucksichtigt|dedui\w+|compens\w+|"
    r"descont\w+|aplic\w+|contabiliz\w+)"
)


def denials(draft: Draft, text: Text) -> Iterator[Finding]:
    """Findings of G06 for payments and credit notes of the facts that the text denies."""
    if draft.facts.payments:
        yield from _payment_missed(draft, text)
    if draft.facts.payments or draft.facts.credits:
        yield from _nothing_received(draft, text)
    if draft.facts.credits:
        yield from _credit_unapplied(draft, text)


def _nothing_received(draft: Draft, text: Text) -> Iterator[Finding]:
    for match in matches(text, "no_payment", negated=None):
        numbers = {i.number for i in spoken_of(draft, text, match)}
        clause = text.plain[slice(*match.clause)]
        if not _MONEY_CAME.search(text.plain, *match.sentence) or _NOT_SHOWN.search(clause):
            continue
        credit = re.search(r"credit|gutschrift|avoir|abono", clause[match.start - match.clause[0] :])
        rows = draft.facts.credits if credit else draft.facts.payments
        if any(row.get("invoice") in numbers or not row.get("invoice") for row in rows):
            yield text.finding("G06", "contradicts_facts", BLOCK, match.start, match.end, "the facts hold a payment or credit for it")
    for found in _NOTHING.finditer(text.plain) if draft.facts.payments else ():
        start, end = text.segments[text.segment_at(found.start())]
        numbers = _numbers(draft, text, text.segment_at(found.start()))
        paid = any(row.get("invoice") in numbers or not row.get("invoice") for row in draft.facts.payments)
        if paid and not text.asks(start, end) and not _SINCE.search(text.plain, start, end):
            yield text.finding("G06", "contradicts_facts", BLOCK, *found.span(), "the facts hold a payment for it")


def _numbers(draft: Draft, text: Text, seg: int) -> set[str]:
    attach = attachment(draft, text)
    named = attach.named.get(seg)
    return {item.ref.name for item in named} if named else {i.number for i in attach.nearby(seg) or draft.facts.invoices}


def _payment_missed(draft: Draft, text: Text) -> Iterator[Finding]:
    """The amount of a payment on record is said not to have come."""
    opens = {i.open for i in draft.facts.invoices} | {i.amount for i in draft.facts.invoices}
    paid: dict[int | None, set[str]] = {}
    for row in draft.facts.payments:
        paid.setdefault(fact_amount(str(row.get("amount", ""))), set()).add(str(row.get("date") or "")[:10])
    for item in text.items:
        if item.kind != "money" or item.value not in paid or item.value in opens:
            continue
        start, end = text.segments[item.seg]
        found = _MISSED.search(text.plain, start, end)
        if found and not text.asks(start, end) and _same_day(text, item, paid[item.value]) and not _NOT_SHOWN.search(text.plain, start, end):
            yield text.finding("G06", "contradicts_facts", BLOCK, *found.span(), "the facts hold this payment")


def _same_day(text: Text, item: Item, days: set[str]) -> bool:
    """No date in the sentence, or the day of the payment (another instalment of the same amount may well be missing)."""
    said = [day for other in text.by_segment[item.seg] if other.kind == "date" for day in other.dates]
    return not said or any(day in days or (day[0] == "-" and any(one.endswith(day) for one in days)) for day in said)


def _credit_unapplied(draft: Draft, text: Text) -> Iterator[Finding]:
    for item in text.items:
        if item.kind == "ref" and item.ref.kind == "credit":
            start, end = text.segments[item.seg]
            found = _UNAPPLIED.search(text.plain, start, end)
            if found and not text.asks(start, end):
                yield text.finding("G06", "contradicts_facts", BLOCK, *found.span(), "the facts hold this credit note as posted")
