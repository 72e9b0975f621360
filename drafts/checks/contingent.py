"""What is made to hang on payment, in whatever words: a condition that money has (not) come, and a consequence that is ours.

"While this is unpaid, the plough stays in the shed." "If nothing comes, the mayor hears of it." A demand makes nothing hang on payment but its own
end: that we close the file, stop writing, hear from the reader, say thank you. What the reader is asked to do stands in no such sentence's
consequence. Two kinds: something of ours that waits for the money (G16), and what follows when none comes (G17).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .clauses import mask_names
from .denied_words import NEG
from .text import Text

_OPEN = (
    r"(?:open|unpaid|outstanding|overdue|unsettled|not (?:been )?(?:paid|settled)|the case|sits|sitting|offen\w*|unbezahlt\w*|nicht (?:bezahlt|beglichen|ausgeglichen)|unbeglichen|"
    r"ouvert\w*|impaye\w*|en souffrance|(?:pas|non) (?:encore )?(?:regle|paye|solde)\w*|le cas|abiert\w*|pendientes?|impagad\w*|sin (?:pagar|pagarse|abonar|cobrar|liquidar)|vencid\w*|asi)"
)
_PAID = (
    r"(?:paid|settled|cleared|(?:payment|money|funds|it|this|that) (?:\w+ ){0,2}(?:arriv\w+|lands?|comes?|in|here|through|cleared)|we(?: have|'ve)? (?:see|seen|receive|received|got) (?:it|the (?:money|funds|payment))|bezahlt|beglichen|ausgeglichen|da ist|"
    r"eingegangen|eingeht|regle\w*|paye\w*|solde\w*|est la|arrive\w*|recu\w*|pagad\w+|abonad\w+|liquidad\w+|al dia|entre|llegue|ingres\w+|veamos)"
)
_WHILE = re.compile(
    rf"\b(?:while|whilst|as long as|so long as|for as long as|given that)\b[^.;:!?]{{0,60}}\b{_OPEN}|\b(?:until|till|unless|only (?:once|when|after))\b[^.;:!?]{{0,60}}\b{_PAID}|"
    rf"\b(?:solange|so lange|so lange wie)\b[^.;:!?]{{0,60}}\b{_OPEN}|\bsolange\b[^.;:!?]{{0,40}}\bnicht\b[^.;:!?]{{0,20}}\b{_PAID}|\b(?:bis(?! (?:zum |spatestens |heute |\d))|erst wenn|erst|bevor)\b[^.;:!?]{{0,50}}\b{_PAID}|"
    rf"\b(?:tant qu\w*|aussi longtemps qu\w*)\b[^.;:!?]{{0,60}}\b{_OPEN}|\b(?:tant qu\w*)\b[^.;:!?]{{0,30}}\b(?:pas|ne)\b[^.;:!?]{{0,20}}\b{_PAID}|\b(?:jusqu'a ce que|avant que)\b[^.;:!?]{{0,50}}\b{_PAID}|"
    rf"\b(?:mientras|en tanto)\b[^.;:!?]{{0,60}}\b{_OPEN}|\b(?:hasta que|hasta tanto)\b[^.;:!?]{{0,50}}\b{_PAID}|"
    r"\bcon (?:la|el|su|esta|una) [^.;:!?,]{0,40}\b(?:sin (?:pagar|abonar|cobrar|liquidar)|impagad\w+|abiert\w+)|\bavec (?:la|votre|une|cette) [^.;:!?,]{0,40}\b(?:impaye\w*|ouverte|en souffrance)"
)
_NOTHING = re.compile(
    r"\b(?:if|should) (?:nothing|no (?:payment|money|reply|answer|word|reaction)|we (?:hear|receive|see|get) nothing|(?:you|we|i) (?:do not|don't|still (?:do not|don't)) (?:pay|hear|receive|see))\b|\b(?:failing|absent) (?:that|this|payment|a reply|which)\b|"
    r"\b(?:wenn|falls|sofern|sollte) (?:\w+ ){0,2}(?:nichts|keine? (?:zahlung|antwort|reaktion|geld|nachricht))\b|\bkommt (?:\w+ ){0,2}nichts\b|\b(?:andernfalls|ansonsten|sonst)\b(?! (?:noch|alles|keine|nichts|etwas|was))|"
    r"\b(?:a defaut|faute de|sans (?:reglement|paiement|nouvelles?|reponse|reaction)|sinon|si rien ne|si (?:vous|tu) ne (?:payez|paies|reglez|regles))\b|"
    r"\b(?:de lo contrario|en caso contrario|si no (?:paga\w*|hay|recib\w+|llega)|de no (?:recibir|pagar|haber|mediar)|a falta de)\b"
)
# Whose the consequence is: ours, or somebody's who is not the reader.
_OURS = re.compile(
    r"\b(?:we|i|our|ours|us|my|wir|ich|unser\w*|uns|mein\w*|nous|je|j'|notre|nos|mon|mes|on|nosotros|nuestr\w+|mi|mis|nos|queda\w*|bleib\w*|ruht|ruhen|stays?|remains? (?:in|at|on|here)|"
    r"(?:your|ihre?n?|votre|vos|su|sus) (?:\w+ )?(?:order|orders|delivery|deliveries|shipment|parcels?|goods|access|support|project|slot|job|bestellung\w*|lieferung\w*|ware|pakete?|zugang|termin|auftrag|projekt|commandes?|livraisons?|colis|acces|"
    r"marchandises?|creneau|chantier|prelevements?|pedidos?|entregas?|envios?|mercanc\w+|acceso|turno|obra|montaje))\b|"
    r"\b(?:erfahrt|erfahren|hears?|will know|learns?|saura|apprendra|sabra|se enterara)\b"
)
# What every demand may make hang on payment: its own end, a word, thanks, a question, what the statement shows; and what the reader shall do.
_HARMLESS = re.compile(
    r"\b(?:close|closed|remind\w*|writ\w+|wrote|chas\w+|bother\w*|contact\w*|ask\w*|thank\w*|hear|heard|know|look forward|understand|assum\w+|wonder\w*|statement|ledger|books?|show\w*|appear\w*|listed|resend|send (?:you )?(?:a |another )?copy|copy|help\w*|"
    r"grateful|glad|happy|pleased|please|kindly|could you|would you|let (?:me|us)|tell (?:me|us)|no (?:late )?fees?|disregard|ignore|interest is|sorry|apolog\w*|hope|"
    r"erinner\w*|mahn\w*|schreib\w*|meld\w*|frag\w*|dank\w*|horen|wissen|freu\w*|bitte\w*|wurde\w*|auszug|buchern?|buchhaltung|kopie|helf\w*|gegenstandslos|ignorier\w*|entschuldig\w*|sagen|teilen|gehen wir davon aus|erledigt|hoff\w*|verstandnis|zeig\w*|"
    r"relanc\w*|rappel\w*|ecri\w*|contact\w*|demand\w*|remerci\w*|merci|savoir|priere|veuillez|releve|compte|copie|duplicata|aid\w+|ignor\w*|tenir compte|excus\w*|dites|indiqu\w*|suppos\w*|comprend\w*|pourr\w+|suffi\w*|espoir|esper\w*|"
    r"update\w*|mark\w*|allocat\w*|confirm\w*|book\w*|receipt|stop chasing|verbuch\w*|quittier\w*|bestatig\w*|schlies\w*|geschlossen|ersuch\w*|bekanntgabe|wusst\w*|clos\w*|clotur\w*|enregistr\w*|cierr\w+|cerr\w+|archiv\w+|remains on|record\w*|escrib\w*|contact\w*|pregunt\w*|agradec\w*|gracias|saber|ruego|rogamos|extracto|copia|ayud\w*|disculp\w*|perdon\w*|diga\w*|indi\w*|supon\w*|entiend\w*|podria\w*|basta\w*|caso omiso|aparec\w*|figur\w*)\b"
)
# A ticket or a question that is open is no money; "sonst bleibt alles beim Alten" threatens nobody.
_OTHER_MATTER = re.compile(
    r"\b(?:tickets?|disputes?|quer(?:y|ies)|questions?|complaints?|frage\w*|reklamation\w*|einwand\w*|litiges?|reclamation\w*|contestation\w*|consulta\w*|incidencia\w*|reclamo\w*|"
    r"sonst (?:ist|bleibt|hat|war|ware|hatte|gern|gerne))\b|\bsonst (?:\w+ ){0,3}beim alten\b|\bware (?:ich|wir)\b"
)
# "Otherwise I can be reached at …": an address, not the loss of one.
_REACHABLE = re.compile(
    r"\b(?:reachable|available|be reached|reach (?:me|us)|erreichbar|(?:erreichen|sprechen) sie (?:mich|uns)|zur verfugung|joignables?|(?:me|nous) joindre|disponibles?|a votre disposition|"
    r"localizables?|localizar(?:me|nos)|a su disposicion)\b"
)
_LESS = re.compile(rf"{NEG}|\b(?:ne|no|plus|only|nur|erst|solo|door|tur|porte|puerta)\b")
_DENIED = re.compile(r"\b(?:nothing|not affected|unaffected|as usual|continue\w*|goes on|regardless|nichts|unberuhrt|wie gewohnt|lauft weiter|weiterhin|rien|normalement|continue\w*|nada|normalidad|sigue\w*|continua\w*)\b")
_ONCE = re.compile(
    rf"\b(?:once|as soon as|the moment|the minute|the day|when)\b[^.;:!?]{{0,50}}\b{_PAID}|\bsobald\b[^.;:!?]{{0,50}}\b{_PAID}|"
    rf"\b(?:des qu\w*|des (?:la )?reception|aussitot qu\w*|une fois)\b[^.;:!?]{{0,50}}\b(?:{_PAID}|reglement|paiement)|\b(?:en cuanto|apenas|tan pronto)\b[^.;:!?]{{0,50}}\b{_PAID}"
)
_SUPPLY = (
    r"(?:orders?|deliver\w*|shipments?|goods|access|service|support|site|shop|portal|project|crew|engineers?|trucks?|lorr(?:y|ies)|rounds?|bestellung\w*|liefer\w*|ware|zugang|dienst\w*|seite|techniker|monteur\w*|wagen|lkw|tour\w*|"
    r"commandes?|livraisons?|colis|acces|service|site|techniciens?|camions?|tournees?|pedidos?|entregas?|envios?|mercanc\w+|acceso|servicio|pagina|tecnicos?|camion\w*|reparto)"
)
# "So that your shop stays reachable, the invoices should be paid soon."
_SO_THAT = re.compile(
    rf"\b(?:so that|in order that|to (?:keep|make sure|ensure)|damit|pour qu\w*|afin qu\w*|para que)\b[^.;:!?]{{0,40}}\b{_SUPPLY}\b[^.;:!?]{{0,40}}\b(?:stays?|remains?|continues?|keeps?|resumes?|go out|goes out|roll\w*|bleib\w*|weiter\w*|"
    r"rollen|restent?|reste|reprennent|reprenne|repart\w*|puissent|continu\w+|sig[au]\w*|reanud\w+|salga\w*)\b"
)


_DEBT = re.compile(r"\b(?:invoices?|bills?|payments?|paid|settl\w+|clear\w*|rechnung\w*|zahl\w*|bezahlt|ausgeglichen|beglichen|factures?|regl\w+|paiement|factur\w+|pag\w+|abon\w+)\b")
# Cheap first look: a sentence without one of these words makes nothing hang on anything.
_OPENS = re.compile(
    r"\b(?:whil(?:e|st)|as long|so long|for as|given that|until|till|unless|only|once|as soon|the m|the day|when|if|should|failing|absent|so that|in order|to (?:keep|make|ensure)|solange|so lange|bis|erst|bevor|sobald|wenn|falls|sofern|"
    r"sollte|kommt|andernfalls|ansonsten|sonst|damit|tant qu|aussi|jusqu|avant|des (?:qu|la|recep)|aussitot|une fois|a defaut|faute|sans|sinon|si|avec|pour qu|afin|mientras|en tanto|hasta|con|en cuanto|apenas|tan pronto|de lo|en caso|de no|a falta|para que)"
)
_HINGES = (("suspension", _WHILE), ("suspension", _ONCE), ("threat", _NOTHING))


def made_to_hang(text: Text) -> Iterator[tuple[str, int, int]]:
    """(rule, start, end) of sentences that make something of ours hang on payment (``suspension``) or follow from its absence (``threat``)."""
    plain = mask_names(text)
    for start, end in text.segments:
        if text.asks(start, end) or _OTHER_MATTER.search(plain, start, end):
            continue
        if _OPENS.search(plain, start, end) is None:
            continue
        if _SO_THAT.search(plain, start, end) and _DEBT.search(plain, start, end):
            yield "suspension", start, end
            continue
        for rule, pattern in _HINGES:
            found = pattern.search(plain, start, end)
            if found is None:
                continue
            rest = plain[start : found.start()] + " | " + plain[found.end() : end]
            if _OURS.search(rest) and not _HARMLESS.search(rest) and not _DENIED.search(rest) and not (_REACHABLE.search(rest) and not _LESS.search(rest)):
                yield rule, start, end
                break
