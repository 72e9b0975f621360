"""Holds in force and past, the switches, and what is on hold because of the facts: one page, each reader's own part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.models import Account, Contact, Invoice
from drafts import review, states
from drafts.admin import waiting
from drafts.admin.acting import Missing, Problem, attempt, day_of, tell, whole
from drafts.admin.evidence import MASK
from drafts.admin.lookup import accounts_of, follow_ups_of
from drafts.review.restraint import BOUND, SWITCHES
from governance import clock, holds
from governance.admin.pages import may, moment, page, person, require, scope_for
from governance.models import Hold, Portfolio, TemplateVersion

PAGE = 50
KINDS = [("pause", "Pause contact"), ("do_not_contact", "Do not contact"), ("legal", "Legal"), ("other", "Other reason")]
TABS = (("now", "In force"), ("facts", "Accounts on hold"), ("past", "Ended"))
SHOWN_SCOPES = [(s, label) for s, label in Hold.Scope.choices if s in ("portfolio", "account", "contact", "invoice")]
LIFTERS = "An account owner, finance approver, legal approver or executive lifts it."


def visible(request: HttpRequest) -> QuerySet[Hold]:
    """Holds in reach: of one's accounts and portfolios; the switches of everything and of words are everybody's."""
    rows = Hold.objects.select_related("created_by", "owner", "released_by")
    scope = scope_for(request)
    if scope.everything:
        return rows
    mine = Q(account_id__in=accounts_of(request).order_by().values("pk")) | Q(scope__in=SWITCHES)
    return rows.filter(mine | Q(scope="portfolio", scope_id__in=_own_portfolios(request)))


def _own_portfolios(request: HttpRequest) -> list[int]:
    """Portfolios in which the person holds any role; all of them with a role everywhere."""
    scope = scope_for(request)
    if scope.roles_everywhere:
        return list(Portfolio.objects.values_list("pk", flat=True))
    return list(scope.roles_by_portfolio)


def thrown(request: HttpRequest) -> list[Hold]:
    """Switches in force that this person sees: a portfolio's only with a role there. One query where there are any, kept for the request."""
    known: list[Hold] | None = getattr(request, "desk_switches", None)
    if known is None:
        scope = scope_for(request)
        own = scope.roles_by_portfolio.keys()
        rows = holds.switches(moment(request)) if waiting.counts(request)["switches"] else []
        known = [h for h in rows if h.scope != "portfolio" or scope.roles_everywhere or h.scope_id in own]
        request.desk_switches = known  # type: ignore[attr-defined]
    return known


def page_of_holds(request: HttpRequest) -> HttpResponse:
    """The page."""
    return _shown(request)


def _shown(request: HttpRequest, problem: Problem | None = None) -> HttpResponse:
    require(request, "see_health")
    now, get = moment(request), request.GET.get
    reads = bool(may(request, "see_account"))
    tab = get("tab", "now") if get("tab") in dict(TABS) else "now"
    rows = list(_filtered(request, tab, now)[: PAGE + 1]) if reads and tab != "facts" else []
    waiting = _on_hold(request) if reads and tab == "facts" else []
    portfolios = list(Portfolio.objects.filter(pk__in=_own_portfolios(request)).order_by("name"))
    return page(
        request, "desk/holds.html", "Holds", tab=tab, tabs=TABS, reads=reads, items=_items(request, rows[:PAGE]), more=len(rows) > PAGE,
        waiting=waiting, switches=_items(request, thrown(request)), kind=get("kind", ""), scope=get("scope", ""), q=get("q", ""),
        kinds=Hold.Kind.choices, scopes=SHOWN_SCOPES, put_kinds=KINDS, lifters=LIFTERS,
        portfolios=[p for p in portfolios if may(request, "pause_sending", p)],
        holdable=[p for p in portfolios if may(request, "put_hold", p)], may_pause=bool(may(request, "pause_sending")), everything_off=bool(holds.sending_paused(now)),
        texts=TemplateVersion.objects.filter(state="active").order_by("key", "language"), today=timezone.localtime(now).date(),
        model_off=any(h.scope == "model" for h in thrown(request)), problem=problem, errors=problem is not None,
        status=problem.status if problem else 200, typed=problem.posted if problem else {},
    )  # fmt: skip


def on_account(request: HttpRequest, account: Account) -> list[dict[str, Any]]:
    """Holds in force that reach one account, with names and whether this person may lift each."""
    reach = Q(account_id=account.pk) | Q(scope="global") | Q(scope="portfolio", scope_id=account.portfolio_id)
    rows = Hold.objects.filter(holds.standing(moment(request))).filter(reach).select_related("created_by", "owner").order_by("pk")
    return _items(request, list(rows))


def _filtered(request: HttpRequest, tab: str, now: datetime) -> QuerySet[Hold]:
    rows = visible(request)
    if tab == "now":  # what is thrown now stands above the list
        rows = rows.exclude(scope__in=SWITCHES).exclude(scope="portfolio", kind="pause")
    rows = rows.filter(holds.standing(now)) if tab == "now" else rows.exclude(holds.standing(now))
    kind, scope, q = (request.GET.get(name, "").strip() for name in ("kind", "scope", "q"))
    if kind in Hold.Kind.values:
        rows = rows.filter(kind=kind)
    if scope in Hold.Scope.values:
        rows = rows.filter(scope=scope)
    if q:
        named = accounts_of(request).filter(Q(name__icontains=q[:100]) | Q(external_id__iexact=q[:100]))
        rows = rows.filter(account_id__in=named.order_by().values("pk"))
    return rows.order_by("-pk")


