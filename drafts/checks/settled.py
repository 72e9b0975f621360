"""How a letter names an invoice on which nothing is open without asking for it: paid on that day, closed, no longer on the list, 0.00."""

from __future__ import annotations

import re

from .amount_words import OPEN
from .facts import Facts, Invoice
from .items import Item
from .numbers import fact_amount
from .text import Text

_SETTLED = re.compile(
    r"\b(?:paid|settled|cleared|closed|received|arrived|reached|came in|credited|booked|posted|"
    r"bezahlt\w*|beglichen\w*|ausgeglichen\w*|erledigt|verbucht|gebucht|gutgeschrieben|eingegangen\w*|angekommen|abgeschlossen|geschlossen|erhalten|uberwiesen|"
    r"reglee?s?|soldee?s?|payee?s?|acquittee?s?|encaisse\w*|cloturee?s?|recue?s?|comptabilise\w*|apuree?s?|"
    r"(?:se|la|lo|nos la|nos lo) (?:pago|abono|saldo|liquido|cobro|cerro|ingreso|pagaron|abonaron|liquidaron|pagasteis|pagaste|pagaba)|pagad[oa]s?|abonad[oa]s?|saldad[oa]s?|"
    r"liquidad[oa]s?|cobrad[oa]s?|cerrad[oa]s?|ingresad[oa]s?|llego|recibi\w*)\b"
)
# What money does; it settles an invoice only with the day or the amount of its payment beside it.
_ENTERED = re.compile(
    r"\b(?:went through|landed|got here|came|matched|applied|allocated|kam|kamen|ging|gingen|verrechnet\w*|angerechnet\w*|zugeordnet\w*|abgeglichen\w*|entree?s?|entra|passer|arrivee?s?|parvenue?s?|affectee?s?|imputee?s?|"
    r"rapprochee?s?|entro|entraron|entrad[oa]s?|llegaron|casad[oa]s?|conciliad[oa]s?|cotejad[oa]s?|aplicad[oa]s?|contabilizad[oa]s?)\b"
)
_LACKING = re.compile(r"\b(?:missing|still|to come|fehl\w*|manqu\w*|falt\w*|encore|noch|aun|todavia)\b")
_GONE = re.compile(
    r"\b(?:no longer|nicht mehr|ya no|n'\w+ plus|ne \w+ plus|nothing (?:more )?(?:is |left )?(?:open|due|owed|outstanding)|nichts mehr|plus rien|rien de plus|nada pendiente|nada mas)\b"
)
_DENIED = re.compile(
    r"\b(?:not|never|cannot|without|nicht|noch kein\w*|nie|ohne|pas|jamais|aucun\w*|sans|sin|ningun\w*|unpaid|unbezahlt|impaye\w*|impagad\w*|pendiente de|yet to|no (?:ha\w*|se|fue\w*|esta\w*|consta\w*|hemos|nos))\b|"
    r"n't\b"
)
_EXCEPT = re.compile(
    r"\b(?:apart from|aside from|except(?: for)?|but for|other than|besides|beyond|save for|aus+er(?:dem|halb)?|abgesehen von|bis auf|mit ausnahme|neben|hormis|a part|sauf|excepte|en dehors d\w+|outre|"
    r"aparte de|salvo|excepto|fuera de|ademas de|a excepcion|menos)\b|\b(?:nothing|not?hing) else\b|\bno other\b|\b(?:sonst|ansonsten|im ubrigen|weiter\w*)\b|\brien d'autre|\baucune? autre|\bpour le reste|"
    r"\bnada mas\b|\bningun\w* otr\w+|\bpor lo demas|\bpres\b"
)
_OF_PAYING = re.compile(
    r"\b(?:pay\w*|settle\w*|transfer\w*|remit\w*|money|late|clear|zahl\w*|bezahl\w*|uberweis\w*|begleich\w*|geld|offen\w*|fallig\w*|erinner\w*|remind\w*|mahn\w*|pai\w+|pay\w+|regl\w+|vir\w+|rappel\w*|relanc\w*|pag\w+|abon\w+|"
    r"transf\w+|liquid\w+|recorda\w*|reclam\w*|await\w*|wait\w*|wart\w*|attend\w*|esper\w+|manqu\w*|fehl\w*|missing|falt\w+|miss)\b"
)
_SENTENCE = 5
_ASKED = re.compile(
    r"\b(?:please|kindly|bitte|merci de|veuillez|priere|rogamos|por favor|once|until|unless|if|when|as soon as|sobald|bis|wenn|falls|sofern|si|des que|lorsque|quand|cuando|hasta|"
    r"to be|must|should|has to|have to|zu (?:be\w*|uber\w*)|muss\w*|soll\w*|doit|devez|a regler|debe\w*|hay que|por pagar)\b"
)


