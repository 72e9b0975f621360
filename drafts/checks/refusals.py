"""What we say we do not do: an offer refused ("we do not offer instalments"), an intention denied ("we have no plans to stop your deliveries"), a
question of the reader answered with no ("you asked whether a fee was added: it was not")."""

from __future__ import annotations

import re

from .text import Text

_REFUSED = re.compile(
    r"\b(?:we|i)\b[^;!?]{0,30}(?:can't|cannot|can not|don't|do not|won't|will not|unable to|not able to|not in a position to)\b[^;!?]{0,30}"
    r"\b(?:offer|grant|give|allow|accept|agree|promise|extend|provide|arrange|do)\b|"
    r"\b(?:konnen|kann|durfen|bieten|gewahren|vereinbaren|machen|raumen) (?:wir|ich)\b[^;!?]{0,60}\b(?:nicht|keine?\w*|nichts)\b|"
    r"\b(?:wir|ich) (?:konnen|kann|durfen|bieten|gewahren|vereinbaren|machen|raumen)\b[^;!?]{0,60}\b(?:nicht|keine?\w*|nichts)\b|"
    r"\b(?:nous|je) ne (?:vous )?(?:pouvons|peux|puis|proposons|propose|accordons|faisons|pratiquons|offrons|saurions)\b[^;!?]{0,40}\b(?:pas|aucune?|rien)\b|"
    r"\bno (?:le |les )?(?:podemos|puedo|ofrecemos|ofrezco|concedemos|hacemos|aceptamos|aplicamos)\b"
)
_NOT_MEANT = re.compile(
    r"\b(?:no|not|n't)\b (?:\w+ )?(?:plans?|intentions?|intending|planning|thinking of|meant|considering)\b|\b(?:nicht vor|keine absicht|nicht (?:geplant|beabsichtigt|gedacht|gemeint)|"
    r"keinesfalls|keineswegs)\b|\bn'avons (?:pas|aucunement|nullement) l'intention|\bn'envisageons pas|\baucune intention|\bno (?:tenemos|tengo) (?:ninguna )?intencion|\bno (?:pensamos|pretend\w+|prevemos)\b"
)
# What turns a refusal into an offer, and a denial into a threat.
_BUT = re.compile(
    r"\b(?:if|unless|until|once|when|but|however|yet|only|except|instead|more than|beyond|provided|as long as|for now|so far|longer|wait\w*|tolerat\w*|accept that|wenn|falls|sofern|solange|bis|aber|sondern|"
    r"jedoch|nur|hochstens|stattdessen|dafur|mehr als|vorerst|noch|langer|warten|dulden|hinnehmen|auser|ausser|si|sauf|mais|seulement|plus de|tant que|tant qu|en revanche|pour l'instant|plus longtemps|attendre|"
    r"tolerer|jusqu|sino|pero|salvo|solo|mas de|mas que|siempre que|mientras|de momento|por ahora|esperar|hasta|cuando)\b|%"
)
# "We waive reminder costs": the fee is denied, as "no fee applies" denies it.
_WAIVED = re.compile(
    r"\b(?:verzichte\w*|absehen|sehen wir|sehe ich|erlassen|waiv\w+|forgo\w*|do without|renonc\w+|renunci\w+|prescindi\w+)\b"
)
_OFFERS = frozenset(("credit_offer", "discount", "payment_plan", "promise"))
_ACTS = frozenset(("suspension", "legal", "threat", "penalty"))


def refused(rule: str, text: Text, start: int, end: int) -> bool:
    """True when the sentence ``start``…``end`` refuses what ``rule`` reads as offered, or denies the intention it reads."""
    if rule in _OFFERS:
        found = _REFUSED.search(text.plain, start, end)
    elif rule in _ACTS:
        found = _NOT_MEANT.search(text.plain, start, end) or (_WAIVED.search(text.plain, start, end) if rule == "penalty" else None)
    else:
        return False
    return found is not None and not _BUT.search(text.plain, start, end)


