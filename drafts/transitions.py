"""The only writer of ``FollowUp.status``: lock, decide, save, history, event, in one atomic block, for one or many."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.models import Account
from drafts import states
from drafts.models import FollowUp
from governance import bulk
from governance.audit import Entry, account_stream, record
from governance.history import record_history

if TYPE_CHECKING:
    from governance.models import User

# Columns a transition may carry along; ``status`` and ``version`` are always written.
CARRIED = (
    "lane", "purpose", "reasons", "required_roles", "owner_role", "owner_id", "brief_id", "draft_id", "totals", "oldest_due_on", "due_at",
    "work_rank", "why_first", "hold_reason", "next_contact", "claimed_by_id", "claimed_until", "step", "cycle",
    "ready_at", "sent_at", "ended_at",
)
ALWAYS = ("status", "version", "ready_at", "sent_at", "ended_at")
_ENDS = (states.CLOSED, states.REJECTED, states.SUPERSEDED, states.EXPIRED)


class WrongState(Exception):
    """The follow-up is not in a state from which this can be done (somebody or something else was faster)."""

    def __init__(self, action: str, found: dict[int, str]) -> None:
        self.action, self.found = action, found
        names = dict(states.STATUS_CHOICES)
        words = ", ".join(f"follow-up {pk} is {names.get(state, state).lower()}" for pk, state in sorted(found.items()))
        super().__init__(f"cannot {action.replace('_', ' ')}: {words}")


def lock(follow_up_ids: Sequence[int]) -> list[FollowUp]:
    """Lock Account rows, then FollowUp rows, both in id order: the one lock order of the project."""
    account_ids = FollowUp.objects.filter(pk__in=follow_up_ids).values_list("account_id", flat=True)
    list(Account.objects.select_for_update(of=("self",)).filter(pk__in=set(account_ids)).order_by("pk").values_list("pk"))
    return list(FollowUp.objects.select_for_update(of=("self",)).filter(pk__in=follow_up_ids).order_by("pk"))


def perform(
    ids: Sequence[int],
    action: str,
    *,
    by: User | None,
    at: datetime,
    fields: Mapping[int, Mapping[str, Any]] | None = None,
    reason: str = "",
    data: Mapping[int, dict[str, Any]] | None = None,
) -> list[FollowUp]:
    """Move follow-ups ``ids`` by ``action`` and save ``fields`` (per id, names of ``CARRIED``) with the status.

    ``data`` (per id) goes to the event: ids, codes and hashes only. All or none move; raises ``WrongState`` naming those that cannot,
    ``KeyError`` for an unknown action or field.
    """
    transition = states.BY_ACTION[action]
    with transaction.atomic():
        rows = lock(ids)
        wrong = {row.pk: row.status for row in rows if row.status not in transition.sources}
        missing = dict.fromkeys(set(ids) - {row.pk for row in rows}, "gone")
        if wrong or missing:
            raise WrongState(action, wrong | missing)
        before = {row.pk: row.status for row in rows}
        for row in rows:
            _apply(row, transition.target, (fields or {}).get(row.pk, {}), at)
        _save(rows, {name for values in (fields or {}).values() for name in values})
        record_history(FollowUp, [row.pk for row in rows], "~", by=by, at=at, reason=reason)
        record([_entry(row, action, before[row.pk], (data or {}).get(row.pk, {})) for row in rows], by=by, at=at)
    return rows


def begin(rows: Sequence[FollowUp], *, by: User | None, at: datetime) -> list[FollowUp]:
    """Create follow-ups in ``preparing``, with history and one event each. The database refuses a second open one per account."""
    with transaction.atomic():
        for row in rows:
            row.status, row.opened_at = states.PREPARING, at
        created = bulk.insert(FollowUp, rows)
        record_history(FollowUp, [row.pk for row in created], "+", by=by, at=at)
        record([_entry(row, "prepare", "", {}) for row in created], by=by, at=at)
    return created


def _apply(row: FollowUp, target: str, values: Mapping[str, Any], at: datetime) -> None:
    for name, value in values.items():
        if name not in CARRIED:
            raise KeyError(f"{name} is not written by a transition")
        setattr(row, name, value)
    row.status = target
    row.version += 1
    if target == states.READY and row.ready_at is None:
        row.ready_at = at
    if target == states.SENT:
        row.sent_at = at
    if target in _ENDS:
        row.ended_at = at


def _save(rows: Sequence[FollowUp], carried: Collection[str]) -> None:
    """Status, version and moments always; of what a transition may carry, the columns it did."""
    names = [*ALWAYS, *(name.removesuffix("_id") for name in CARRIED if name in carried and name not in ALWAYS)]
    bulk.update(FollowUp, rows, names)


def _entry(row: FollowUp, action: str, before: str, data: Mapping[str, Any]) -> Entry:
    content: dict[str, Any] = {"from": before, "to": row.status, "lane": row.lane, **data}
    if row.draft_id:
        content["draft"] = row.draft_id
    return Entry(account_stream(row.account_id), f"follow_up.{action}", "follow_up", row.pk, content)
