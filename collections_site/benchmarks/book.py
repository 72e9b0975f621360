"""A seeded, made-up book: ten invoices an account, and a share of everything that makes an account
interesting.

The same ``accounts`` and ``seed`` give the same book. Names and addresses are invented (``.example``).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import models

from accounts.models import (
    Account,
    Contact,
    Contract,
    CreditNote,
    Dispute,
    Invoice,
    Message,
    Payment,
    Promise,
    Source,
    Ticket,
)
from governance.models import Portfolio

INVOICES_PER_ACCOUNT = 10
CODE = "benchmark"
TODAY = date(2026, 5, 12)
AS_OF = datetime.combine(TODAY, time(12), UTC)
SOURCES = ("invoices", "payments", "contacts", "tickets", "messages", "contracts")
LANGUAGES = (
    ("en", "GB", "Europe/London"),
    ("de", "DE", "Europe/Berlin"),
    ("fr", "FR", "Europe/Paris"),
    ("es", "ES", "Europe/Madrid"),
)
CHUNK = 2_000

# Share of accounts that have each of these.
TICKETS, URGENT, MESSAGES, PROMISES, DISPUTES, CONTRACTS, CREDITS, CASH, NO_CONTACT = (
    0.20,
    0.02,
    0.10,
    0.05,
    0.03,
    0.30,
    0.03,
    0.03,
    0.01,
)
TEXTS = (
    "Please reset the password of our portal user.",
    "Could you send us a copy of the delivery note?",
    "Thank you, we received the goods in good order.",
    "Our new postal address is on the attached letterhead.",
)


@dataclass(slots=True)
class Book:
    """What was made."""

    accounts: int
    invoices: int
    portfolio: Portfolio


def build(accounts: int, *, seed: int = 20260512) -> Book:
    """Write the book into the current database, in chunks. Everything in it is open to the line as of
    ``AS_OF``.
    """
    portfolio = Portfolio.objects.create(
        code=CODE, name="Benchmark", sender_company="Brightwater Supplies GmbH", sender_name="Jonas Weber",
        sender_title="Accounts receivable", sender_email="receivables@brightwater.example",
        sender_phone="+49 30 5550100",
    )  # fmt: skip
    Source.objects.bulk_create(
        Source(portfolio=portfolio, kind=kind, name=kind, as_of=AS_OF) for kind in SOURCES
    )
    dice = random.Random(seed)  # noqa: S311 - a reproducible book, not a secret
    for start in range(0, accounts, CHUNK):
        _chunk(portfolio, range(start, min(start + CHUNK, accounts)), dice)
    return Book(accounts, accounts * INVOICES_PER_ACCOUNT, portfolio)


def _chunk(portfolio: Portfolio, serials: range, dice: random.Random) -> None:
    rows = Account.objects.bulk_create([_account(portfolio, n, dice) for n in serials])
    some: Callable[[float], list[Account]] = lambda share: [a for a in rows if dice.random() < share]  # noqa: E731
    invoices = [
        invoice for account, n in zip(rows, serials, strict=True) for invoice in _invoices(account, n, dice)
    ]
    _save(Invoice, invoices)
    _save(Contact, (_contact(a) for a in rows if dice.random() >= NO_CONTACT))
    _save(Ticket, (_ticket(a, dice) for a in some(TICKETS)))
    _save(Message, (_message(a, dice) for a in some(MESSAGES)))
    _save(Promise, (_promise(a, dice) for a in some(PROMISES)))
    _save(Contract, (_contract(a, dice) for a in some(CONTRACTS)))
    _save(CreditNote, (_credit(a, dice) for a in some(CREDITS)))
    _save(Payment, (_payment(a, dice) for a in some(CASH)))
    oldest = {i.account_id: i for i in invoices if i.status == "open"}
    _save(Dispute, (_dispute(a, oldest[a.pk]) for a in some(DISPUTES)))


def _save(model: type[models.Model], rows: Any) -> None:
    model._default_manager.bulk_create(list(rows), batch_size=CHUNK)


def _account(portfolio: Portfolio, n: int, dice: random.Random) -> Account:
    language, country, zone = LANGUAGES[n % len(LANGUAGES)]
    tier = "enterprise" if dice.random() < 0.01 else "strategic" if dice.random() < 0.03 else "standard"
    return Account(
        portfolio=portfolio, external_id=f"{n:07d}", name=f"Customer {n:07d} Ltd", tier=tier, currency="EUR",
        country=country, time_zone=zone, language=language,
    )  # fmt: skip


def _contact(account: Account) -> Contact:
    return Contact(
        account=account, name=f"Kim Keller {account.external_id}", email=f"ap{account.external_id}@customer.example",
        verified_at=AS_OF - timedelta(days=90), verified_by="benchmark",
    )  # fmt: skip


def _invoices(account: Account, n: int, dice: random.Random) -> Iterator[Invoice]:
    """Two or three overdue, some open and not due, the others paid with their habits of lateness."""
    overdue = dice.randint(1, 4)
    for k in range(INVOICES_PER_ACCOUNT):
        if k < overdue:
            due_on, paid = TODAY - timedelta(days=dice.randint(1, 75)), False
        elif k < overdue + 3:
            due_on, paid = TODAY + timedelta(days=dice.randint(0, 40)), False
        else:
            due_on, paid = TODAY - timedelta(days=dice.randint(60, 400)), True
        amount = dice.randint(5_000, 400_000)
        settled_on = min(TODAY, due_on + timedelta(days=dice.randint(-5, 30))) if paid else None
        po = f"PO{dice.randint(10_000, 99_999)}" if dice.random() < 0.4 else ""
        yield Invoice(
            portfolio_id=account.portfolio_id, account=account, number=f"B{n:07d}{k}",
            issued_on=due_on - timedelta(days=30), due_on=due_on, currency="EUR", amount_minor=amount,
            balance_minor=0 if paid else amount, status="paid" if paid else "open", settled_on=settled_on, po_number=po,
            po_required=dice.random() < 0.02, delivery_status="delivered",
        )  # fmt: skip


def _ticket(account: Account, dice: random.Random) -> Ticket:
    urgent = dice.random() < URGENT / TICKETS
    opened_at = AS_OF - timedelta(days=dice.randint(1, 20))
    return Ticket(
        account=account, external_id=f"T{account.external_id}", opened_at=opened_at, updated_at=opened_at,
        subject="Question", body=dice.choice(TEXTS), severity="urgent" if urgent else "normal",
    )  # fmt: skip


def _message(account: Account, dice: random.Random) -> Message:
    at = AS_OF - timedelta(days=dice.randint(10, 40))
    return Message(
        account=account, external_id=f"M{account.external_id}", direction="in", at=at, subject="Delivery",
        sender=f"ap{account.external_id}@customer.example", body=dice.choice(TEXTS),
    )  # fmt: skip


def _promise(account: Account, dice: random.Random) -> Promise:
    due_on = TODAY + timedelta(days=dice.randint(-20, 10))
    return Promise(account=account, external_id="P1", made_on=due_on - timedelta(days=10), due_on=due_on)


def _contract(account: Account, dice: random.Random) -> Contract:
    return Contract(
        account=account, external_id="C1", terms_days=30, starts_on=TODAY - timedelta(days=300), currency="EUR",
        renewal_on=TODAY + timedelta(days=dice.randint(30, 700)),
    )  # fmt: skip


def _credit(account: Account, dice: random.Random) -> CreditNote:
    minor = dice.randint(1_000, 20_000)
    return CreditNote(
        account=account, number=f"CN{account.external_id}", issued_on=TODAY - timedelta(days=20), currency="EUR",
        amount_minor=minor, open_minor=minor,
    )  # fmt: skip


def _payment(account: Account, dice: random.Random) -> Payment:
    minor = dice.randint(1_000, 20_000)
    return Payment(
        account=account, external_id=f"PAY{account.external_id}", value_on=TODAY - timedelta(days=5), currency="EUR",
        amount_minor=minor, unapplied_minor=minor,
    )  # fmt: skip


def _dispute(account: Account, invoice: Invoice) -> Dispute:
    return Dispute(
        account=account, invoice=invoice, external_id=f"D{account.external_id}", category="quantity", currency="EUR",
        opened_on=TODAY - timedelta(days=8), quote="two pallets are missing",
    )  # fmt: skip
