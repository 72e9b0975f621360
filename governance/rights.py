"""Who may do what: one function decides. The only place that reads grants to allow something (``acting`` writes down what was held).

A right is a dated grant of a role on a portfolio (or on all), or a dated share of one account. Superuser status is not looked at.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.db.models import BigIntegerField, CharField, Q, QuerySet, Value

from governance import clock
from governance.decisions import Allowed, Decision, Denied
from governance.models import AccountShare, AllPortfoliosGrant, BreakGlass, Portfolio, PortfolioGroupGrant, PortfolioUserGrant, User
from governance.reach import is_routed
from governance.roles import ACTIONS, ALL_ROLES, BREAK_GLASS, ROUTED, SYSTEM, label_of


class Subject(Protocol):
    """Anything governed that lives in a portfolio and, mostly, belongs to an account."""

    portfolio_id: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person reaches: roles per portfolio, roles per routed account, and roles everywhere."""

    roles_by_portfolio: dict[int, frozenset[str]] = field(default_factory=dict)
    roles_by_account: dict[int, frozenset[str]] = field(default_factory=dict)
    roles_everywhere: frozenset[str] = frozenset()
    break_glass: tuple[int, ...] = ()  # emergency accesses open now, by id
    seen: dict[tuple[int, str], bool] = field(default_factory=dict, compare=False, repr=False)

    @property
    def everything(self) -> bool:
        """True when some role that reads every account holds in all portfolios."""
        return bool(self.roles_everywhere & (ACTIONS["see_account"].roles - ROUTED))

    @property
    def portfolio_ids(self) -> list[int]:
        """Portfolios in which some role reads accounts, be it routed ones only: for rows of a portfolio, never for rows of an account."""
        readers = ACTIONS["see_account"].roles
        return [pk for pk, roles in self.roles_by_portfolio.items() if roles & readers]

    def portfolios_with(self, roles: AbstractSet[str]) -> list[int] | None:
        """Portfolios in which the person holds one of ``roles``; None for all."""
        if self.roles_everywhere & roles:
            return None
        return [pk for pk, held in self.roles_by_portfolio.items() if held & roles]

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

    def roles_for(self, portfolio_id: int | None, account_id: int | None = None, only_routed: frozenset[str] = ROUTED) -> frozenset[str]:
        """Roles that count for one portfolio and account: a lawyer's or an executive's only where the account is routed to them."""
        here = self.roles_everywhere | self.roles_by_portfolio.get(portfolio_id or 0, frozenset())
        shared = self.roles_by_account.get(account_id or 0, frozenset())
        if account_id is not None:
            here -= {role for role in here & only_routed - shared if not self._routed(account_id, role)}
        return here | shared

    def _routed(self, account_id: int, role: str) -> bool:
        """Asked once per account and role of this reading of the grants."""
        known = self.seen.get((account_id, role))
        if known is None:
            known = self.seen[account_id, role] = is_routed(account_id, role)
        return known


def in_force(on: date) -> Q:
    """The condition on grants that count on a day; both ends inclusive, an open end is null."""
    return (Q(starts_on__isnull=True) | Q(starts_on__lte=on)) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))


def scope_of(user: User, on: date | None = None) -> Scope:
    """Everything ``user`` may reach on a date (default today). Two queries at most, cached nowhere: a demotion acts on the next request."""
    if not getattr(user, "is_active", False) or getattr(user, "pk", None) is None:
        return Scope()
    on = on or clock.today()
    moment = clock.now()
    by_portfolio: dict[int, set[str]] = {}
    by_account: dict[int, set[str]] = {}
    everywhere: set[str] = set()
    for kind, key, role in _grants(user, on, moment):
        held = everywhere if kind == "all" else (by_portfolio if kind == "portfolio" else by_account).setdefault(key, set())
        held.add(role)
    all_over = frozenset(everywhere)
    accesses = _break_glass(user, by_portfolio, by_account, all_over, moment)
    return Scope({k: frozenset(v) for k, v in by_portfolio.items()}, {k: frozenset(v) for k, v in by_account.items()}, all_over, accesses)


