"""Promises that came to their end: what the payments that arrived, or the days that passed, made of them goes on record once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.facts import facts_for
from accounts.models import Promise
from accounts.promises import BROKEN, KEPT, LATE, OPEN
from drafts.detection.writing import lock_accounts
from governance.audit import Entry, account_stream, record
from governance.measuring import kinds
from governance.models import Measure

SETTLED = (KEPT, LATE, BROKEN)
AT_ONCE = 200


def settle_promises(at: datetime) -> int:
    """Record of every dated promise that was open how it ended: kept, kept late or broken. Returns how many ended.

    Judged as the brief judges them, from what is settled and the grace of the payment method. What is on record stands: a broken promise
    whose money comes later stays broken. Promises that nobody recorded here (a source brought them) are no measure.
    """
    accounts = sorted(set(_open().values_list("account_id", flat=True)))
    return sum(_settle(accounts[n : n + AT_ONCE], at) for n in range(0, len(accounts), AT_ONCE))


def _open() -> QuerySet[Measure]:
    """Promises of which the record knows no end."""
    return Measure.objects.filter(kind=kinds.PROMISE, stands=True, outcome=OPEN, ref__isnull=False).order_by()


def _settle(account_ids: Sequence[int], at: datetime) -> int:
    """Under the locks of the accounts, so that two workers record no end twice."""
    with transaction.atomic():
        lock_accounts(set(account_ids))
        about = {pk: account_id for pk, account_id in _open().filter(account_id__in=account_ids).values_list("ref", "account_id") if pk is not None}
        ended = dict.fromkeys(Promise.objects.filter(pk__in=about, status=Promise.Status.KEPT).values_list("pk", flat=True), KEPT)
        for facts in facts_for(account_ids, at).values():
            ended |= {p.id: p.state for p in facts.promises if p.id in about and p.state in SETTLED}
        entries = [Entry(account_stream(about[pk]), "promise.settled", "promise", pk, {"state": ended[pk]}) for pk in sorted(ended)]
        record(entries, by=None, at=at)
    return len(entries)
