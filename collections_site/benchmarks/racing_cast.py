"""The people and the prepared drafts that race: many persons of one portfolio, accounts that take two or three roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from accounts.models import Account, Contact, Invoice, Source
from drafts.models import FollowUp
from drafts.preparation import prepare_accounts
from governance import calendar
from governance.audit import Entry, account_stream, record
from governance.models import Decision, Portfolio, PortfolioUserGrant, User
from governance.roles import FINANCE, LEGAL, OWNER, REVIEWER

# Who comes to approve, over and over: some with one role, some with two or three, some with none that is asked for.
ROLES: tuple[tuple[str, ...], ...] = (
    (OWNER,), (FINANCE,), (OWNER, FINANCE), (LEGAL,), (OWNER, LEGAL), (FINANCE, LEGAL), (OWNER, FINANCE, LEGAL), (REVIEWER,),
)
TIER_STRATEGIC = "strategic"


@dataclass(frozen=True, slots=True)
class Cast:
    """One portfolio, its people, and the moment everything happens at: a coming business morning, so that no approval has expired."""

    portfolio: Portfolio
    people: tuple[User, ...]
    at: datetime


def gather(people: int) -> Cast:
    """Make the portfolio and ``people`` persons in the roles of ``ROLES``."""
    today = timezone.now().date()
    day = calendar.add_business_days(today, 1, "DE")
    at = datetime.combine(day, time(10), UTC)
    portfolio = Portfolio.objects.create(
        code="races", name="Races", sender_company="Brightwater Supplies GmbH", sender_name="Jonas Weber",
        sender_title="Accounts receivable", sender_email="receivables@brightwater.example",
    )  # fmt: skip
    Source.objects.bulk_create(Source(portfolio=portfolio, kind=kind, name=kind, as_of=at) for kind in ("invoices", "payments", "contacts"))
    found = [_person(portfolio, n) for n in range(people)]
    return Cast(portfolio, tuple(found), at)


def _person(portfolio: Portfolio, n: int) -> User:
    user = User.objects.create_user(f"racer{n}", email=f"racer{n}@desk.example", first_name="Racer", last_name=str(n))
    kind = ContentType.objects.get_for_model(Portfolio)
    for role in ROLES[n % len(ROLES)]:
        permission = Permission.objects.get(content_type=kind, codename=role)
        PortfolioUserGrant.objects.create(user=user, permission=permission, content_object=portfolio)
    return user


def drafts(cast: Cast, count: int, *, legal: bool = False) -> list[FollowUp]:
    """``count`` prepared drafts of strategic accounts: owner and finance must approve, with ``legal`` a legal approver too."""
    first = Account.objects.count()
    rows = Account.objects.bulk_create(
        Account(
            portfolio=cast.portfolio, external_id=f"R{first + n:06d}", name=f"Racer {first + n} GmbH", tier=TIER_STRATEGIC, currency="EUR",
            country="DE", time_zone="Europe/Berlin", language="en", natural_person=legal,
        )
        for n in range(count)
    )  # fmt: skip
    due = cast.at.date() - timedelta(days=10)
    Contact.objects.bulk_create(
        Contact(account=a, name="Kim Keller", salutation="Ms Keller", email=f"ap{a.pk}@customer.example", verified_at=cast.at - timedelta(days=90))
        for a in rows
    )
    Invoice.objects.bulk_create(
        Invoice(
            account=a, portfolio=cast.portfolio, number=f"INV-{a.pk:06d}", issued_on=due - timedelta(days=30), due_on=due, currency="EUR",
            amount_minor=100_000, balance_minor=100_000, delivery_status="delivered",
        )
        for a in rows
    )  # fmt: skip
    if legal:
        _let_legal(cast, rows)
    prepare_accounts([a.pk for a in rows], as_of=cast.at)
    return list(FollowUp.objects.filter(account__in=rows).select_related("draft").order_by("pk"))


def _let_legal(cast: Cast, rows: Sequence[Account]) -> None:
    """Legal decided that an ordinary message may be written, on record."""
    by = cast.people[3 % len(cast.people)]
    made = Decision.objects.bulk_create(
        Decision(
            kind=Decision.Kind.LEGAL_STEP, account_id=a.pk, portfolio=cast.portfolio, question="May an ordinary message be written?",
            deciding_role=LEGAL, state=Decision.State.DECIDED, outcome="proceed", decided_by=by, decided_at=cast.at, created_at=cast.at,
        )
        for a in rows
    )
    told = {"outcome": "proceed", "kind": "legal_step"}
    with transaction.atomic():
        record([Entry(account_stream(d.account_id), "decision.recorded", "decision", d.pk, told) for d in made], by=by, at=cast.at)
