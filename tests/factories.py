"""Rows for tests: plain functions with sensible defaults, every field can be given by name.

All dates hang on ``AS_OF``, a Tuesday morning; pass it on where a verb asks for ``as_of`` or ``at``. A default portfolio has
fresh ledger, bank and contact sources, a default account one verified recipient: its invoice is a routine case.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from accounts.models import (
    Account,
    Allocation,
    CallNote,
    Contact,
    Contract,
    CreditNote,
    Dispute,
    DisputeSignal,
    Invoice,
    Message,
    Payment,
    Promise,
    PromisedCredit,
    Source,
    SourceState,
    Ticket,
)
from governance.models import AllPortfoliosGrant, Hold, Portfolio, PortfolioUserGrant, User

AS_OF = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
TODAY = AS_OF.date()
REQUIRED_SOURCES = ("invoices", "payments", "contacts")

_serial = count(1)


def day(offset: int) -> date:
    """The date ``offset`` days from today; negative lies in the past."""
    return TODAY + timedelta(days=offset)


def moment(hours: float) -> datetime:
    """The moment ``hours`` from ``AS_OF``; negative lies in the past."""
    return AS_OF + timedelta(hours=hours)


def make_portfolio(*, sources: tuple[str, ...] = REQUIRED_SOURCES, **fields: Any) -> Portfolio:
    """A portfolio with a sender and one fresh source of each kind named."""
    n = next(_serial)
    defaults: dict[str, Any] = {
        "code": f"portfolio-{n}",
        "name": f"Portfolio {n}",
        "sender_company": "Brightwater Supplies GmbH",
        "sender_name": "Jonas Weber",
        "sender_title": "Accounts receivable",
        "sender_email": "receivables@brightwater.example",
        "sender_phone": "+49 30 5550100",
        "sender_address": "Hafenstrasse 1, 10115 Berlin",
        "bank_accounts": [{"label": "House bank", "iban": "DE02120300000000202051", "bic": "BYLADEM1001"}],
    }
    portfolio = Portfolio.objects.create(**{**defaults, **fields})
    for kind in sources:
        make_source(portfolio, kind)
    return portfolio


def make_source(portfolio: Portfolio, kind: str, **fields: Any) -> Source:
    """A source that answered an hour ago."""
    return Source.objects.create(
        **{"portfolio": portfolio, "kind": kind, "name": f"{kind} system", "as_of": moment(-1), **fields}
    )


def make_source_state(account: Account, kind: str, status: str, **fields: Any) -> SourceState:
    """What the source of ``kind`` said about this one account."""
    source = Source.objects.get(portfolio_id=account.portfolio_id, kind=kind)
    return SourceState.objects.create(source=source, account=account, status=status, **fields)


def make_user(role: str | None = None, portfolio: Portfolio | None = None, **fields: Any) -> User:
    """A person; with ``role`` granted it on ``portfolio``, or everywhere when no portfolio is given."""
    n = next(_serial)
    fields = {
        "username": f"person{n}",
        "first_name": "Person",
        "last_name": str(n),
        "email": f"person{n}@desk.example",
        **fields,
    }
    user = User.objects.create_user(password=fields.pop("password", None), **fields)
    if role:
        grant(user, role, portfolio)
    return user


def grant(user: User, role: str, portfolio: Portfolio | None = None, **dates: Any) -> None:
    """Give a person a role on one portfolio, or on all."""
    if portfolio is None:
        AllPortfoliosGrant.objects.create(user=user, role=role, **dates)
        return
    kind = ContentType.objects.get_for_model(Portfolio)
    permission = Permission.objects.get(content_type=kind, codename=role)
    PortfolioUserGrant.objects.create(user=user, permission=permission, content_object=portfolio, **dates)


def make_account(portfolio: Portfolio | None = None, *, contact: bool = True, **fields: Any) -> Account:
    """A standard customer in Berlin with one verified recipient (none with ``contact=False``)."""
    n = next(_serial)
    defaults: dict[str, Any] = {
        "portfolio": portfolio or make_portfolio(),
        "external_id": f"{n:06d}",
        "name": f"Customer {n} GmbH",
        "country": "DE",
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
    }
    account = Account.objects.create(**{**defaults, **fields})
    if contact:
        make_contact(account)
    return account


def make_contact(account: Account, **fields: Any) -> Contact:
    """A verified accounts-payable contact."""
    n = next(_serial)
    defaults = {
        "name": f"Kim Keller {n}",
        "salutation": "Ms Keller",
        "email": f"ap{n}@customer.example",
        "verified_at": moment(-24 * 90),
    }
    return Contact.objects.create(account=account, **{**defaults, **fields})


def make_invoice(account: Account, *, days_overdue: int = 10, **fields: Any) -> Invoice:
    """An open invoice over 1,000.00, due ``days_overdue`` days ago, 30 days after issue."""
    n = next(_serial)
    due_on = fields.pop("due_on", day(-days_overdue))
    amount = fields.pop("amount_minor", 100_000)
    defaults: dict[str, Any] = {
        "portfolio_id": account.portfolio_id,
        "number": f"INV-{n:05d}",
        "issued_on": due_on - timedelta(days=30),
        "due_on": due_on,
        "currency": account.currency,
        "amount_minor": amount,
        "balance_minor": amount,
        "delivery_status": "delivered",
    }
    return Invoice.objects.create(account=account, **{**defaults, **fields})


def make_settled_invoice(account: Account, *, days_late: int = 5, **fields: Any) -> Invoice:
    """An invoice due 60 days ago and paid ``days_late`` days after that."""
    due_on = fields.pop("due_on", day(-60))
    settled = {"status": "paid", "balance_minor": 0, "settled_on": due_on + timedelta(days=days_late)}
    return make_invoice(account, due_on=due_on, **{**settled, **fields})


def make_payment(account: Account, *, invoice: Invoice | None = None, **fields: Any) -> Payment:
    """A cleared payment of 100.00 five days ago, allocated in full to ``invoice`` where one is given."""
    n = next(_serial)
    amount = fields.pop("amount_minor", 10_000)
    defaults = {
        "external_id": f"PAY-{n}",
        "value_on": day(-5),
        "currency": account.currency,
        "amount_minor": amount,
    }
    payment = Payment.objects.create(account=account, **{**defaults, **fields})
    if invoice is not None:
        Allocation.objects.create(payment=payment, invoice=invoice, amount_minor=amount)
    return payment


def make_credit_note(account: Account, **fields: Any) -> CreditNote:
    """A posted, unused credit of 50.00."""
    n = next(_serial)
    amount = fields.pop("amount_minor", 5_000)
    defaults = {
        "number": f"CN-{n}",
        "issued_on": day(-20),
        "currency": account.currency,
        "amount_minor": amount,
        "open_minor": amount,
    }
    return CreditNote.objects.create(account=account, **{**defaults, **fields})


def make_promised_credit(account: Account, **fields: Any) -> PromisedCredit:
    """A credit of 50.00 that sales promised and nobody posted."""
    n = next(_serial)
    defaults = {
        "external_id": f"PC-{n}",
        "promised_on": day(-15),
        "promised_by": "Sales",
        "currency": account.currency,
        "amount_minor": 5_000,
        "quote": "we will credit the freight",
    }
    return PromisedCredit.objects.create(account=account, **{**defaults, **fields})


def make_promise(account: Account, **fields: Any) -> Promise:
    """A promise made five days ago to pay in three days, by no stated method."""
    n = next(_serial)
    defaults = {
        "external_id": f"PTP-{n}",
        "made_on": day(-5),
        "due_on": day(3),
        "quote": "we will pay on Friday",
    }
    return Promise.objects.create(account=account, **{**defaults, **fields})


def make_dispute(account: Account, *, invoice: Invoice | None = None, **fields: Any) -> Dispute:
    """An open dispute about the whole invoice, or the whole account without one."""
    n = next(_serial)
    defaults = {
        "external_id": f"D-{n}",
        "category": "quantity",
        "currency": account.currency,
        "opened_on": day(-8),
        "quote": "two pallets are missing",
    }
    return Dispute.objects.create(account=account, invoice=invoice, **{**defaults, **fields})


def make_signal(account: Account, *, invoice: Invoice | None = None, **fields: Any) -> DisputeSignal:
    """An unjudged dispute signal found in a ticket four hours ago."""
    defaults = {
        "source_kind": "ticket",
        "source_id": next(_serial),
        "category": "delivery",
        "quote": "we never received it",
        "found_at": moment(-4),
    }
    return DisputeSignal.objects.create(account=account, invoice=invoice, **{**defaults, **fields})


def make_ticket(account: Account, **fields: Any) -> Ticket:
    """An open ticket of normal severity, three days old."""
    n = next(_serial)
    defaults = {
        "external_id": f"ZD-{n}",
        "opened_at": moment(-72),
        "updated_at": moment(-5),
        "subject": "Password reset",
    }
    return Ticket.objects.create(account=account, **{**defaults, **fields})


def make_contract(account: Account, **fields: Any) -> Contract:
    """A contract of 30 days net, renewing in a year."""
    n = next(_serial)
    defaults = {
        "external_id": f"C-{n}",
        "terms_days": 30,
        "starts_on": day(-400),
        "renewal_on": day(365),
        "currency": account.currency,
    }
    return Contract.objects.create(account=account, **{**defaults, **fields})


def make_message(account: Account, *, direction: str = "in", **fields: Any) -> Message:
    """An e-mail from (or, ``direction="out"``, to) the customer ten days ago."""
    n = next(_serial)
    defaults = {
        "external_id": f"MSG-{n}",
        "at": moment(-240),
        "subject": "Your statement",
        "body": "Thank you, received.",
    }
    return Message.objects.create(account=account, direction=direction, **{**defaults, **fields})


def make_call(account: Account, by: User, **fields: Any) -> CallNote:
    """A logged phone call without an answer, a day ago."""
    return CallNote.objects.create(
        account=account, by=by, **{"at": moment(-24), "outcome": "no_answer", **fields}
    )


def make_hold(account: Account | None = None, **fields: Any) -> Hold:
    """A do-not-contact hold on the account (on everything without one) as a row; the verb is ``holds.put``."""
    n = next(_serial)
    scope: dict[str, Any] = {"scope": "global"}
    if account:
        scope = {"scope": "account", "scope_id": account.pk, "account_id": account.pk}
    reason = {"kind": "do_not_contact", "reason": "asked not to be contacted"}
    defaults = {**reason, "source": f"test:{n}", "created_at": moment(-2)}
    return Hold.objects.create(**{**scope, **defaults, **fields})
