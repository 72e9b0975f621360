"""Roles: who holds what, who could approve what, what waits for a second administrator; and the forms that give and end roles."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from drafts.admin.acting import Problem, attempt, day_of, tell
from governance import access, assignment, clock, coverage
from governance.admin.base import reach
from governance.admin.pages import may, moment, page, person, require, scope_for
from governance.models import Portfolio, RoleRequest, User
from governance.rights import GrantRow
from governance.roles import LABELS, STRONG, SYSTEM

FIELDS = ("role", "portfolio", "user", "group", "starts_on", "ends_on", "reason")
SHOWN = 6  # portfolios whose approvals a role in all of them is shown against


def roles(request: HttpRequest) -> HttpResponse:
    """One portfolio: its roles, its approvals, and what waits for a second administrator."""
    require(request, "see_roles")
    return _show(request, None)


def _show(request: HttpRequest, problem: Problem | None) -> HttpResponse:
    portfolios = _portfolios(request, "see_roles")
    chosen = _chosen(portfolios, request.GET.get("portfolio", ""))
    now, by = moment(request), person(request)
    waits = [{"row": row, "may": assignment.may_confirm(row, by, now), "own": row.asked_by_id == by.pk} for row in assignment.waiting(by)]
    return page(
        request, "desk/roles.html", "Roles", portfolios=portfolios, chosen=chosen, waits=waits, problem=problem,
        staffing=coverage.staffing(coverage.holders(chosen.pk)) if chosen else [], held=_held(chosen, by) if chosen else [],
        answered=list(_answered(request, portfolios)), assigns=may(request, "assign_roles"), everywhere=SYSTEM in scope_for(request).roles_everywhere,
        people=_people(by), groups=list(Group.objects.order_by("name")), role_choices=list(LABELS.items()), strong=STRONG,
        status=problem.status if problem else 200,
    )  # fmt: skip


def _portfolios(request: HttpRequest, action: str) -> list[Portfolio]:
    inside = reach(scope_for(request), action, "pk")
    rows = Portfolio.objects.order_by("name")
    return list(rows if inside is None else rows.filter(inside))


def _chosen(portfolios: list[Portfolio], wanted: str) -> Portfolio | None:
    return next((p for p in portfolios if str(p.pk) == wanted), portfolios[0] if portfolios else None)


def _people(by: User) -> list[User]:
    return list(User.objects.filter(is_active=True, is_service=False).exclude(pk=by.pk).order_by("first_name", "last_name", "username"))


def _answered(request: HttpRequest, portfolios: list[Portfolio]) -> Any:
    rows = RoleRequest.objects.exclude(state=RoleRequest.State.WAITING).select_related("user", "group", "portfolio", "asked_by", "decided_by")
    if not {SYSTEM, "compliance_auditor"} & scope_for(request).roles_everywhere:
        rows = rows.filter(portfolio__in=portfolios)
    return rows[:10]


def _held(portfolio: Portfolio, by: User) -> list[dict[str, Any]]:
    """Every grant that counts in the portfolio today or later, with who holds it."""
    today, found = clock.today(), []
    for kind, model in access.GRANTS.items():
        rows = model.objects.all() if kind == "everywhere" else model.objects.filter(content_object=portfolio)
        for grant in rows.order_by("pk"):
            if grant.ends_on is None or grant.ends_on >= today:
                role = getattr(grant, "role", "") or grant.permission.codename
                user, group = getattr(grant, "user", None), getattr(grant, "group", None)
                own = assignment.gains(by, role=role, user=user, group=group)
                found.append({"grant": grant, "kind": kind, "role": role, "label": LABELS[role], "holder": str(user) if user else f"group {group}", "own": own})
    order = list(LABELS)
    return sorted(found, key=lambda row: (order.index(row["role"]), row["holder"]))


def give(request: HttpRequest) -> HttpResponse:
    """First what it would mean, then (with ``sure``) the asking. What was typed stays in the form."""
    require(request, "assign_roles")
    wish, problem = attempt(request, "give", lambda: _wish(request))
    if problem is None and request.POST.get("sure"):
        row, problem = attempt(request, "give", lambda: assignment.ask(wish, by=person(request), at=clock.now()))
        if problem is None:
            done = "It waits for another administrator and has no effect until then." if row.state == "waiting" else "It acts from now on."
            tell(request, None, f"{row}. {done}")
            return redirect("admin:roles")
    if problem is not None:
        return _show(request, problem)
    return _preview(request, wish)


def _wish(request: HttpRequest) -> assignment.Wish:
    post = request.POST
    user = next((u for u in _people(person(request)) if str(u.pk) == post.get("user")), None)
    if post.get("user") and user is None:
        raise ValueError("choose somebody else: nobody gives a role to themselves, and people who are switched off hold none")
    portfolio = next((p for p in _portfolios(request, "assign_roles") if str(p.pk) == post.get("portfolio")), None)
    if post.get("role") and portfolio is None and post.get("portfolio") != "all":
        raise ValueError("choose a portfolio in which you assign roles")
    group = Group.objects.filter(pk=post["group"]).first() if post.get("group", "").isdecimal() else None
    return assignment.Wish(
        post.get("role", ""), post.get("reason", ""), user=user, group=group, portfolio=portfolio,
        starts_on=day_of(request, "starts_on"), ends_on=day_of(request, "ends_on"),
    )


def _preview(request: HttpRequest, wish: assignment.Wish) -> HttpResponse:
    """The approvals of the portfolio as they would be afterwards. Nothing has been written."""
    gained = {wish.role} if wish.role else assignment.roles_of_group(wish.group)
    people = [wish.user] if wish.user else list(User.objects.filter(groups=wish.group, is_active=True))
    all_ = _portfolios(request, "assign_roles")
    shown = [wish.portfolio] if wish.portfolio else all_[:SHOWN]
    after = [(p, coverage.staffing(coverage.holders(p.pk, plus=dict.fromkeys(gained, people)))) for p in shown]
    return page(
        request, "desk/role_preview.html", "What this would mean", wish=wish, people=people, gained=[LABELS[r] for r in LABELS if r in gained], after=after,
        more=len(all_) - len(shown) if wish.portfolio is None else 0, posted=[(name, request.POST.get(name, "")) for name in FIELDS], crumbs=[(redirect("admin:roles").url, "Roles")],
    )  # fmt: skip


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm or refuse a request; who asked may withdraw it."""
    require(request, "assign_roles")
    if not assignment.waiting(person(request)).filter(pk=pk).exists() and not RoleRequest.objects.filter(pk=pk, asked_by=person(request)).exists():
        raise Http404
    by, at, yes = person(request), clock.now(), request.POST.get("answer") == "confirm"
    act = (lambda: assignment.confirm(pk, by=by, at=at)) if yes else (lambda: assignment.refuse(pk, request.POST.get("reason", ""), by=by, at=at))
    _, problem = attempt(request, f"answer-{pk}", act)
    if problem is not None:
        return _show(request, problem)
    tell(request, None, "In force from now on." if yes else "Recorded. Nothing was given.")
    return redirect("admin:roles")


