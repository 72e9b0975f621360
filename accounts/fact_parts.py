"""The parts of an account's facts: frozen, typed, one class per kind of fact. Amounts are minor units of the stated currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

PRESENT = "present"
CHECKED_EMPTY = "checked_empty"
STALE = "stale"
UNAVAILABLE = "unavailable"
NOT_PERMITTED = "not_permitted"
NOT_CONFIGURED = "not_configured"
SOURCE_STATES = (PRESENT, CHECKED_EMPTY, STALE, UNAVAILABLE, NOT_PERMITTED, NOT_CONFIGURED)
FINE_STATES = (PRESENT, CHECKED_EMPTY)


@dataclass(frozen=True, slots=True)
class SourceFact:
    """State of one source kind for this account. ``age_seconds`` is None when nothing is known about its age."""

    kind: str
    name: str
    state: str
    as_of: datetime | None
    age_seconds: int | None
    detail: str = ""
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class PersonFact:
    """One of our people an account is routed to, and who stands in. ``deputy_id`` is None unless the deputy is active and present."""

    id: int
    name: str
    active: bool
    away_until: date | None
    deputy_id: int | None = None
    deputy_name: str = ""


@dataclass(frozen=True, slots=True)
class ContactFact:
    """A person at the customer; ``usable`` = verified, not opted out, not bounced."""

    id: int
    name: str
    salutation: str
    email: str
    role: str
    language: str
    usable: bool
    opted_out: bool
    bounced: bool
    verified_at: datetime | None
    placeholder: bool


@dataclass(frozen=True, slots=True)
class InvoiceFact:
    """An open invoice. ``disputed_minor`` is the part in open dispute (the whole balance when no amount is stated);
    ``signalled`` marks an unjudged dispute signal on it; ``promised_for`` the date of a promise in force."""

    id: int
    number: str
    issued_on: date
    due_on: date
    days_overdue: int
    currency: str
    amount_minor: int
    balance_minor: int
    po_number: str
    po_required: bool
    delivery_status: str
    billed_name: str
    terms_days: int
    paid_minor: int  # taken off by payments; posted credits on the invoice are not counted
    disputed_minor: int = 0
    dispute_ids: tuple[int, ...] = ()
    signalled: bool = False
    promised_for: date | None = None

    @property
    def undisputed_minor(self) -> int:
        """What remains when the disputed part is set aside."""
        return max(0, self.balance_minor - self.disputed_minor)

    @property
    def overdue(self) -> bool:
        """True when the due date lies before today in the account's time zone."""
        return self.days_overdue > 0

    @property
    def fact_id(self) -> str:
        """How briefs and claims cite it."""
        return f"invoice:{self.id}"


@dataclass(frozen=True, slots=True)
class Balance:
    """One currency: gross open, of it overdue and in dispute; credits and cash that could cover it; ``net_minor`` = gross - unapplied
    cash - usable credits - payments in flight."""

    currency: str
    gross_minor: int
    overdue_minor: int
    disputed_minor: int
    unapplied_minor: int
    credits_minor: int
    in_flight_minor: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """A payment received, in flight or failed."""

    id: int
    external_id: str
    value_on: date
    currency: str
    amount_minor: int
    unapplied_minor: int
    status: str
    method: str
    allocations: tuple[tuple[int, int], ...] = ()  # (invoice id, minor)


@dataclass(frozen=True, slots=True)
class CreditFact:
    """A posted credit note (``promised`` False) or a promised credit not yet posted."""

    id: int
    reference: str
    on: date
    currency: str
    amount_minor: int | None
    open_minor: int
    future_only: bool
    invoice_id: int | None
    promised: bool = False
    by: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class PromiseFact:
    """A promise to pay. ``state``: open, in_grace, broken, kept, late, undated (``accounts.promises``); no date is ever invented.

    ``in_force_until`` is the day the waiting ends: the date plus the method's grace, for an undated one the business
    days policy waits before asking for a date.
    """

    id: int
    made_on: date
    due_on: date | None
    state: str
    currency: str
    amount_minor: int | None
    invoice_id: int | None
    method: str
    quote: str
    in_force_until: date | None = None


@dataclass(frozen=True, slots=True)
class DisputeFact:
    """An open or answered dispute."""

    id: int
    reference: str
    invoice_id: int | None
    category: str
    amount_minor: int | None
    currency: str
    status: str
    opened_on: date
    quote: str
    reason: str
    owner_id: int | None
    items: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SignalFact:
    """An unjudged dispute signal."""

    id: int
    invoice_id: int | None
    source_kind: str
    source_id: int
    category: str
    quote: str
    score: float
    found_at: datetime


@dataclass(frozen=True, slots=True)
class TicketFact:
    """A support ticket that is not solved."""

    id: int
    reference: str
    subject: str
    severity: str
    escalated: bool
    status: str
    opened_at: datetime
    updated_at: datetime
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractFact:
    """A contract; ``terms_days`` may differ from the invoices'."""

    id: int
    reference: str
    terms_days: int | None
    renewal_on: date | None
    renewal_stage: str
    currency: str
    value_minor: int | None
    late_fee_allowed: bool | None
    notes: str
    noted_on: date | None
    po_required: bool


@dataclass(frozen=True, slots=True)
class MessageFact:
    """A recent message, in or out, without its body (evidence pages read the row).

    ``kind`` is the reply kind, ``topics`` what its words ask or announce (``drafts.detection.topics``).
    """

    id: int
    direction: str
    at: datetime
    subject: str
    kind: str = ""
    topics: tuple[str, ...] = ()
    from_executive: bool = False


@dataclass(frozen=True, slots=True)
class CallFact:
    """A recent phone call with the customer."""

    id: int
    at: datetime
    outcome: str
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Habit:
    """How this customer pays, from settled invoices and judged promises."""

    settled: int
    average_days_late: int | None
    promises_kept: int
    promises_broken: int


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the portfolio's identity. ``bank_accounts`` and ``payment_link`` are the only ones a message may carry."""

    company: str
    name: str
    title: str
    email: str
    reply_to: str
    phone: str
    address: str
    bank_accounts: tuple[tuple[str, str, str], ...] = ()  # (label, IBAN, BIC)
    payment_link: str = ""
