"""Sentences, rows and clauses: the scope in which a figure belongs to an invoice and a negation to a verb."""

from __future__ import annotations

import re

_BOUNDARY = re.compile(r"\n+|[.!?…]+[\"')\]]*[ \t]+(?=[^\s,;])|[.!?]+(?=\n)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:nr|no|nos|num|mr|mrs|ms|dr|st|sr|sra|srta|mme|mlle|mm|ca|inkl|bzw|vgl|ggf|evtl|z|b|h|u|d|a|e|i|g|m|p|c|s|ref|art|tel|inc|"
    r"ltd|co|corp|"
    r"abs|ing|prof|hr|fr|etc|approx|incl|resp|n|fact|rg|re|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|okt|nov|dec|dez|janv|fevr|avr|juil|"
    r"ene|abr|ago|"
    r"dic)|\d)$"
)
_WORD_END = re.compile(r"[a-z]{4}\Z")
_FUNCTION_END = re.compile(
    r"(?:\b(?<!\d )(?<!\d)(?:gbp|eur|usd|chf|the|a|an|of|for|to|and|or|in|on|by|with|is|was|are|from|your|our|uber|fur|der|die|das|den|dem|und|von|zum|"
    r"zur|am|vom|mit|"
    r"le|la|les|de|du|des|et|au|aux|un|une|pour|el|los|las|del|y|por|con|una|invoice|rechnung|facture|factura)|[,-])$"
)
_TABULAR = re.compile(r"[|\t]|\S {2,}\S| · ")
_BULLET = re.compile(r"\s*(?:[-*•·●▪–—+|>#]|\d{1,2}[.)]\s|\(?[a-z]\)\s)")


def _soft(plain: str, folded: str, line_start: int, newline: int, after: int) -> bool:
    """True when the newline only wraps a sentence (hard-wrapped mail at 60–78 columns)."""
    line = plain[line_start:newline].rstrip()
    following = folded[after : after + 60]
    if len(line) < 40 or not following or line[-1] in ".:;!?":
        return False
    if not following.lstrip()[:1].islower() and not _FUNCTION_END.search(line):
        return False
    return not _TABULAR.search(line) and not _BULLET.match(following)


def split_segments(folded: str, plain: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence or row, in order; gaps between them hold only white space and sentence ends."""
    found: list[tuple[int, int]] = []
    start = line_start = 0
    for match in _BOUNDARY.finditer(folded):
        cut, after = match.span()
        if folded[cut] == "\n":
            if after - cut == 1 and _soft(plain, folded, line_start, cut, after):
                line_start = after
                continue
            line_start = after
        elif (
            folded[cut] == "."
            and after - cut < 3
            and _ABBREVIATION.search(plain, max(0, cut - 5), cut)
            and not _sentence_start(folded, cut, after)
        ) or (folded[after].islower() and (after - cut < 2 or not _WORD_END.search(plain, max(0, cut - 8), cut))):
            continue
        else:
            cut = match.start() + 1
        if folded[start:cut].strip():
            found.append((start, cut))
        start = after
    if folded[start:].strip():
        found.append((start, len(folded)))
    return found


_STARTER = re.compile(
    r"(?:We|You|Please|Our|The|This|It|If|I|Could|Can|May|Kindly|Thank|Thanks|No|In|On|For|A|An|All|Both|There|Your|Should|Would|As|To|Of|"
    r"Wir|Sie|Bitte|Unser|Unsere|Der|Die|Das|Dies|Diese|Es|Wenn|Ich|Vielen|Falls|Bis|Ihre?|Ein|Eine|Nach|Damit|Sollte[nt]?|Konnten|Könnten|"
    r"Nous|Vous|Merci|Notre|Nos|Le|La|Les|Ce|Cette|Il|Si|Je|Pour|Un|Une|Votre|Vos|Veuillez|Pourriez|Aucun|"
    r"Por|Le|Les|Nos|Nuestr[oa]|El|Los|Las|Esta|Este|Su|Rogamos|Agradecemos|Gracias|Una?|Quedamos|Podr[ií]an?|No|Hasta)\b"
)


# A year, a full amount: no ordinal that a month could follow.
_NO_ORDINAL = re.compile(r"(?:\d{3}|\d[.,/-]\d\d)\Z")


def _sentence_start(folded: str, cut: int, after: int) -> bool:
    """After a digit and a full stop ("… 2026. We") an ordinary sentence opener tells the end of a sentence from "15. April"."""
    if not folded[cut - 1].isdigit():
        return False
    return bool(_STARTER.match(folded, after)) or (folded[after].isupper() and bool(_NO_ORDINAL.search(folded, max(0, cut - 4), cut)))
