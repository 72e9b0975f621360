"""Words of time that set the reader no deadline: wishes, when the writer is there, when a payment is planned, the occasion of writing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from .clauses import Match
from .items import Item
from .lexicon.basics import MONTHS, WEEKDAYS
from .text import Draft, Text

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
    r"\b(?:suits?|convenient|work for you|works for you|passt|passen|recht|gelegen|convient|conviendrait|vous va|vous arrange\w*|conviene|viene bien|va bien|le acomoda|cabe\w*|fits?|fit in\w*|hineinpass\w*|rentr\w+)\b"
)
_OPEN_QUESTION = re.compile(r"\b(?:whether|if|ob|si)\b")
_OCCASION = re.compile(
    r"\b(?:profit\w+ de (?:la |cette )?|aprovech\w+ (?:el |la |este )?|(?:using|use|take) (?:the )?|(?:nutze|nutzen)\w* (?:das |den |die )?|(?:prepar\w+|clos\w+|reconcil\w+|abschlie\w+|vorbereit\w+|"
    r"rapproch\w+|clotur\w+|cerr\w+|concili\w+) (?:\w+ ){0,4})\Z"
)


# What asks the reader for something, in a verb, a noun or a courtesy.
_ASKS = re.compile(
    r"\b(?:please|kindly|must|should|shall|require\w*|want|ask\w*|request\w*|await\w*|look forward|latest|deadline|grateful|appreciate\w*|clear\w*|sort\w*|do|done|act|get|have|send|let|contact|resolve\w*|"
    r"bitte\w*|muss\w*|sollt\w*|soll|mussen|wollen|wunsch\w*|erbitt\w*|erwart\w*|warten|spatestens|frist\w*|dankbar|verlang\w*|rechnen|haben wollen|melden|klar\w*|erledig\w*|schicken|senden|"
    r"merci|veuillez|priere|prions|demand\w*|devez|doit|devra\w*|exig\w*|attend\w*|plus tard|dernier delai|envoy\w*|fair\w*|faites|acquitt\w*|arriv\w*|parven\w*|voir|see|land\w*|arrive\w*|reach\w*|move|kommen|ankommen|eingeh\w*|schaff\w*|sehen|"
    r"favor|rueg\w*|rogamos|deb\w+|exig\w*|pedimos|pido|tardar|plazo|solicit\w*|esper\w+|quer\w+|envi\w+|hag\w+|tien\w+|tener|lleg\w+|entr\w+|recib\w+|ingres\w+|ver)\b"
)
_FEAST = re.compile(r"\b(?:feiertag\w*|bruckentag\w*|bank holiday|public holiday|holiday|ferie|fete|festivo|puente)(?: \w+)? ?\Z")
_BY_THEN = re.compile(r"\b(?:by then|until then|before then|bis dahin|d'ici la|avant cela|para entonces|hasta entonces|antes de eso)\b")
_AND = re.compile(r" (?:und|and|et|y|e) ")
# What fills the reader's days, and talks that were held.
_TALK = re.compile(
    r"\b(?:busy|call|called|phone|telephone|conversation|chat|talk|spoke|visit|meeting|met|fair|season|beschaftigt|stress\w*|viel zu tun|telefonat\w*|gesprach\w*|anruf\w*|besuch\w*|treffen|messe|hochbetrieb|feiertag\w*|erholt|holidays?|rested|"
    r"charge|occupe\w*|appel|entretien|conversation|echange|visite|reunion|salon|feries?|fete|repos\w*|festiv\w+|descans\w+|ocupad\w+|mucho trabajo|llamada|conversacion|charla|visita|feria|cierre)\b"
)
_CALLED_DUE = re.compile(r"\b(?:due|payable|fallig\w*|faellig\w*|zahlbar|echeance|echoi\w*|echue?s?|exigibles?|venc\w+|vence\w*|exigible\w*)\b")
_END = re.compile(r"\b(?:end|ende|\w*ende|fin|final\w*|monatsende)\b")
_MONTH = re.compile(r"month|monat|mois|mes\b")
_WEEK = re.compile(r"week|woche|semaine|semana")
_LATE_IN_MONTH = 20


def due_then(draft: Draft, text: Text, match: Match) -> bool:
    """ "FI-2 is not due until the end of the month": the words of time describe the due date of an invoice that is still to come."""
    today = draft.facts.as_of
    if today is None or not _CALLED_DUE.search(text.plain, *match.sentence):
        return False
    said = text.plain[match.start : match.end]
    days = [date.fromisoformat(invoice.due[:10]) for invoice in draft.facts.invoices if invoice.due and invoice.open]
    return any(day >= today and _names_day(said, day, today) for day in days)


def _names_day(said: str, day: date, today: date) -> bool:
    words = re.findall(r"[a-z]+", said)
    months = {MONTHS[word] for word in words if word in MONTHS}
    if months or _MONTH.search(said):
        return day.month in (months or {today.month}) and (not _END.search(said) or day.day >= _LATE_IN_MONTH)
    monday = today - timedelta(days=today.weekday())
    if _WEEK.search(said):
        return monday <= day < monday + timedelta(days=14)
    return any(WEEKDAYS[word] == day.weekday() for word in words if word in WEEKDAYS) and day < today + timedelta(days=8)


def _beside(text: Text, match: Match) -> str:
    """The words around the match up to the next mark or "and"."""
    said = _stretch(text, match)
    at = said.find(text.plain[match.start : match.end])
    left = max((found.end() for found in _AND.finditer(said, 0, max(at, 0))), default=0)
    right = min((found.start() for found in _AND.finditer(said, max(at, 0))), default=len(said))
    return said[left:right]


def _stretch(text: Text, match: Match) -> str:
    """The words between the marks around the match."""
    left = max(text.plain.rfind(mark, match.sentence[0], match.start) for mark in ",;:(") + 1
    right = min((at for mark in ",;:)" if (at := text.plain.find(mark, match.end, match.sentence[1])) >= 0), default=match.sentence[1])
    return text.plain[max(left, match.sentence[0]) : right]


def sets_none(text: Text, match: Match) -> bool:
    """True when the words of time of ``match`` (rule "deadline") ask nothing of the reader by then."""
    if _WISH.search(text.plain, max(0, match.start - 30), match.start):
        return True
    said, near = _stretch(text, match), _beside(text, match)
    if _FEAST.search(text.plain, max(match.sentence[0], match.start - 20), match.start):
        return True  # "because of the bank holiday on Monday"
    if _BY_THEN.search(text.plain, match.end, match.sentence[1]):
        return False
    if _SELF.search(near) and _THERE.search(near) and not _PAY.search(near):
        return True  # "I am in the office until Friday"
    if (_SELF.search(near) or _TALK.search(near)) and not _PAY.search(near) and not _ASKS.search(near):
        return True  # "at the year end we reconcile our ledgers": nothing is asked for
    if _PLANNED.search(said) and (text.asks(*match.sentence) or _OPEN_QUESTION.search(text.plain, match.sentence[0], match.start)):
        return True  # "is it planned for this week?"
    if text.asks(*match.sentence) and _SUITS.search(said):
        return True  # "does the end of the month suit you?"
    return bool(_OCCASION.search(text.plain, max(match.sentence[0], match.start - 45), match.start)) and not _PAY.search(said)


_FALLS_DUE = re.compile(
    r"\b(?:(?:falls?|is|becomes?|will be|comes?|are) due|payable|(?:wird|ist|sind|werden)\b[^.;!?]{0,30}fallig|fallig(?: wird| ist)?|arriv\w+ a echeance|echoit|echoient|sera exigible|est a regler|vencen?|vencera\w*)[^.;!?]{0,60}\Z"
)


def falls_due(before: str, item: Item, counts: Sequence[int]) -> bool:
    """ "Falls due within 5 days": the day is the invoice's own, of one ``counts`` days overdue (negative before its day)."""
    return bool(_FALLS_DUE.search(before)) and any(-days == item.value for days in counts)
