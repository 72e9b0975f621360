"""G08: sentences that lead a payment elsewhere than to the account the reader knows, in whatever words.

Four ways: the details of the invoice are put aside ("rather than those on the invoice"), called outdated, replaced by what comes attached or by
telephone, or a new, own or other account is announced. "Nothing has changed" is the opposite and passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .text import Text

_DETAILS = (
    r"(?:(?:bank\w*|payment|remittance|wire|account|banking|settlement|transfer) (?:details|instructions|information|data|coordinates|form)|account(?: number)?s?|iban|bic|"
    r"sort code|bank|kontoverbindung\w*|bankverbindung\w*|bankdaten|kontodaten|konto\w*|zahlungsverbindung|einzahlungsschein\w*|qr-rechnung\w*|qr-\w+|zahlteil|angaben|"
    r"zahlungsdaten|hausbank|rib|coordonnees(?: bancaires)?|compte(?: bancaire)?|domiciliation|etablissement bancaire|banque|references bancaires|datos(?: bancarios| de pago)?|"
    r"cuenta(?: bancaria)?|clabe|banco|entidad|instrucciones de pago)"
)
_ON_INVOICE = (
    r"(?:(?:printed |shown |stated |given |quoted |listed |named )?(?:on|in) (?:the|our|your|that|this|each|earlier|previous) (?:\w+ )?(?:invoices?|bills?|statements?)|"
    r"(?:auf|in) (?:der|den|unserer|unseren|ihrer|fruheren|alten) (?:\w+ )?(?:rechnung|rechnungen)|(?:de|sur|des|figurant sur|imprime\w* sur|indique\w* sur) (?:la|les|nos|l')\s?(?:\w+ )?"
    r"factures?|(?:de|en) (?:la|las|nuestras?) (?:\w+ )?facturas?)"
)
_OUT = (
    r"(?:no longer|not .{0,15}any ?more|superseded|out of date|outdated|obsolete|wound down|being closed|closed|retired|discontinued|overtaken|uberholt|veraltet|nicht mehr|hinfallig|"
    r"aufgelost|geschlossen|n'est plus|ne sont plus|n'est plus celui|perime\w*|cadu[cq]\w*|obsolete\w*|cloture\w*|ya no|dejado de|obsolet\w*|cerrad\w*|cancelad\w*|caducad\w*)"
)
_SENT = (
    r"(?:attached|enclosed|below|i (?:send|attach)|will (?:send|give|share)|beigefugt\w*|anbei|angehangt\w*|beiliegend\w*|unten|mitteilt|mitteilen|schicke|nenne|joint\w*|ci-joint\w*|"
    r"annexe\w*|ci-dessous|communiquer\w*|adjunt\w*|dicto|facilit\w*|indicar\w*|abajo|le paso|le mando)"
)
# An account of a person: no firm is paid into one.
_KIN = (
    r"(?:wife|husband|brother|sister|son|daughter|mother|father|partner|friend|frau|mann(?:es)?|bruders?|schwester|sohn(?:es)?|tochter|mutter|vaters?|partners?|partnerin|femme|mari|epouse|epoux|frere|soeur|fils|fille|associe\w*|"
    r"mujer|marido|espos[oa]|herman[oa]|hij[oa]|madre|padre|soci[oa]|pareja)"
)
_PERSONAL = (
    rf"\b(?:account|konto|compte|cuenta|iban|rib)\b (?:\w+ )?(?:of my|meine[rs]|von meine[rm]|de (?:ma|mon|mi)) (?:\w+ )?{_KIN}\b|\bmy (?:\w+ )?{_KIN}'s (?:\w+ )?(?:account|iban|bank)\b|"
    r"\b(?:my (?:private|personal|own) (?:bank )?account|mein(?:em|en)? (?:private[sn]? konto|privatkonto|eigene[sn]? konto)|mon (?:propre )?compte (?:personnel|prive)|mi (?:propia )?cuenta (?:personal|privada|particular))\b"
)
_RULES = tuple(
    re.compile(source)
    for source in (
        rf"\b(?:details|{_DETAILS})\b[^.;!?]{{0,60}}\b(?:rather than|instead of|and not|in place of|anstelle|statt|anstatt|und nicht|sondern|au lieu de|plutot que|et non|pas|en lugar de|en vez de|"
        rf"y no)\b[^.;!?]{{0,40}}\b{_ON_INVOICE}",
        _PERSONAL,
        rf"\b(?:future|kunftig\w*|futur\w*|proxim[oa]s?) (?:bank\w* )?{_DETAILS}\b",
        rf"\b{_DETAILS}\b[^.;!?]{{0,50}}\b{_OUT}\b",
        rf"\b{_OUT}\b[^.;!?]{{0,45}}\b{_DETAILS}\b",
        rf"\b(?:use|using|take|follow|verwenden|nutzen|benutzen|nehmen|utiliser|reprendre|prendre|employer|usar|utilizar|utilice\w*|use\w*|emple\w*)\b[^.;!?]{{0,40}}\b{_DETAILS}\b"
        rf"[^.;!?]{{0,30}}\b{_SENT}\b",
        rf"\b(?:use|using|reprendre|utiliser|verwenden|utilice\w*|usar)\b[^.;!?]{{0,25}}\b{_SENT}\b[^.;!?]{{0,25}}\b{_DETAILS}\b",
        rf"(?:\b(?:do not|not|no longer|never|stop|nicht(?: mehr)?|ne (?:plus|pas)|n'|no|ya no|dejen de|deje de)\b|n't)[^.,;!?]{{0,20}}\b(?:use|using|pay\w*|transfer\w*|send|wire|"
        rf"verwenden|nutzen|uberweisen|zahlen|utiliser|utilisez|payer|virer|usar|use|utilice\w*|pague\w*|transfiera\w*)\b[^.;!?]{{0,30}}\b{_DETAILS}\b[^.;!?]{{0,20}}(?:{_ON_INVOICE}|any ?more|"
        rf"bisherig\w*|alte\w*|habituel\w*|anterior\w*)",
        r"\b(?:current|correct|right|valid|up-to-date|aktuelle\w*|richtige\w*|gultige\w*|actuel\w*|valables?|vigentes?|correct[oa]s?) (?:bank |account |payment )?(?:details|account|iban|"
        r"bankverbindung|kontoverbindung|bankdaten|coordonnees|rib|datos|cuenta)\b[^.;!?]{0,30}\b(?:by (?:reply|phone|telephone|return)|on request|separately|per (?:mail|telefon)|telefonisch|"
        r"auf anfrage|par (?:retour|telephone|courriel)|sur demande|por (?:telefono|correo|separado))",
        r"\b(?:le|les) rib (?:ci-)?joint|\brib ci-(?:joint|dessous)|\b(?:beigefugte|beiliegende|angehangte)\w* (?:bankverbindung|kontoverbindung|iban|qr-rechnung)|\bcuenta vigente\b|"
        r"\bdatos (?:bancarios )?(?:adjuntos|vigentes|actualizados)\b",
        r"\b(?:now|meanwhile|since|inzwischen|nun|jetzt|neuerdings|desormais|dorenavant|maintenant|ahora|actualmente)\b[^.;!?]{0,40}\b(?:own|new|separate|different|dedicated|another|eigenes|"
        r"neues|anderes|separates|propre|nouveau|autre|dedie|propia|nueva|otra)\b[^.;!?]{0,20}\b(?:account|konto|compte|cuenta|bank|banque|banco)\b",
    )
)
_WORTH = frozenset(
    "bank account accounts iban bic details instructions remittance konto kontoverbindung bankverbindung bankdaten kontodaten angaben einzahlungsschein hausbank rib compte banque bancaire bancaires "
    "coordonnees domiciliation cuenta banco datos clabe entidad bancarios zahlungsverbindung konten zahlungsdaten zahlteil privatkonto".split()
)
UNCHANGED = re.compile(
    r"\b(?:nothing|no|not|never|neither|nichts|keine?\w*|nicht|weder|rien|aucun\w*|pas|ni|nada|ningun\w*|no)\b[^.;]{0,50}\b(?:chang\w+|amend\w+|updat\w+|alter\w*|"
    r"different|new|geander\w*|ander\w*|neu\w*|umgestellt|modifi\w+|nouve\w+|cambi\w+|variad\w+|nuev\w+)\b|\bunchanged|unverandert|inchange|sin cambios"
)
# The same account as ever, and the warning that we never ask for another one.
SAME = re.compile(
    r"\b(?:never|not ever) (?:\w+ ){0,3}(?:ask|write|tell|request)\b|\b(?:nie|niemals) (?:\w+ ){0,6}(?:bitten|auffordern|mitteilen)\b|\bjamais (?:\w+ ){0,2}(?:demand|invit|communiqu)\w*|\bdemanderons jamais|"
    r"\b(?:nunca|jamas) (?:\w+ ){0,2}(?:pedi|solicit|comunic)\w*|"
    r"\b(?:keep|continue|weiter\w*|continue[rz]?|sig[au]\w*|seguir) (?:\w+ ){0,4}(?:account|konto|compte|cuenta)\b[^.;!?]{0,16}\b(?:on (?:the|your|our) invoice|auf der rechnung|sur la facture|en la factura|as before|wie bisher|habituel|de siempre)\b|"
    r"\b(?:account|details|konto|bankverbindung|kontoverbindung|compte|coordonnees|cuenta|datos)(?: bancarios| bancaria)? (?:as before|wie bisher|wie immer|de siempre|inchange\w*|sin cambios)\b|"
    r"\b(?:same|dieselbe[nr]?|gleiche[nr]?|memes?|mism[oa]s?) (?:bank |payment )?(?:account|details|konto|bankverbindung|kontoverbindung|compte|coordonnees|rib|cuenta|datos)\b(?! (?:name|holder|titular|number,? but))|"
    r"\b(?:but|except|other than|ausser|auser|sauf|autre que|salvo|excepto) (?:the|that|dem|der|den|das|celui|la|el)\b|"
    r"\b(?:konto\w*|account|compte|cuenta|bank\w*|iban|rib|details|datos|coordonnees|domiciliation) (?:\w+ ){0,2}(?:bleib\w*|remains?|stays?|restent?|sigue\w*|es|son|is|are|ist|sind|est|sont) (?:\w+ ){0,2}(?:dasselbe|"
    r"dieselben?|gleich\w*|same|memes?|mism[oa]s?|celles?)\b"
)
# "If the money went to another account of ours by mistake, tell us the day."
ASTRAY = re.compile(
    r"\b(?:if|should|in case|falls|wenn|sollte\w*|si|au cas|en caso)\b[^;!?]{0,90}\b(?:by mistake|in error|accidentally|inadvertently|versehentlich|irrtumlich|aus versehen|par erreur|por error|"
    r"por equivocacion)\b|\b(?:by mistake|versehentlich|irrtumlich|par erreur|por error)\b[^;!?]{0,60}\b(?:tell us|let us know|nennen|sagen|dites|indiquez|digan|diganos|avisen\w*)\b"
)
THEIRS = re.compile(r"\b(?:your|ihr\w*|votre|vos|su|sus|vuestr\w*) (?:\w+ )?(?:bank\w*|account\w*|konto\w*|compte\w*|banque|cuenta\w*|banco|datos|coordonnees|details)\b")


# What is sent to an address and is no money.
_PAPERS = (
    r"(?:photos?|photographs?|pictures?|packing slips?|pods?|delivery notes?|copy|copies|scans?|documents?|forms?|certificates?|remittance(?: advice)?s?|questions?|queries|reply|replies|answers?|"
    r"comments?|notes?|proof|screenshots?|files?|pdf|statements?|corrections?|feedback|purchase orders?|orders?|references?|"
    r"fotos?|lieferscheine?|kopien?|unterlagen|belege?|nachweise?|formulare?|ruckfragen|fragen|antwort\w*|avis\w*|screenshots?|bestellung\w*|"
    r"photos?|bons? de livraison|copies?|justificatifs?|pieces?|formulaires?|questions?|reponses?|avis de (?:paiement|virement)|bons? de commande|"
    r"fotos?|albaran(?:es)?|copias?|documentos?|justificantes?|comprobantes?|formularios?|preguntas?|dudas|respuestas?|ordenes de compra)"
)
_PAPER = re.compile(rf"\b{_PAPERS}\b")
_FUNDS = re.compile(
    r"\b(?:pay\w*|transfers?|transferred|remit|wires?|funds|money|amounts?|sums?|balance|bank\w*|accounts?|iban|zahl\w*|bezahl\w*|uberweis\w*|betrag|konto\w*|geld|paiements?|payer|payez|regl\w*|vir\w*|verse\w*|"
    r"montants?|somme|compte|pag\w*|transfier\w*|transferencia\w*|importes?|cuenta|abon\w*)\b"
)
_SEND_THERE = re.compile(r"\b(?:send|post|mail|forward|route|direct|schick\w*|send\w*|envoy\w*|adress\w*|envi\w*|mand\w*|remit\w*)\b[^.;!?]*\b(?:address|adresse|direccion|mailbox|inbox|postfach|boite|buzon)\b")
_REPORTED = re.compile(
    r"\b(?:you (?:asked|wondered|wanted to know|were asking|inquired)|your question|you(?:'d| had) asked|sie (?:fragten|wollten wissen|hatten gefragt|haben gefragt|erkundigten)|ihre frage|du (?:fragtest|wolltest wissen)|"
    r"vous (?:demand\w+|m'avez demande|nous avez demande|vouliez savoir|aviez demande)|votre question|(?:me|nos) (?:pregunt\w+|consult\w+)|pregunt(?:abas|aba|as|a usted|aban)|su pregunta|tu pregunta|vuestra pregunta)\b"
)
_NO = re.compile(
    r"(?:[:,;.!?-]\s*|\A\W*)(?:no|nein|non|nothing|nichts|rien|nada|it has not|they have not|it hasn't|they haven't|it is not|they are not|not at all|unchanged|keine?\w*|aucune?|elles? n'ont pas|il n'a pas|sigue\w*|siguen)\b"
)
_OTHERWISE = re.compile(
    r"\b(?:but|however|instead|below|following|attached|enclosed|new|updated|aber|jedoch|sondern|unten|folgend\w*|beigefugt\w*|anbei|neu\w*|mais|toutefois|ci-dessous|suivant\w*|ci-joint\w*|nouve\w*|pero|sino|"
    r"siguiente\w*|adjunt\w*|nuev\w*)\b"
)


def papers_sent(text: Text, start: int, end: int) -> bool:
    """True when the sentence ``start``…``end`` says where to send a document or an answer ("it": the document of the sentence before)."""
    if not _SEND_THERE.search(text.plain, start, end):
        return False
    said = text.plain[start:end]
    money = _FUNDS.search(_PAPER.sub(" ", said))
    seg = text.segment_at(start)
    before = text.plain[slice(*text.segments[seg - 1])] if seg else ""
    figures = any(item.kind == "money" for item in text.by_segment.get(seg, ()))
    return not money and not figures and bool(_PAPER.search(said) or _PAPER.search(before))


_ANSWER = re.compile(
    r"\b(?:repl\w+|answers?|lines?|words?|messages?|notes?|e-?mails?|response|antwort\w*|zeilen?|worte?|nachricht\w*|mail|ruckmeldung|reponses?|mots?|lignes?|message|courriel|respuestas?|palabras?|lineas?|mensajes?|correos?)\b"
)


def answers_asked(text: Text, start: int, end: int, own: frozenset[str]) -> bool:
    """ "A quick reply to our address would help": an answer to an address on record, and no word of money, banks or anything new."""
    said = [item for item in text.items if start <= item.start < end]
    if not any(item.kind == "email" for item in said) or any(item.kind in {"link", "iban"} or (item.kind == "email" and item.word not in own) for item in said):
        return False
    plain = text.plain[start:end]
    for item in said:
        plain = plain.replace(text.plain[item.start : item.end], " ")
    return bool(_ANSWER.search(plain)) and not _FUNDS.search(plain) and not _OTHERWISE.search(plain) and _WORTH.isdisjoint(re.findall(r"\w+", plain))


def asked_and_denied(text: Text, start: int, end: int) -> bool:
    """True for "You asked whether our account has changed: no, it has not", the answer in the same sentence or the next."""
    asked = _REPORTED.search(text.plain, start, end)
    if asked is None:
        return False
    seg = text.segment_at(start)
    after = text.plain[slice(*text.segments[seg + 1])] if seg + 1 < len(text.segments) else ""
    said = text.plain[asked.end() : end]
    answered = bool(_NO.search(said)) or bool(re.match(r"\W*" + _NO.pattern, after)) or bool(UNCHANGED.search(after)) or bool(SAME.search(after)) or bool(_NOT.search(after))
    return answered and not _OTHERWISE.search(after) and not _OTHERWISE.search(said[said.find(":") + 1 if ":" in said else len(said) :])


_NOT = re.compile(r"\A\W*(?:they|it|that|das|die|es|dies\w*|elles?|ils?|ce n'est|eso|no)\b[^.;!?]{0,25}\b(?:not|n't|nicht|pas|no)\b|\A\W*(?:no|nein|non)\b")


def diversions(text: Text) -> Iterator[tuple[int, int]]:
    """Folded spans of such sentences' telling parts."""
    if text.vocabulary.isdisjoint(_WORTH):
        return
    for start, end in text.segments:
        if text.asks(start, end) or UNCHANGED.search(text.plain, start, end) or SAME.search(text.plain, start, end) or THEIRS.search(text.plain, start, end):
            continue
        if asked_and_denied(text, start, end):
            continue
        for rule in _RULES:
            found = rule.search(text.plain, start, end)
            if found:
                yield found.span()
                break
