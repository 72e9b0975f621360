"""Which book an import goes to, and a new one with neutral defaults when it is named and missing."""

from __future__ import annotations

from django.db.models import Q
from django.utils.text import slugify

from accounts.importing.errors import Unreadable
from governance.models import Portfolio

FIRST = "Receivables"
SENDER = "Accounts receivable"


def portfolio_for(name: str, currency: str) -> tuple[Portfolio, str]:
    """The portfolio of that name or code, unsaved when it is new, and what to say about it. Raises ``Unreadable`` when it is unclear.

    Without a name the only portfolio is meant; in an empty installation a first one is made.
    """
    if name:
        found = Portfolio.objects.filter(Q(name=name) | Q(code=name)).order_by("pk").first()
        return (found, "") if found else _new(name, currency)
    first_two = list(Portfolio.objects.order_by("pk")[:2])
    if len(first_two) == 2:
        names = ", ".join(Portfolio.objects.values_list("name", flat=True))
        raise Unreadable(f"there are several portfolios ({names}); give --portfolio NAME")
    return (first_two[0], "") if first_two else _new(FIRST, currency)


def _new(name: str, currency: str) -> tuple[Portfolio, str]:
    code = slugify(name)[:40] or "book"
    taken = set(Portfolio.objects.filter(code__startswith=code).values_list("code", flat=True))
    number = next(n for n in range(1, len(taken) + 2) if _numbered(code, n) not in taken)
    portfolio = Portfolio(
        code=_numbered(code, number),
        name=name[:120],
        currency=currency or Portfolio._meta.get_field("currency").get_default(),
        sender_company=name[:160],
        sender_name=SENDER,
        sender_email=f"receivables@{_numbered(code, number)}.example",
    )
    words = (
        f'Portfolio "{portfolio.name}" is new. Its sender is neutral ({SENDER}, {portfolio.sender_email}), its currency '
        f"{portfolio.currency}, its country {portfolio.country}: complete them before anything is sent."
    )
    return portfolio, words


def _numbered(code: str, number: int) -> str:
    return code if number == 1 else f"{code[:36]}-{number}"
