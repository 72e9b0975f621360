"""G06: what an open invoice is told to be in words the rule packs do not have: settled, replaced, still within its term, the only one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from .attach import attachment
from .base import BLOCK, Finding
from .clauses import Match
from .denied_words import CONDITION, ELSEWHERE, NEG
from .speaking import spoken_of
from .terms import policy_spans
from .text import Draft, Text

_BE = r"(?:is|are|was|were|has been|have been|ist|sind|wurden?|worden|est|sont|a ete|ont ete|es|son|esta|estan|fue|fueron|quedo|queda|ha sido|sigue|siguen|remains?|reste|bleibt|liegt|liegen)"
_ARRIVED = r"(?:arrived?|reached us|came in|come in|is in our account|angekommen|eingetroffen|eingegangen|eingelangt|parvenus?|parvenue?s?|arrivee?s?|encaissee?s?|llegado|llegaron|ingresado)"
SETTLED = re.compile(
    rf"\b{_BE}(?: \w+){{0,2}}? (?:acquittee?s?|eteinte?s?|extinguid[oa]s?|extinguished|erloschen|getilgt)\b|"
    r"\bne (?:nous |me )?(?:doit|devez|doivent) plus\b(?! que)|\b(?:no longer owes?|owes? us nothing|owe nothing)\b|\bschulde\w* uns (?:\w+ ){0,2}(?:nichts|keinen)\b|\bya no (?:nos )?deben?\b|"
    r"\b(?:no existen? ya|ya no existen?|no longer exists?|existier(?:t|en) nicht mehr|n'existe(?:nt)? plus)\b|"
    r"\bno tiene\w* que pagar nada\b|\b(?:need not|do not have to|don't have to|do not need to|no need to) pay anything\b|\b(?:mussen|brauchen) (?:sie )?nichts mehr (?:zu )?(?:be)?zahlen\b|\bn'avez (?:plus )?rien a (?:payer|regler)\b|"
    r"\b(?:consta\w*|figur\w*|aparec\w*) (?:\w+ ){0,2}como (?:cobrad|pagad|liquidad|saldad)\w+|\b(?:figure\w*|apparai\w*|ressort\w*) (?:\w+ ){0,3}comme (?:(?:bien|deja|integralement|totalement|entierement) )?(?:payee?|reglee?|soldee?|acquittee?)s?\b|"
    r"\bals (?:vollstandig |bereits )?(?:bezahlt|beglichen|ausgeglichen|erledigt|getilgt) (?:gefuhrt|gebucht|verbucht|vermerkt|markiert|eingetragen)\b|"
    r"\b(?:tenemos|tengo) (?:ya )?(?:cobrad|pagad|liquidad|saldad|abonad)[oa]s?\b|\b(?:we have|we've|wir haben|nous avons) (?:already |bereits |deja )?(?:collected|vereinnahmt|encaisse) (?:the |la |die )?(?=[a-z]*\W?\d)|"
    r"\boff our (?:books|list|ledger)|\b(?:zero|nil) balance|\bbalance (?:of|is|stands at) (?:zero|nil)|\bsaldo (?:de |es )?(?:cero|0\b)|\bsolde (?:nul|de zero|a zero)|"
    rf"\b{_BE}(?: \w+)? (?:replaced|superseded|ersetzt|remplacee?s?|sustituid[oa]s?|reemplazad[oa]s?) (?:by|with|durch|par|por)|\bdurch [^,;:.!?\n]{{1,40}} ersetzt|"
    rf"\b{_BE}(?: \w+)? (?:zeroed|wiped|deleted|gestrichen|ausgetragen|geloscht|gegenstandslos|hinfallig|effacee?|supprimee?|eliminad[oa]|sin efecto|invalid|void)\b|"
    r"\bquedo? sin efecto|\bqueda sin efecto|\bsans objet\b|"
    r"\bno longer (?:needs?|has|have|requires?) (?:to be )?(?:paid|payment|pay)\b|\b(?:need|needs) (?:not|no longer) be paid\b|\b(?:muss|mussen|braucht|brauchen)\b[^,;:.!?\n]{0,25}\bnicht mehr\b[^,;:.!?\n]{0,20}"
    r"\b(?:be|ge)?zahl\w+|\bn'(?:a|ont|est|y a) plus (?:a etre|besoin d'etre|a|lieu de)\b[^,;:.!?\n]{0,6}(?:payee?s?|reglee?s?|payer|regler)|\bya no (?:hace falta|es necesario|hay que|tienen? que|deben?) (?:que )?(?:pag|abon)\w+|"
    r"\bnothing to pay on\b|\b(?:money|geld|argent|dinero)\b[^,;:.!?\n]{0,25}\b(?:is in|has come in|has arrived|ist da|ist eingegangen|est arrive|ya llego|ha llegado|llego)\b|"
    r"\b(?:we have|we've|wir haben|nous avons|hemos) (?:withdrawn|cancelled|canceled|voided|retire|annule|retirado|anulado) (?:(?:the|your|la|su|votre) )?(?:invoice|facture|factura|[\w/.-]*\d)|"
    r"\bwir haben (?:(?:die|ihre) )?(?:rechnung )?[\w/.-]*\d[\w/.-]* (?:zuruckgezogen|storniert|zuruckgenommen|annulliert)|\bplus reclamee?s?\b|\bno longer (?:claimed|demanded|pursued)\b|"
    r"\bne reste (?:plus )?rien a (?:payer|regler|solder)|\bne presente (?:plus|pas|aucun)[^,;:.!?\n]{0,12}solde|\bplus (?:aucun|de) solde\b|"
    r"\bfigur\w+ (?:ya )?como (?:cobrad|pagad|liquidad|saldad)\w+|\bhemos cobrado (?:\w+ )?(?:integra|total|complet|todo)\w*|\bcobrad[oa] (?:integra|total|complet)\w*|"
    r"\b(?:show\w*|list\w*|appear\w*|record\w*|book\w*|mark\w*|gefuhrt|gebucht|verbucht|enregistree?s?|comptabilisee?s?|registrad[oa]s?|contabilizad[oa]s?) (?:\w+ )?"
    r"(?:as|als|comme|como) (?:fully )?(?:paid|settled|cleared|closed|bezahlt|beglichen|ausgeglichen|erledigt|payee?s?|reglee?s?|soldee?s?|cobrad[oa]s?|pagad[oa]s?|saldad[oa]s?)|"
    r"\b(?:keine|no|aucune|ninguna) (?:forderung\w*|claim|creance|deuda) (?:mehr|any more|left|plus|mas|pendiente)|\bquitt\b|\b(?:we are|we're) (?:quits|even|square)\b|\bestamos en paz\b"
)
# "The 2,310.40 EUR are safely in": said of an amount; a letter or an invoice arrives too.
ARRIVED = re.compile(
    rf"\b(?:are|is|has|have|did|sind|ist|est|sont|ont|nous (?:est|sont))(?: (?:bien|safely|already|now|duly|gut|alle|wohlbehalten|bereits|schon|in full|bei uns|vollstandig|uns))* {_ARRIVED}\b"
    r"(?! (?:a|au) (?:echeance|terme))|\b(?:arrived|came in|kamen an|gingen ein|llegaron|nous (?:est|sont) (?:bien )?parvenus?|ya estan en|estan ya en)\b"
)
_NOTHING = re.compile(r"sin efecto|no longer|not be|money|ya no|nicht mehr|rien|plus|nothing|keine|no |nichts|aucun|ningun|zero|nil|nul|cero")
NOT_DUE = re.compile(
    r"\bnot payable (?:until|before|yet)|\bn'est payable que plus tard|\b(?:n'a pas|no ha)\b[^,;:.!?\n]{0,12}\b(?:atteint|llegado a|alcanzado) (?:son|sa|su) (?:echeance|vencimiento)|\bencore (?:le|du) temps (?:de|pour) (?:payer|regler)|"
    r"\b(?:todavia|aun) no (?:hay que|tiene\w* que|debe\w*) pagar|\bse paga mas adelante|\berst spater (?:zu (?:be)?zahlen|fallig)|"
    rf"\b{_BE} (?:\w+ ){{0,2}}?(?:within|inside) (?:its|the|your|their) (?:\w+ )?(?:terms?|period|time)|\b(?:due date|term|deadline|payment period)\b[^,;:.!?\n]{{0,25}}\b(?:has not|hasn't|is not|isn't|not)"
    r" (?:yet )?(?:passed|arrived|come|expired|over|up|reached|run out|lapsed)|\b(?:still|there is|is) (?:some |enough |plenty of )?time (?:\w+ )?(?:before|until|till)\b|\bapproaching (?:its )?due|\bdue date (?:of [^,;:]{1,20} )?(?:is approaching|approaches|lies ahead|is near)|"
    r"\babout to (?:fall|become|be) due|\bnot (?:in arrears|late|behind)\b|\bnot reached its (?:due|maturity)|"
    r"\b(?:liegt|liegen|ist|sind|befindet sich)\b[^,;:.!?\n]{0,25}\b(?:innerhalb|im|in) (?:des |der |dem )?(?:zahlungsziels?|zahlungsfrist|frist)\b|"
    r"\b(?:falligkeit|zahlungsziel|zahlungsfrist|frist)\b[^,;:.!?\n]{0,30}\b(?:noch nicht|nicht) (?:eingetreten|abgelaufen|erreicht|uberschritten|verstrichen|um|vorbei)|\b(?:zahlungsziel|zahlungsfrist|frist)\b[^,;:.!?\n]{0,20} lauft noch|"
    r"\bbis zur falligkeit\b[^,;:.!?\n]{0,25}\b(?:bleib\w*|haben|noch|ist)|\bkurz vor (?:der |ihrer )?falligkeit|\bnicht (?:im|in) (?:zahlungs)?(?:verzug|ruckstand)|"
    r"\b(?:est|sont|reste)\b[^,;:.!?\n]{0,12}\bdans (?:les|ses|son) delais?|\becheance\b[^,;:.!?\n]{0,25}\b(?:n'est pas|pas encore)\b[^,;:.!?\n]{0,12}(?:depassee|passee|atteinte|arrivee)|"
    r"\becheance (?:de [^,;:]{1,20} )?(?:approche|est proche|est a venir)|\bdelai (?:de (?:paiement|reglement) )?(?:de [^,;:]{1,20} )?(?:court (?:encore|toujours)|n'(?:est|a) pas)|"
    r"\bvous reste (?:encore )?(?:du temps|des jours|quelques jours)|"
    r"\b(?:esta|estan|sigue|siguen|continua)\b[^,;:.!?\n]{0,12}\b(?:dentro de(?:l)?|en) (?:su )?plazo|\bvencimiento\b[^,;:.!?\n]{0,25}\b(?:no ha|aun no|todavia no)\b[^,;:.!?\n]{0,8}(?:llegado|pasado|cumplido)?|"
    r"\bplazo\b[^,;:.!?\n]{0,25}\b(?:sigue (?:abierto|corriendo|vigente)|no ha (?:vencido|expirado|terminado|concluido))|\bpor vencer\b|\bfalta\w* [^,;:.!?\n]{0,15}para que venza|\bacerca (?:el|su) vencimiento|"
    r"\b(?:non (?:encore )?echue?s?|a echoir)(?= ?:\n)"  # a heading
)
_ONLY = re.compile(
    r"\b(?:only one|just one|nur eine|lediglich eine|une seule|seulement une|solo una|solamente una|unicamente una)\b[^,;:.!?\n]{0,30}\b(?:invoices?|rechnung(?:en)?|factures?|facturas?)\b"
    r"[^,;:.!?\n]{0,20}\b(?:open|unpaid|outstanding|offen|unbezahlt|ouverte|impayee|pendiente|abierta|impagada)\b|"
    r"\b(?:the only|einzige|la seule|la unica)\b (?:open |unpaid |outstanding |offene |unbezahlte )?(?:invoice|rechnung|facture|factura)\b[^,;:.!?\n]{0,16}"
    r"\b(?:open|unpaid|outstanding|offen|unbezahlt|ouverte|impayee|pendiente|abierta|impagada)\b|\b(?:the only (?:open|unpaid|outstanding)|einzige (?:offene|unbezahlte)) (?:invoice|rechnung)\b"
)


_CUT = re.compile(r"[,;:(](?!\d)")


def claims_of(text: Text, pattern: re.Pattern[str]) -> Iterator[Match]:
    """Matches of ``pattern`` that are claims: in no question, condition, wish or forecast."""
    for found in pattern.finditer(text.plain):
        start, end = text.segments[text.segment_at(found.start())]
        left = max((cut.end() for cut in _CUT.finditer(text.plain, start, found.start())), default=start)
        right = min(end, found.end() + 14)
        if not text.asks(start, end) and not CONDITION.search(text.plain, left, found.end()):
            yield Match("", "", found.start(), found.end(), (left, right), (start, end), False, "words")


def settled_claims(text: Text) -> Iterator[Match]:
    """Claims that an invoice is paid, replaced or gone."""
    for match in (*claims_of(text, SETTLED), *filter(partial(_of_money, text), claims_of(text, ARRIVED))):
        said = text.plain[match.start : match.end]
        before = text.plain[match.clause[0] : match.start]
        if (said.startswith("als ") or not ELSEWHERE.search(before)) and (_NOTHING.search(said) or not re.search(NEG, text.plain[slice(*match.clause)])):
            yield match


def _of_money(text: Text, match: Match) -> bool:
    return any(item.kind == "money" and match.clause[0] <= item.start < match.start for item in text.by_segment.get(text.segment_at(match.start), ()))


_ONE_OF = re.compile(
    r"\b(?:one|two|three|some|eine|zwei|drei|einige|une|deux|trois|certaines|una|dos|tres|algunas) (?:of (?:your|the|them|these)|ihrer|davon|der|unserer|de (?:vos|ces|nos)|d'elles|de (?:sus|las|ellas|nuestras))\b"
)
_CHANGES = re.compile(r"\b(?:chang|affect|alter|mov|extend|shift|postpon|ander|verschieb|beruhr|modif|chang|repouss|affect|cambi|afect|alter|aplaz)\w*")


# "Nothing to do on the invoices that are not due yet": which of them, not all of them.
_THOSE = re.compile(
    r"\b(?:invoices|items|ones|rechnungen|posten|factures|facturas|partidas) (?:that|which|die|qui|que)\b|\b(?:noch )?nicht falligen (?:rechnungen|posten)|\b(?:factures|celles) non echues|\bfacturas no vencidas|\bpor vencer\b"
)


def not_of_all(draft: Draft, text: Text, match: Match) -> bool:
    """ "One of your invoices is not yet due" where one is; "the credit note does not change the due date"."""
    if _CHANGES.search(text.plain, max(match.sentence[0], match.start - 12), match.end):
        return True
    seg = text.segment_at(match.start)
    some = any((invoice.days_overdue(draft.facts.as_of) or 0) <= 0 for invoice in draft.facts.invoices)
    told = _ONE_OF.search(text.plain, match.sentence[0], match.start) or _THOSE.search(text.plain, max(match.sentence[0], match.start - 40), min(match.sentence[1], match.end + 20))
    return some and seg not in attachment(draft, text).named and bool(told)


_PERIOD = re.compile(r"\b(?:period|point|threshold|day|frist|zeitraum|tag|punkt|delai|seuil|stade|plazo|supuesto|umbral)\b[^.;!?]{0,30}\b(?:reached|met|elapsed|erreicht|abgelaufen|verstrichen|atteint|ecoule|depasse|alcanzado|cumplido|transcurrido)\b")


def of_the_clause(text: Text, match: Match) -> bool:
    """ "That period is not reached": the one of the late-fee clause that the letter quotes, not the term of an invoice."""
    return bool(policy_spans(text)) and _PERIOD.search(text.plain, *match.sentence) is not None


def within_term(draft: Draft, text: Text) -> Iterator[Finding]:
    """An invoice past its due date is told as still within its term."""
    for match in claims_of(text, NOT_DUE):
        late = [invoice.days_overdue(draft.facts.as_of) for invoice in spoken_of(draft, text, match)]
        if late and all(days is not None and days > 0 for days in late) and not of_the_clause(text, match):
            yield text.finding("G06", "contradicts_facts", BLOCK, match.start, match.end, "the invoice is past its due date")


def only_one(draft: Draft, text: Text) -> Iterator[Finding]:
    """ "The only open invoice" where several are open."""
    facts = draft.facts
    free = [i for i in facts.invoices if i.open and i.number not in facts.disputed]
    opened = sum(1 for i in facts.invoices if i.open)
    late = sum(1 for i in free if (i.days_overdue(facts.as_of) or 0) > 0)
    if 1 in {opened, len(free), late}:
        return
    for match in claims_of(text, _ONLY):
        if not re.search(NEG, text.plain[slice(*match.clause)]) and not attachment(draft, text).named.get(text.segment_at(match.start), ())[1:]:
            yield text.finding("G06", "contradicts_facts", BLOCK, match.start, match.end, "several invoices are open", fact=str(opened))
