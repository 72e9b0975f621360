"""A portfolio that really is ready for a model: sender, sources, people, texts, an account. Nothing here opens the gate by itself."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import Source
from drafts.readiness import switching
from governance.models import ModelSwitch, Portfolio
from tests.factories import AS_OF, make_account, make_invoice, make_portfolio, make_user

SOURCES = ("invoices", "payments", "contacts", "tickets", "messages")
DECIDERS = ("reviewer", "account_owner", "finance_approver", "legal_approver", "executive")


def ready_portfolio(*, at=AS_OF, people: tuple[str, ...] = DECIDERS, **fields) -> Portfolio:
    """With one account that owes something; its data is an hour old at ``at``."""
    portfolio = make_portfolio(sources=SOURCES, **fields)
    Source.objects.filter(portfolio=portfolio).update(as_of=at - timedelta(hours=1))
    made = {role: make_user(role, portfolio) for role in people}
    owner = made.get("account_owner")
    make_invoice(make_account(portfolio, owner=owner, escalation_owner=owner))
    return portfolio


def switched_on(portfolio: Portfolio, *, at=AS_OF) -> ModelSwitch:
    """Asked for and confirmed by two people, through the verbs; a portfolio that is not ready refuses."""
    request = switching.ask(portfolio, "compared for two weeks", by=make_user("policy_admin"), at=at)
    return switching.confirm(request.pk, by=make_user("finance_approver", portfolio), at=at)
