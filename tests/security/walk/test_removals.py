"""Scopes taken away one at a time: each time something foreign shows, and the walk finds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.admin.ledger import InvoiceAdmin
from accounts.models import Account, Invoice
from accounts.models.account import Account as AccountModel
from accounts.querysets import InvoiceQuerySet
from collections_site import dashboard
from collections_site.measures import asked as measures
from drafts.admin import decisions, disputes, incidents, lookup, outcomes, outgoing, packs, policy_accounts, replies, roles, search
from drafts.models import Delivery, FollowUp
from drafts.models.follow_up import FollowUpQuerySet
from governance import assignment, break_glass, training
from governance.admin.base import PortfolioFilter, ScopedAdmin
from governance.metrics.asking import EVERYTHING
from governance.models import BreakGlass, Decision, Incident, Portfolio, RoleRequest, User
from tests.security.walk.answers import row_of
from tests.security.walk.conftest import enter
from tests.security.walk.reading import traces

pytestmark = [pytest.mark.django_db, pytest.mark.crawl]


def everything(model: Any) -> Callable[..., Any]:
    """A scope that narrows nothing."""
    return lambda *args, **kwargs: model.objects.all()


def _all_of(rows: Any, *args: Any, **kwargs: Any) -> Any:
    return rows


def _every(model: Any) -> Callable[..., Any]:
    """A scope that narrows nothing, as a query that can be narrowed further."""
    return lambda *args, **kwargs: model.objects.order_by("pk")


def url(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def foreign_row(book, model, view):
    row = row_of(model, book.foreign)
    return url(f"{model._meta.app_label}_{model._meta.model_name}_{view}", row.pk)


def _always(*args: Any) -> Any:
    from django.db.models import Q

    return Q(pk__isnull=False)


def _billed(book):
    """An own invoice that is billed to an account of the other portfolio."""
    Invoice.objects.filter(pk=book.own.open.invoices[0].pk).update(billed_account=book.foreign.cases["words"].account)
    return url("accounts_invoice_change", book.own.open.invoices[0].pk)


# name → (role, what is taken away, the address at which it shows, by POST)
Removal = tuple[str, Callable[[], Any], Callable[[Any], str], bool]
REMOVALS: dict[str, Removal] = {
    "the list of a model page": (
        "reviewer", lambda: patch.object(ScopedAdmin, "get_queryset", admin.ModelAdmin.get_queryset), lambda book: url("accounts_ticket_changelist"), False,
    ),
    "the row of a model page": (
        "reviewer",
        lambda: patch.multiple(ScopedAdmin, get_queryset=admin.ModelAdmin.get_queryset, has_view_permission=lambda *a, **k: True),
        lambda book: foreign_row(book, Invoice, "change"), False,
    ),
    "the history of a row": (
        "reviewer",
        lambda: patch.multiple(ScopedAdmin, get_queryset=admin.ModelAdmin.get_queryset, has_view_permission=lambda *a, **k: True),
        lambda book: foreign_row(book, Invoice, "history"), False,
    ),
    "the choices of a list filter": (
        "reviewer",
        lambda: patch.object(PortfolioFilter, "lookups", lambda *a: [(str(p.pk), p.name) for p in Portfolio.objects.all()]),
        lambda book: url("accounts_invoice_changelist"), False,
    ),
    "the name of a row in another portfolio": (
        "reviewer", lambda: patch.object(InvoiceAdmin, "get_fields", lambda self, request, obj=None: ["number", "billed_account"]),
        _billed, False,
    ),
    "the page of an account": (
        "reviewer", lambda: patch.multiple(lookup, accounts_of=everything(Account), may=lambda *a: True),
        lambda book: url("account_page", book.foreign.cases["words"].account.pk), False,
    ),
    "follow-ups": ("reviewer", lambda: patch.object(FollowUpQuerySet, "visible_to", _all_of), lambda book: url("drafts_followup_changelist") + "?tab=all", False),
    "the CSV of the queue": (
        "reviewer", lambda: patch.object(FollowUpQuerySet, "visible_to", _all_of), lambda book: url("drafts_followup_changelist") + "?tab=all&format=csv", False,
    ),
    "search": ("reviewer", lambda: patch.object(search, "accounts_of", everything(Account)), lambda book: url("search") + "?q=zzcan", False),
    "search over related rows": ("reviewer", lambda: patch.object(InvoiceQuerySet, "visible_to", _all_of), lambda book: url("search") + "?q=INV-9", False),
    "replies": ("reviewer", lambda: patch.object(replies, "accounts_of", everything(Account)), lambda book: url("replies"), False),
    "outgoing": ("reviewer", lambda: patch.object(outgoing, "follow_ups_of", everything(FollowUp)), lambda book: url("outgoing") + "?tab=leaving", False),
    "one message on its way": (
        "reviewer", lambda: patch.multiple(outgoing, _visible=everything(Delivery), require=lambda *a: None), lambda book: url("delivery", book.foreign.rows["delivery"].pk), False,
    ),
    "an attachment": ("reviewer", lambda: patch.multiple(outgoing, follow_ups_of=everything(FollowUp), require=lambda *a: None),
                      lambda book: url("attachment", book.foreign.rows["attachment"].pk), False),
    "decisions": ("finance_approver", lambda: patch.object(decisions, "_visible", everything(Decision)), lambda book: url("decisions"), False),
    "disputes": ("reviewer", lambda: patch.object(disputes, "_accounts", everything(Account)), lambda book: url("disputes"), False),
    "outcomes": ("reviewer", lambda: patch.object(outcomes, "follow_ups_of", everything(FollowUp)), lambda book: url("outcomes"), False),
    "the CSV of outcomes": ("reviewer", lambda: patch.object(outcomes, "follow_ups_of", everything(FollowUp)), lambda book: url("outcomes_csv"), True),
    "what a pack is about": (
        "reviewer", lambda: patch.object(packs, "follow_ups_of", everything(FollowUp)),
        lambda book: url("packs") + f"?scope=draft&subject={book.foreign.open.follow_up.pk}", False,
    ),
    "incidents": ("reviewer", lambda: patch.multiple(incidents, _visible=everything(Incident), accounts_of=everything(AccountModel)), lambda book: url("incidents"), False),
    "the history of a draft": (
        "reviewer", lambda: patch.multiple(lookup, follow_ups_of=everything(FollowUp), require=lambda *a: None),
        lambda book: url("review", book.foreign.open.follow_up.pk), False,
    ),
    "roles": (
        "system_admin", lambda: patch.object(roles, "_portfolios", lambda *a: list(Portfolio.objects.all())),
        lambda book: url("roles") + f"?portfolio={book.foreign.desk.portfolio.pk}", False,
    ),
    "requests for roles": ("compliance_auditor", lambda: patch.object(assignment, "waiting", _every(RoleRequest)), lambda book: url("roles"), False),
    "emergency accesses": ("compliance_auditor", lambda: patch.object(break_glass, "visible_to", _every(BreakGlass)), lambda book: url("break_glass"), False),
    "one emergency access": (
        "system_admin", lambda: patch.object(break_glass, "visible_to", _every(BreakGlass)),
        lambda book: url("break_glass_access", book.foreign.rows["access"].pk), False,
    ),
    "trainings": ("finance_approver", lambda: patch.object(training, "people_in_reach", _every(User)), lambda book: url("trainings"), False),
    "the portfolios of the measures": (
        "leadership", lambda: patch.object(measures, "reach_of", lambda *a: EVERYTHING), lambda book: url("measures"), False,
    ),
    "the problems on an administrator's Home": ("system_admin", lambda: patch.object(dashboard, "_within", _always), lambda book: url("index"), False),
    "the accounts of a simulation": (
        "policy_admin", lambda: patch.object(policy_accounts, "reach", lambda *a, **k: None), lambda book: url("simulated_accounts", book.own.rows["simulation"].pk), False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REMOVALS)
def test_without_one_scope_something_foreign_shows_and_the_walk_finds_it(book, name):
    role, removal, where, posts = REMOVALS[name]
    client, address = enter(book.people[role]), where(book)
    ask = client.post if posts else client.get
    assert not traces(ask(address)), "with the scope in place nothing shows"
    with removal():
        assert traces(ask(address)), "without it the walk must find something"


def test_at_least_twelve_different_scopes_are_taken_away():
    assert len(REMOVALS) >= 12


def test_a_count_that_grows_with_foreign_rows_is_found(book):
    """No word betrays it: the page with and without the other portfolio differs."""
    from drafts.admin import waiting
    from governance import clock
    from tests.drafts.scene import moment
    from tests.security.walk.answers import said

    with patch.object(clock, "now", lambda: moment(2)):
        client = enter(book.people["reviewer"])
        assert said(client.get(url("preferences"))) == book.alone["reviewer", url("preferences")]
        with patch.object(waiting, "follow_ups_of", everything(FollowUp)), patch.object(waiting, "mine", _always):
            assert said(client.get(url("preferences"))) != book.alone["reviewer", url("preferences")]
