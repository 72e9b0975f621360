"""Facts made by hand, without a database, for tests of the pure stages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from accounts.fact_types import AccountFacts, ContactFact, InvoiceFact, Sender

AS_OF = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
TODAY = AS_OF.date()

SENDER = Sender(
    company="Brightwater Supplies GmbH",
    name="Jonas Weber",
    title="Accounts receivable",
    email="receivables@brightwater.example",
    reply_to="",
    phone="+49 30 5550100",
    address="",
    bank_accounts=(("House bank", "DE02120300000000202051", "BYLADEM1001"),),
)


@dataclass(frozen=True)
class Chase:
    """The part of a verdict the composer reads."""

    chase_invoice_ids: tuple[int, ...]
    purpose: str = "demand"


def contact(**fields: Any) -> ContactFact:
    defaults: dict[str, Any] = {
        "id": 1,
        "name": "Kim Keller",
        "salutation": "Ms Keller",
        "email": "ap@customer.example",
        "role": "ap",
        "language": "",
        "usable": True,
        "opted_out": False,
        "bounced": False,
        "verified_at": AS_OF,
        "placeholder": False,
    }
    return ContactFact(**{**defaults, **fields})


def invoice(
    serial: int, *, days_overdue: int = 10, open_minor: int | None = None, **fields: Any
) -> InvoiceFact:
    """Invoice INV-<serial> over 1,000.00 EUR; ``open_minor`` less than the amount makes it partly paid."""
    due_on: date = fields.pop("due_on", TODAY - timedelta(days=days_overdue))
    amount = fields.pop("amount_minor", 100_000)
    rest = amount if open_minor is None else open_minor
    defaults: dict[str, Any] = {
        "id": serial,
        "number": f"INV-{serial}",
        "issued_on": due_on - timedelta(days=30),
        "due_on": due_on,
        "days_overdue": (TODAY - due_on).days,
        "currency": "EUR",
        "amount_minor": amount,
        "balance_minor": rest,
        "po_number": "",
        "po_required": False,
        "delivery_status": "delivered",
        "billed_name": "",
        "terms_days": 30,
        "paid_minor": amount - rest,
    }
    return InvoiceFact(**{**defaults, **fields})


def facts(*invoices: InvoiceFact, **fields: Any) -> AccountFacts:
    """A standard account with these open invoices and one verified contact (``recipient=None`` for none)."""
    person = fields.pop("recipient", contact())
    defaults: dict[str, Any] = {
        "account_id": 7,
        "external_id": "000123",
        "name": "Customer GmbH",
        "portfolio_id": 1,
        "tier": "standard",
        "currency": "EUR",
        "country": "DE",
        "time_zone": "Europe/Berlin",
        "language": "en",
        "owner_id": None,
        "owner_name": "",
        "escalation_owner_id": None,
        "natural_person": False,
        "insolvent": False,
        "never_automate": False,
        "never_automate_reason": "",
        "procurement_note": "",
        "as_of": AS_OF,
        "today": TODAY,
        "sender": SENDER,
        "recipient": person,
        "contacts": (person,) if person else (),
        "invoices": tuple(invoices),
    }
    return AccountFacts(**{**defaults, **fields})


def chase(account: AccountFacts, purpose: str = "demand") -> Chase:
    """A verdict that names every open invoice."""
    return Chase(tuple(i.id for i in account.invoices), purpose)
