"""Disputes from signal to resolution: list, one dispute with its life, and the answer written beside the machine's facts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Account, Dispute, DisputeSignal
from drafts import review
from drafts.admin import evidence, preparing
from drafts.admin.acting import Problem, attempt, ids_of, needed, tell, whole
from drafts.admin.lookup import account_or_404, accounts_of
from drafts.models import FollowUp
from governance import clock
from governance.admin.pages import may, moment, page, person, require
from governance.models import User
from governance.rights import people_with
from governance.roles import WORKERS

PAGE = 50
OUTCOMES = [(value, label) for value, label in Dispute.Outcome.choices if value]


def _accounts(request: HttpRequest) -> QuerySet[Account]:
    return accounts_of(request)


def disputes(request: HttpRequest) -> HttpResponse:
    """Signals nobody has judged first, then open disputes by age."""
    require(request, "see_account")
    accounts = _accounts(request)
    signals = DisputeSignal.objects.filter(account__in=accounts, status="pending").select_related("account", "invoice").order_by("found_at")
    rows = Dispute.objects.filter(account__in=accounts).select_related("account", "invoice", "owner")
    tab = request.GET.get("tab", "open")
    if tab == "resolved":
        rows = rows.filter(status="resolved").order_by("-resolved_at")
    elif tab == "own":
        rows = rows.exclude(status="resolved").filter(owner_id=request.user.pk).order_by("opened_on")
    else:
        tab, rows = "open", rows.exclude(status="resolved").order_by("opened_on")
    shown = list(signals[:PAGE]) if tab == "open" else []
    follow_ups = dict(
        FollowUp.objects.open().filter(account__in=[s.account_id for s in shown]).values_list("account_id", "pk")
    )
    return page(
        request, "desk/disputes.html", "Disputes", tab=tab, rows=list(rows[:PAGE]),
        signals=[{"s": s, "follow_up": follow_ups.get(s.account_id)} for s in shown],
    )  # fmt: skip


def _one(request: HttpRequest, pk: int) -> Dispute:
    row = (
        Dispute.objects.filter(account__in=_accounts(request), pk=pk)
        .select_related("account__portfolio", "invoice", "owner", "opened_by", "resolved_by")
        .first()
    )
    if row is None:
        raise Http404
    return row


def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """One dispute."""
    return _shown(request, _one(request, pk))


def _shown(request: HttpRequest, row: Dispute, problem: Problem | None = None) -> HttpResponse:
    account, now = row.account, moment(request)
    follow_up = FollowUp.objects.filter(account=account).select_related("draft", "brief").order_by("-pk").first()
    answer = follow_up.draft if follow_up and follow_up.draft and follow_up.draft.purpose == "dispute_response" else None
    owners = sorted(people_with(WORKERS, account.portfolio_id), key=str)
    return page(
        request, "desk/dispute.html", f"Dispute {row.external_id}", d=row, follow_up=follow_up, answer=answer, outcomes=OUTCOMES,
        owners=owners, items=list(row.items.all()), problem=problem, errors=problem is not None,
        status=problem.status if problem else 200, signals=list(row.signals.select_related("decided_by")),
        may_work=may(request, "own_dispute", account), may_edit=may(request, "edit_draft", account),
        lines=evidence.account_lines(account, now), typed=problem.posted if problem else {},
        prepared=preparing.shown(follow_up),
        crumbs=[(redirect("admin:disputes").url, "Disputes"), (redirect("admin:account_page", account.pk).url, account.name)],
    )  # fmt: skip


def own(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it to the person who works on it."""
    _one(request, pk)

    def act() -> Any:
        owner = User.objects.filter(pk=whole(request, "owner") or 0, is_active=True).first()
        if owner is None:
            raise ValueError("choose the person who works on it")
        return review.own_dispute(pk, owner, by=person(request), at=clock.now())

    _, problem = attempt(request, "own", act)
    tell(request, problem, "The dispute has its owner.")
    return redirect("admin:dispute", pk)


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Our position, written by a person; finance and the account owner approve it before it leaves."""
    row = _one(request, pk)
    subject, body = request.POST.get("subject", ""), request.POST.get("body", "")
    _, problem = attempt(request, "answer", lambda: review.answer_dispute(pk, subject, body, by=person(request), at=clock.now()))
    if problem is not None:
        return _shown(request, row, problem)
    tell(request, None, "Written. It waits for finance and the account owner; you cannot approve your own words.")
    follow_up = FollowUp.objects.open().filter(account=row.account).first()
    return redirect("admin:review", follow_up.pk) if follow_up else redirect("admin:dispute", pk)


def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """End it with its outcome; everything about the account is computed again."""
    row = _one(request, pk)

    def act() -> Any:
        outcome = needed(request, "outcome", "choose how it ended")
        return review.resolve_dispute(pk, outcome, request.POST.get("note", ""), by=person(request), at=clock.now())

    _, problem = attempt(request, "resolve", act)
    if problem is not None:
        return _shown(request, row, problem)
    tell(request, None, "Resolved. The account was computed again from the facts as they are now.")
    return redirect("admin:dispute", pk)


def open_for_account(request: HttpRequest, pk: int) -> HttpResponse:
    """A dispute reported outside the review, for example on the phone."""
    account_or_404(request, pk)

    def act() -> Any:
        return review.open_disputes(
            pk, ids_of(request, "invoices"), category=request.POST.get("category", "other"), quote=request.POST.get("quote", ""),
            by=person(request), at=clock.now(),
        )  # fmt: skip

    _, problem = attempt(request, "dispute", act)
    tell(request, problem, "Dispute opened. Whatever was about to leave has been stopped.")
    return redirect("admin:account_page", pk)

