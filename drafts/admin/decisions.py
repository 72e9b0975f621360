"""A question prepared for one person: why it came, what it rests on, the options, and what happens next."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import Account, Invoice
from drafts import review
from drafts.admin import cited, evidence, preparing
from drafts.admin.acting import Missing, Problem, attempt, day_of, needed, tell
from drafts.admin.lookup import account_or_404
from drafts.models import FollowUp
from drafts.review.decisions import GRANTING, Term
from governance import clock, staff
from governance.admin.base import reach
from governance.admin.pages import moment, page, person, require, scope_for
from governance.models import ApprovedTerm, Decision
from governance.rights import Scope, people_with
from governance.roles import ACTIONS, SATISFIED_BY

PAGE = 100
# Kinds of decision that grant a term of the same kind, and how many amounts its form has.
TERM_ROWS = {"payment_plan": 6, "credit": 1, "discount": 1, "fee": 1, "legal_step": 0, "suspension": 0}
# What these grant is written into the text by a person.
BY_HAND = frozenset({"proceed_credit", "proceed_discount", "proceed_fee", "proceed_step", "proceed_suspension"})
ASKED = [(key, label) for key, label in Decision.Kind.choices]


def _visible(request: HttpRequest) -> QuerySet[Decision]:
    rows = Decision.objects.select_related("decided_by", "raised_by", "portfolio")
    inside = reach(scope_for(request), "see_account", "portfolio_id", "account_id")
    return rows if inside is None else rows.filter(inside)


def decisions(request: HttpRequest) -> HttpResponse:
    """Open questions, those of one's own role first; or those already decided."""
    require(request, "see_account")
    state = "decided" if request.GET.get("tab") == "decided" else "open"
    order = (F("due_at").asc(nulls_last=True), "created_at") if state == "open" else ("-decided_at",)
    rows = list(_visible(request).filter(state=state).order_by(*order)[:PAGE])
    names = dict(Account.objects.filter(pk__in={d.account_id for d in rows}).values_list("pk", "name"))
    items = [{"d": d, "account": names.get(d.account_id, ""), "mine": _may_decide(request, d)} for d in rows]
    items.sort(key=lambda item: not item["mine"])
    return page(request, "desk/decisions.html", "Decisions", items=items, tab=state)


def _may_decide(request: HttpRequest, row: Decision) -> bool:
    held = scope_for(request).roles_for(row.portfolio_id, row.account_id)
    return bool(held & SATISFIED_BY.get(row.deciding_role, frozenset()))


def deciding(scope: Scope) -> Q:
    """Questions this person may answer: of a role they hold in the portfolio, or for the account routed to them."""
    found = Q(pk__isnull=True)
    for role, fillers in SATISFIED_BY.items():
        if scope.roles_everywhere & fillers:
            found |= Q(deciding_role=role)
            continue
        portfolios = [pk for pk, held in scope.roles_by_portfolio.items() if held & fillers]
        accounts = [pk for pk, held in scope.roles_by_account.items() if held & fillers]
        found |= Q(deciding_role=role) & (Q(portfolio_id__in=portfolios) | Q(account_id__in=accounts))
    return found


def _one(request: HttpRequest, pk: int) -> Decision:
    row = _visible(request).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """The memo and the question. There is no outward draft beside it."""
    return _shown(request, _one(request, pk))


def _shown(request: HttpRequest, row: Decision, problem: Problem | None = None) -> HttpResponse:
    account = Account.objects.select_related("owner", "portfolio").get(pk=row.account_id)
    follow_up = FollowUp.objects.open().filter(account=account).select_related("brief").first()
    refs = cited.refs_of(row.why, row.options)
    return page(
        request, "desk/decision.html", f"{row.get_kind_display()}: {account.name}", d=row, account=account, follow_up=follow_up,
        may_decide=_may_decide(request, row) and row.state == Decision.State.OPEN,
        may_withdraw=_may_decide(request, row), problem=problem, errors=problem is not None,
        status=problem.status if problem else 200, typed=problem.posted if problem else {}, term_kind=row.kind if row.kind in TERM_ROWS else "",
        lines=evidence.account_lines(account, moment(request)), terms=list(ApprovedTerm.objects.filter(decision=row)),
        offered=_offered(row), nobody=_nobody(row), rows=_form_rows(row, problem), open_invoices=_open_invoices(account), prepared=preparing.shown(follow_up), names=cited.named(refs, account.pk), heard=cited.messages_of(refs, account.pk),
        crumbs=[(reverse("admin:decisions"), "Decisions"), (reverse("admin:account_page", args=[account.pk]), account.name)],
    )  # fmt: skip


def _nobody(row: Decision) -> str:
    """Why nobody can answer an open question; empty when somebody can."""
    if row.state != Decision.State.OPEN:
        return ""
    roles = [row.deciding_role]
    return staff.too_few(roles, staff.able_people(roles, row.portfolio_id, row.account_id))


