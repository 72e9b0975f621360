"""Made-up accounts of every shape the words must stand: for an installation whose book is empty, or too small to compare on.

Names and addresses are invented (``.example``). Pure: dates hang on the moment that is passed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from accounts.fact_types import PRESENT, AccountFacts, ContactFact, DisputeFact, InvoiceFact, Sender, SourceFact
from accounts.readiness import LABELS
from drafts.classification.types import TermFact

SALUTATIONS = {"en": "Ms Keller", "de": "Frau Keller", "fr": "Madame Keller", "es": "Sra. Keller"}
SENDER = Sender(
    company="Brightwater Supplies GmbH", name="Jonas Weber", title="Accounts receivable", email="receivables@brightwater.example",
    reply_to="", phone="+49 30 5550100", address="", bank_accounts=(("House bank", "DE02120300000000202051", "BYLADEM1001"),),
)  # fmt: skip
FIRST_ID = 900_000_000  # never the id of a real row in a comparison


def accounts(at: datetime, language: str = "en") -> tuple[AccountFacts, ...]:
    """One account per shape; the contact is greeted in ``language``."""
    return tuple(replace(_account(at, language, FIRST_ID + n), **changes) for n, changes in enumerate(_shapes(at), start=1))


def plan(facts: AccountFacts) -> TermFact:
    """A payment plan over two instalments, as if it had been agreed for this account."""
    schedule = tuple((facts.today + timedelta(days=30 * n), 50_000) for n in (1, 2))
    return TermFact(1, "payment_plan", "T-1", facts.currency, facts.as_of, schedule[-1][0], schedule)


def _shapes(at: datetime) -> Iterator[dict[str, Any]]:
    def invoice(serial: int, **fields: Any) -> InvoiceFact:
        return _invoice(at, serial, **fields)

    yield {"invoices": (invoice(1),)}
    yield {"invoices": (invoice(2, amount_minor=123_456), invoice(3, late=40), invoice(4, late=75))}
    yield {"invoices": (invoice(5, balance_minor=40_000), invoice(6))}
    yield {"invoices": (invoice(7), invoice(8, currency="USD", amount_minor=250_050))}
    yield {"invoices": (invoice(9, currency="JPY", amount_minor=1_234_567),), "currency": "JPY"}
    yield {"invoices": tuple(invoice(100 + n, late=n, amount_minor=1007 * n) for n in range(1, 41))}
    before = (at.date() - timedelta(days=9),)
    yield {"invoices": (invoice(10, number="1930577149"), invoice(11, number="0001234567")), "contacted_on": before}
    yield {"invoices": (invoice(12), invoice(13, disputed_minor=100_000, dispute_ids=(5,))), "disputes": (_dispute(at, FIRST_ID + 13),)}
    yield {"invoices": (invoice(14),), "recipient": None, "contacts": ()}


def _invoice(at: datetime, serial: int, *, late: int = 10, amount_minor: int = 100_000, **fields: Any) -> InvoiceFact:
    due_on = at.date() - timedelta(days=late)
    values: dict[str, Any] = {
        "id": FIRST_ID + serial, "number": f"INV-{4700 + serial}", "issued_on": due_on - timedelta(days=30), "due_on": due_on,
        "days_overdue": late, "currency": "EUR", "amount_minor": amount_minor, "balance_minor": amount_minor, "po_number": "",
        "po_required": False, "delivery_status": "delivered", "billed_name": "", "terms_days": 30, "paid_minor": 0,
    }  # fmt: skip
    values |= fields
    values["paid_minor"] = values["amount_minor"] - values["balance_minor"]
    return InvoiceFact(**values)


def _dispute(at: datetime, invoice_id: int) -> DisputeFact:
    opened = at.date() - timedelta(days=8)
    return DisputeFact(5, "D-5", invoice_id, "quantity", None, "EUR", "open", opened, "two pallets are missing", "", None)


def _contact(at: datetime, language: str) -> ContactFact:
    return ContactFact(
        id=1, name="Kim Keller", salutation=SALUTATIONS.get(language[:2], SALUTATIONS["en"]), email="ap@customer.example", role="ap",
        language=language, usable=True, opted_out=False, bounced=False, verified_at=at, placeholder=False,
    )  # fmt: skip


def _account(at: datetime, language: str, account_id: int) -> AccountFacts:
    person = _contact(at, language)
    return AccountFacts(
        account_id=account_id, external_id=str(account_id), name="Alder & Sons GmbH", portfolio_id=0, tier="standard", currency="EUR",
        country="DE", time_zone="Europe/Berlin", language=language, owner_id=None, owner_name="", escalation_owner_id=None,
        natural_person=False, insolvent=False, never_automate=False, never_automate_reason="", procurement_note="", as_of=at,
        today=at.date(), sender=SENDER, contacts=(person,), recipient=person,
        sources={kind: SourceFact(kind, label, PRESENT, at, 0) for kind, label in LABELS.items()},
    )  # fmt: skip
