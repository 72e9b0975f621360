"""G04/G06: what is called late is late; months and periods named in passing hold the day they speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .attach import Attachment, attachment
from .base import BLOCK, Finding
from .clauses import matches
from .denied_words import CONDITION, NEG
from .facts import Invoice
from .items import Item
from .reported import wondered
from .text import Draft, Text

# Being late in words that are no verb of it.
_PAST = re.compile(
    r"\btrotz (?:der |ihrer |eingetretener )?falligkeit\b|\bnach (?:eintritt der )?falligkeit\b|\bzahlungs(?:ziel|frist)\w* (?:\w+ ){0,3}(?:uberschritten|abgelaufen|"
    r"verstrichen)|\bsaumig|\bdespite (?:the|its) due date|\b(?:past|beyond) (?:the|its) (?:agreed )?(?:date|terms?)\b|\bmalgre (?:l'|son )echeance|"
    r"\b(?:past|beyond|over) (?:their|your) (?:\w+ )?(?:due )?(?:dates?|terms?)\b|\bpast (?:the|its) due date|\b(?:terms?|payment period|due date)\b[^.,;:!?]{0,25}\b(?:has|have) (?:already |long )?(?:run out|expired|lapsed|ended|passed)|"
    r"\bshould (?:\w+ )?have been (?:\w+ )?(?:paid|settled|cleared)|\b(?:is|are) (?:\w+ )?late\b|\bthis (?:delay|arrear\w*|lateness)\b|\bhatten? (?:\w+ ){0,3}(?:bezahlt|beglichen|uberwiesen) (?:sein|werden)|"
    r"\b(?:zahlungsziel|zahlungsfrist|falligkeit|frist)\b[^.,;:!?]{0,25} (?:ist|sind|war|ist bereits) (?:\w+ ){0,2}(?:abgelaufen|uberschritten|verstrichen|vorbei|um)\b|\bzahlungsziel (?:ist |sind )?uberschritten|"
    r"\bdieser (?:zahlungs)?(?:ruckstand|verzug|verzogerung)\b|\b(?:verspatet|im ruckstand)\b|\b(?:ist|sind) (?:bereits|schon|langst|seit \w+) (?:\w+ )?fallig\b|\baurai(?:t|ent) (?:deja |du ){1,3}(?:etre )?|\bce(?:t)? (?:retard|arriere)\b|\b(?:accuse|accusent|presente|presentent) un retard|"
    r"\becheance\b[^.,;:!?]{0,25}\b(?:est|sont) (?:\w+ )?(?:passee|depassee)s?|\bdelai\b[^.,;:!?]{0,25}\b(?:est|a ete) (?:\w+ )?(?:depasse|expire|ecoule)|"
    r"\bplazo\b[^.,;:!?]{0,25}\b(?:paso|vencio|expiro|concluyo|termino|ha vencido|ha pasado)\b|\bdeberian? (?:\w+ )?(?:haberse|haber sido|estar) |\best[ea] (?:retraso|atraso|demora|mora)\b|\b(?:lleva|llevan) (?:\w+ )?(?:retraso|atraso)\b|"
    r"\b(?:superado|rebasado) (?:su|el) (?:vencimiento|plazo)|\batrasad[oa]s?\b|"
    r"\bdelai (?:\w+ ){0,3}(?:depasse|expire|ecoule)|\b(?:a pesar d|pese a)el (?:\w+ )?vencimiento|\bplazo (?:\w+ ){0,4}(?:vencido|expirado|cumplido)"
)
_AHEAD = re.compile(
    r"(?:\b(?:not|nicht|pas|no|aun|todavia)\b|n't)(?:\W+\w+){0,3}?\W+(?:due|overdue|late|until|before|fall\w*|uberfallig|echue?s?|exigibles?|dues?|venc\w+)\b|"
    r"\b(?:upcoming|future|falls? due|will be|becomes? due|erst|kommend\w*|demnachst|wird|werden|echoir|a venir|por vencer|vencera|vence|sera|"
    r"arrive\w* a echeance)\b"
)
# Late by a denial: "not paid on time", "you let the due date pass".
_UNPUNCTUAL = re.compile(
    r"\b(?:not|never|none|nicht|pas|no|jamais|nunca)\b[^.,;:!?\n]{0,25}\b(?:on time|in time|by (?:its|the|their) due date|rechtzeitig|fristgerecht|punktlich|a temps|dans les temps|a tiempo|puntualmente)\b|"
    r"\blet\b[^.,;:!?\n]{0,25}\b(?:pass|lapse|slip)\b|\bfrist\b[^.,;:!?\n]{0,25}\bverstreichen lassen|\blaisse (?:passer|expirer)\b|\bdejado pasar\b|\buber das (?:zahlungs)?ziel hinaus\b|"
    r"\b(?:unpaid|unbezahlt|offen|impayee?s?|impag\w+|pendiente)\b[^.,;:!?\n]{0,12}\b(?:after|beyond|nach|apres|tras|despues de) (?:its|the|der|ihrer|son|l'|su|el)? ?(?:due date|falligkeit|echeance|vencimiento)|"
    r"\b(?:gone|went) (?:past|beyond) (?:its|the) (?:terms?|date)"
)
_ALL_OF_THEM = re.compile(
    r"\b(?:all|both|each|every one|neither|alle|beide|samtliche\w*|jede|(?:toutes|tous)(?: (?:les )?\w+)?|les (?:deux|trois|quatre|cinq)|chacune|todas|todos|ambas|las (?:dos|tres|cuatro|cinco)|cada una)"
    r"(?! (?:the best|questions?|details?|fragen|angaben))[^.,;:!?\n]{0,40}\Z"
)
# Some of them and not the rest: "the first two", "las más antiguas", "Ihre beiden älteren".
_SOME = re.compile(
    r"\b(?:first|second|third|older|oldest|earlier|other|others|former|some|most|items?|ones|positions?|lines?|which|what|overdue|(?:two|three|four|five|six)(?! (?:of )?(?:your|the|them))|"
    r"ersten?|alteren?|altesten?|anderen?|fruheren?|einige|posten|positionen|welche\w*|beiden?|zwei|drei|vier|funf|sechs|"
    r"premieres?|seconde?s?|anciennes?|autres?|certaines?|postes|lignes|celles|lesquelles|(?:deux|trois|quatre|cinq)|"
    r"primer[oa]s?|segund[oa]s?|antigu[oa]s?|otr[oa]s|algun[oa]s|partidas|lineas|posiciones|cuales|(?:dos|tres|cuatro|cinco)|"
    r"invoices|amounts|rechnungen|betrage|factures|montants|facturas|importes)\b"
)
_WHOLE = re.compile(r"\b(?:first|older|oldest|earlier|ersten?|alter\w*|altest\w*|premier\w*|ancien\w*|primer\w*|antigu\w*|other|anderen?|autres|otr[oa]s|except|bis auf|sauf|salvo)\b")
_MARK = re.compile(r";|, | - |:(?=\s)")
_THIS = re.compile(r"this|dieser|cet?\b|est[ea]\b")
# "Sorry for this delay": ours, not that of a payment.
_SORRY = re.compile(r"\b(?:sorry|apolog\w*|excus\w*|pardon|entschuld\w*|verzeih\w*|perdon\w*|disculp\w*|repl\w*|repon\w*|antwort\w*|respuesta|contest\w*|deliver\w*|liefer\w*|livr\w*|entrega\w*)")
_SEVERAL = re.compile(
    r"\b(?:all|both|each|every|are|were|have|alle|beide|samtliche|sind|waren|haben|toutes|tous|sont|etaient|ont|todas|todos|ambas|estan|son|han|vencieron)\b"
)


# "Überfällig ist damit nichts."
_NOTHING_LATE = re.compile(r" (?:ist|sind|is|are|est|esta)\b[^.,;:!?\d]{0,20}\b(?:nichts|keine?|nothing|none|rien|nada|ninguna)\b")


def late_claims(draft: Draft, text: Text) -> Iterator[Finding]:
    """ "Overdue" said of an invoice that is not past due: the one it speaks of, each of a list that it heads or sums up."""
    attach, facts = attachment(draft, text), draft.facts
    if all((i.days_overdue(facts.as_of) or 0) > 0 for i in facts.invoices):
        return
    spans = [(match.start, match.end) for match in matches(text, "overdue")] + [found.span() for found in _PAST.finditer(text.plain) if not _ours(text, found.start())]
    spans += [found.span() for found in _UNPUNCTUAL.finditer(text.plain) if not _conditional(text, found)]
    for start, end in spans:
        if wondered(text, end) or _NOTHING_LATE.match(text.plain, end):
            continue
        for invoice in _governed(text, attach, start, end):
            days = invoice.days_overdue(facts.as_of)
            if days is not None and days <= 0:
                yield text.finding(
                    "G04", "contradicts_facts", BLOCK, start, end, "the invoice is not past its due date", fact=f"{invoice.number}: due {invoice.due}"
                )
                break


def _ours(text: Text, position: int) -> bool:
    start, end = text.segments[text.segment_at(position)]
    denied = re.search(NEG, text.plain[max(start, position - 20) : position + 4])
    return bool(denied or _SORRY.search(text.plain, start, end)) or text.asks(start, end)


def _conditional(text: Text, found: re.Match[str]) -> bool:
    start, end = text.segments[text.segment_at(found.start())]
    return bool(CONDITION.search(text.plain, start, found.end()) or _SORRY.search(text.plain, start, end)) or text.asks(start, end)


def _governed(text: Text, attach: Attachment, start: int, end: int) -> list[Invoice]:
    """Invoices that a claim speaks of."""
    seg = text.segment_at(start)
    mentions = attach.named.get(seg, [])
    if not mentions and _THIS.match(text.plain, start):
        earlier = [item for row in sorted(attach.named) if row < seg for item in attach.named[row]]
        return _plain(text, attach, earlier[-1:])
    if not mentions:
        return _headed(text, attach, seg, start)
    if _of_some(text, attach, mentions, start, end):
        return []
    after = [item for item in mentions if item.start >= end]
    before = [item for item in mentions if item.start < start]
    if len(mentions) == 1:
        return _plain(text, attach, mentions)
    if not before and ":" in text.plain[end : after[0].start]:
        return _plain(text, attach, after)
    if before and _SEVERAL.search(text.plain, before[-1].end, end):
        return _plain(text, attach, before)
    return _plain(text, attach, before[-1:] or after[:1])


def _headed(text: Text, attach: Attachment, seg: int, start: int) -> list[Invoice]:
    """A claim in a sentence without invoices: the rows below it when it ends in a colon, else nothing if one of those spoken of is late."""
    left, right = text.segments[seg]
    if attach.heads(seg):
        return _plain(text, attach, attach.rows_below(seg))
    spoken = attach.nearby(seg) or attach.facts.invoices
    everyone = _everyone(text, left, start, right)
    if everyone:
        return spoken if len(spoken) > 1 else [invoice for invoice in attach.facts.invoices if invoice.open]
    if not everyone and _SOME.search(text.plain, left, right):
        spoken = [*spoken, *attach.facts.invoices]
    late = any((i.days_overdue(attach.facts.as_of) or 0) > 0 for i in spoken)
    return [] if late else spoken


_SAID = re.compile(r"\b(?:is|are|were|was|remain|have|has|of them|now|ist|sind|waren|haben|stehen|werden|est|sont|ont|restent|etaient|estan|esta|son|han|siguen|quedan|vencieron)\b")


def _everyone(text: Text, left: int, start: int, right: int) -> bool:
    """ "All of them are overdue"; not "the two overdue ones", nor "all but the last"."""
    found = _ALL_OF_THEM.search(text.plain, left, start)
    if found is None or _WHOLE.search(text.plain, found.start(), right):
        return False
    return bool(_SAID.search(text.plain, found.start(), min(start + 24, right))) or found.group().split()[0] in _EACH


_EACH = frozenset("all each every neither alle samtliche jede toutes tous chacune todas todos cada".split())


def _of_some(text: Text, attach: Attachment, mentions: list[Item], start: int, end: int) -> bool:
    """ "… of the three overdue invoices; FI-4 has time": the claim stands in a stretch of its own that names none and speaks of some that are late."""
    left, right = text.segments[mentions[0].seg]
    left = max((cut.end() for cut in _MARK.finditer(text.plain, left, start)), default=left)
    right = min((cut.start() for cut in _MARK.finditer(text.plain, end, right)), default=right)
    if any(left <= item.start < right for item in mentions) or not _SOME.search(text.plain, left, right):
        return False
    if _everyone(text, left, start, right):
        return False
    if text.plain[end:].lstrip()[:1] == ":" or text.plain[right : right + 1] == ":":
        return False  # "overdue are: FI-1, FI-2"
    return any((invoice.days_overdue(attach.facts.as_of) or 0) > 0 for invoice in attach.facts.invoices)


def _plain(text: Text, attach: Attachment, items: list[Item]) -> list[Invoice]:
    """The invoices of ``items`` except those whose own words say that they fall due later."""
    found = []
    for item in items:
        seg_end = text.segments[item.seg][1]
        stop = min((other.start for other in attach.named[item.seg] if other.start > item.start), default=seg_end)
        if not _AHEAD.search(text.plain, item.end, stop):
            found.append(attach.facts.invoice(item.ref.name))
    return found
