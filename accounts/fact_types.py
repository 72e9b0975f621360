"""The shape of what is true about one account at one moment: frozen, typed, each fact with source, id, date and state.

Amounts are minor units of the stated currency. ``as_of`` is aware; ``today`` is its date in the account's own time zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.fact_parts import (
    CHECKED_EMPTY,
    FINE_STATES,
    NOT_CONFIGURED,
    NOT_PERMITTED,
    PRESENT,
    SOURCE_STATES,
    STALE,
    UNAVAILABLE,
    Balance,
    CallFact,
    ContactFact,
    ContractFact,
    CreditFact,
    DisputeFact,
    Habit,
    InvoiceFact,
    MessageFact,
    PaymentFact,
    PersonFact,
    PromiseFact,
    Sender,
    SignalFact,
    SourceFact,
    TicketFact,
)

__all__ = [
    "CHECKED_EMPTY",
    "FINE_STATES",
    "NOT_CONFIGURED",
    "NOT_PERMITTED",
    "PRESENT",
    "SOURCE_STATES",
    "STALE",
    "UNAVAILABLE",
    "AccountFacts",
    "Balance",
    "CallFact",
    "ContactFact",
    "ContractFact",
    "CreditFact",
    "DisputeFact",
    "Habit",
    "InvoiceFact",
    "MessageFact",
    "PaymentFact",
    "PersonFact",
    "PromiseFact",
    "Sender",
    "SignalFact",
    "SourceFact",
    "TicketFact",
]


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """Everything the line may know about one account."""

    account_id: int
    external_id: str
    name: str
    portfolio_id: int
    tier: str
    currency: str
    country: str
    time_zone: str
    language: str
    owner_id: int | None
    owner_name: str
    escalation_owner_id: int | None
    natural_person: bool
    insolvent: bool
    never_automate: bool
    never_automate_reason: str
    procurement_note: str
    as_of: datetime
    today: date
    sender: Sender
    contacts: tuple[ContactFact, ...] = ()
    recipient: ContactFact | None = None
    invoices: tuple[InvoiceFact, ...] = ()
    balances: dict[str, Balance] = field(default_factory=dict)
    ageing: dict[str, dict[str, int]] = field(default_factory=dict)
    habit: Habit | None = None
    payments: tuple[PaymentFact, ...] = ()
    credits: tuple[CreditFact, ...] = ()
    promises: tuple[PromiseFact, ...] = ()
    disputes: tuple[DisputeFact, ...] = ()
    signals: tuple[SignalFact, ...] = ()
    tickets: tuple[TicketFact, ...] = ()
    contracts: tuple[ContractFact, ...] = ()
    messages: tuple[MessageFact, ...] = ()
    calls: tuple[CallFact, ...] = ()
    last_out_at: datetime | None = None
    last_in_at: datetime | None = None
    dispute_ended_at: datetime | None = None  # when the last dispute that was resolved ended
    contacted_on: tuple[date, ...] = ()  # dates of our messages in the last 45 days, newest first
    address_written_on: tuple[date, ...] = ()  # the same for the recipient's address, of whatever account
    sources: dict[str, SourceFact] = field(default_factory=dict)
    owner: PersonFact | None = None
    escalation_owner: PersonFact | None = None

    @property
    def executives(self) -> tuple[ContactFact, ...]:
        """The customer's executives on record."""
        return tuple(c for c in self.contacts if c.role == "executive")

    @property
    def first_contact_after_dispute(self) -> bool:
        """True when a dispute ended and we have not written since."""
        ended = self.dispute_ended_at
        return ended is not None and (self.last_out_at is None or ended > self.last_out_at)

    @property
    def overdue_invoices(self) -> tuple[InvoiceFact, ...]:
        """Open invoices past due, oldest first."""
        return tuple(i for i in self.invoices if i.overdue)
