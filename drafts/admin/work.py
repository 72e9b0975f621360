"""Whose work is what: the conditions behind the queue's tabs, the counts of the sidebar and the lists of Home. One definition each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Aggregate, Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Source
from drafts import states
from drafts.models import FollowUp
from drafts.models.follow_up import has_rule, needs
from drafts.review.snoozing import SOURCE as SNOOZE
from governance import holds
from governance.calendar import day_begins
from governance.models import Hold, RequiredRole, User
from governance.rights import Scope
from governance.roles import DECIDERS, SATISFIED_BY

# What waits for a person's answer.
ASKED = (states.AWAITING_DECISION, *states.REVIEWABLE, states.STOPPED)
# What a person can do something about. Preparing is the machine's, approved is on its way.
WAITING = (*ASKED, states.ON_HOLD)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the queue."""

    key: str
    title: str
    means: str


TABS: tuple[Tab, ...] = (
    Tab("mine", "My queue", "routed to you or your role, waiting for your answer, or taken by you"),
    Tab("unclaimed", "Unclaimed", "ready, and nobody is on it"),
    Tab("second", "Second approval", "more than one person answers, each for themselves; a role you could fill is still needed"),
    Tab("holds", "Disputes and holds", "nothing is written while a hold is in force"),
    Tab("decisions", "Decisions", "no draft exists until somebody decides"),
    Tab("stopped", "Stopped", "approved, and stopped before sending"),
    Tab("leaving", "Leaving", "approved, on the way out"),
    Tab("done", "Done today", "decided or sent today"),
    Tab("all", "All open", "everything before sending"),
)
TAB_KEYS = {tab.key for tab in TABS}


def _reach(role: str, scope: Scope) -> Q | None:
    """Rows in which ``role`` counts for this person; None when it counts nowhere."""
    if role in scope.roles_everywhere:
        return Q(pk__isnull=False)
    portfolios = [pk for pk, held in scope.roles_by_portfolio.items() if role in held]
    accounts = [pk for pk, held in scope.roles_by_account.items() if role in held]
    if not portfolios and not accounts:
        return None
    return Q(portfolio_id__in=portfolios) | Q(account_id__in=accounts)


def mine(user: User, scope: Scope, now: datetime) -> Q:
    """Work of this person: owned, taken, routed to a role they hold here, or waiting for the approval of one."""
    found = Q(owner=user) | Q(claimed_by=user)
    for role in sorted(DECIDERS):
        where = _reach(role, scope)
        if where is not None:
            routed = Q(owner__isnull=True, owner_role=role)
            # Somebody else's by name, in a role that can answer for this one: it left this person's queue when it was routed.
            covered = Q(owner__isnull=False, owner_role__in=SATISFIED_BY.get(role, {role}))
            # While a question is open nobody can answer but the role it was routed to: there is no draft yet.
            needed = ~Q(owner_role=role) & ~covered & ~Q(status=states.AWAITING_DECISION) & needs(role)
            found |= where & (routed | needed)
    # A routine account on hold only waits for a date or a person's hold to end, and so does one that was put off: there is nothing to decide.
    waits = Q(lane=states.ROUTINE) | put_off(now) & ~has_rule("dispute_open", "dispute_signal")
    return Q(status__in=WAITING) & ~(Q(status=states.ON_HOLD) & waits) & found


def put_off(now: datetime) -> Q:
    """Accounts somebody put off until later."""
    snoozes = Hold.objects.filter(holds.standing(now), source=SNOOZE, account_id=OuterRef("account_id"))
    return Q(Exists(snoozes))


def counted(rows: QuerySet[FollowUp], now: datetime, **more: Aggregate) -> dict[str, int]:
    """How many rows there are, how many are late at ``now``, and how many more are due on that day (of its time zone); ``more`` beside them."""
    due = Q(due_at__gte=now, due_at__lt=day_begins(now) + timedelta(days=1))
    return rows.aggregate(total=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)), today=Count("pk", filter=due), **more)


def second_approval(scope: Scope) -> Q:
    """Approved once, and a role this person could fill is still missing."""
    missing = RequiredRole.objects.filter(
        request__subject_kind="draft", request__subject_id=OuterRef("draft_id"), request__state="open", approval__isnull=True
    )
    found = Q(pk__isnull=True)
    for required, fillers in SATISFIED_BY.items():
        for role in sorted(fillers):
            where = _reach(role, scope)
            if where is not None:
                found |= where & Q(Exists(missing.filter(role=required)))
    return Q(status=states.AWAITING_APPROVAL) & found


def tab_rows(user: User, scope: Scope, now: datetime, today_begins: datetime) -> dict[str, QuerySet[FollowUp]]:
    """The rows of each tab; always within the person's reach."""
    rows: QuerySet[FollowUp] = FollowUp.objects.visible_to(user, scope)
    unclaimed = Q(status__in=(states.READY, states.STOPPED)) & (Q(claimed_by__isnull=True) | Q(claimed_until__lte=now))
    conditions = {
        "mine": mine(user, scope, now),
        "unclaimed": unclaimed,
        "second": second_approval(scope),
        "holds": Q(status=states.ON_HOLD),
        "decisions": Q(status=states.AWAITING_DECISION),
        "stopped": Q(status=states.STOPPED),
        "leaving": Q(status=states.APPROVED),
        "done": Q(sent_at__gte=today_begins) | Q(ended_at__gte=today_begins),
        "all": Q(status__in=states.OPEN),
    }
    return {key: rows.filter(condition) for key, condition in conditions.items()}


def failed_sources(scope: Scope) -> list[Source]:
    """Sources in reach that do not answer: every count is then "at least"."""
    rows = Source.objects.exclude(status=Source.Status.OK).select_related("portfolio").order_by("kind", "pk")
    return list(rows if scope.everything else rows.filter(portfolio_id__in=scope.portfolio_ids))
