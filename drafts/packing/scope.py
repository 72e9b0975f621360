"""Which cases a pack is about, within the reach its person has now, and how many rows that would be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from accounts.models import Account
from drafts.models import FollowUp
from drafts.packing.tables import tables_for
from drafts.record.outcomes import begins
from governance.audit import account_stream
from governance.blind import withheld
from governance.models import PackRun, SampleDraw
from governance.packs import ledger_part
from governance.rights import scope_of
from governance.roles import AUDITOR

if TYPE_CHECKING:
    from governance.models import User
    from governance.packs.requests import Wanted

# Rules, words and rights in force then. Rights are read by auditors only.
COMMON_STREAMS = ("policy",)


@dataclass(frozen=True, slots=True)
class Size:
    """What a pack would hold."""

    cases: int
    rows: int


def follow_ups(wanted: Wanted | PackRun, by: User) -> QuerySet[FollowUp]:
    """The cases, oldest first; only those ``by`` may see now."""
    rows: QuerySet[FollowUp] = FollowUp.objects.visible_to(by).order_by("pk")
    subject = wanted.subject_id or 0
    if wanted.scope == PackRun.Scope.DRAFT:
        return rows.filter(pk=subject)
    if wanted.scope == PackRun.Scope.ACCOUNT:
        return rows.filter(account_id=subject)
    if wanted.scope == PackRun.Scope.SAMPLE:
        drawn = SampleDraw.objects.filter(pk=subject).values_list("ids", flat=True).first() or []
        return rows.filter(pk__in=drawn)
    assert wanted.starts_on is not None
    assert wanted.ends_on is not None
    span = (begins(wanted.starts_on), begins(wanted.ends_on + timedelta(days=1)))
    inside = [Q(**{f"{moment}__gte": span[0], f"{moment}__lt": span[1]}) for moment in ("opened_at", "sent_at", "ended_at")]
    rows = rows.filter(inside[0] | inside[1] | inside[2])
    return rows.filter(portfolio=wanted.portfolio) if wanted.portfolio else rows


def accounts(wanted: Wanted | PackRun, by: User) -> QuerySet[Account]:
    """The accounts of the cases; an account's own pack names it even when it has none."""
    if wanted.scope == PackRun.Scope.ACCOUNT:
        return Account.objects.visible_to(by).filter(pk=wanted.subject_id)
    return Account.objects.filter(pk__in=follow_ups(wanted, by).order_by().values("account")).order_by("pk")


def unanswered(wanted: Wanted | PackRun, by: User) -> str:
    """Why this pack is not made for ``by`` now: it would tell how others answered what they are still asked themselves. Or nothing."""
    found = withheld(by, scope_of(by), account_ids=list(accounts(wanted, by).values_list("pk", flat=True)))
    if not found:
        return ""
    many = "1 text of it still waits" if len(found) == 1 else f"{len(found)} texts of it still wait"
    return f"{many} for your own answer, and a pack would tell you what others answered. Answer first, or let somebody else ask for it."


def streams(wanted: Wanted | PackRun, by: User) -> list[str]:
    """The streams of the ledger in the pack."""
    found = [account_stream(pk) for pk in accounts(wanted, by).order_by("pk").values_list("pk", flat=True)]
    named = [*found, *COMMON_STREAMS, *(["rights"] if AUDITOR in scope_of(by).roles_everywhere else [])]
    return ledger_part.begun(named)


def measure(wanted: Wanted | PackRun, by: User) -> Size:
    """Count before anything is made: rows of every table and events of every stream."""
    cases, held = follow_ups(wanted, by), accounts(wanted, by)
    rows = sum(table.rows(cases, held).count() for table in tables_for(wanted.scope))
    return Size(cases.count(), rows + ledger_part.counted(streams(wanted, by)))


