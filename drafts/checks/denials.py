"""Statements that deny what the facts hold: a payment that came, a credit note that is posted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .attach import attachment
from .base import BLOCK, Finding
from .clauses import matches
from .denied_words import CONDITION
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
_WHOLLY = r"(?:wholly|entirely|completely|totally|fully|altogether|ganzlich|vollig|komplett|vollstandig|zur ganze|totalmente|integramente|completamente|integralement|entierement|totalement)"
_FIRST = r"(?:(?:first|initial|erste\w*) (?:payment|zahlung|eingang)|premier (?:versement|paiement|reglement|acompte)|primer (?:pago|abono|ingreso))"
_AWAITED = r"(?:await\w*|wait\w*|still|yet to|outstanding|missing|steht|warten|erwarten|attend\w*|encore|espera\w*|pendiente|falta|aun|todavia)"
_PART = r"(?:part[ -]payments?|partial payments?|part of (?:it|the amount|the invoice|this invoice) (?:has|have|was|is|been)|teilzahlung\w*|anzahlung\w*|acomptes?|(?:paiement|versement|reglement)s? partiels?|pagos? parcial\w*|parte de (?:ella|la factura|este importe))"
_NOT = r"(?:not|never|no|nothing|nicht|nie|kein\w*|pas|jamais|aucun\w*|ni|nunca|jamas|ningun\w*|sin)"
_NEVER_PAID = re.compile(
    rf"\b{_WHOLLY} (?:unpaid|unsettled|unbezahlt\w*|unbeglichen\w*|impayee?s?|impagad[oa]s?)\b|\b{_FIRST}\b[^.,;:!?]{{0,40}}\b{_AWAITED}\b|\b{_AWAITED}\b[^.,;:!?]{{0,40}}\b{_FIRST}\b|"
    rf"\b{_NOT}\b[^.,;:!?]{{0,40}}\b{_PART}\b|\b{_PART}\b[^.,;:!?]{{0,30}}\b(?:never|nie|nicht|jamais|nunca|not)\b|\b(?:paid|remitted|transferred|sent)\b(?: \w+){{0,2}} nothing\b|"
    r"\b(?:no|not|never|nicht|kein\w*)\b[^.,;:!?]{0,30}\b(?:zahlungseingang|geldeingang)\w*|\b(?:zahlungseingang|geldeingang|eingang)\b[^.,;:!?]{0,40}\b(?:nicht|nie)\b|"
    r"\b(?:nicht einmal|not even|meme pas|meme|ni siquiera) (?:teilweise|zum teil|partly|partially|in part|en partie|partiellement|en parte|parcialmente)\b|\bvon anfang an unbezahlt|\bnie (?:geld|zahlung\w*) (?:gekommen|erhalten)|"
    r"\b(?:objet d|effectue|recu) ?'?aucun (?:paiement|reglement|versement)|\bobjet d'aucun\w* (?:paiement|reglement|versement)|"
    r"\b(?:eu|fait|effectue|enregistre|constate|trace d')\W?(?:\w+ )?aucun (?:paiement|versement|reglement|encaissement)|"
    r"\b(?:no|ni)\b[^.,;:!?]{0,40}\b(?:pagad|abonad|ingresad)\w+[^.,;:!?]{0,20}\bninguna parte\b|\bnot (?:one|a single) (?:payment|cent|penny|instal+ment)\b|\b(?:ni un|ni una) sol[oa]\b|"
    r"\bpas (?:le moindre|un seul|un) (?:centime|euro|sou|versement|paiement)|\bkeinen (?:einzigen )?(?:cent|euro|rappen)\b"
)
# What has not come is the rest, a message, or an instalment of a plan: nothing is said of the payment on record.
_OF_REST = re.compile(
    r"\W+(?:\w+\W+){0,4}?(?:remain\w*|rest\b|restlich\w*|verbleib\w*|ubrig\w*|offene\w* rest\w*|reste\b|restante?s?|solde|saldo|balance|advice|confirmation|copy|reply|answer|avis|"
    r"reponse|confirmacion|respuesta|justificante|comprobante|antwort|bestatigung|instal+ment|mensualite|cuota|rate)\b"
)
_SINCE = re.compile(
    r"\b(?:further|else|more|since|other|another|weiter\w*|sonst|danach|seitdem|seither|mehr|autre|depuis|ensuite|plus|desde|mas|otr[oa]|adicional)\b"
)
# "We apply no interest": what is denied is a charge, not a payment.
_OF_FEES = re.compile(r"\W+(?:\w+\W+){0,2}?(?:interes\w*|recargos?|gastos?|comision\w*|fees?|charges?|\w*gebuhr\w*|\w*zins\w*|frais|penalites?|interets?|surcharges?)\b")
_TO_DO = re.compile(r"\W+(?:\w+\W+){0,2}?(?:que hacer|to do|zu tun|zu veranlassen|a faire)\b")
_MISSED = re.compile(
    r"\b(?:ausgeblieben|blieb\w* aus|bleibt aus|fehlt|fehlen|missing|failed to arrive|did not (?:arrive|come|reach)|manque|manquent|falta|faltan)\b|"
    rf"\b(?:not|n't|never|nicht|nie|pas|jamais|no|nunca)\b[^.;:!?]{{0,40}}\b{_CAME}\b"
)
_UNAPPLIED = re.compile(
    r"(?:\b(?:not|never|nicht|pas|jamais|no|nunca|without|ohne|sans|sin|kein\w*|unable to|encore a)\b|n't)(?:(?!\b(?:and|und|et|y|but|aber|mais|pero|received|erhalten|recu|recibido)\b)[^.;:!?]){0,60}\b(?:appl\w+|imput\w+|deduct\w+|"
    r"post(?:ed|ing)|book(?:ed|ing)|offset|verrechn\w+|angerechnet|anrechn\w+|abgezogen|gebucht|verbucht|berucksichtigt|dedui\w+|compens\w+|"
    r"descont\w+|aplic\w+|contabiliz\w+)"
)


def denials(draft: Draft, text: Text) -> Iterator[Finding]:
    """Findings of G06 for payments and credit notes of the facts that the text denies."""
    if draft.facts.payments:
        yield from _payment_missed(draft, text)
        yield from _payment_day(draft, text)
    if draft.facts.payments or draft.facts.credits:
        yield from _nothing_received(draft, text)
    if draft.facts.credits:
        yield from _credit_unapplied(draft, text)


_PAID_ON = re.compile(
    r"paid|pay(?:ment|ing)|receiv|receipt|remit|transfer|zahlung|gezahlt|bezahlt|uberwies|uberweis|eingegang|eingang|erhalten|paye|paiement|versement|verse|virement|regle|recu|pago|pagad|"
    r"abon|transferencia|ingres|recibid"
)
_APART = re.compile(r"[;:]|, |\b(?:and|und|et|y|of|less)\b.{0,12}\b(?:due|fallig|echue?|vencid)")
_OTHER_DAY = re.compile(r"\b(?:due|fallig\w*|falligkeit|echue?s?|echeance|venci\w*|vencid\w*|issued|dated|as of|stand|rechnung vom|facture du|factura del?)\b[^.,;:!?]{0,14}\Z")


def _payment_day(draft: Draft, text: Text) -> Iterator[Finding]:
    """A payment of the facts is told with the day of something else."""
    opens = {i.open for i in draft.facts.invoices} | {i.amount for i in draft.facts.invoices} | draft.facts.term_amounts
    paid = _days_paid(draft)
    for item in text.items:
        if item.kind == "money" and item.value in paid and item.value not in opens:
            days = paid[item.value]
            for day in _day_beside(text, item):
                if not any(one in days or (one[0] == "-" and any(known.endswith(one) for known in days)) for one in day.dates):
                    yield text.finding("G06", "contradicts_facts", BLOCK, day.start, day.end, "the payment came on another day", fact=min(days))


def _days_paid(draft: Draft) -> dict[int | None, set[str]]:
    """Amount of a payment on record → the days such a payment came."""
    days: dict[int | None, set[str]] = {}
    for row in draft.facts.payments:
        days.setdefault(fact_amount(str(row.get("amount", ""))), set()).add(str(row.get("date") or "")[:10])
    return days


def _day_beside(text: Text, money: Item) -> Iterator[Item]:
    """The dates next to an amount that are told as the day it was paid."""
    row = [other for other in text.by_segment[money.seg] if other.kind in {"money", "date"}]
    place = row.index(money)
    for day in (*row[max(place - 1, 0) : place], *row[place + 1 : place + 2]):
        left, right = min(money.end, day.end), max(money.start, day.start)
        said = text.plain[max(text.segments[money.seg][0], min(money.start, day.start) - 30) : max(money.end, day.end) + 30]
        if day.kind != "date" or right - left > 40 or _APART.search(text.plain, left, right):
            continue
        if _PAID_ON.search(said) and not _OTHER_DAY.search(text.plain, max(0, day.start - 30), day.start):
            yield day


def _nothing_received(draft: Draft, text: Text) -> Iterator[Finding]:
    for match in matches(text, "no_payment", negated=None):
        numbers = {i.number for i in spoken_of(draft, text, match)}
        clause = text.plain[slice(*match.clause)]
        if not _MONEY_CAME.search(text.plain, *match.sentence) or _NOT_SHOWN.search(clause) or _OF_REST.match(text.plain, match.end, match.sentence[1]) or _SINCE.search(text.plain, match.start, match.end + 8) or _OF_FEES.match(text.plain, match.end) or _TO_DO.match(text.plain, match.end):
            continue
        credit = re.search(r"credit|gutschrift|avoir|abono", clause[match.start - match.clause[0] :])
        rows = draft.facts.credits if credit else draft.facts.payments
        if any(row.get("invoice") in numbers or not row.get("invoice") for row in rows):
            yield text.finding("G06", "contradicts_facts", BLOCK, match.start, match.end, "the facts hold a payment or credit for it")
    for found in (*_NOTHING.finditer(text.plain), *_NEVER_PAID.finditer(text.plain)) if draft.facts.payments else ():
        start, end = text.segments[text.segment_at(found.start())]
        numbers = _numbers(draft, text, text.segment_at(found.start()))
        paid = any(row.get("invoice") in numbers or not row.get("invoice") for row in draft.facts.payments)
        left = max(text.plain.rfind(mark, start, found.start()) for mark in ",;:(") + 1
        if CONDITION.search(text.plain, max(left, start), found.end()) or _OF_REST.match(text.plain, found.end(), end):
            continue
        if paid and not text.asks(start, end) and not _SINCE.search(text.plain, start, end):
            yield text.finding("G06", "contradicts_facts", BLOCK, *found.span(), "the facts hold a payment for it")


def _numbers(draft: Draft, text: Text, seg: int) -> set[str]:
    attach = attachment(draft, text)
    named = attach.named.get(seg)
    return {item.ref.name for item in named} if named else {i.number for i in attach.nearby(seg) or draft.facts.invoices}


def _payment_missed(draft: Draft, text: Text) -> Iterator[Finding]:
    """The amount of a payment on record is said not to have come."""
    opens = {i.open for i in draft.facts.invoices} | {i.amount for i in draft.facts.invoices}
    paid = _days_paid(draft)
    for item in text.items:
        if item.kind != "money" or item.value not in paid or item.value in opens:
            continue
        start, end = text.segments[item.seg]
        found = _MISSED.search(text.plain, start, end)
        if found and not _of_the_rest(text, item, found) and not text.asks(start, end) and _same_day(text, item, paid[item.value]) and not _NOT_SHOWN.search(text.plain, start, end):
            yield text.finding("G06", "contradicts_facts", BLOCK, *found.span(), "the facts hold this payment")


def _of_the_rest(text: Text, paid: Item, missing: re.Match[str]) -> bool:
    """ "You sent 3,000.00, so 2,420.80 is missing": the word of absence stands closer to an amount that is open than to the one paid."""
    opens = {invoice.open for invoice in text.facts.invoices if invoice.open}
    sums = [item for item in text.by_segment[paid.seg] if item.kind == "money"]
    nearest = min(sums, key=lambda item: max(item.start - missing.end(), missing.start() - item.end))
    return nearest is not paid and nearest.value in opens


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
