"""Finding one row in the person's reach. A row out of reach does not exist: 404, never 403."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from accounts.models import Account
from accounts.querysets import AccountQuerySet
from drafts.models import FollowUp
from drafts.models.follow_up import FollowUpQuerySet
from governance.admin.pages import may, person, require, scope_for


def accounts_of(request: HttpRequest) -> AccountQuerySet:
    """Accounts in reach."""
    return Account.objects.visible_to(person(request), scope_for(request))


def follow_ups_of(request: HttpRequest) -> FollowUpQuerySet:
    """Follow-ups in reach."""
    return FollowUp.objects.visible_to(person(request), scope_for(request))


def follow_up_or_404(request: HttpRequest, pk: int) -> FollowUp:
    """A follow-up in reach, with what every page about it shows. Raises ``NotAllowed`` without the right to texts."""
    rows = follow_ups_of(request).select_related(
        "account", "portfolio", "owner", "claimed_by", "brief", "draft__author", "draft__template_version"
    )
    follow_up: FollowUp | None = rows.filter(pk=pk).first()
    if follow_up is None:
        raise Http404
    require(request, "see_draft", follow_up)
    return follow_up


def account_or_404(request: HttpRequest, pk: int) -> Account:
    """An account in reach."""
    account: Account | None = accounts_of(request).select_related("portfolio", "owner", "parent").filter(pk=pk).first()
    if account is None or not may(request, "see_account", account):
        raise Http404
    return account
