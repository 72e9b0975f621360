"""Accounts are prepared, and what came of it."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Account
from drafts.models import FollowUp
from drafts.preparation import prepare_accounts
from tests.factories import AS_OF


def prepare(*accounts: Account, as_of: datetime = AS_OF):
    """What the run counted."""
    return prepare_accounts([a.pk for a in accounts], as_of=as_of)


def follow_up(account: Account) -> FollowUp | None:
    """The newest one."""
    return FollowUp.objects.filter(account=account).order_by("-pk").first()