_REPORTED = re.compile(
    r"\b(?:you (?:had |have |also )?(?:ask\w*|wonder\w*|wanted to know|were wondering|enquired|inquired)|your question|sie (?:haben |hatten )?(?:frag\w*|gefragt|wollten (?:gern )?wissen|erkundig\w*)|"
    r"ihre (?:an|nach|ruck)?frage|vous (?:nous |m')?(?:aviez |avez )?(?:demand\w+|vouliez savoir)|votre question|(?:usted )?(?:nos |me )?(?:pregunt\w+|queria saber|consult\w+)|su (?:pregunta|consulta))\b"
    r"[^.;:!?]{0,40}?\b(?:whether|if|ob|si)\b"
)
_ANSWER_NO = re.compile(r"(?:[^.;:!?–-]|(?<=\w)[-.](?=\w)){0,80}[.;:!?,–-]+\s*(?:the answer is |die antwort (?:ist|lautet) |la reponse est |la respuesta es )?(?:no|nein|non|nicht|we do not|we don't|(?:das )?tun wir nicht|not at all|keineswegs|aucun\w*|pas du tout|en absoluto)\b")
# The same for a whole sentence that only tells what the reader asked; the answer is the next sentence.
_ASKED = re.compile(
    r"\b(?:you|sie|du|ihr|vous|usted|ustedes|nos|me|le|se)\b[^.;:!?]{0,60}\b(?:ask(?:ed|ing)?|wonder(?:ed|ing)|wanted to know|enquir(?:ed|ing)|inquir(?:ed|ing)|request(?:ed|ing)|mentioned|suggested|frag(?:en|ten|test)|gefragt|wissen|gebeten|baten|erkundig\w*|"
    r"vorgeschlagen|angeregt|demand(?:iez|e|ez|ie)|voul(?:iez|ez) savoir|evoqu\w+|propos(?:e|iez)|interrog\w+|pregunt(?:aba|o|a|aban|aron|abas|aste|ado)|consult(?:aba|o|a|aban|aron|ado)|solicita|pide|queria[ns]? saber|"
    r"pedi(?:a|do|an)|pidio|pidieron|solicit(?:aba|o|aron|ado)|propuso|propon\w+)\b|"
    r"\b(?:your|ihre|deine|eure|votre|vos|su|sus|tu|vuestra) (?:\w+ )?(?:question|query|enquiry|request|anfrage|frage|bitte|wunsch|demande|requete|pregunta|consulta|peticion|solicitud)\b|\b(?:pregunt(?:aba|o)|consult(?:aba|o)|queria saber|"
    r"(?:wrote|schrieben|ecriviez|ecrit|escribio|escribian)\b[^.;:!?]{0,40}\b(?:fear\w*|afraid|worr\w*|furcht\w*|befurcht\w*|sorge|crai\w+|inquiet\w*|temi\w*|preocup\w*)\b|"
    r"thank(?:s| you) for (?:your question|asking)|merci (?:pour|de) votre (?:question|demande)|danke fur (?:ihre|die) (?:anfrage|frage|nachfrage)|gracias por (?:su )?(?:preguntar|pregunta|consulta))\b"
)
_DENIES = re.compile(
    r"\b(?:not|no|none|nothing|never|cannot|unable|unfortunately|regret|sorry|decide|decision|forward\w*|passed? (?:it |this |that |your \w+ )?on|nicht|nichts|nein|kein\w*|leider|bedau\w*|entscheid\w*|weitergegeben|weitergeleitet|"
    r"non|pas|aucun\w*|rien|malheureusement|regrett\w+|decide\w*|transm\w+|nada|ningun\w*|lamento|lamentamos|desgraciadamente|decid\w+|traslad\w+|pasado|ne|ni)\b|n't\b|\bn'"
)
_YET = re.compile(
    r"\b(?:but|however|instead|happy|glad|gladly|yes|if|unless|provided|aber|jedoch|sondern|stattdessen|gern\w*|ja|wenn|falls|sofern|mais|toutefois|volontiers|oui|si|pero|sino|encantad\w+|con gusto|siempre que)\b"
)
# A "no" that grants: "that is no problem", "es spricht nichts dagegen".
_GRANTS = re.compile(
    r"\b(?:no (?:problem|objection|trouble|issue)s?|not a problem|nothing against|kein\w* (?:problem\w*|einw[ae]nd\w*|bedenken)|nichts (?:\w+ )?(?:dagegen|entgegen)|dagegen (?:\w+ )?nichts|"
    r"(?:pas de|aucun\w*|sans) (?:problemes?|objections?|soucis?|difficultes?|inconvenients?)|rien (?:\w+ )?(?:contre|s'y oppose)|(?:ningun\w*|sin|no hay) (?:problemas?|inconvenientes?|objecion\w*)|nada en contra)\b"
)
_SHARE = re.compile("%")
_SAY_YES = re.compile(r"\b(?:say|saying|said) yes\b|\bja sagen\b|\bdire oui\b|\bdecir que si\b|\bdecirle que si\b")
_TAIL = re.compile(r"[:;]| - ")


def answered_no(rule: str, text: Text, learned: bool, hit: tuple[int, int], whole: tuple[int, int]) -> bool:
    """True for what the reader is told to have asked about, when the answer, in the sentence ``whole`` or in the next one, is no.

    "You asked whether interest would be charged: no." "You asked for instalments. That is not mine to decide." Without an answer, or with
    a "but" in it, the words stand.
    """
    asked = _REPORTED.search(text.plain, whole[0], hit[0] + 1)
    if asked is not None and rule not in SAID_ANYWAY and _ANSWER_NO.match(text.plain, min(hit[1], whole[1])):
        return True
    if rule not in _OFFERS | _ACTS:
        return False
    asked = _ASKED.search(text.plain, *whole)
    if asked is None or (not learned and hit[0] < whole[0] + _LEAD and hit[0] < asked.start()):
        return False
    return _says_no(text, asked.end(), whole)


def asked_for_in_vain(text: Text, start: int, end: int) -> bool:
    """True for a sentence that tells what the reader asked for, when the answer is no: its figures are the reader's."""
    asked = _ASKED.search(text.plain, start, end)
    return asked is not None and _says_no(text, asked.end(), (start, end))


def _says_no(text: Text, since: int, whole: tuple[int, int]) -> bool:
    """The answer stands behind a colon of the same sentence, or is the next one."""
    tail = next(iter(_TAIL.finditer(text.plain, since, whole[1])), None)
    if tail is not None:
        rest, answer = text.plain[since : tail.start()], text.plain[tail.end() : whole[1]]
    else:
        seg = text.segment_at(whole[0]) + 1
        rest, answer = text.plain[since : whole[1]], text.plain[slice(*text.segments[seg])] if seg < len(text.segments) else ""
    answer = _SAY_YES.sub(" ", answer)
    return bool(_DENIES.search(answer)) and not _GRANTS.search(answer) and not _YET.search(answer) and not _SHARE.search(answer) and not _YET.search(_IF.sub(" ", rest, count=1))


# The word that opens what was asked is no condition.
_IF = re.compile(r"\b(?:if|si|ob|whether)\b")
_LEAD = 4
SAID_ANYWAY = frozenset(("echo", "rude", "personal"))
"""Rules that hold against words nobody claims: what is asked, quoted or denied."""
