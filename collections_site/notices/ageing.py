"""How old the open balances of a portfolio are: once a week, to its account owners, inside the house.

Sums of many accounts only. Where fewer than five accounts owe a currency, its sums would say what one of them owes, so they are left out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from accounts.ageing import BUCKETS, LABELS
from accounts.models import Invoice
from collections_site import cash
from governance.calendar import zone
from governance.models import Portfolio, User
from governance.money import Money
from governance.rights import scope_of
from governance.roles import OWNER

FEWEST = 5


def told(person: User, at: datetime) -> tuple[str, dict[str, Any]] | None:
    """Subject and what the letter is made of: the portfolios this person owns accounts of, those with something open. None without any."""
    scope, today = scope_of(person), at.astimezone(zone(person.time_zone)).date()
    own = [row for row in Portfolio.objects.all() if OWNER in scope.roles_by_portfolio.get(row.pk, frozenset()) | scope.roles_everywhere]
    found = [{"portfolio": row, "lines": lines} for row in own if (lines := of_portfolio(row, today))]
    if not found:
        return None
    week = f"{today:%G-W%V}"
    return f"Ageing of week {week}", {"found": found, "week": week, "today": today, "fewest": FEWEST}


def of_portfolio(portfolio: Portfolio, today: Any) -> list[dict[str, Any]]:
    """One line a currency: the bands in words, or that there are too few accounts to tell."""
    inside = Q(account__portfolio=portfolio)
    accounts = dict(
        Invoice.objects.open().filter(inside, balance_minor__gt=0).order_by().values_list("currency").annotate(n=Count("account_id", distinct=True))
    )
    lines = []
    for currency, bands in cash.ageing(inside, today).items():
        n = accounts.get(currency, 0)
        if n < FEWEST:
            lines.append({"currency": currency, "accounts": n, "bands": []})
            continue
        total = sum(bands.values())
        shown = [(LABELS[band], str(Money(bands[band], currency)), round(100 * bands[band] / total) if total else 0) for band in BUCKETS]
        lines.append({"currency": currency, "accounts": n, "bands": shown, "total": str(Money(total, currency))})
    return lines