def _on_hold(request: HttpRequest) -> list[Any]:
    """What no message is prepared for now: by a hold, or by the facts alone (a promise, money on its way, no usable address)."""
    rows = follow_ups_of(request).filter(status=states.ON_HOLD).select_related("account").order_by("-pk")
    if q := request.GET.get("q", "").strip()[:100]:
        rows = rows.filter(account__name__icontains=q)
    return list(rows[:PAGE])


def _items(request: HttpRequest, rows: list[Hold]) -> list[dict[str, Any]]:
    """Rows with their names, in one query per kind of thing named."""
    accounts = Account.objects.in_bulk({h.account_id for h in rows if h.account_id})
    portfolios = Portfolio.objects.in_bulk({h.scope_id for h in rows if h.scope == "portfolio"})
    contacts = _names(Contact, "name", (h for h in rows if h.scope == "contact"))
    invoices = _names(Invoice, "number", (h for h in rows if h.scope == "invoice"))
    texts = TemplateVersion.objects.in_bulk({h.scope_id for h in rows if h.scope == "template"})
    out = []
    for h in rows:
        account, portfolio = accounts.get(h.account_id or 0), portfolios.get(h.scope_id) if h.scope == "portfolio" else None
        about = {
            "global": "all sending", "portfolio": f"portfolio {portfolio}", "model": "model drafting",
            "template": f"text {texts.get(h.scope_id, '')}", "invoice": f"invoice {invoices.get(h.scope_id, '')}",
            "contact": contacts.get(h.scope_id, "") if account and may(request, "see_contact_data", account) else MASK,
        }.get(h.scope, "the whole account")  # fmt: skip
        switch = h.scope in SWITCHES or h.source in ("pause", "trip")
        right = may(request, "resume_sending", portfolio) if switch else may(request, "lift_hold", account or portfolio)
        bound = h.source.startswith(BOUND)
        out.append({"h": h, "account": account, "about": about, "may_lift": bool(right) and not bound, "bound": bound, "switch": switch})
    return out


def _names(model: Any, column: str, rows: Iterable[Hold]) -> dict[int, str]:
    ids = [h.scope_id for h in rows]
    return dict(model.objects.filter(pk__in=ids).values_list("pk", column)) if ids else {}


def _done(request: HttpRequest, panel: str, act: Callable[[], Any], words: str) -> HttpResponse:
    _, problem = attempt(request, panel, act)
    if problem is not None:
        return _shown(request, problem)
    tell(request, None, words)
    return redirect("admin:holds")


def ends_of(request: HttpRequest) -> datetime | None:
    """The end of the day a form names: a hold until Friday holds on Friday."""
    until = day_of(request, "until")
    return datetime.combine(until, time(0), timezone.get_current_timezone()) + timedelta(days=1) if until else None


def kind_of(request: HttpRequest) -> str:
    """The kind of hold a person chose; those of the machine are not among them."""
    kind = request.POST.get("kind", "pause")
    if kind not in dict(KINDS):
        raise Missing("choose the kind of hold")
    return kind


def _chosen(request: HttpRequest, name: str, words: str) -> int:
    pk = whole(request, name)
    if pk is None:
        raise Missing(words)
    return pk


def _portfolio(request: HttpRequest) -> int:
    pk = _chosen(request, "portfolio", "choose a portfolio")
    if pk not in _own_portfolios(request):
        raise Http404
    return pk


def put_on_portfolio(request: HttpRequest) -> HttpResponse:
    """Hold a whole portfolio: nothing is prepared or sent for it."""
    require(request, "put_hold")

    def act() -> Any:
        return review.put_hold(
            "portfolio", _portfolio(request), kind=kind_of(request), reason=request.POST.get("reason", ""), expires_at=ends_of(request),
            by=person(request), at=clock.now(),
        )

    return _done(request, "portfolio", act, "On hold. Whatever was about to leave from this portfolio has been stopped.")


def pause_portfolio(request: HttpRequest) -> HttpResponse:
    """Stop sending for a portfolio; drafts are still prepared."""
    require(request, "pause_sending")
    reason = request.POST.get("reason", "")
    act = lambda: review.pause_portfolio(_portfolio(request), reason, by=person(request), at=clock.now())  # noqa: E731
    return _done(request, "pause", act, "Sending is paused for this portfolio. Messages whose time comes now are stopped.")


def switch_off_model(request: HttpRequest) -> HttpResponse:
    """No model drafts from now on."""
    reason = request.POST.get("reason", "")
    act = lambda: review.switch_off_model(reason, by=person(request), at=clock.now())  # noqa: E731
    return _done(request, "model", act, "Model drafting is off. Approved texts are used instead, and say so.")


def switch_off_text(request: HttpRequest) -> HttpResponse:
    """Nothing is prepared or sent with one version of a text."""

    def act() -> Any:
        text = _chosen(request, "text", "choose a text")
        if not TemplateVersion.objects.filter(pk=text).exclude(state="draft").exists():
            raise Missing("choose a text that is or was in force")
        return review.switch_off_text(text, request.POST.get("reason", ""), by=person(request), at=clock.now())

    return _done(request, "text", act, "This text is off. Messages with it that were about to leave have been stopped.")


def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """End a hold or a switch with a reason; what it kept back is computed again."""
    hold = visible(request).filter(pk=pk).first()
    if hold is None:
        raise Http404
    reason = request.POST.get("reason", "")
    _, problem = attempt(request, "lift", lambda: review.lift_hold(pk, reason, by=person(request), at=clock.now()))
    if problem is not None:
        return _shown(request, problem)
    done = "Hold lifted. The account was computed again." if hold.account_id else "Lifted. Everything is looked at again before it leaves."
    tell(request, None, done)
    back = request.POST.get("back", "")
    return redirect("admin:account_page", hold.account_id) if back == "account" and hold.account_id else redirect("admin:holds")