def _offered(row: Decision) -> list[tuple[dict[str, Any], str]]:
    """The options, each with why the wording it grants would find too few approvers: before anybody decides, writes or approves in vain."""
    if row.state != Decision.State.OPEN:
        return [(option, "") for option in row.options]
    asked = [[role for role in option.get("approvers") or () if role in SATISFIED_BY] for option in row.options]
    able = staff.able_people(sorted({role for roles in asked for role in roles}), row.portfolio_id, row.account_id)
    writers = [user.pk for user in people_with(ACTIONS["edit_draft"].roles, row.portfolio_id)]
    found = []
    for option, roles in zip(row.options, asked, strict=True):
        seats = {role: able[role] for role in roles}
        # Only a payment plan and an ordinary message are worded by the machine.
        by_hand = option["key"] in BY_HAND
        found.append((option, staff.too_few_beside(writers, roles, seats) if by_hand else staff.too_few(roles, seats)))
    return found


def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the outcome; only the deciding role may, by button or by POST."""
    row = _one(request, pk)

    def act() -> Any:
        outcome = needed(request, "outcome", "choose one of the options, or write your own decision")
        return review.decide(
            pk, outcome, by=person(request), at=clock.now(), text=request.POST.get("text", ""),
            conditions=request.POST.get("conditions", ""), valid_until=day_of(request, "valid_until"),
            term=_term(request, row, outcome),
        )  # fmt: skip

    _, problem = attempt(request, "decide", act)
    if problem is not None:
        return _shown(request, row, problem)
    return redirect("admin:decision", pk)


def _form_rows(row: Decision, problem: Problem | None) -> list[dict[str, Any]]:
    """The amounts of the form, with what was typed."""
    typed = problem.posted if problem else {}
    return [{"n": n, "amount": typed.get(f"amount_{n}", ""), "day": typed.get(f"date_{n}", "")} for n in range(1, TERM_ROWS.get(row.kind, 0) + 1)]


def _open_invoices(account: Account) -> list[str]:
    return list(Invoice.objects.open().filter(account=account).order_by("due_on", "pk").values_list("number", flat=True)[:40])


def _term(request: HttpRequest, row: Decision, outcome: str) -> Term | None:
    """The exact values, where the outcome grants something and any were given."""
    if not outcome.startswith(GRANTING) or row.kind not in TERM_ROWS:
        return None
    schedule = _schedule(request, row.kind)
    wording, percent = request.POST.get("wording", "").strip(), request.POST.get("percent", "").strip().rstrip(" %")
    if not (schedule or wording or percent):
        return None
    days = [day for _, day in schedule if day is not None]
    expires = day_of(request, "expires_on") or (max(days) if len(days) == len(schedule) and days else None)
    if expires is None:
        raise Missing("say until which day this may be written")
    currency = request.POST.get("currency", "").strip().upper()
    if schedule and not currency:
        raise Missing("state the currency of the amounts")
    known = set(Invoice.objects.filter(account_id=row.account_id).values_list("number", flat=True))
    numbers = tuple(number for number in request.POST.getlist("numbers") if number in known)
    return Term(row.kind, currency, schedule, expires, invoice_numbers=numbers, wording=wording, percent=percent)


def _schedule(request: HttpRequest, kind: str) -> tuple[tuple[str, date | None], ...]:
    """Amounts with their days; only an instalment must have one."""
    schedule: list[tuple[str, date | None]] = []
    for n in range(1, 13):
        amount, day = request.POST.get(f"amount_{n}", "").replace(" ", ""), day_of(request, f"date_{n}")
        if amount and day is None and kind == "payment_plan":
            raise Missing(f"instalment {n} has an amount but no date")
        if amount:
            schedule.append((amount, day))
    return tuple(schedule)


def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a decision about an account; until it is made nothing is written to it."""
    account = account_or_404(request, pk)

    def act() -> Any:
        kind = needed(request, "kind", "choose what has to be decided")
        if kind not in Decision.Kind.values:
            raise Missing("choose what has to be decided")
        return review.ask_decision(account.pk, kind, request.POST.get("why", ""), by=person(request), at=clock.now())

    made, problem = attempt(request, "ask", act)
    if not tell(request, problem, "Asked. Until it is decided nothing is written to this customer."):
        return redirect("admin:account_page", account.pk)
    return redirect("admin:decision", made.pk)


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A term that no longer holds; wording that rests on it is refused from now on."""
    term = ApprovedTerm.objects.filter(pk=pk, decision__in=_visible(request)).first()
    if term is None:
        raise Http404
    reason = request.POST.get("reason", "")
    _, problem = attempt(request, "withdraw", lambda: review.withdraw_term(pk, reason, by=person(request), at=clock.now()))
    tell(request, problem, f"{term.ref} is withdrawn. Whatever rests on it will not be sent.")
    return redirect("admin:decision", term.decision_id)
