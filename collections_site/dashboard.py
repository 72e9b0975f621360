"""Home: what this person should do next, what is about to leave, what went wrong. Only here may a page assemble everything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import CharField, Count, Q, Sum, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.ageing import BUCKETS, LABELS, bucket
from accounts.importing import uploads
from accounts.models import Account, Dispute, ImportRun, Invoice, Source
from collections_site.measures.asked import usual
from collections_site.measures.board import summary
from collections_site.own_work import work
from drafts import states
from drafts.admin.decisions import deciding
from drafts.admin.lookup import accounts_of
from drafts.admin.work import failed_sources
from drafts.labelling.judging import due_for
from drafts.labelling.telling import latest
from drafts.models import Delivery
from drafts.simulation.runs import newest, why_stale
from governance import assignment, break_glass, clock, ledger, verifications
from governance.admin.pages import may, moment, page, person, require, scope_for
from governance.checkpoints.files import Unreadable
from governance.decisions import Denied
from governance.language import said
from governance.metrics.asking import EVERYTHING, Reach
from governance.models import AllPortfoliosGrant, Decision, Event, PolicyVersion, SampleFrame, TemplateVersion, User
from governance.rights import Scope
from governance.roles import ACTIONS, ALL_ROLES, AUDITOR, DECIDERS, EXECUTIVE, FINANCE, LEADERSHIP, LEGAL, POLICY, SYSTEM, label_of

NOTEWORTHY = (
    "delivery.stopped", "delivery.unknown", "delivery.resolved", "signal.dismissed", "approval.refused", "approval.void",
    "policy.activated", "words.activated", "break_glass.begun", "rights.password_set", "rights.second_factor_reset", "rights.granted", "rights.withdrawn", "audit.exported", "system.sending_paused",
    "system.sending_resumed", "hold.released",
)


def role_words(request: HttpRequest) -> str:
    """The roles under the name in the header, in the reader's language: two by name, the others by number."""
    held = scope_for(request).all_roles
    names = [label_of(role) for role in ALL_ROLES if role in held]
    shown = said(", ".join(names[:2]).capitalize())
    return f"{shown} +{len(names) - 2}" if len(names) > 2 else shown or said("No role yet")


def home(request: HttpRequest) -> HttpResponse:
    """Sections by role; a person with several roles sees each once."""
    scope, now = scope_for(request), moment(request)
    held = scope.all_roles
    context: dict[str, Any] = {"greeting": _greeting(request, now), "sources_failed": failed_sources(scope)}
    if may(request, "import"):
        context["imported"] = uploads.unseen(person(request))
    if held and not _any_account(scope):
        context["first_run"] = _first_steps(request)
    if held & DECIDERS:
        context["work"] = work(request)
    if held & {EXECUTIVE, LEGAL, FINANCE}:
        context["decisions"] = {**_decisions(scope), "first": bool(held & {EXECUTIVE, LEGAL})}
    if AUDITOR in held:
        context["compliance"] = _compliance(request, scope, now)
    if LEADERSHIP in held:
        context["leadership"] = _leadership(scope, now)
    if POLICY in held:
        context["policy"] = _policy(now)
    if SYSTEM in held:
        context["system"] = found = {**_system(scope), "asked": list(assignment.waiting(person(request))[:10])}
        found["problems"] = any(found[name] for name in ("sources", "imports", "roleless", "unknown", "failed", "asked"))
    return page(request, "desk/home.html", "Home", **context)


def _greeting(request: HttpRequest, now: Any) -> str:
    hour = timezone.localtime(now).hour
    part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    user: Any = request.user
    return f"Good {part}, {user.first_name or user.username}"


# What to do on an empty desk, best first: the right it takes, the page, the words. Everybody may do the last two.
FIRST_STEPS = (
    ("import", "admin:imports", "Import a book of open items"),
    ("write_policy", "admin:governance_policyversion_changelist", "Read the policy in force"),
    ("see_compliance", "admin:compliance", "See the controls"),
    ("see_readiness", "admin:readiness", "See what is still missing"),
    ("see_health", "admin:governance_templateversion_changelist", "Read the approved texts"),
    ("", "admin:who_may", "See who may do what"),
)


def _first_steps(request: HttpRequest) -> list[tuple[str, str]]:
    """Exactly two next steps this person may take."""
    return [(url, words) for action, url, words in FIRST_STEPS if not action or may(request, action)][:2]


def _any_account(scope: Scope) -> bool:
    """True when there is an account where this person holds a role, whether or not that role reads it."""
    inside = Q(portfolio_id__in=scope.roles_by_portfolio.keys()) | Q(pk__in=scope.account_ids)
    return Account.objects.filter(Q() if scope.roles_everywhere else inside).exists()


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
        "broken": verifications.broken(),
        "emergencies": list(break_glass.unreviewed(person(request), now)[:10]),
    }


def _within(scope: Scope, role: str, path: str) -> Q:
    """Rows of the portfolios in which the person holds ``role``."""
    held = scope.portfolios_with({role})
    return Q(pk__isnull=False) if held is None else Q(**{f"{path}__in": held})


def _leadership(scope: Scope, now: Any) -> dict[str, Any]:
    disputes = Dispute.objects.exclude(status=Dispute.Status.RESOLVED).filter(_within(scope, LEADERSHIP, "account__portfolio_id"))
    return {
        **summary(usual(now, _led(scope)), now),
        "ageing": ageing(_within(scope, LEADERSHIP, "portfolio_id"), now),
        "bands": [LABELS[b] for b in BUCKETS],
        "disputes": disputes.count(),
        "recall": latest(SampleFrame.Kind.RECALL, scope.portfolios_with({LEADERSHIP})),
    }


def _led(scope: Scope) -> Reach:
    """The portfolios somebody leads; measures of others they may see stay on the page of the measures."""
    led = scope.portfolios_with({LEADERSHIP})
    return EVERYTHING if led is None else Reach(frozenset(led))


def ageing(inside: Q, now: Any) -> list[dict[str, Any]]:
    """Open balance per currency and age band; currencies are never added."""
    found: dict[str, dict[str, int]] = {}
    rows = Invoice.objects.open().filter(inside).order_by().values_list("currency", "due_on").annotate(total=Sum("balance_minor"))
    for currency, due_on, total in rows:
        line = found.setdefault(currency, dict.fromkeys(BUCKETS, 0))
        line[bucket((now.date() - due_on).days)] += total
    return [{"currency": c, "cells": [line[b] for b in BUCKETS], "total": sum(line.values())} for c, line in sorted(found.items())]


def _policy(now: Any) -> dict[str, Any]:
    drafts = PolicyVersion.objects.filter(state="draft").select_related("author", "asked_by").order_by("number")
    return {
        "active": PolicyVersion.objects.filter(state="active").first(),
        "drafts": [(row, why_stale(row, newest(row), now)) for row in drafts],
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
    verifications.keep(report, clock.now())
    if not report.whole:
        where = "; ".join(f"{b.stream} at event {b.number}: {b.why}" for b in report.breaks[:5])
        messages.error(request, f"The record is broken in {report.count} places: {where}")
    else:
        beside = f"and as {report.checkpoints} signed checkpoints name it" if report.checkpoints else "but no checkpoint to compare with"
        messages.success(request, f"Verified now: {report.events:,} events, every hash as recorded, {beside}.")
    return redirect("admin:index")