def told_settled(text: Text, facts: Facts, item: Item, invoice: Invoice) -> bool:
    """True when the words around the mention ``item`` of a settled ``invoice`` say that it is settled."""
    row = text.by_segment[item.seg]
    if any(other.kind == "money" and other.value == 0 for other in row):
        return True
    start, end = text.segments[item.seg]
    mentions = [other for other in row if other.kind == "ref" and other.ref.kind == "invoice" and other.ref.name != invoice.number]
    left = max((other.end for other in mentions if other.end <= item.start), default=start)
    right = min((other.start for other in mentions if other.start >= item.end), default=end)
    said = text.plain[left:right]
    if _GONE.search(said):
        return True
    if _DENIED.search(said):
        return False
    if not _SETTLED.search(said):
        entered = _ENTERED.search(said) and not (_LACKING.search(said) or _ASKED.search(said) or text.asks(start, end))
        return bool(entered) and (_proven(facts, row, invoice) or _whole(facts, row, invoice))
    return _proven(facts, row, invoice) or not (_ASKED.search(said) or text.asks(start, end))


def said_in_passing(text: Text, item: Item) -> bool:
    """ "Thanks for your help with FI-1 last month", "nothing to do on FI-1": a sentence of the body that holds no amount, no day, no word of paying."""
    start, end = text.segments[item.seg]
    row = text.by_segment[item.seg]
    others = any(other.kind in {"money", "date", "count"} or (other.kind == "ref" and other is not item and other.ref.kind == "invoice") for other in row)
    words = len(text.words_by_segment.get(item.seg, ()))
    return text.where == "body" and words >= _SENTENCE and not others and not OPEN.search(text.plain, start, end) and not _OF_PAYING.search(text.plain, start, end) and not text.asks(start, end)


def asked_for(text: Text, item: Item) -> bool:
    """True when the sentence around a mention asks for something or shows an amount beside it."""
    start, end = text.segments[item.seg]
    return bool(_ASKED.search(text.plain, start, end) or text.asks(start, end)) or any(other.kind == "money" and other.value for other in text.by_segment[item.seg])


def _proven(facts: Facts, row: list[Item], invoice: Invoice) -> bool:
    """The day of a payment of the invoice stands beside it."""
    days = {str(paid.get("date") or "")[:10] for paid in facts.payments if str(paid.get("invoice")) == invoice.number} - {""}
    return any(other.kind == "date" and any(day.endswith(one) for one in other.dates for day in days) for other in row)


def _whole(facts: Facts, row: list[Item], invoice: Invoice) -> bool:
    """The amount of a payment of the invoice stands beside it."""
    paid = {fact_amount(str(row.get("amount", ""))) for row in facts.payments if str(row.get("invoice")) == invoice.number}
    return any(other.kind == "money" and other.value in paid for other in row)


def but_for_the_rest(text: Text, facts: Facts, start: int, end: int, invoices: list[Invoice]) -> bool:
    """ "Apart from FI-1 and FI-2 nothing is open" when the text names all that is; "paid but for 770.00" when that is the open part."""
    if not _EXCEPT.search(text.plain, start, end):
        return False
    named = {item.ref.name for item in text.items if item.kind == "ref" and item.ref.kind == "invoice"}
    left = [invoice for invoice in facts.invoices if invoice.open]
    said = {item.value for item in text.items if item.kind == "money" and start <= item.start < end}
    parts = [invoice for invoice in invoices if invoice.open]
    if parts and all(invoice.open in said and invoice.open != invoice.amount for invoice in parts):
        return True
    return bool(left) and all(invoice.number in named for invoice in left)
