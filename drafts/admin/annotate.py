"""The text with what is known about its words: spans matched with a fact, and spans a check objects to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from drafts.models import Finding
from drafts.record.sources import NUMBER

# Kind of a fact → the source it comes from.
FACT_SOURCE = {
    "invoice": "invoices", "total": "invoices", "balance": "invoices", "account": "invoices", "payment": "payments",
    "contact": "contacts", "recipient": "contacts", "credit": "credits", "promised_credit": "credits", "dispute": "disputes",
    "signal": "disputes", "promise": "promises", "ticket": "tickets", "contract": "contracts", "message": "messages",
    "call": "messages",
}  # fmt: skip


class Piece(NamedTuple):
    """A stretch of text. ``kind``: "" plain, "ok" matched, "block", "higher", "warn". ``note`` is the sentence of the finding."""

    text: str
    kind: str = ""
    source: int = 0
    note: str = ""


def pieces(body: str, claims: Sequence[dict[str, Any]], findings: Iterable[Finding]) -> list[Piece]:
    """``body`` in order. Where a finding and a match overlap, the finding shows; spans outside the text are ignored."""
    spans = [(f.start, f.end, f.severity, 0, f.why) for f in findings if f.where == "body" and 0 <= f.start < f.end]
    taken = list(spans)
    for claim in claims:
        start, end = int(claim.get("start", -1)), int(claim.get("end", -1))
        if 0 <= start < end <= len(body) and not any(start < e and s < end for s, e, *_ in taken):
            spans.append((start, end, "ok", source_number(str(claim.get("fact", ""))), str(claim.get("fact", ""))))
    out, last = [], 0
    for start, end, kind, source, note in sorted(spans):
        if start < last or end > len(body):
            continue
        if start > last:
            out.append(Piece(body[last:start]))
        out.append(Piece(body[start:end], kind, source, note))
        last = end
    if last < len(body):
        out.append(Piece(body[last:]))
    return out


def source_number(fact: str) -> int:
    """The source number of a fact id like "invoice:17"; 0 when it has none."""
    kind = fact.partition(":")[0]
    return NUMBER.get(FACT_SOURCE.get(kind, kind), 0)