def _grants(user: User, on: date, moment: datetime) -> QuerySet[Any, tuple[str, int, str]]:
    """Every grant that counts, as ("portfolio", "account" or "all", which one, role). One statement."""
    groups = user.groups.order_by().values("pk")
    shares = AccountShare.objects.filter(user=user, starts_at__lte=moment).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=moment))
    everywhere = AllPortfoliosGrant.objects.filter(in_force(on)).filter(Q(user=user) | Q(group__in=groups))
    named: list[tuple[str, QuerySet[Any], Any, str]] = [
        ("portfolio", PortfolioUserGrant.objects.filter(in_force(on), user=user), "content_object_id", "permission__codename"),
        ("portfolio", PortfolioGroupGrant.objects.filter(in_force(on), group__in=groups), "content_object_id", "permission__codename"),
        ("account", shares, "account_id", "role"),
        ("all", everywhere, Value(0, BigIntegerField()), "role"),
    ]
    first, *others = (rows.order_by().values_list(Value(kind, CharField()), key, role) for kind, rows, key, role in named)
    return first.union(*others, all=True)


def _break_glass(
    user: User, by_portfolio: dict[int, set[str]], by_account: dict[int, set[str]], everywhere: frozenset[str], at: datetime
) -> tuple[int, ...]:
    """Add what open emergency accesses let an administrator read. Whoever administers no more reads no more; nobody else is asked."""
    if SYSTEM not in everywhere and not any(SYSTEM in held for held in by_portfolio.values()):
        return ()
    found = []
    for row in BreakGlass.objects.filter(user=user, starts_at__lte=at, ends_at__gt=at, ended_at__isnull=True):
        if SYSTEM not in everywhere | by_portfolio.get(row.portfolio_id, set()):
            continue
        held, key = (by_account, row.account_id) if row.account_id else (by_portfolio, row.portfolio_id)
        held.setdefault(key, set()).add(BREAK_GLASS)
        found.append(row.pk)
    return tuple(found)


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
        held = scope.roles_for(portfolio_id, account_id, rule.routed)
        if portfolio_id is None and rule.anywhere:
            held = scope.all_roles
    if held & rule.roles:
        return Allowed()
    if not held:
        waits = subject is not None and scope.roles_for(portfolio_id, account_id, frozenset()) & rule.roles
        return Denied("because this account is not routed to you" if waits else "because you have no role in this portfolio")
    names = ", ".join(label_of(r) for r in ALL_ROLES if r in held)
    needed = ", ".join(label_of(r) for r in ALL_ROLES if r in rule.roles)
    return Denied(f"because your role ({names}) may not {rule.words}; it takes: {needed}")


GrantRow = PortfolioUserGrant | PortfolioGroupGrant | AllPortfoliosGrant


def people_with(role: str | Collection[str], portfolio_id: int, *, without: GrantRow | None = None) -> QuerySet[User]:
    """Active people who hold ``role`` (or one of several) in a portfolio today, by grant, group or everywhere; ordered by id.

    ``without`` is a grant to be left out: who would be left if it ended?
    """
    on, roles = clock.today(), [role] if isinstance(role, str) else list(role)

    def rows(model: Any) -> QuerySet[Any]:
        left_out = [without.pk] if isinstance(without, model) else []
        return model.objects.filter(in_force(on)).exclude(pk__in=left_out)

    here: dict[str, Any] = {"content_object_id": portfolio_id, "permission__codename__in": roles}
    direct, by_group = rows(PortfolioUserGrant).filter(**here), rows(PortfolioGroupGrant).filter(**here)
    everywhere = rows(AllPortfoliosGrant).filter(role__in=roles)
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
    force, groups = in_force(at.date()), list(user.groups.values_list("pk", flat=True))
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
