"""Words of time that set the reader no deadline: wishes, when the writer is there, when a payment is planned, the occasion of writing."""

from __future__ import annotations

import re

from .clauses import Match
from .text import Text

_WISH = re.compile(
    r"\b(?:nice|good|great|lovely|happy|enjoy\w*|wonderful|restful|schon\w*|gut\w*|erholsam\w*|bon|bonne|beau|belle|excellent\w*|buen\w*|feliz|"
    r"excelente|lind\w*)\W+(?:\w+\W+){0,2}\Z"
)
_SELF = re.compile(
    r"\b(?:i|i'm|we|we're|our|my|ich|wir|unser\w*|mein\w*|je|j'ai|j'etais|nous|notre|nos|mon|ma|estoy|estare|estamos|estaremos|nuestr\w+|mi|me encuentro|salgo)\b"
)
_THERE = re.compile(
    r"\b(?:office|desk|leave|away|out|reachable|available|holiday|travelling|traveling|training|closed|open|stocktak\w*|buro|urlaub\w*|erreichbar|abwesend|verreist|unterwegs|besetzt|"
    r"geschlossen|schulung|messe|ferien|bureaux?|absente?s?|conges?|joignables?|deplacement|fermee?s?|formation|vacances|oficinas?|fuera|vacaciones|disponibles?|localizables?|cerrad[oa]s?|"
    r"viaje|ausentes?)\b"
)
_PAY = re.compile(
    r"\b(?:pay\w*|settle\w*|transfer\w*|remit\w*|money|funds|(?:be|zahl|bezahl|uberweis|begleich)\w*zahl\w*|zahl\w*|bezahl\w*|uberweis\w*|begleich\w*|geld|pai(?:e|em)\w*|pay\w+|regl\w+|vir\w+|"
    r"vers(?:er|ez|ement\w*)|pag\w+|abon\w+|transf\w+|liquid\w+|respon\w+|answer\w*|reply|antwort\w*|repon\w+|need\w*|brauch\w*|erwart\w*|expect\w*|attend\w*|esper\w+|necesit\w+)\b"
)
_PLANNED = re.compile(
    r"\b(?:scheduled|planned|lined up|payment run|pay run|due to go|going out|geplant|vorgesehen|eingeplant|zahllauf\w*|zahlungslauf\w*|prevue?s?|programmee?s?|planifiee?s?|lot de paiements?|"
    r"previst[oa]s?|programad[oa]s?|remesa|lote)\b"
)
_SUITS = re.compile(
    r"\b(?:suits?|convenient|work for you|works for you|passt|passen|recht|gelegen|convient|conviendrait|vous va|vous arrange\w*|conviene|viene bien|va bien|le acomoda)\b"
)
_OPEN_QUESTION = re.compile(r"\b(?:whether|if|ob|si)\b")
_OCCASION = re.compile(
    r"\b(?:profit\w+ de (?:la |cette )?|aprovech\w+ (?:el |la |este )?|(?:using|use|take) (?:the )?|(?:nutze|nutzen)\w* (?:das |den |die )?|(?:prepar\w+|clos\w+|reconcil\w+|abschlie\w+|vorbereit\w+|"
    r"rapproch\w+|clotur\w+|cerr\w+|concili\w+) (?:\w+ ){0,4})\Z"
)


def _stretch(text: Text, match: Match) -> str:
    """The words between the marks around the match."""
    left = max(text.plain.rfind(mark, match.sentence[0], match.start) for mark in ",;:(") + 1
    right = min((at for mark in ",;:)" if (at := text.plain.find(mark, match.end, match.sentence[1])) >= 0), default=match.sentence[1])
    return text.plain[max(left, match.sentence[0]) : right]


def sets_none(text: Text, match: Match) -> bool:
    """True when the words of time of ``match`` (rule "deadline") ask nothing of the reader by then."""
    if _WISH.search(text.plain, max(0, match.start - 30), match.start):
        return True
    said = _stretch(text, match)
    if _SELF.search(said) and _THERE.search(said) and not _PAY.search(said):
        return True  # "I am in the office until Friday"
    if _PLANNED.search(said) and (text.asks(*match.sentence) or _OPEN_QUESTION.search(text.plain, match.sentence[0], match.start)):
        return True  # "is it planned for this week?"
    if text.asks(*match.sentence) and _SUITS.search(said):
        return True  # "does the end of the month suit you?"
    return bool(_OCCASION.search(text.plain, max(match.sentence[0], match.start - 45), match.start)) and not _PAY.search(said)
