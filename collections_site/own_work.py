"""A worker's own part of Home: what is next, what leaves, what came back, what went wrong, and one's own week."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import AddressChange
from drafts import states
from drafts.admin.lookup import follow_ups_of
from drafts.admin.outgoing import TABS as OUTGOING
from drafts.admin.signals import signals_of
from drafts.admin.work import counted, mine, second_approval
from drafts.models import Delivery, FollowUp, Reply
from governance import pace, policies
from governance.admin.pages import moment, person, scope_for
from governance.models import Approval, Event, User
from governance.reach import reach
from governance.rights import Scope
from governance.roles import FINANCE

SHOWN = 5
# What a reply may turn out to be, in the words of a summary: (one, many, kinds).
SAID = (
    ("promise", "promises", ("promise_with_date", "promise_without_date")), ("paid", "paid", ("paid", "remittance")),
    ("dispute", "disputes", ("dispute", "complaint")), ("question", "questions", ("question", "needs_document", "in_customer_approval")),
)  # fmt: skip


def work(request: HttpRequest) -> dict[str, Any]:
    """Everything the page shows of one's own work. Each number equals the length of the list it leads to."""
    user, scope, now = person(request), scope_for(request), moment(request)
    rows = follow_ups_of(request)
    own = rows.filter(mine(user, scope, now))
    numbers = counted(own, timezone.localtime(now))
    first = own.select_related("account", "brief").order_by("work_rank", "pk").first()
    return {
        **numbers, "next": first, "next_signals": signals_of(first) if first else [], "leaving": _leaving(rows, user), "back": _back(rows, own, user, now),
        "oldest": (timezone.localtime(now).date() - first.oldest_due_on).days if first and first.oldest_due_on else 0,
        "stopped": _stopped(rows), "stopped_n": rows.filter(status=states.STOPPED).count(), "second": rows.filter(second_approval(scope)).count(),
        "replies": _replies(rows, now), "addresses": _addresses(user, scope), "week": _own_week(user, now), **_pace(user, scope, now),
        "unknown": list(Delivery.objects.filter(follow_up__in=rows, state=states.OUTCOME_UNKNOWN).select_related("account")[:SHOWN]),
    }  # fmt: skip


def _leaving(rows: QuerySet[FollowUp], user: User) -> dict[str, Any]:
    """The next messages to leave, with who approved each, how many there are, and when the last one leaves."""
    waiting = Delivery.objects.filter(follow_up__in=rows, state__in=OUTGOING["leaving"][1])
    total = waiting.aggregate(n=Count("pk"), last=Max("leaves_at"))
    found = list(waiting.select_related("account").defer("mime").order_by("leaves_at", "pk")[:SHOWN])
    answers = Approval.objects.filter(request__in=[d.approval_request_id for d in found], verdict="approve").select_related("person").order_by("at")
    by = {answer.request_id: "you" if answer.person_id == user.pk else str(answer.person) for answer in answers}
    return {**total, "rows": [{"d": d, "by": by.get(d.approval_request_id, "")} for d in found]}


def _back(rows: QuerySet[FollowUp], own: QuerySet[FollowUp], user: User, now: datetime) -> list[dict[str, Any]]:
    """What colleagues routed to this person by name, and what this person sent back and is ready again; each with the reason."""
    asked = Event.objects.filter(action="follow_up.request_changes", actor_id=user.pk, at__gte=now - timedelta(days=14))
    sent_back = rows.filter(pk__in=asked.values("subject_id"), status=states.READY)
    routed = own.filter(status__in=(states.READY, states.IN_REVIEW), owner=user)
    ids = [*routed.order_by("work_rank", "pk").values_list("pk", flat=True)[:SHOWN], *sent_back.values_list("pk", flat=True)[:SHOWN]]
    found = list(rows.filter(pk__in=ids).select_related("account", "draft").order_by("work_rank", "pk")[:SHOWN])
    handed = Event.objects.filter(action="account.routed", subject_kind="follow_up", subject_id__in=[f.pk for f in found]).order_by("id")
    by = dict(handed.values_list("subject_id", "actor_id"))
    names = {u.pk: str(u) for u in User.objects.filter(pk__in={pk for pk in by.values() if pk})}
    return [{"f": f, "why": _why_back(f, user, names.get(by.get(f.pk) or 0, ""))} for f in found]


