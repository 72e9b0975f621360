"""Similar past drafts beside the one to decide: what became of the last messages of the same kind, in this person's reach only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest

from drafts import states
from drafts.models import Draft, FollowUp, Reply
from drafts.models.reply import REPLY_KINDS
from governance.admin.pages import scope_for
from governance.reach import reach

SHOWN = 5
DECIDED = (states.SENT, states.ANSWERED, states.CLOSED, states.REJECTED)
KINDS = dict(REPLY_KINDS)


def parts(request: HttpRequest, follow_up: FollowUp) -> list[dict[str, Any]] | None:
    """The last decided ones of the same purpose, step and lane, those of the same account first. One query; None once it is decided."""
    if follow_up.draft is None or follow_up.status not in states.REVIEWABLE:
        return None
    inside = reach(scope_for(request), "see_draft", "portfolio_id", "account_id")
    rows = FollowUp.objects.all() if inside is None else FollowUp.objects.filter(inside)
    alike = rows.filter(
        status__in=DECIDED, purpose=follow_up.purpose, step=follow_up.step, lane=follow_up.lane, draft__isnull=False
    ).exclude(pk=follow_up.pk)  # fmt: skip
    own, others = alike.filter(account_id=follow_up.account_id), alike.exclude(account_id=follow_up.account_id)
    found = _last(own, same=True).union(_last(others, same=False), all=True)
    return [_told(*row) for row in sorted(found, key=lambda row: (row[1], row[0]), reverse=True)[:SHOWN]]


def _last(rows: QuerySet[FollowUp], *, same: bool) -> QuerySet[FollowUp, Any]:
    """The newest of some rows, found by index: what is long past is not sorted."""
    newest = FollowUp.objects.filter(pk__in=rows.order_by("-pk").values("pk")[:SHOWN])
    said = Reply.objects.filter(follow_up=OuterRef("pk")).order_by("-pk").annotate(said=Coalesce(NullIf("confirmed_kind", Value("")), "machine_kind"))
    told = newest.annotate(same=Value(same), reply=Subquery(said.values("said")[:1]))
    return told.values_list("pk", "same", "status", "account__name", "draft__author_kind", "sent_at", "ended_at", "reply")


def _told(pk: int, same: bool, status: str, name: str, kind: str, sent_at: datetime | None, ended_at: datetime | None, reply: str | None) -> dict[str, Any]:
    return {
        "pk": pk, "same": same, "status": status, "account": name, "how": "edited by a person" if kind == Draft.AuthorKind.PERSON else "as prepared",
        "at": sent_at or ended_at, "reply": KINDS.get(reply or "", ""),
    }  # fmt: skip
