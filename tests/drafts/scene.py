"""A desk at ``AS_OF``: people in roles, an account with an overdue invoice, and what preparation made of it.

The database guards compare with the database's own clock, so the installation is a demo whose clock stands at ``AS_OF``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Account, Invoice
from drafts.models import Delivery, FollowUp
from drafts.preparation import prepare_accounts
from drafts.review import approve
from governance.models import AccountShare, Installation, Portfolio, User
from tests.factories import AS_OF, make_account, make_contact, make_invoice, make_portfolio, make_user, moment


def stop_clock(settings: Any, at: datetime = AS_OF) -> None:
    """Make this a demo installation whose clock stands at ``at`` now."""
    settings.DEMO_MODE = True
    seconds = math.ceil((at - timezone.now()).total_seconds())  # never before ``at``
    Installation.objects.update_or_create(pk=1, defaults={"kind": "demo", "clock_offset_seconds": seconds})


@dataclass
class Desk:
    """One portfolio with one person per role; more accounts on demand."""

    portfolio: Portfolio = field(default_factory=make_portfolio)
    people: dict[str, User] = field(default_factory=dict)

    def person(self, role: str) -> User:
        """The person of a role, made at first use."""
        if role not in self.people:
            self.people[role] = make_user(role, self.portfolio)
        return self.people[role]

    reviewer = property(lambda self: self.person("reviewer"))
    owner = property(lambda self: self.person("account_owner"))
    finance = property(lambda self: self.person("finance_approver"))
    legal = property(lambda self: self.person("legal_approver"))
    executive = property(lambda self: self.person("executive"))

    def account(self, **fields: Any) -> Account:
        """An account of this portfolio, owned by the account owner."""
        return make_account(self.portfolio, **{"owner": self.owner, **fields})


@dataclass
class Case:
    """One account with its invoices and its follow-up."""

    desk: Desk
    account: Account
    invoices: list[Invoice]

    @property
    def follow_up(self) -> FollowUp:
        """The newest follow-up, fresh from the database."""
        return FollowUp.objects.filter(account=self.account).latest("pk")

    @property
    def draft(self):
        """The draft in force."""
        return self.follow_up.draft

    @property
    def delivery(self) -> Delivery:
        """The newest delivery."""
        return Delivery.objects.filter(account=self.account).latest("pk")

    def prepare(self, at: datetime = AS_OF) -> FollowUp:
        """Let preparation look at the account."""
        prepare_accounts([self.account.pk], as_of=at)
        return self.follow_up

    def hand_to(self, role: str) -> User:
        """Route the account to the lawyer or the executive of the desk, whose grant opens routed accounts only."""
        person = self.desk.person(role)
        AccountShare.objects.create(account_id=self.account.pk, user=person, role=role, reason="please look", starts_at=moment(-24))
        return person

    def warnings(self) -> list[int]:
        """Ids of the warnings of the draft in force."""
        return list(self.draft.findings.filter(severity="warn").values_list("pk", flat=True))

    def approve(self, *people: User, at: datetime = AS_OF) -> Delivery:
        """Let these people approve, in order; returns the delivery of the last one."""
        result = None
        for person in people or (self.desk.reviewer,):
            result = approve(self.follow_up.pk, self.draft.fingerprint, by=person, at=at, acknowledged=self.warnings(), reason="checked_source")
        assert result is not None and result.complete, result
        return result.delivery


def routine_case(desk: Desk | None = None, *, invoices: int = 1, **fields: Any) -> Case:
    """A prepared account of the routine lane."""
    return prepared(desk or Desk(), [{"days_overdue": 10 + n} for n in range(invoices)], **fields)


def exception_case(desk: Desk | None = None, **fields: Any) -> Case:
    """A prepared strategic account: account owner and finance must approve."""
    return prepared(desk or Desk(), [{}], tier="strategic", **fields)


def prepared(desk: Desk, invoices: list[dict[str, Any]], **fields: Any) -> Case:
    """An account with these invoices, prepared at ``AS_OF``."""
    account = desk.account(**fields)
    case = Case(desk, account, [make_invoice(account, **values) for values in invoices])
    case.prepare()
    return case


__all__ = ["AS_OF", "Case", "Desk", "exception_case", "make_contact", "moment", "prepared", "routine_case", "stop_clock"]
