"""What each text says: a possible dispute and about which invoices, its topics, the kind of a message."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Invoice
from drafts.detection.decided import unjudged
from drafts.detection.reading import Text
from drafts.detection.topics import FLAG, TOPICS_LENGTH, topics_in
from drafts.detectors import UNSURE, judge_dispute, judge_reply
from drafts.detectors.hostile import input_flags
from drafts.detectors.replies import mentioned
from drafts.detectors.text import MAX_CHARS, split_history

log = logging.getLogger(__name__)

# An old text that names no open invoice challenges nothing that is asked for now.
CURRENT = timedelta(days=180)
# An older claim of payment was overtaken by the bank's data long ago.
CLAIM_AGE = timedelta(days=30)
PAID = ("paid", "remittance")
OPT_OUT = "opt_out"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one text says. ``invoices`` are ids of open invoices it names; ``claims_payment`` asks for a hold of that kind."""

    text: Text
    disputed: bool
    category: str = "other"
    quote: str = ""
    score: float = 0.0
    invoices: tuple[int, ...] = ()
    topics: str = ""
    kind: str = ""
    reply_quote: str = ""
    claims_payment: bool = False
    opts_out: bool = False


def judge(texts: Sequence[Text], at: datetime) -> list[Finding]:
    """Judge texts as they stand at ``at``; the open invoices of all of them come with one query.

    A text no detector can read is held for a person: it must neither pass unread nor keep all the others from being read. When every
    one of several fails, the detectors are broken, not the texts, and the error is raised.
    """
    known = _open_invoices({text.account_id for text in texts})
    fresh = unjudged(texts)
    tried = [_attempt(text, fresh.get(text, (text.subject, text.body)), known.get(text.account_id, {}), at) for text in texts]
    failed = [found for found in tried if isinstance(found, Exception)]
    if len(failed) == len(texts) > 1:
        raise failed[0]
    return [_unreadable(text, found) if isinstance(found, Exception) else found for text, found in zip(texts, tried, strict=True)]


def _attempt(text: Text, fresh: tuple[str, str], known: dict[str, int], at: datetime) -> Finding | Exception:
    try:
        return _finding(text, fresh, known, at)
    except Exception as error:
        return error


def _unreadable(text: Text, error: Exception) -> Finding:
    log.error("no detector could read %s %s; it is held for a person", text.kind, text.id, exc_info=error)
    return Finding(text, text.live, quote=f"{text.subject}\n{text.body}".strip()[:300] or "(no words)")


def _open_invoices(account_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Account → number of an open invoice → its id."""
    known: dict[int, dict[str, int]] = {}
    rows = Invoice.objects.open().filter(account_id__in=account_ids).order_by("due_on", "id")
    for account_id, number, pk in rows.values_list("account_id", "number", "pk"):
        known.setdefault(account_id, {})[number] = pk
    return known


def _finding(text: Text, fresh: tuple[str, str], known: dict[str, int], at: datetime) -> Finding:
    """``fresh`` is what of the subject and of the body no person has judged yet."""
    whole = f"{text.subject}\n{text.body}"
    flags = (FLAG + flag for flag in input_flags(whole))
    topics = " ".join((*topics_in(whole), *flags))[:TOPICS_LENGTH]
    subject, body = fresh
    verdict = judge_dispute(body, subject) if text.live else None
    # Detectors read so far and no further; nobody writes that much, and what stands behind it would pass unread.
    too_long = text.live and len(split_history(body)[0]) > MAX_CHARS
    found = too_long or bool(verdict and verdict.is_dispute)
    named = tuple(known[number] for number in mentioned(whole, known)) if found else ()
    disputed = found and bool(named or _recent(text, at, CURRENT))
    reply = judge_reply(text.body, text.subject, as_of=text.at.date() if text.at else None) if text.kind == "message" else None
    kind = reply.kind if reply is not None and reply.kind != UNSURE else ""
    return Finding(
        text, disputed, (verdict.category if verdict else "") or "other", (verdict.quote if verdict else "") or whole.strip()[:300],
        verdict.score if verdict else 0.0, named, topics, kind, reply.quote if reply else "",
        kind in PAID and _recent(text, at, CLAIM_AGE), kind == OPT_OUT,
    )  # fmt: skip


def _recent(text: Text, at: datetime, limit: timedelta) -> bool:
    """True for a text of unknown date: unknown is not old."""
    return text.at is None or text.at >= at - limit
