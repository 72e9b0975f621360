"""How far a role reaches: portfolios, single accounts, and for lawyers and executives the accounts that are routed to them.

A lawyer's or an executive's grant on a portfolio does not open the portfolio. It opens those of its accounts that are routed to the role:
a message waits for it, somebody handed the account over, or a question is put to it (docs/adr/0012). Who keeps rows that route an account
registers them here once; nothing is copied, so a routing that ends closes the account with the next request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from governance.models import Decision, RequiredRole
from governance.roles import ACTIONS

if TYPE_CHECKING:
    from governance.rights import Scope

# Role, and the conditions on the account's id → ids of the accounts some kind of row routes to the role.
Source = Callable[..., QuerySet[Any]]


def _questions(role: str, **account: int) -> QuerySet[Any]:
    return Decision.objects.filter(deciding_role=role, **account).order_by().values_list("account_id")


def _requests(role: str, **account: int) -> QuerySet[Any]:
    one = {f"request__{name}": value for name, value in account.items()}
    return RequiredRole.objects.filter(role=role, **one).order_by().values_list("request__account_id")


_sources: list[Source] = [_questions, _requests]


def register(source: Source) -> None:
    """Add a kind of row that routes accounts; called once per app, when it is ready."""
    if source not in _sources:
        _sources.append(source)


def is_routed(account_id: int, role: str) -> bool:
    """Whether the account is routed to the role now; at most one query per registered kind of row."""
    return any(source(role, account_id=account_id).exists() for source in _sources)


def routed(role: str, account_path: str) -> Q:
    """The condition that an account is routed to the role."""
    found = Q(pk__isnull=True)
    for source in _sources:
        found |= Q(**{f"{account_path}__in": source(role)})
    return found


def reach(scope: Scope, action: str, portfolio_path: str, account_path: str = "") -> Q | None:
    """The condition that narrows rows to those the person may ``action``; None when nothing needs narrowing.

    Without ``account_path`` the rows are of a portfolio, not of an account, and a portfolio is open to every role granted on it.
    """
    roles, only_routed = ACTIONS[action].roles, ACTIONS[action].routed
    plain = roles - only_routed if account_path else roles
    if scope.roles_everywhere & plain:
        return None
    inside = Q(**{f"{portfolio_path}__in": [pk for pk, held in scope.roles_by_portfolio.items() if held & plain]})
    if account_path:
        inside |= Q(**{f"{account_path}__in": [pk for pk, held in scope.roles_by_account.items() if held & roles]})
        for role in sorted(only_routed):
            inside |= _where_routed(scope, role, portfolio_path, account_path)
    return inside


def _where_routed(scope: Scope, role: str, portfolio_path: str, account_path: str) -> Q:
    if role in scope.roles_everywhere:
        return routed(role, account_path)
    portfolios = [pk for pk, held in scope.roles_by_portfolio.items() if role in held]
    return Q(**{f"{portfolio_path}__in": portfolios}) & routed(role, account_path) if portfolios else Q(pk__isnull=True)
