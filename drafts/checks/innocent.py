"""Sentences the learned model may not condemn alone: questions for the reader's day, matters handled apart, a request for approval.

A pattern of the rules still stands in such a sentence; only what no rule found, and the model thought it heard, falls.
"""

from __future__ import annotations

import re

from .text import Text

_KNOW = re.compile(
    r"\b(?:(?:like|want|love|need|glad|happy) to know|wusste\w* (?:wir |ich )?gern|mocht\w* (?:wir |ich )?(?:nur |gern )?wissen|(?:voudrais|aimerais|souhait\w+|voudrions|aimerions) (?:\w+ )?savoir|"
    r"(?:quiero|querria|quisiera|queremos|gustaria|necesito) saber)\b"
)
_LATER = re.compile(
    r"\b(?:half|halves|part|parts|third|quarter|rate|rates|instal\w+|split|spread|later|longer|more|extend\w*|extension|wait\w*|delay\w*|halfte|teil\w*|rate|raten|spater|langer|mehr|verlanger\w*|"
    r"aufteil\w*|warten|aufschub|stund\w*|moitie|tiers|partie|fois|etal\w*|echelon\w*|plus tard|plus de|delai|report\w*|repouss\w*|attend\w*|mitad|parte|tercio|plazos?|cuotas?|veces|"
    r"despues|mas|aplaz\w*|prorrog\w*|esper\w*)\b"
)
_DAY_ASKED = re.compile(
    r"\b(?:when|which (?:day|date)|what date|suits?|convenient|work for you|can we expect|could we expect|wann|welche\w* (?:tag|termin|datum)|passt|passen|recht|gelegen|rechnen|quand|quelle date|"
    r"conviendrait|convient|vous va|pouvons-nous compter|cuando|que (?:dia|fecha)|conviene|viene bien|le va bien|podemos contar)\b"
)
_APART = re.compile(
    r"\b(?:separate(?:ly)?|apart|on its own|elsewhere|getrennt|gesondert|separat|unabhangig davon|eigenen vorgang|a part|separement|par ailleurs|de son cote|aparte|por separado|por otro lado)\b"
)
_MATTER = re.compile(
    r"\b(?:question|query|matter|point|issue|complaint|topic|ticket|remark|concern|frage|anliegen|reklamation|thema|punkt|hinweis|ruckfrage|anfrage|sache|vorgang|remarque|sujet|reclamation|"
    r"demande|dossier|observation|pregunta|consulta|asunto|tema|reclamacion|observacion|duda)\w*"
)
_STOPS = re.compile(
    r"\b(?:deliver\w*|ship\w*|suppl\w*|service|access|liefer\w*|beliefer\w*|zugang|dienst\w*|livr\w+|expedi\w+|acces|entreg\w+|suministr\w*|envi\w+|acceso|servicio) (?:\w+ ){0,3}"
    r"(?:stop\w*|suspend\w*|block\w*|hold|held|store\w*|gesperrt|gestoppt|eingestellt|einlager\w*|zuruckgehalten|bloqu\w+|arret\w*|retenu\w*|retenid\w*|paralizad\w*)\b"
)
_ARRIVED = re.compile(
    r"\b(?:make sure|be sure|be certain|sicher sein|sichergehen|sicherstellen|vergewissern|m'assurer|nous assurer|s'assurer|etre sure?|asegurar(?:me|nos)|estar segur\w)\b[^;!?]{0,50}"
    r"\b(?:lost|received|reached|arrived|got|overlooked|astray|verloren|erhalten|angekommen|erreicht|untergegangen|egaree?s?|perdue?s?|recue?s?|parvenue?s?|arrivee?s?|perdid\w+|recibi\w+|llegad\w+|"
    r"extraviad\w+)"
)
_ONCE_PAID = re.compile(
    r"\b(?:once|as soon as|when|sobald|wenn|des|une fois|quand|lorsque|en cuanto|una vez|cuando)\b[^;!?]{0,60}\b(?:paid|settled|arriv\w+|payment|bezahlt|gezahlt|beglichen|eingegangen|zahlung|da ist|"
    r"regl\w+|pay\w+|paiement|reception|pag\w+|lleg\w+|abon\w+)\b[^;!?]{0,60}\b(?:hear|close|closed|stop reminding|horen|schlies\w*|erledigt|ruhe|entendr\w+|clos|cloturer?\w*|derang\w+|molest\w+|"
    r"cierr\w+|cerr\w+|archiv\w+)\b"
)
# "We will credit your payment of 1,200 to FI-1 once it arrives" books what the reader sends.
_PAYMENT = (
    r"(?:your|the|this|ihre?|die|diese|eingehende|votre|le|ce|su|el|este) (?:payments?|transfers?|remittances?|zahlung|uberweisung|zahlungseingang|paiement|virement|reglement|pago|transferencia|ingreso)"
)
BOOKED = re.compile(
    rf"\b(?:credit|crediting|book|booking|allocat\w+|post|posting|gutschreiben|gut|buchen|zuordnen|crediter\w*|credit\w+|imput\w+|affect\w+|abonar\w*|aplicar\w*|acreditar\w*|imputar\w*) {_PAYMENT}\b|"
    rf"\b{_PAYMENT}\b[^;!?]{{0,60}}\b(?:gut|gutschreiben|gutgeschrieben|buchen|zuordnen|verbuchen)\b|\b(?:schreiben|buchen) (?:wir|ich) {_PAYMENT}\b"
)
# Time to look into it is no time to pay.
_TIME_TO_LOOK = re.compile(
    r"\b(?:time|zeit|temps|tiempo) (?:to|fur (?:die|ihre)|zum|zur|pour|de|para) (?:\w+ )?(?:check|look|review|verify|find|prufung|prufen|nachsehen|klarung|verifier|controler|regarder|verification|revisar\w*|comprobar\w*|"
    r"verificar\w*|mirar\w*)\b|\bzeit\b[^.,;!?]{0,20}\b(?:prufen|nachzusehen|nachzuschauen)\b"
)
_ENOUGH = re.compile(
    r"\b(?:a|the|one|ein|eine|une?|una?) (?:\w+ )?(?:date|day|line|word|reply|answer|datum|termin|tag|zeile|antwort|date|jour|ligne|mot|reponse|fecha|dia|linea|respuesta)\b[^.,;!?]{0,20}"
    r"\b(?:is enough|would do|will do|suffices?|genugt|reicht|suffit|suffirait|basta|bastaria|nos vale|me vale)\b"
)
# "Then a short sign is enough for me".
_SHORT_WORD = re.compile(
    r"\b(?:reicht|genugt|is enough|will do|suffices?|suffi\w*|basta\w*|vale)\b[^.,;!?]{0,20}\b(?:zeile|zeichen|antwort|nachricht|hinweis|line|word|note|sign|mot|ligne|signe|reponse|linea|palabra|respuesta|mensaje)\b"
)
# "… your payment or, failing that, a line from you".
_OR_A_WORD = re.compile(
    r"\b(?:or|oder|ou|o)\b,? (?:failing that|ersatzweise|andernfalls|sonst|a defaut|sinon|en su defecto|si no),? (?:\w+ )?(?:a|an|eine?|une?|una?|su|votre|ihre|your) (?:\w+ )?"
    r"(?:reply|line|word|date|answer|note|antwort|nachricht|zeile|termin|ruckmeldung|reponse|mot|ligne|date|message|respuesta|linea|fecha|mensaje)\b"
)
_MINUTE = re.compile(
    r"\b(?:keep you|take up|take (?:a|one)|aufhalten|kostet sie|retien\w*|prendra|robo|robar\w*|quito|llevara)\b[^;!?]{0,40}\b(?:minutes?|moment|seconds?|minuto|segundo)\b|\b(?:minute|moment|augenblick)\b[^;!?]{0,30}\baufhalten\b"
)
# "I quite forgot half of it yesterday": the writer's own message, and no amount.
_FORGOT = re.compile(r"\b(?:i (?:\w+ ){0,2}forgot\w*|i (?:\w+ ){0,2}left out|habe ich\b[^;!?]{0,40}\bvergessen|ich habe\b[^;!?]{0,40}\bvergessen|j'ai (?:\w+ )?oublie\w*|(?:se me )?olvid[eo])\b(?![^;!?]*\d)")
# "We should have seen it settled in March": what the reader owed us, no fault of ours.
_EXPECTED = re.compile(
    r"\b(?:we|i) (?:\w+ ){0,2}(?:should|ought to|would|expected to|had expected to|were expecting to) (?:\w+ ){0,2}(?:have )?"
    r"(?:received|had|got|been paid|receive|get|(?:seen|see) (?:\w+ ){1,2}(?:settled|paid|cleared|arrive\w*))\b|"
    r"\b(?:nous|j') ?aurions? du (?:\w+ )?(?:recevoir|etre (?:paye|regle)\w*|percevoir|encaisser|voir (?:\w+ )?(?:regle|paye|arrive|solde|credite)\w*)\b|"
    r"\bdu l[ae] voir (?:regle|paye|arrive|solde|credite)\w*|"
    r"\b(?:hatten|hatte) (?:wir|ich)\b[^;!?]{0,60}\b(?:erhalten|eingehen|bekommen|erwartet)\b|"
    r"\b(?:wir|ich) hatten?\b[^;!?]{0,60}\b(?:erhalten sollen|eingehen sollen|bekommen sollen|erwartet)\b|"
    r"\b(?:deberiamos|tendriamos que|debimos) (?:haber )?(?:\w+ )?(?:recibido|cobrado|recibir|cobrar)\b"
)
_AT_A_LOSS = re.compile(
    r"\b(?:confess|admit|must say|gestehe\w*|gebe zu|muss sagen|avoue\w*|confieso|reconozco)\b[^;!?]{0,40}\b(?:at a loss|puzzled|baffled|curious|surprised|do not know|don't know|ratlos|uberrascht|neugierig|weiss nicht|weis nicht|"
    r"perplexe|etonne\w*|curieu\w+|ne sais|perplej\w+|sorprendid\w+|curiosidad|no se)\b"
)
_COULD_IT_BE = re.compile(
    r"\b(?:(?:could|can|may|might) it be|is it possible|kann es sein|konnte es sein|ist es moglich|se (?:peut|pourrait)-il|est-(?:ce|il) possible|(?:puede|podria|pudiera) ser|es posible)\b"
)
# "I have put your request to our management": told inside the house, and about what the reader asked.
_HANDED_ON = re.compile(
    r"\b(?:your|ihre?[nm]?|deine?n?|votre|vos|su|sus|tu) (?:\w+ )?(?:request|question|query|wish|proposal|suggestion|point|anliegen|frage|bitte|wunsch|vorschlag|anfrage|demande|question|requete|proposition|peticion|pregunta|consulta|"
    r"solicitud|propuesta)\b|\b(?:not|nothing|nicht|nichts|pas|rien|no)\b[^;!?]{0,20}\b(?:mine to|for me to|i can|meine sache|zu entscheiden|a moi|m'appartient|me corresponde|depende de mi)\b|\b(?:lo he|la he|l'ai|habe (?:es|das|sie|ihn)) (?:\w+ )?(?:elevado|trasladado|pasado|transmise?|soumise?|weitergegeben|weitergeleitet|vorgelegt)\b"
)
# "If you have paid already, please disregard the above."
_AGAIN = re.compile(
    r"\b(?:not|n't|ungern|nicht|pas|no)\b[^.;!?]{0,24}\b(?:remind|write|bother|trouble|chase|erinnern|schreiben|belastigen|behelligen|relancer|ecrire|deranger|record\w+|escribir\w*|molest\w+)\b"
)
# "As instructed in your mail, we use PO 7": the order number the reader asked for.
_YOUR_MAIL = re.compile(
    r"\bas (?:instructed|requested|directed) (?:in|by) your (?:\w+ )?(?:e-?mail|mail|letter|order|call)\b|\bwie in ihre[rm] (?:\w+ )?(?:e-?mail|mail|schreiben|bestellung) (?:angewiesen|gewunscht|vorgegeben|verlangt)\b|"
    r"\bcomme (?:indique|demande) (?:dans|par) votre (?:courriel|mail|courrier|commande)\b|\b(?:como|segun) (?:se )?(?:nos )?(?:indic\w+|pidi\w+|lo indicado|lo solicitado) en su (?:correo|carta|pedido)\b"
)
_ORDER_NUMBER = re.compile(r"\b(?:po|purchase order|order (?:number|reference)|reference|bestell\w*|referenz|bon de commande|commande|numero|pedido|orden|referencia|address|adresse|direccion)\b")
_CROSSED = re.compile(
    r"\b(?:if|should|in case|falls|wenn|sollte\w*|sofern|si|au cas|en caso)\b[^;!?]{0,80}\b(?:paid|pay\w*|transfer\w*|settled|crossed|gezahlt|bezahlt|uberw\w+|zahlung|beglichen|gekreuzt|uberschn\w+|paye|pai\w+|regle|virement|croise|"
    r"pag\w+|abonad\w+|transferencia|cruzado)\b[^;!?]{0,60}\b(?:disregard|ignore|ignorier\w*|gegenstandslos|tenir compte|tenez|ignor\w+|omiso|en cuenta)\b"
)
# "Send me your list, then we can compare the two": what we do with it is no promise.
_COMPARED = re.compile(
    r"\b(?:so that|then|if you|damit|dann|wenn sie|afin que|pour que|si vous|para que|entonces|si me|si nos)\b[^.;!?]{0,70}\b(?:we can|i can|we could|konnen wir|wir (?:[^.,;!?]{1,40} )?(?:konnen|abgleichen|vergleichen)|"
    r"nous (?:pourrons|pouvons|puissions)|podemos|podremos|podamos)\b"
)
_COMPARE = re.compile(r"\b(?:reconcile|compare|match|line (?:them|the two) up|abgleichen|vergleichen|rapprocher|comparer|conciliar(?:l[oa]s?)?|comparar(?:l[oa]s?)?|cotejar(?:l[oa]s?)?)\b")
# "It would be a pity if this note got lost"; of anything but a message it is a threat.
_LOST = re.compile(
    r"\b(?:pity|shame|schade|dommage|lastima|pena)\b[^.;!?]{0,12}\b(?:if|wenn|falls|que|si)\b[^.;!?]{0,20}\b(?:note|message|e-?mail|mail|question|reminder|letter|nachricht|frage|erinnerung|zeilen|courriel|rappel|lettre|mensaje|correo|"
    r"pregunta|recordatorio|carta)\b[^.;!?]{0,24}\b(?:lost|astray|overlooked|buried|missed|unread|not reached|unterg\w+|verloren|ubersehen|perd\w*|egar\w*|inapercu\w*|extravi\w*|traspapel\w*|inadvertid\w*)\b"
)
_MACHINE = re.compile(
    r"\b(?:instruct\w*|prompt\w*|system|model|assistant|ignor\w*|bot|ki|ai|ia|anweis\w*|vorgab\w*|assistent\w*|consigne\w*|modele|assistante?|instrucc\w*|sistema|modelo|asistente|draft|entwurf|"
    r"brouillon|borrador|this message|diese nachricht|ce message|este mensaje)\b"
)
# Without one of these nobody speaks of orders, approvals or machines.
_ORDERS = re.compile(
    _MACHINE.pattern + r"|appro|authori[sz]|clear|sign|review|genehm|freig|gebill|abgesegn|gepruft|valid|autori[sz]|aprob|visad|revis|verif|request|ask|told|tell|said|say|order|comm?and|direct|note|ticket|require|accord|"
    r"per |verlang|gebeten|bitte|befehl|befohl|gesagt|soll|wunsch|notiz|vermerk|hinweis|demand|dit|dire|ordre|note|selon|conform|pid|ped|dic|dij|orden|nota|indic|segun|solicit|mark|status|set |rule|regel|regle|regla|here is|voici|aqui|hier ist"
)
_BUT_IF = re.compile(r"\b(?:if|unless|otherwise|until|wenn|falls|sonst|andernfalls|bis|si|sinon|faute de|a defaut|de lo contrario|si no|hasta)\b")
# "So we shall see whether the booking is as you meant it": nothing is said of what follows.
_SEEN_THEN = re.compile(
    r"\b(?:so|then|that way|dann|so|ainsi|alors|asi|entonces)\b[^.;!?]{0,20}\b(?:we(?: can|'ll| will| shall)? (?:see|know)|sehen wir|wissen wir|(?:nous )?(?:verrons|saurons)|veremos|sabremos)\b[^.;!?]{0,12}\b(?:whether|if|how|what|where|ob|was|wie|wo|si|comment|ou|como|que)\b"
)
# "Our first message remained without an answer; we come back to you".
_UNANSWERED = re.compile(
    r"\b(?:message|e-?mail|mail|letter|reminder|note|nachricht|schreiben|erinnerung|anfrage|courriel|rappel|relance|lettre|courrier|mensaje|correo|recordatorio|carta)s?\b[^.;!?]{0,40}"
    r"\b(?:unanswered|no (?:reply|answer|response)|without (?:an? )?(?:reply|answer|response)|unbeantwortet|ohne (?:antwort|reaktion|ruckmeldung)|sans (?:reponse|retour|suite)|sin (?:respuesta|contestacion|contestar))\b"
)
# "Get in touch once you have found it": the reader is asked, nobody promises.
_ASKS_READER = re.compile(
    r"\W*(?:please |bitte |just |do )?(?:(?:melden|geben|rufen|schreiben|sagen|teilen|lassen|schicken|senden|kommen|antworten) sie\b|(?:call|ring|write|reply|tell|let|drop|send|give|get (?:back|in touch)|contact|come back)\b|"
    r"(?:merci de|veuillez|faites|dites|revenez|ecrivez|appelez|repondez|n'hesitez|contactez|prevenez|envoyez)\b|(?:digame|diganos|aviseme|avisenos|avisame|escribame|escribanos|llameme|llamenos|respond\w+|contacte\w*|indiquem?e\w*|envi\w+|comuniq\w+)\b)"
)
_WE_ACT = re.compile(r"\b(?:we|i|wir|ich|nous|je|j|nosotros|yo)\b|\b\w+(?:remos|erai|irai|erons|irons)\b|\b(?:then|dann|alors|entonces)\b")
_FORGIVEN = frozenset(("discount", "credit_offer", "payment_plan", "admission"))
_PLAN, _SET_APART, _ECHO = frozenset(("payment_plan",)), frozenset(("suspension", "promise", "threat", "legal", "echo")), frozenset(("echo",))
_HARD = frozenset(("threat", "legal"))
_COURTESY, _MONEY = frozenset(("echo", "rude")), frozenset(("penalty", "discount", "credit_offer", "payment_plan"))


