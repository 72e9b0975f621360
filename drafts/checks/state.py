"""G06: nothing the text says contradicts the facts; a demand never names a disputed invoice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .attach import attachment
from .base import BLOCK, CheckInput, Finding
from .booking import booked_on_record, misbooked
from .clauses import Match, asks, condition_before, matches
from .counted import counted
from .denials import denials
from .denied import denied_facts
from .denied_words import FREE_PART, OF_ITSELF, OVER
from .facts import Invoice
from .items import Item
from .numbers import fact_amount
from .reported import reported, wondered
from .settled import asked_for, but_for_the_rest, said_in_passing, told_settled
from .speaking import spoken_of
from .standing import not_of_all, of_the_clause, only_one, settled_claims, within_term
from .text import Draft, Text, parsed

_LATE_WORD = re.compile(r"exigible|overdue|past due|behind|arrears|uberfallig|ueberfallig|fallig|verzug|ruckstand|echu|vencid|retard|atras|en mora")
_WORD_ON = 12
_RECEIVED = re.compile(
    r"receiv|receipt|\bche(?:ck|que)\b|scheck|talon|thank|grateful|apprecia|arriv|transfer|payment|zahlung|erhalten|eingegang|dank|uberweis|recu|merci|remerci|paiement|"
    r"reglement|virement|recib|graci|agradec|pago|transferencia|ingres"
)
_FULL = re.compile(
    r"\b(?:fully|in full|completely|entirely|vollstandig|vollstaendig|komplett|restlos|entierement|integralement|totalement|totalmente|"
    r"completamente|integramente|por completo|en su totalidad|zero|cero|null|nothing|nichts|rien|nada)\b"
)
# A sentence the learned model takes to say "paid" or "not due" says so in words like these, and does not deny it.
LEARNED = "learned"
_DENIES = re.compile(r"\b(?:not|never|cannot|nicht|pas|jamais|sin|without|ohne|sans)\b|n't\b|\bn[e'] |\bno (?!longer|further|open|more)|\bwhether\b|\bob\b")
# "plus ancienne … du", "al día de hoy": words that look like "nothing due" and "up to date".
_NO_STATE = re.compile(r"\bplus (?:ancien|recent|vieil|haut|bas|tard|grand|petit)\w*|\bal dia (?:de (?:hoy|la fecha|\d)|\d)")
_DUE_WORD = re.compile(
    r"\b(?:due|term\w*|time|days?|weeks?|months?|late|overdue|rush|hurry|early|until|date|fallig\w*|frist\w*|ziel\w*|zeit|tage?n?|wochen?|eilt|spat\w*|verzug|"
    r"echeance|echue?s?|delai|temps|jours?|retard|exigible|venc\w+|plazo|tiempo|dias?|mora|prisa|pronto|tarde)\b|fallig|zahlungsziel"
)
_THANKS = re.compile(r"thank|grateful|appreciat|dank|merci|remerci|graci|agradec")
_INVOICE_NOUN = re.compile(r"invoice|bill|rechnung|forderung|factur|account|konto|compte|cuenta|saldo|solde|balance|\d")
_PARTIAL = re.compile(
    r"part(?:ial|ly|-pay\w*|-paid)?\b|teil\w*|anzahlung|partiel\w*|acompte|parcial\w*|a cuenta|towards|rest\b|remain|reste|restant|"
    r"balance|verbleib"
)
_PARTLY = re.compile(
    r"part(?:ial|ly|-pay\w*|-paid)?\b|teil\w*|anzahlung|partiel\w*|acompte|parcial\w*|a cuenta|towards|of which|davon|dont"
)
_BY_READER = re.compile(r"\b(?:you(?:'ve| have| had)?(?: \w+)? paid|haben sie\b.{0,60}\b(?:be|ge)zahlt|sie haben\b.{0,60}\b(?:be|ge)zahlt|avez (?:\w+ )?(?:paye|regle|verse)|(?:han|ha|habeis|has) (?:pagado|abonado))\b")
# Purposes whose text may name an invoice under dispute, because it is the subject.
DISPUTE_PURPOSES = frozenset(("dispute_response", "answer", "correction"))


def _amounts_in(text: Text, match: Match) -> list[int]:
    return [i.value for i in text.items if i.kind == "money" and i.value is not None and match.sentence[0] <= i.start < match.sentence[1]]


def _payment_known(draft: Draft, text: Text, match: Match, invoices: list[Invoice]) -> bool:
    """True when a claimed payment or settlement is a fact: a payment of these invoices (of that amount), or nothing is open on them."""
    if invoices and all(i.open == 0 for i in invoices):
        return True
    paid = _paid(draft, text, match, invoices)
    amounts = _amounts_in(text, match)
    told = any(amount in paid or amount == sum(p or 0 for p in paid) for amount in amounts)
    rest = _mentions_rest(draft)
    if told and any(amount == i.open for amount in amounts for i in invoices):
        return True  # "100 less 40 paid = 60 open" says both sides
    if _of_the_paid(text, match, paid) or (booked_on_record(text, draft.facts, match) and not _FULL.search(text.plain, *match.clause)):
        return True
    clause = text.plain[slice(*match.clause)]
    if told and _BY_READER.search(clause) and not _FULL.search(clause):
        return True
    if not _RECEIVED.search(text.plain[match.start : match.end]):
        settled = _FULL.search(clause) or _INVOICE_NOUN.search(text.plain[match.start : match.end])
        if settled and any(i.open for i in invoices):
            return bool(_PARTLY.search(clause)) and not _FULL.search(clause)
    if not paid:
        return False
    if told or _PARTIAL.search(text.plain[slice(*match.sentence)]):
        return True
    return not amounts and rest and not _FULL.search(clause) and ("payment" in match.source or bool(_THANKS.search(clause)))


def _of_the_paid(text: Text, match: Match, paid: list[int | None]) -> bool:
    """ "The check for 3,000.00 cleared": what is said to be in is the amount of a payment on record, and no invoice."""
    inside = [item for item in text.items if match.start <= item.start < match.end]
    money = [item.value for item in inside if item.kind == "money"]
    return bool(money) and all(value in paid for value in money) and not any(item.kind == "ref" for item in inside)


# "Thank you for your payment, and FI-2": the thanks are not for what follows.
_APART = re.compile(r"[;.]|,? (?:and|und|et|y) ")


def _paid(draft: Draft, text: Text, match: Match, invoices: list[Invoice]) -> list[int | None]:
    """Amounts of the payments a statement can be about: those of its invoices; of all when its sentence names none."""
    named = attachment(draft, text).named.get(text.segment_at(match.start))
    apart = _THANKS.search(text.plain, match.start, match.end) and named and _APART.search(text.plain, match.end, max(match.end, named[0].start))
    numbers = {i.number for i in invoices} if named and not apart else set()
    return [
        fact_amount(str(row.get("amount", "")))
        for row in draft.facts.payments
        if row.get("invoice") in numbers or not row.get("invoice") or not numbers
    ]


def _mentions_rest(draft: Draft) -> bool:
    """A thank-you for a payment passes when the rest that is still open stands in the letter too."""
    opens = {i.open for i in draft.facts.invoices if i.open}
    return any(i.kind == "money" and i.value in opens for text in draft.texts for i in text.items)


def _cleared(draft: Draft, text: Text) -> Iterator[Finding]:
    for match in (*matches(text, "cleared"), *settled_claims(text)):
        if (match.language and condition_before(text, match)) or asks(text, match.sentence) or _of_something_else(draft, text, match):
            continue
        if reported(text, match.sentence, match.end) or wondered(text, match.end) or _by_the_plan(draft, text, match):
            continue
        invoices = spoken_of(draft, text, match)
        if but_for_the_rest(text, draft.facts, *match.sentence, invoices):
            continue
        if _LATE_WORD.search(text.plain, match.start, min(match.end + _WORD_ON, match.clause[1])) and not any(
            (i.days_overdue(draft.facts.as_of) or 0) > 0 for i in invoices
        ):
            continue
        if not _payment_known(draft, text, match, invoices):
            number = invoices[0] if invoices else None
            yield _contradicts(text, match.start, match.end, "the facts show it as open and unpaid", fact=f"{number.number} is open" if number else "")


def _of_something_else(draft: Draft, text: Text, match: Match) -> bool:
    """A denial, a column heading, a ticket that is resolved, or the amount of a registered term that is to be paid."""
    start, end = match.sentence
    if _NO_STATE.search(text.plain, max(start, match.start - 6), min(end, match.end + 12)):
        return True
    if match.source == LEARNED and _DENIES.search(text.plain, start, end):
        return True
    if _LATE_WORD.search(text.plain, match.start, match.end) and not_of_all(draft, text, match):
        return True
    inside = [item for item in text.items if start <= item.start < end]
    if "|" in text.folded[start:end] and not any(item.kind in {"money", "ref"} for item in inside):
        return True
    if any(item.kind == "ref" and item.ref.kind == "ticket" and match.start <= item.end and item.start <= match.end for item in inside):
        return True
    opens = {i.open for i in draft.facts.invoices}
    return any(item.kind == "money" and item.value in draft.facts.term_amounts and item.value not in opens for item in inside)


def _not_due(draft: Draft, text: Text) -> Iterator[Finding]:
    for match in matches(text, "not_due", negated=None):
        if of_the_clause(text, match):
            continue
        if _by_the_plan(draft, text, match) or not_of_all(draft, text, match) or (match.source == LEARNED and not _DUE_WORD.search(text.plain, *match.sentence)):
            continue
        late = [i.days_overdue(draft.facts.as_of) for i in spoken_of(draft, text, match)]
        if late and all(days is not None and days > 0 for days in late):
            yield _contradicts(text, match.start, match.end, "the invoice is past its due date")


_DUE_SAID = re.compile(r"\bdue\b|payable|fallig|zu zahlen|\bdus?\b|\bdue?s\b|exigible|echoi|echu|venc|pagar")


def _by_the_plan(draft: Draft, text: Text, match: Match) -> bool:
    """ "Under PL-7 nothing is due today": an approved plan that the sentence names says when the invoice is due."""
    named = any(i.kind == "ref" and i.ref.kind == "term" and match.sentence[0] <= i.start < match.sentence[1] for i in text.items)
    return named and bool(_DUE_SAID.search(text.plain, match.start, match.end))


def _contradicts(text: Text, start: int, end: int, why: str, fact: str = "") -> Finding:
    return text.finding("G06", "contradicts_facts", BLOCK, start, end, why, fact=fact)


def _disputes(draft: Draft, text: Text) -> Iterator[Finding]:
    raised = draft.facts.raw.get("disputes") or ()
    for match in matches(text, "disputed", negated=None):
        if FREE_PART.search(text.plain, *match.sentence):
            continue
        if match.negated and raised and not condition_before(text, match) and not OF_ITSELF.search(text.plain, *match.sentence) and draft.facts.disputed and not _acknowledged(text) and not OVER.search(text.plain, *match.clause):
            numbers = {i.number for i in spoken_of(draft, text, match)}
            if any(row.get("invoice") in numbers for row in raised) and re.search(
                r"\b(?:no|kein\w*|aucun\w*|ningun\w*|not|nicht|pas)\b", text.plain[slice(*match.clause)]
            ):
                yield _contradicts(text, match.start, match.end, "the facts hold a dispute")
        if not match.negated and not raised and not condition_before(text, match) and not asks(text, match.sentence) and not _we_tell(text, match):
            yield _contradicts(text, match.start, match.end, "the facts hold no dispute")


# "je me permets de vous signaler la facture": what is reported is reported to the reader.
_TELLS = re.compile(r"\b(?:pour|de|a|a vous|nous|je|devons|souhaitons|permettons de) vous (?:en )?(?:signal(?:er|e|ons|ions|ais)|reclam(?:er|e|ons)|soulever)\b")


def _we_tell(text: Text, match: Match) -> bool:
    return any(found.start() <= match.start < found.end() for found in _TELLS.finditer(text.plain, *match.sentence))


def _acknowledged(text: Text) -> bool:
    """The text names a ticket of the dispute: what it denies is something else ("the amount is not claimed")."""
    return any(item.kind == "ref" and item.ref.kind == "ticket" for item in text.items)


def _disputed_named(draft: Draft, text: Text) -> Iterator[Finding]:
    if draft.purpose in DISPUTE_PURPOSES or not draft.facts.disputed:
        return
    for item in text.items:
        if item.kind == "ref" and item.ref.kind == "invoice" and item.ref.name in draft.facts.disputed:
            yield _contradicts(text, item.start, item.end, "a demand names an invoice under dispute", fact=f"{item.ref.name} is disputed")


def _settled_named(draft: Draft, text: Text) -> Iterator[Finding]:
    """An invoice with nothing open is demanded (purpose demand, named without being called paid)."""
    if draft.purpose != "demand":
        return
    for item in text.items:
        if item.kind == "ref" and item.ref.kind == "invoice":
            invoice = draft.facts.invoice(item.ref.name)
            dead = invoice.open == 0 or invoice.status.lower() in {"paid", "cancelled", "canceled", "void", "written_off"}
            if dead and not said_in_passing(text, item) and not _said_settled(draft, text, item, invoice) and not _known_as_settled(draft, text, item, invoice):
                yield _contradicts(text, item.start, item.end, "nothing is open on this invoice", fact=f"{invoice.number}: 0.00 open")


def _said_settled(draft: Draft, text: Text, item: Item, invoice: Invoice) -> bool:
    if told_settled(text, draft.facts, item, invoice):
        return True
    return any(m.sentence[0] <= item.start < m.sentence[1] for m in matches(text, "cleared", negated=None))


def _known_as_settled(draft: Draft, text: Text, item: Item, invoice: Invoice) -> bool:
    """The letter says elsewhere that the invoice is settled, and nothing is asked for it here."""
    if asked_for(text, item):
        return False
    others = [(each, other) for each in draft.texts for other in each.items if other.kind == "ref" and other is not item and other.ref is item.ref]
    return any(_said_settled(draft, each, other, invoice) for each, other in others)


_UPLOADED = re.compile(r"\b(?:portal\w*|portail|upload\w*|hochlad\w*|depot|carga|subida|system|systeme|sistema)\b.{0,80}\b(?:reject\w*|refus\w*|return\w*|abgelehnt|abgewiesen|zuruckgewiesen|lehnte|rechaz\w+|devolv\w+)\b")


def _purchase_order(draft: Draft, text: Text) -> Iterator[Finding]:
    for match in matches(text, "po_missing", negated=None):
        invoices = spoken_of(draft, text, match)
        asked = asks(text, match.sentence)
        told = any(i.kind == "ref" and i.ref.kind == "po" for i in text.items)
        if _UPLOADED.search(text.plain, *match.sentence):
            continue  # "your portal rejected the first upload because the order number was missing"
        if invoices and all(i.po for i in invoices) and not condition_before(text, match) and not asked and not told:
            yield _contradicts(text, match.start, match.end, "the facts hold the purchase order", fact=invoices[0].po)


_RULES = (_cleared, misbooked, denials, denied_facts, _not_due, within_term, only_one, _disputes, _disputed_named, _settled_named, counted, _purchase_order)


def check_state(inp: CheckInput) -> Iterable[Finding]:
    """G06 over subject and body."""
    draft = parsed(inp)
    for text in draft.texts:
        for rule in _RULES:
            yield from rule(draft, text)
