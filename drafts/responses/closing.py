"""The end of a follow-up that was sent: paid, dealt with, or overtaken by the next dunning step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Invoice
from drafts import states, transitions
from drafts.models import FollowUp
from drafts.review.base import demand_reason
from governance.rights import can

if TYPE_CHECKING:
    from governance.models import User

CHUNK = 1_000
WAITING = (states.SENT, states.ANSWERED)


def close_paid(account_ids: Iterable[int] | None = None, *, at: datetime) -> int:
    """Close follow-ups of which every invoice the message named is settled; of all accounts, or of those given. Returns how many.

    All settled, not the last one: a statement of five with four paid stays open.
    """
    rows = FollowUp.objects.filter(status__in=WAITING, draft__isnull=False)
    if account_ids is not None:
        rows = rows.filter(account_id__in=list(account_ids))
    closed = 0
    for chunk in _chunks(rows):
        named = dict(rows.filter(pk__in=chunk).values_list("pk", "draft__invoice_ids"))
        wanted = {pk for ids in named.values() for pk in ids}
        still_open = set(Invoice.objects.open().filter(pk__in=wanted).values_list("pk", flat=True))
        done = sorted(pk for pk, ids in named.items() if ids and not still_open & set(ids))
        closed += _perform(done, "paid", at)
    return closed


def close_overtaken(*, at: datetime) -> int:
    """Close sent follow-ups whose account has a newer one: the next step goes on where they ended. Returns how many."""
    newer = FollowUp.objects.filter(account_id=OuterRef("account_id"), pk__gt=OuterRef("pk")).exclude(status=states.SUPERSEDED)
    rows = FollowUp.objects.filter(status__in=WAITING).filter(Exists(newer))
    return sum(_perform(chunk, "next_step", at) for chunk in _chunks(rows))


def resolve(follow_up_id: int, note: str, *, by: User, at: datetime) -> FollowUp:
    """A person dealt with the reply."""
    note = demand_reason(note, "closing an answered follow-up")
    with transaction.atomic():
        follow_up = transitions.lock([follow_up_id])[0]
        can(by, "record_reply", follow_up).or_raise()
        return transitions.perform([follow_up.pk], "resolve", by=by, at=at, reason=note)[0]


def _chunks(rows: QuerySet[FollowUp]) -> Iterable[list[int]]:
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield chunk
        last = chunk[-1]


def _perform(ids: list[int], action: str, at: datetime) -> int:
    """Move those that still can be moved; a row that somebody moved meanwhile is left to them."""
    with transaction.atomic():
        ready = [row.pk for row in transitions.lock(ids) if row.status in states.BY_ACTION[action].sources]
        if ready:
            transitions.perform(ready, action, by=None, at=at)
    return len(ready)
