"""G04/G06: what is called late is late; months and periods named in passing hold the day they speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .attach import Attachment, attachment
from .base import BLOCK, Finding
from .clauses import matches
from .facts import Invoice
from .items import Item
from .text import Draft, Text

# Being late in words that are no verb of it.
_PAST = re.compile(
    r"\btrotz (?:der |ihrer |eingetretener )?falligkeit\b|\bnach (?:eintritt der )?falligkeit\b|\bzahlungs(?:ziel|frist)\w* (?:\w+ ){0,3}(?:uberschritten|abgelaufen|"
    r"verstrichen)|\bsaumig|\bdespite (?:the|its) due date|\b(?:past|beyond) (?:the|its) (?:agreed )?(?:date|terms?)\b|\bmalgre (?:l'|son )echeance|"
    r"\bdelai (?:\w+ ){0,3}(?:depasse|expire|ecoule)|\b(?:a pesar d|pese a)el (?:\w+ )?vencimiento|\bplazo (?:\w+ ){0,4}(?:vencido|expirado|cumplido)"
)
_AHEAD = re.compile(
    r"(?:\b(?:not|nicht|pas|no|aun|todavia)\b|n't)(?:\W+\w+){0,3}?\W+(?:due|overdue|late|until|before|fall\w*|uberfallig|echue?s?|exigibles?|dues?|venc\w+)\b|"
    r"\b(?:upcoming|future|falls? due|will be|becomes? due|erst|kommend\w*|demnachst|wird|werden|echoir|a venir|por vencer|vencera|vence|sera|"
    r"arrive\w* a echeance)\b"
)
_SEVERAL = re.compile(
    r"\b(?:all|both|each|every|are|were|have|alle|beide|samtliche|sind|waren|haben|toutes|tous|sont|etaient|ont|todas|todos|ambas|estan|son|han|vencieron)\b"
)


def late_claims(draft: Draft, text: Text) -> Iterator[Finding]:
    """ "Overdue" said of an invoice that is not past due: the one it speaks of, each of a list that it heads or sums up."""
    attach, facts = attachment(draft, text), draft.facts
    if all((i.days_overdue(facts.as_of) or 0) > 0 for i in facts.invoices):
        return
    spans = [(match.start, match.end) for match in matches(text, "overdue")] + [found.span() for found in _PAST.finditer(text.plain)]
    for start, end in spans:
        for invoice in _governed(text, attach, start, end):
            days = invoice.days_overdue(facts.as_of)
            if days is not None and days <= 0:
                yield text.finding(
                    "G04", "contradicts_facts", BLOCK, start, end, "the invoice is not past its due date", fact=f"{invoice.number}: due {invoice.due}"
                )
                break


def _governed(text: Text, attach: Attachment, start: int, end: int) -> list[Invoice]:
    """Invoices that a claim speaks of."""
    seg = text.segment_at(start)
    mentions = attach.named.get(seg, [])
    if not mentions:
        return _headed(text, attach, seg)
    after = [item for item in mentions if item.start >= end]
    before = [item for item in mentions if item.start < start]
    if len(mentions) == 1:
        return _plain(text, attach, mentions)
    if not before and ":" in text.plain[end : after[0].start]:
        return _plain(text, attach, after)
    if before and _SEVERAL.search(text.plain, before[-1].end, end):
        return _plain(text, attach, before)
    return _plain(text, attach, before[-1:] or after[:1])


def _headed(text: Text, attach: Attachment, seg: int) -> list[Invoice]:
    """A claim in a sentence without invoices: the rows below it when it ends in a colon, else nothing if one of those spoken of is late."""
    left, right = text.segments[seg]
    if text.plain[left:right].rstrip().endswith(":"):
        rows: list[Item] = []
        for index in range(seg + 1, len(text.segments)):
            if index not in attach.named:
                break
            rows += attach.named[index]
        return _plain(text, attach, rows)
    spoken = attach.nearby(seg) or attach.facts.invoices
    late = any((i.days_overdue(attach.facts.as_of) or 0) > 0 for i in spoken)
    return [] if late else spoken


def _plain(text: Text, attach: Attachment, items: list[Item]) -> list[Invoice]:
    """The invoices of ``items`` except those whose own words say that they fall due later."""
    found = []
    for item in items:
        seg_end = text.segments[item.seg][1]
        stop = min((other.start for other in attach.named[item.seg] if other.start > item.start), default=seg_end)
        if not _AHEAD.search(text.plain, item.end, stop):
            found.append(attach.facts.invoice(item.ref.name))
    return found
