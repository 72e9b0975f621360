"""What all lines of a look share: the portfolios, their sources and how many accounts they have. Read once for any number of portfolios."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import Account, Contact, Invoice, Source
from accounts.readiness import age_limit
from governance.holders import Holders, holders_of
from governance.models import Portfolio, User
from governance.policies import PolicyParameters


@dataclass(frozen=True, slots=True)
class Size:
    """Accounts of a portfolio: all, with an open invoice, and of those without owner, escalation owner or a recipient to write to."""

    accounts: int = 0
    owing: int = 0
    ownerless: int = 0
    no_escalation: int = 0
    no_recipient: int = 0


@dataclass(slots=True)
class Scene:
    """One look. ``sources`` is portfolio id → kind → row; ``away`` are people who are not there today."""

    at: datetime
    policy: PolicyParameters
    portfolios: dict[int, Portfolio]
    sources: dict[int, dict[str, Source]] = field(default_factory=dict)
    sizes: dict[int, Size] = field(default_factory=dict)
    held: Holders = field(default_factory=dict)
    away: frozenset[int] = frozenset()

    def size(self, portfolio_id: int) -> Size:
        """All zero for an empty portfolio."""
        return self.sizes.get(portfolio_id, Size())

    def connected(self, portfolio_id: int) -> dict[str, Source]:
        """The sources of a portfolio by kind."""
        return self.sources.get(portfolio_id, {})

    def required(self, portfolio_id: int) -> tuple[str, ...]:
        """Kinds of sources a brief of this portfolio needs: those the policy always lists, and those it lists once they are connected."""
        there = self.connected(portfolio_id)
        return (*self.policy.required_sources, *(kind for kind in self.policy.required_once_configured if kind in there))

    def fresh(self, source: Source) -> bool:
        """True when the source as a whole answers and is not older than the policy allows."""
        return source.status == Source.Status.OK and source.as_of is not None and self.at - source.as_of <= age_limit(source.kind, self.policy)


def scene(portfolio_ids: Collection[int] | None, at: datetime, policy: PolicyParameters) -> Scene:
    """Read what the lines share; all portfolios for None. Ten queries."""
    rows = Portfolio.objects.all() if portfolio_ids is None else Portfolio.objects.filter(pk__in=portfolio_ids)
    found = Scene(at, policy, {row.pk: row for row in rows})
    for source in Source.objects.filter(portfolio_id__in=found.portfolios):
        found.sources.setdefault(source.portfolio_id, {})[source.kind] = source
    found.sizes = _sizes(found.portfolios)
    found.held = holders_of(list(found.portfolios), at.date())
    found.away = frozenset(User.objects.filter(away_until__gte=at.date()).values_list("pk", flat=True))
    return found


def owing() -> Exists:
    """The condition that an account has an open invoice."""
    return Exists(Invoice.objects.open().filter(account_id=OuterRef("pk")).order_by())


def usable_contact() -> Q:
    """A contact a message may be addressed to (``Contact.usable``)."""
    return Q(verified_at__isnull=False, opted_out_at__isnull=True, bounced_at__isnull=True) & ~Q(email="")


def _sizes(portfolio_ids: Collection[int]) -> dict[int, Size]:
    accounts = Account.objects.filter(portfolio_id__in=portfolio_ids).order_by()
    total = dict(accounts.values_list("portfolio_id").annotate(n=Count("pk")))
    reachable = Exists(Contact.objects.filter(usable_contact(), account_id=OuterRef("pk")).order_by())
    gone = {name: Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__is_active": False}) for name in ("owner", "escalation_owner")}
    counted = accounts.filter(owing()).values_list("portfolio_id").annotate(
        n=Count("pk"), a=Count("pk", filter=gone["owner"]), b=Count("pk", filter=gone["escalation_owner"])
    )
    unreached = dict(accounts.filter(owing()).exclude(reachable).values_list("portfolio_id").annotate(n=Count("pk")))
    owed = {pk: (n, a, b) for pk, n, a, b in counted}
    return {pk: Size(n, *owed.get(pk, (0, 0, 0)), unreached.get(pk, 0)) for pk, n in total.items()}
