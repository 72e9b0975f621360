"""Home: what this person should do next, what is about to leave, what went wrong. Only here may a page assemble everything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import CharField, Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.ageing import BUCKETS, LABELS, bucket
from accounts.models import Account, AddressChange, Dispute, ImportRun, Invoice, Source
from collections_site.measures.asked import usual
from collections_site.measures.board import summary
from drafts import states
from drafts.admin.decisions import deciding
from drafts.admin.lookup import accounts_of, follow_ups_of
from drafts.admin.signals import signals_of
from drafts.admin.work import failed_sources, mine, second_approval
from drafts.labelling.judging import due_for
from drafts.labelling.telling import latest
from drafts.models import Delivery, FollowUp, Reply
from governance import assignment, break_glass, ledger
from governance.admin.pages import moment, page, person, require, scope_for
from governance.checkpoints.files import Unreadable
from governance.decisions import Denied
from governance.metrics.asking import EVERYTHING, Reach
from governance.models import AllPortfoliosGrant, Approval, Decision, Event, PolicyVersion, SampleFrame, TemplateVersion, User
from governance.reach import reach
from governance.rights import Scope
from governance.roles import ACTIONS, ALL_ROLES, AUDITOR, DECIDERS, EXECUTIVE, FINANCE, LEADERSHIP, LEGAL, POLICY, SYSTEM, label_of

NOTEWORTHY = (
    "delivery.stopped", "delivery.unknown", "delivery.resolved", "signal.dismissed", "approval.refused", "approval.void",
    "policy.activated", "words.activated", "break_glass.begun", "rights.password_set", "rights.second_factor_reset", "rights.granted", "rights.withdrawn", "audit.exported", "system.sending_paused",
    "system.sending_resumed", "hold.released",
)


def role_words(request: HttpRequest) -> str:
    """The roles under the name in the header."""
    held = scope_for(request).all_roles
    names = [label_of(role) for role in ALL_ROLES if role in held]
    return ", ".join(names[:2]).capitalize() + (f" +{len(names) - 2}" if len(names) > 2 else "") or "No role yet"


def home(request: HttpRequest) -> HttpResponse:
    """Sections by role; a person with several roles sees each once."""
    scope, now = scope_for(request), moment(request)
    held = scope.all_roles
    context: dict[str, Any] = {"greeting": _greeting(request, now), "sources_failed": failed_sources(scope)}
    if held & DECIDERS:
        context["work"] = _work(request, scope, now)
    if held & {EXECUTIVE, LEGAL, FINANCE}:
        context["decisions"] = {**_decisions(scope), "first": EXECUTIVE in held}
    if AUDITOR in held:
        context["compliance"] = _compliance(request, scope, now)
    if LEADERSHIP in held:
        context["leadership"] = _leadership(scope, now)
    if POLICY in held:
        context["policy"] = _policy()
    if SYSTEM in held:
        context["system"] = {**_system(scope), "asked": list(assignment.waiting(person(request))[:10])}
    empty = not held & (DECIDERS | {AUDITOR}) or not accounts_of(request).exists()
    context["first_run"] = bool(held & DECIDERS) and empty
    return page(request, "desk/home.html", "Home", **context)


def _greeting(request: HttpRequest, now: Any) -> str:
    hour = timezone.localtime(now).hour
    part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    user: Any = request.user
    return f"Good {part}, {user.first_name or user.username}"


def _visible(request: HttpRequest) -> QuerySet[FollowUp]:
    return follow_ups_of(request)


def _work(request: HttpRequest, scope: Scope, now: Any) -> dict[str, Any]:
    user: Any = request.user
    rows = _visible(request)
    own = rows.filter(mine(user, scope))
    ends = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    numbers = own.aggregate(
        total=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)), today=Count("pk", filter=Q(due_at__gte=now, due_at__lt=ends))
    )
    first = own.select_related("account", "brief").order_by("work_rank", "pk").first()
    leaving = Delivery.objects.filter(follow_up__in=rows, state__in=(states.SCHEDULED, states.FAILED_TEMPORARY))
    back = own.filter(status__in=(states.READY, states.IN_REVIEW), owner=user).exclude(pk=first.pk if first else 0)
    return {
        **numbers,
        "next": first,
        "next_signals": signals_of(first) if first else [],
        "leaving": list(leaving.select_related("account").order_by("leaves_at")[:6]),
        "back": list(back.select_related("account", "draft").order_by("work_rank")[:5]),
        "stopped": _stopped(rows),
        "second": rows.filter(second_approval(scope)).count(),
        "replies": _replies(rows, now),
        "unknown": list(Delivery.objects.filter(follow_up__in=rows, state=states.OUTCOME_UNKNOWN).select_related("account")[:5]),
        "week": _own_week(user, now),
        "addresses": _addresses(user, scope),
    }


def _addresses(user: Any, scope: Scope) -> list[AddressChange]:
    """Addresses a colleague proposed and this person may confirm."""
    inside = reach(scope, "confirm_recipient", "account__portfolio_id", "account_id")
    rows = AddressChange.objects.filter(state=AddressChange.State.WAITING).exclude(asked_by=user)
    rows = rows if inside is None else rows.filter(inside)
    return list(rows.select_related("account", "asked_by").order_by("pk")[:5])


def _stopped(rows: QuerySet[FollowUp]) -> list[Delivery]:
    stopped = Delivery.objects.filter(state=states.DELIVERY_STOPPED, follow_up__in=rows.filter(status=states.STOPPED))
    return list(stopped.select_related("account", "follow_up").order_by("-stopped_at", "-pk")[:5])


def _replies(rows: QuerySet[FollowUp], now: Any) -> list[Reply]:
    since = now - timedelta(days=1)
    fresh = Reply.objects.filter(created_at__gte=since, message__account__in=rows.values("account"))
    return list(fresh.select_related("message__account").order_by("-created_at")[:6])


def _own_week(user: Any, now: Any) -> dict[str, int]:
    """Own numbers of seven days, shown only to oneself."""
    since = now - timedelta(days=7)
    answers = Approval.objects.filter(person=user, at__gte=since).aggregate(
        approved=Count("pk", filter=Q(verdict="approve")), refused=Count("pk", filter=Q(verdict="reject"))
    )
    edits = Event.objects.filter(actor_id=user.pk, action="draft.edited", at__gte=since).count()
    return {**answers, "edited": edits}


def _decisions(scope: Scope) -> dict[str, Any]:
    found = list(Decision.objects.filter(deciding(scope), state=Decision.State.OPEN).order_by("created_at")[:8])
    names = dict(Account.objects.filter(pk__in=[d.account_id for d in found]).values_list("pk", "name"))
    return {"rows": [{"decision": d, "account": names.get(d.account_id, "")} for d in found]}


def _compliance(request: HttpRequest, scope: Scope, now: Any) -> dict[str, Any]:
    since = request.user.last_login or now  # type: ignore[union-attr]
    since = min(since, now - timedelta(days=7))
    events = Event.objects.filter(action__in=NOTEWORTHY, at__gte=since)
    if AUDITOR not in scope.roles_everywhere:
        accounts = accounts_of(request)
        events = events.filter(stream__in=accounts.order_by().values(own=Concat(Value("account:"), Cast("pk", CharField()))))
    recent = list(events.order_by("-id")[:12])
    people = {u.pk: str(u) for u in User.objects.filter(pk__in={e.actor_id for e in recent if e.actor_id})}
    streams = {e.stream.removeprefix("account:") for e in recent if e.stream.startswith("account:")}
    names = {f"account:{pk}": name for pk, name in Account.objects.filter(pk__in=streams).values_list("pk", "name")}
    return {
        "counts": list(events.order_by().values("action").annotate(n=Count("pk")).order_by("-n")),
        "recent": [
            {"event": e, "who": people.get(e.actor_id or 0, "the machine"), "account": names.get(e.stream, "")} for e in recent
        ],
        "everything": AUDITOR in scope.roles_everywhere,
        "due": len(due_for(person(request), scope)),
        "emergencies": list(break_glass.unreviewed(person(request), now)[:10]),
    }


def _within(scope: Scope, role: str, path: str) -> Q:
    """Rows of the portfolios in which the person holds ``role``."""
    if role in scope.roles_everywhere:
        return Q(pk__isnull=False)
    return Q(**{f"{path}__in": [pk for pk, held in scope.roles_by_portfolio.items() if role in held]})


def _leadership(scope: Scope, now: Any) -> dict[str, Any]:
    disputes = Dispute.objects.exclude(status=Dispute.Status.RESOLVED).filter(_within(scope, LEADERSHIP, "account__portfolio_id"))
    return {
        **summary(usual(now, _led(scope)), now),
        "ageing": ageing(_within(scope, LEADERSHIP, "portfolio_id"), now),
        "bands": [LABELS[b] for b in BUCKETS],
        "disputes": disputes.count(),
        "recall": latest(SampleFrame.Kind.RECALL, _portfolios(scope, LEADERSHIP)),
    }


def _portfolios(scope: Scope, role: str) -> set[int] | None:
    """The portfolios in which the person holds ``role``; None for all."""
    return None if role in scope.roles_everywhere else {pk for pk, held in scope.roles_by_portfolio.items() if role in held}


def _led(scope: Scope) -> Reach:
    """The portfolios somebody leads; measures of others they may see stay on the page of the measures."""
    led = _portfolios(scope, LEADERSHIP)
    return EVERYTHING if led is None else Reach(frozenset(led))


def ageing(inside: Q, now: Any) -> list[dict[str, Any]]:
    """Open balance per currency and age band; currencies are never added."""
    found: dict[str, dict[str, int]] = {}
    rows = Invoice.objects.open().filter(inside).order_by().values_list("currency", "due_on").annotate(total=Sum("balance_minor"))
    for currency, due_on, total in rows:
        line = found.setdefault(currency, dict.fromkeys(BUCKETS, 0))
        line[bucket((now.date() - due_on).days)] += total
    return [{"currency": c, "cells": [line[b] for b in BUCKETS], "total": sum(line.values())} for c, line in sorted(found.items())]


def _policy() -> dict[str, Any]:
    return {
        "active": PolicyVersion.objects.filter(state="active").first(),
        "drafts": list(PolicyVersion.objects.filter(state="draft")),
        "texts": TemplateVersion.objects.filter(state="draft").count(),
        "live_texts": TemplateVersion.objects.filter(state="active").count(),
    }


def _system(scope: Scope) -> dict[str, Any]:
    """What is not fine in the portfolios this administrator keeps running; people without a role belong to none."""
    granted = Q(portfoliousergrant__isnull=False) | Q(allportfoliosgrant__isnull=False) | Q(groups__portfoliogroupgrant__isnull=False)
    shared = Q(groups__in=AllPortfoliosGrant.objects.filter(group__isnull=False).values("group"))
    inside = _within(scope, SYSTEM, "portfolio_id")
    leaving = Delivery.objects.filter(_within(scope, SYSTEM, "follow_up__portfolio_id"))
    oldest = leaving.filter(state__in=(states.SCHEDULED, states.CLAIMED, states.HANDING_OVER)).order_by("leaves_at").first()
    return {
        "sources": list(Source.objects.filter(inside).exclude(status=Source.Status.OK).select_related("portfolio")),
        "imports": list(ImportRun.objects.filter(inside, state=ImportRun.State.REFUSED).order_by("-id")[:5]),
        "roleless": list(User.objects.filter(is_active=True, is_service=False).exclude(granted | shared).distinct()[:10]),
        "oldest": oldest,
        "everything": SYSTEM in scope.roles_everywhere,
        "unknown": leaving.filter(state=states.OUTCOME_UNKNOWN).count(),
        "failed": leaving.filter(state=states.FAILED_PERMANENT).count(),
    }


def verify_record(request: HttpRequest) -> HttpResponse:
    """Recompute every hash of the ledger and say what was found; for auditors and system administrators of everything."""
    require(request, "verify_record")
    if not scope_for(request).roles_everywhere & ACTIONS["verify_record"].roles:
        Denied("because only a compliance auditor or a system administrator of all portfolios verifies the record").or_raise()
    try:
        report = ledger.examine()
    except (Unreadable, OSError) as error:
        messages.error(request, f"The record could not be verified: {error}")
        return redirect("admin:index")
    if not report.whole:
        where = "; ".join(f"{b.stream} at event {b.number}: {b.why}" for b in report.breaks[:5])
        messages.error(request, f"The record is broken in {report.count} places: {where}")
    else:
        beside = f"and as {report.checkpoints} signed checkpoints name it" if report.checkpoints else "but no checkpoint to compare with"
        messages.success(request, f"Verified now: {report.events:,} events, every hash as recorded, {beside}.")
    return redirect("admin:index")