def _why_back(row: FollowUp, user: User, by: str) -> str:
    if row.owner_id == user.pk:
        return f"routed to you by {by}" if by and by != str(user) else "yours by name"
    return f"you asked for changes; v{row.draft.revision} is ready" if row.draft else "you asked for changes"


def _addresses(user: User, scope: Scope) -> list[AddressChange]:
    """Addresses a colleague proposed and this person may confirm."""
    inside = reach(scope, "confirm_recipient", "account__portfolio_id", "account_id")
    rows = AddressChange.objects.filter(state=AddressChange.State.WAITING).exclude(asked_by=user)
    rows = rows if inside is None else rows.filter(inside)
    return list(rows.select_related("account", "asked_by").order_by("pk")[:SHOWN])


def _stopped(rows: QuerySet[FollowUp]) -> list[Delivery]:
    stopped = Delivery.objects.filter(state=states.DELIVERY_STOPPED, follow_up__in=rows.filter(status=states.STOPPED))
    return list(stopped.select_related("account", "follow_up").defer("mime").order_by("-stopped_at", "-pk")[:SHOWN])


def _replies(rows: QuerySet[FollowUp], now: datetime) -> dict[str, Any]:
    """Replies of the last day: how many, what they say by kind, and the latest."""
    fresh = Reply.objects.filter(created_at__gte=now - timedelta(days=1), message__account__in=rows.values("account"))
    by_kind: dict[str, int] = {}
    for confirmed, machine, n in fresh.order_by().values_list("confirmed_kind", "machine_kind").annotate(n=Count("pk")):
        by_kind[confirmed or machine] = by_kind.get(confirmed or machine, 0) + n
    words = []
    for one, many, kinds in SAID:
        if n := sum(by_kind.get(kind, 0) for kind in kinds):
            words.append(f"{n} {one if n == 1 else many}")
    latest = list(fresh.select_related("message__account").order_by("-created_at", "-pk")[:SHOWN])
    return {"n": sum(by_kind.values()), "words": ", ".join(words), "latest": latest}


def _own_week(user: User, now: datetime) -> dict[str, int]:
    """Own numbers of seven days, shown only to oneself. Missed: a message one approved was answered with a dispute."""
    since = now - timedelta(days=7)
    answers = Approval.objects.filter(person=user, at__gte=since).aggregate(
        approved=Count("pk", filter=Q(verdict="approve")), refused=Count("pk", filter=Q(verdict="reject"))
    )
    acts = Event.objects.filter(actor_id=user.pk, at__gte=since).aggregate(
        edited=Count("pk", filter=Q(action="draft.edited")), caught=Count("pk", filter=Q(action="dispute.opened"))
    )
    disputed = Q(confirmed_kind="dispute") | Q(confirmed_kind="", machine_kind="dispute")
    missed = Reply.objects.filter(disputed, created_at__gte=since, delivery__approval_request__approvals__person=user)
    return {**answers, **acts, "missed": missed.values("pk").distinct().count()}


def _pace(user: User, scope: Scope, now: datetime) -> dict[str, Any]:
    """Rows of approvals faster than they can be read, today: one's own, and for who leads a portfolio those of the others in it."""
    led = scope.portfolios_with({FINANCE})
    since = pace.begin_of_day(user, now)
    runs = pace.runs(since) if led is None else pace.runs(since, people=[user.pk], portfolios=led)
    own = runs.pop(user.pk, pace.Run())
    others = {pk: run for pk, run in runs.items() if run.longest}
    if not own.longest and not others:
        return {}
    most = policies.active_parameters().quick_approvals_in_a_row
    quick = {pk: run for pk, run in others.items() if run.longest > most}
    people = sorted(User.objects.filter(pk__in=quick), key=str)
    return {
        "quick": own if own.longest > most else None, "quick_next": own.now > most, "quick_others": [(who, quick[who.pk]) for who in people],
    }  # fmt: skip
