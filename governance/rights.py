"""Who may do what: one function decides. The only place that reads grants to allow something (``acting`` writes down what was held).

A right is a dated grant of a role on a portfolio (or on all), or a dated share of one account. Superuser status is not looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.db.models import Q

from governance import clock
from governance.decisions import Allowed, Decision, Denied
from governance.models import AccountShare, AllPortfoliosGrant, Portfolio, PortfolioGroupGrant, PortfolioUserGrant, User
from governance.roles import ACTIONS, ALL_ROLES, label_of


class Subject(Protocol):
    """Anything governed that lives in a portfolio and, mostly, belongs to an account."""

    portfolio_id: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person reaches: roles per portfolio, roles per routed account, and roles everywhere."""

    roles_by_portfolio: dict[int, frozenset[str]] = field(default_factory=dict)
    roles_by_account: dict[int, frozenset[str]] = field(default_factory=dict)
    roles_everywhere: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """True when some role that reads accounts holds in all portfolios."""
        return bool(self.roles_everywhere & ACTIONS["see_account"].roles)

    @property
    def portfolio_ids(self) -> list[int]:
        """Portfolios in which some role reads accounts."""
        readers = ACTIONS["see_account"].roles
        return [pk for pk, roles in self.roles_by_portfolio.items() if roles & readers]

    @property
    def account_ids(self) -> list[int]:
        """Accounts routed to the person."""
        return list(self.roles_by_account)

    @property
    def all_roles(self) -> frozenset[str]:
        """Every role the person holds anywhere."""
        held = set(self.roles_everywhere)
        for roles in (*self.roles_by_portfolio.values(), *self.roles_by_account.values()):
            held |= roles
        return frozenset(held)

    def roles_for(self, portfolio_id: int | None, account_id: int | None = None) -> frozenset[str]:
        """Roles that count for one portfolio and account."""
        here = self.roles_by_portfolio.get(portfolio_id or 0, frozenset())
        routed = self.roles_by_account.get(account_id or 0, frozenset())
        return self.roles_everywhere | here | routed


def _in_force(on: date) -> Q:
    return (Q(starts_on__isnull=True) | Q(starts_on__lte=on)) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))


def scope_of(user: User, on: date | None = None) -> Scope:
    """Everything ``user`` may reach on a date (default today). Four queries, cached nowhere: a demotion acts on the next request."""
    if not getattr(user, "is_active", False) or getattr(user, "pk", None) is None:
        return Scope()
    on = on or clock.today()
    groups = list(user.groups.values_list("pk", flat=True))
    by_portfolio: dict[int, set[str]] = {}
    grants = PortfolioUserGrant.objects.filter(_in_force(on), user=user).values_list("content_object_id", "permission__codename")
    shared = PortfolioGroupGrant.objects.filter(_in_force(on), group__in=groups)
    for portfolio_id, role in [*grants, *shared.values_list("content_object_id", "permission__codename")]:
        by_portfolio.setdefault(portfolio_id, set()).add(role)
    everywhere = AllPortfoliosGrant.objects.filter(_in_force(on)).filter(Q(user=user) | Q(group__in=groups))
    by_account: dict[int, set[str]] = {}
    moment = clock.now()
    shares = AccountShare.objects.filter(user=user, starts_at__lte=moment).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=moment))
    for account_id, role in shares.values_list("account_id", "role"):
        by_account.setdefault(account_id, set()).add(role)
    return Scope(
        {k: frozenset(v) for k, v in by_portfolio.items()},
        {k: frozenset(v) for k, v in by_account.items()},
        frozenset(everywhere.values_list("role", flat=True)),
    )


def roles_of(user: User, portfolio_id: int | None, account_id: int | None = None) -> frozenset[str]:
    """The roles a person holds for one portfolio and account today."""
    return scope_of(user).roles_for(portfolio_id, account_id)


def can(user: User, action: str, subject: Any = None, *, scope: Scope | None = None) -> Decision:
    """May ``user`` do ``action`` to ``subject`` (anything with ``portfolio_id`` and, where it has one, ``account_id``)?

    Without a subject: may the person do it anywhere. An account is its own subject. Unknown actions raise ``KeyError``.
    """
    rule = ACTIONS[action]
    if not user.is_active:
        return Denied("because this user is not active")
    scope = scope or scope_of(user)
    if subject is None:
        held = scope.all_roles
    else:
        portfolio_id = subject.pk if isinstance(subject, Portfolio) else getattr(subject, "portfolio_id", None)
        account_id = getattr(subject, "account_id", None) or (subject.pk if hasattr(subject, "external_id") else None)
        held = scope.roles_for(portfolio_id, account_id)
        if portfolio_id is None and rule.anywhere:
            held = scope.all_roles
    if held & rule.roles:
        return Allowed()
    if not held:
        return Denied("because you have no role in this portfolio")
    names = ", ".join(label_of(r) for r in ALL_ROLES if r in held)
    needed = ", ".join(label_of(r) for r in ALL_ROLES if r in rule.roles)
    return Denied(f"because your role ({names}) may not {rule.words}; it takes: {needed}")


def people_with(role: str | Collection[str], portfolio_id: int) -> Iterable[User]:
    """Active people who hold ``role`` (or one of several) in a portfolio today, by grant, group or everywhere; ordered by id."""
    on, roles = clock.today(), [role] if isinstance(role, str) else list(role)
    direct = PortfolioUserGrant.objects.filter(_in_force(on), content_object_id=portfolio_id, permission__codename__in=roles)
    by_group = PortfolioGroupGrant.objects.filter(_in_force(on), content_object_id=portfolio_id, permission__codename__in=roles)
    everywhere = AllPortfoliosGrant.objects.filter(_in_force(on), role__in=roles)
    return User.objects.filter(
        Q(pk__in=direct.values("user"))
        | Q(groups__in=by_group.values("group"))
        | Q(pk__in=everywhere.values("user"))
        | Q(groups__in=everywhere.values("group")),
        is_active=True,
        is_service=False,
    ).distinct().order_by("pk")


@dataclass(frozen=True, slots=True)
class Held:
    """A role somebody held at a moment, and through what, in words."""

    role: str
    through: str


def held_at(user: User, portfolio_id: int, account_id: int, at: datetime) -> list[Held]:
    """The roles a person held for a portfolio and account at a moment, with the grant that gave each. For the record, never to allow.

    Grants are never deleted, they end: what was in force then is still there. Membership of a group is read as it is today.
    """
    force, groups = _in_force(at.date()), list(user.groups.values_list("pk", flat=True))
    direct = PortfolioUserGrant.objects.filter(force, user=user, content_object_id=portfolio_id)
    by_group = PortfolioGroupGrant.objects.filter(force, group__in=groups, content_object_id=portfolio_id).select_related("group")
    everywhere = AllPortfoliosGrant.objects.filter(force).filter(Q(user=user) | Q(group__in=groups))
    shares = AccountShare.objects.filter(user=user, account_id=account_id, starts_at__lte=at).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    found = [Held(g.permission.codename, f"granted for this portfolio{_dates(g)}") for g in direct.select_related("permission")]
    found += [Held(g.permission.codename, f"as a member of {g.group}{_dates(g)}") for g in by_group.select_related("permission")]
    found += [Held(g.role, f"granted for all portfolios{_dates(g)}") for g in everywhere]
    return found + [Held(share.role, f"the account was routed to them: {share.reason}") for share in shares]


def _dates(grant: Any) -> str:
    begins = f" from {grant.starts_on}" if grant.starts_on else ""
    return begins + (f" until {grant.ends_on}" if grant.ends_on else "")
