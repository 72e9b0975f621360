"""The reader's own words between quotation marks: 'You asked: "Will you charge a penalty?"' claims nothing, unless the letter says yes to it."""

from __future__ import annotations

import re

from .text import Text

# What follows is told as something the reader said.
TOLD = re.compile(
    r"\b(?:thank\w*|grateful|dank\w*|merci|gracias|agradec\w*|remerci\w*)\b[^.;:!?]{0,40}\b(?:note|message|e-?mail|mail|reply|word|news|update|letting (?:me|us) know|telling (?:me|us)|hinweis|nachricht|mitteilung|"
    r"info\w*|ruckmeldung|antwort|auskunft|courriel|mot|reponse|prevenu\w*|averti\w*|informe\w*|signale\w*|indique\w*|aviso|mensaje|correo|respuesta|avisar\w*|informar\w*|comunicar\w*|indicar\w*)\b"
    r"[^.;:!?]{0,24}?\b(?:that|dass|das|wonach|que|qu|indiquant que|indica que|indicando que)\b|"
    r"\b(?:you|your colleague) (?:\w+ ){0,2}(?:wrote|said|mentioned|told (?:me|us)|informed (?:me|us)|indicated|reported)\b|\b(?:sie|du|ihr) (?:\w+ ){0,2}(?:schrieben|schreiben|schriebst|sagten|teilten|teilen|erwahnten|berichteten|meinten)\b|"
    r"\bvous (?:nous |m'|me )?(?:ecriviez|ecrivez|disiez|indiquiez|indiquez|signaliez|informiez|avez (?:\w+ )?(?:ecrit|dit|indique|signale|informe\w*))\b|"
    r"\b(?:usted|ustedes) (?:\w+ )?(?:escribi\w+|dij\w+|indic\w+|coment\w+)\b|\b(?:nos|me) (?:escribio|escribia|escribieron|dijo|dijeron|indico|indicaron|comento|comentaron|comunico|aviso|informo|escribiste|dijiste)\b"
)
# The same sentence, and still the reader's: in "as we told you, we wrote" the words are ours.
_ON = r"(?:(?!\b(?:we|i|wir|ich|nous|je|nosotros)\b)(?:[^\"\n.;!?]|\.(?=\d)|(?<=\d)\.)){0,60}?"
_READER = re.compile(
    rf"(?:\b(?:you|sie|du|ihr|vous|usted|ustedes)\b{_ON}\b(?:wrote|writes?|written|asked|ask|said|put|wondered|schrieb\w*|geschrieben|frag\w*|gefragt|sagten|ecri\w*|demand\w*|dit\w*|disiez|interrog\w*|escrib\w*|"
    rf"pregunt\w*|dijo|decia\w*|consult\w*)|\b(?:nos|me){_ON}\b(?:escrib\w*|pregunt\w*|dijo|dijeron|decia\w*|consult\w*)|"
    r"\b(?:your|ihre[rmn]?|deine[rmn]?|votre|vos|su|sus|tu) (?:\w+ ){0,2}(?:question|message|e-?mail|mail|letter|note|words|nachricht|schreiben|(?:an|nach|ruck)?frage|worte\w*|courriel|courrier|mots?|demande|correo|mensaje|palabras|"
    rf"pregunta|consulta))\b{_ON}\Z"
)
_QUOTE = re.compile(r"\"([^\"]{3,600})\"")
_YES = re.compile(
    r"[\s.,;:!-]*(?:yes\b|indeed\b|correct\b|exactly\b|quite so\b|(?:that|this|it) is (?:right|correct|so|true|the case)\b|ja\b|genau\b|richtig\b|(?:das|so) (?:stimmt|trifft zu|ist (?:es|so|richtig|der fall))\b|"
    r"oui\b|exact\w*|en effet\b|c'est (?:exact|juste|le cas|bien)\b|si\b[,.:]|asi es\b|correcto\b|efectivamente\b|eso es\b|en efecto\b)"
)
_LEAD = 140
_THEIR_QUESTION = re.compile(
    r"(?:(?:re|aw|tr|rv|rif)\b: ?)*(?:your|ihre?|votre|vos|su|sus|tu) (?:\w+ )?(?:query|question|enquiry|inquiry|worry|concern|(?:an|nach|ruck)?frage|sorge|demande|question|interrogation|inquietude|consulta|pregunta|duda|inquietud)s?\b"
)
_MARK = re.compile(r"[:;!?]| - |\.\s")


def readers_words(text: Text) -> list[tuple[int, int]]:
    """Spans of quotations that the letter gives as the reader's, and does not affirm right behind; a subject that names the reader's question."""
    if text.where == "subject" and (theirs := _THEIR_QUESTION.match(text.plain)):
        # "Your question: final notice": what follows a mark is theirs only while it asks.
        own = None if text.asks(0, len(text.plain)) else _MARK.search(text.plain, theirs.end())
        return [(0, own.start() if own else len(text.plain))]
    if text.folded.count('"') < 2:
        return []
    found = []
    for quote in _QUOTE.finditer(text.folded):
        lead = text.plain[max(0, quote.start() - _LEAD, text.plain.rfind("\n\n", 0, quote.start())) : quote.start()]
        if _READER.search(lead) and not _YES.match(text.plain, quote.end()):
            found.append(quote.span())
    return found