def _no_threat(rule: str, text: Text, start: int, end: int) -> bool:
    """A supposition in a question, a message that had no answer, a wish handed on, a short word asked for."""
    said = text.plain[start:end]
    if not _BUT_IF.search(said) and (_HANDED_ON.search(said) or (rule == "threat" and _UNANSWERED.search(said))):
        return True
    if rule == "threat" and (_ENOUGH.search(said) or _SHORT_WORD.search(said) or _OR_A_WORD.search(said)):
        return True
    return rule == "threat" and text.asks(start, end) and _COULD_IT_BE.search(said) is not None


def innocent(rule: str, text: Text, start: int, end: int) -> bool:
    """True when the sentence ``start``…``end`` says something every honest letter may say, so that ``rule`` cannot rest on the model alone."""
    said = text.plain[start:end]
    if rule in _FORGIVEN and _FORGOT.search(said):
        return True
    if rule == "admission" and (_EXPECTED.search(said) or _AT_A_LOSS.search(said)):
        return True
    if (rule in _MONEY and _SEEN_THEN.search(said)) or (rule == "promise" and _ASKS_READER.match(said) and not _WE_ACT.search(said)):
        return True
    if rule in _HARD and _no_threat(rule, text, start, end):
        return True
    if (rule == "promise" and _COMPARED.search(said) and _COMPARE.search(said)) or (rule in {"threat", "payment_plan"} and _LOST.search(said)):
        return True
    if rule in _PLAN:
        asked = ((text.asks(start, end) or _KNOW.search(said)) and _DAY_ASKED.search(said)) or _ENOUGH.search(said)
        return bool(_MINUTE.search(said) or _TIME_TO_LOOK.search(said) or (asked and not _LATER.search(said)))
    if rule == "threat" and _AGAIN.search(said) and not _BUT_IF.search(said) and not any(mark in said for mark in ":;,"):
        return True  # "we would rather not have to remind you again"
    if rule in _ECHO and (not _ORDERS.search(said) or (_YOUR_MAIL.search(said) and _ORDER_NUMBER.search(said))):
        return True
    if rule in _COURTESY and _CROSSED.search(said):
        return True
    if rule in _ECHO and text.asks(start, end) and not _MACHINE.search(said):
        return True
    if rule in _SET_APART and _APART.search(said) and _MATTER.search(said) and not _STOPS.search(said):
        return True
    return rule in {"threat", "promise", "suspension"} and bool(_ARRIVED.search(said) or _ONCE_PAID.search(said) or BOOKED.search(said) or _MINUTE.search(said))
