"""Detection: reads what customers wrote and notes say, before anything else happens with it.

A possible dispute becomes a signal with a hold in the same transaction; a person judges it. Topics and the kind of a message are kept
with the text, so that rules read codes and never the customer's words.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.models import DisputeSignal
from drafts.detection.judging import judge
from drafts.detection.reading import CHANNELS, unread
from drafts.detection.topics import TOPICS, topics_in
from drafts.detection.writing import lock_accounts, still_unread, write

__all__ = ["CHANNELS", "TOPICS", "scan", "topics_in"]

BATCH = 1_000


def scan(account_ids: Collection[int] | None = None, *, at: datetime, batch: int = BATCH) -> list[DisputeSignal]:
    """Read every unread text of ``account_ids`` (all accounts without them) and return the new signals.

    At most ``batch`` texts per transaction; judging happens before the locks are taken. Each text is read once: a writer that changes
    a text sets its ``scanned_at`` back to null. Running it twice, or twice at once, finds nothing twice.
    """
    found: list[DisputeSignal] = []
    while texts := unread(account_ids, batch):
        findings = judge(texts, at)
        with transaction.atomic():
            lock_accounts({text.account_id for text in texts})
            current = still_unread(texts)
            found += write([finding for finding in findings if finding.text in current], at)
    return found