def end(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """End a role; without ``sure`` first who could approve what without it."""
    require(request, "assign_roles")
    grant = _grant(request, kind, pk)
    if not request.POST.get("sure"):
        portfolio = getattr(grant, "content_object", None)
        shown = [portfolio] if portfolio else _portfolios(request, "assign_roles")[:SHOWN]
        after = [(p, coverage.staffing(coverage.holders(p.pk, without=grant))) for p in shown]
        return page(
            request, "desk/role_end.html", "What ending this would mean", grant=grant, kind=kind, after=after, posted=request.POST,
            crumbs=[(redirect("admin:roles").url, "Roles")],
        )  # fmt: skip
    by, at = person(request), clock.now()
    _, problem = attempt(
        request, "end", lambda: assignment.end(grant, request.POST.get("reason", ""), by=by, at=at, last_day=day_of(request, "ends_on"))
    )
    if problem is not None:
        return _show(request, problem)
    tell(request, None, "Recorded. An ended role acts on the next click of its holder.")
    return redirect("admin:roles")


def _grant(request: HttpRequest, kind: str, pk: int) -> GrantRow:
    """A grant in reach; 404 for any other, whether it exists or not."""
    model = access.GRANTS.get(kind)
    grant: Any = model.objects.filter(pk=pk).first() if model else None
    portfolio = getattr(grant, "content_object", None)
    reached = SYSTEM in scope_for(request).roles_for(portfolio.pk) if portfolio else SYSTEM in scope_for(request).roles_everywhere
    if grant is None or not reached:
        raise Http404
    return grant


def leave_group(request: HttpRequest, pk: int, group: int) -> HttpResponse:
    """Take a person out of a group."""
    require(request, "assign_roles")
    user, row = User.objects.filter(pk=pk).first(), Group.objects.filter(pk=group).first()
    if user is None or row is None:
        raise Http404
    by, at = person(request), clock.now()
    _, problem = attempt(request, "leave", lambda: assignment.leave_group(user, row, request.POST.get("reason", ""), by=by, at=at))
    if problem is not None:
        return _show(request, problem)
    tell(request, None, f"{user} is not in {row} any more. It acts on the next click.")
    return redirect("admin:roles")
