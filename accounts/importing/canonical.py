"""The canonical set as data: eleven kinds of file and their columns, in the order in which they are imported."""

from __future__ import annotations

from accounts.importing.columns import Column, Kind
from accounts.models import Account, Contact, Contract, Dispute, Invoice, Message, Payment, Promise, PromisedCredit, Ticket
from accounts.models.dispute import CATEGORIES


def _text(name: str, size: int, meaning: str, example: str, *, target: str = "", required: bool = False) -> Column:
    return Column(name, "text", target or name, meaning, example, required, size)


def _choice(name: str, choices: list[tuple[str, str]], meaning: str, blank: str, *, target: str = "", required: bool = False) -> Column:
    values = tuple(value for value, _ in choices if value)
    return Column(name, "choice", target or name, meaning, values[0], required, 0, values, blank)


def _bool(name: str, meaning: str) -> Column:
    return Column(name, "bool", name, meaning, "no", blank=False)


def _date(name: str, meaning: str, example: str, *, target: str = "", required: bool = False) -> Column:
    return Column(name, "date", target or name, meaning, example, required, blank=None)


def _amount(name: str, target: str, meaning: str, example: str, *, required: bool = False) -> Column:
    return Column(name, "amount", target, meaning, example, required, blank=None)


ACCOUNT = Column("account_number", "account", "account_id", "Customer number of the ledger, leading zeros kept", "0004711", True, 64)
CURRENCY = Column("currency", "currency", "currency", "Currency of the amounts; without the column --currency or the portfolio's", "EUR")
ABOUT = Column(
    "invoice_number", "invoice", "invoice_id", "Invoice it is about; empty: the account as a whole", "INV-10442", size=64, blank=None
)


def _reference(name: str, meaning: str, example: str, target: str = "external_id", size: int = 64) -> Column:
    return _text(name, size, meaning, example, target=target, required=True)


ACCOUNTS = Kind("accounts", "Account", "account_number", "portfolio", "", (
    _text("account_number", 64, "Customer number of the ledger, leading zeros kept", "0004711", target="external_id", required=True),
    _text("name", 200, "Name of the customer", "Northwind Bearings GmbH", required=True),
    _choice("tier", Account.Tier.choices, "How the customer is handled", "standard"),
    Column("currency", "currency", "currency", "Currency for limits and ranking", "EUR"),
    Column("country", "country", "country", "Country, for public holidays", "DE", size=2),
    Column("time_zone", "zone", "time_zone", "Time zone, for due dates and business hours", "Europe/Berlin", blank="UTC"),
    Column("language", "text", "language", "Language of messages", "de", size=12, blank="en"),
    Column("parent_account_number", "account", "parent_id", "Parent account, when it is a subsidiary", "0004700", size=64, blank=None),
    Column("owner", "user", "owner_id", "Account owner", "a.ruiz", size=150, blank=None),
    Column("escalation_owner", "user", "escalation_owner_id", "Whom an escalation goes to", "c.novak", size=150, blank=None),
    _bool("natural_person", "A private person, not a company"),
    _bool("insolvent", "Insolvency proceedings are known"),
    _bool("never_automate", "No draft is ever prepared by machine"),
    _text("never_automate_reason", 0, "Why not; needed when never_automate is yes", "Handled by the board"),
    _text("procurement_note", 0, "A known delay on the customer's side", "New supplier portal until June"),
))
CONTACTS = Kind("contacts", "Contact", "email", "account", "contacts", (
    ACCOUNT,
    _text("name", 160, "Name of the person or mailbox", "Kim Keller", required=True),
    Column("email", "email", "email", "Address; empty for a contact by phone only", "ap@northwind.example", size=254),
    _text("salutation", 160, "Greeting as written; empty: the name", "Ms Keller"),
    _text("phone", 40, "Telephone", "+49 30 5550100"),
    _choice("role", Contact.Role.choices, "What the person does", "ap"),
    _text("language", 12, "Language, when it differs from the account's", "fr"),
    Column("verified_on", "moment", "verified_at", "When it was verified; without it never written to", "2026-01-15", blank=None),
    _text("verified_by", 60, "How or by whom", "call back"),
    Column("opted_out_on", "moment", "opted_out_at", "When the person asked not to be written to", "2026-03-01", blank=None),
    Column("bounced_on", "moment", "bounced_at", "When mail to it came back", "2026-03-02", blank=None),
))
CONTRACTS = Kind("contracts", "Contract", "contract_number", "account", "contracts", (
    ACCOUNT,
    _reference("contract_number", "Number of the contract", "C-2024-17"),
    Column("terms_days", "int", "terms_days", "Payment terms, days after issue", "45", blank=None),
    _date("starts_on", "First day", "2024-07-01"),
    _date("renewal_on", "Day of renewal", "2026-07-01"),
    _choice("renewal_stage", Contract.RenewalStage.choices, "Where the renewal stands", "none"),
    CURRENCY,
    _amount("value", "value_minor", "Yearly value", "120000.00"),
    Column("late_fee_allowed", "maybe", "late_fee_allowed", "Whether the contract allows a late fee", "no", blank=None),
    _text("late_fee_clause", 0, "The clause, as written", "§ 7 (2)"),
    _bool("po_required", "Every invoice needs a purchase order number"),
    _text("change_orders", 0, "Change orders", "CO-3 of 2 Feb: two more sites"),
    _text("notes", 0, "Notes", "Invoices only after acceptance"),
    _date("noted_on", "Date of the notes", "2026-02-10"),
), ("currency",))
INVOICES = Kind("invoices", "Invoice", "invoice_number", "portfolio", "invoices", (
    ACCOUNT,
    _reference("invoice_number", "Number, unique in the book, leading zeros kept", "INV-10442", "number"),
    _date("issued_on", "Date of issue", "2026-03-01", required=True),
    _date("due_on", "Due date, on or after issue", "2026-03-31", required=True),
    CURRENCY,
    _amount("amount", "amount_minor", "Gross amount, above zero", "1234.56", required=True),
    _amount("balance", "balance_minor", "What remains to be paid; without it the whole amount", "980.00"),
    _choice("status", Invoice.Status.choices, "State; empty: open while something remains", ""),
    _date("settled_on", "Day it was paid in full; later than the as-of date: still open", "2026-04-03"),
    _text("po_number", 64, "Purchase order number", "4500012345"),
    _bool("po_required", "The customer pays only with a purchase order number"),
    _choice("delivery_status", Invoice.Delivery.choices, "Whether the invoice arrived", "unknown"),
    Column(
        "billed_account_number", "account", "billed_account_id", "Account it was billed to, when another one pays", "0004712", size=64,
        blank=None,
    ),
    _text("terms_code", 16, "Code of the payment terms", "NET30"),
    _text("description", 200, "What it is for", "Bearings, order 8812"),
), ("currency", "balance_minor", "status", "settled_on"))
PAYMENTS = Kind("payments", "Payment", "payment_number", "account", "payments", (
    ACCOUNT,
    _reference("payment_number", "Number; repeat it on one row per allocation", "PAY-881"),
    _date("value_on", "Value date", "2026-04-02", required=True),
    CURRENCY,
    _amount("amount", "amount_minor", "Amount received, above zero", "500.00", required=True),
    _choice("status", Payment.Status.choices, "cleared, pending = in flight, failed", "cleared"),
    _text("method", 24, "Method", "bank transfer"),
    _text("remittance", 0, "Remittance text", "INV-10442 less credit"),
    Column("invoice_number", "invoice", "", "Invoice this row allocates money to", "INV-10442", size=64, blank=None),
    _amount("allocated_amount", "", "Money allocated to it; empty: the whole payment", "254.56"),
    _amount("unapplied_amount", "unapplied_minor", "Unapplied cash; without it the amount less its allocations", "0.00"),
), ("currency", "unapplied_minor"))
CREDIT_NOTES = Kind("credit_notes", "CreditNote", "credit_note_number", "account", "credits", (
    ACCOUNT,
    _reference("credit_note_number", "Number", "CN-77", "number"),
    _date("issued_on", "Date of issue", "2026-04-01", required=True),
    CURRENCY,
    _amount("amount", "amount_minor", "Amount, above zero", "50.00", required=True),
    _amount("open_amount", "open_minor", "Part not used yet; without it the whole amount", "50.00"),
    ABOUT,
    _bool("future_only", "Usable on future invoices only"),
), ("currency", "open_minor"))
PROMISED_CREDITS = Kind("promised_credits", "PromisedCredit", "reference", "account", "credits", (
    ACCOUNT,
    _reference("reference", "Reference", "PC-12"),
    _date("promised_on", "When it was promised", "2026-04-10", required=True),
    _text("promised_by", 120, "Who promised it", "Sales"),
    CURRENCY,
    _amount("amount", "amount_minor", "Amount; empty: not known", "120.00"),
    ABOUT,
    _text("quote", 0, "The words", "we will credit the freight"),
    _choice("status", PromisedCredit.Status.choices, "State", "open"),
), ("currency",))
DISPUTES = Kind("disputes", "Dispute", "reference", "account", "disputes", (
    ACCOUNT,
    _reference("reference", "Reference", "D-204"),
    _date("opened_on", "When it was raised", "2026-04-08", required=True),
    ABOUT,
    _choice("category", CATEGORIES, "What it is about", "other"),
    _text("reason", 0, "Reason, in our words", "Two pallets short"),
    _text("quote", 0, "The customer's words", "two pallets are missing"),
    CURRENCY,
    _amount("amount", "amount_minor", "Amount in dispute; empty: the whole invoice", "300.00"),
    _choice("status", Dispute.Status.choices, "State", "open"),
    Column("owner", "user", "owner_id", "Who works on it", "a.ruiz", size=150, blank=None),
    _choice("outcome", Dispute.Outcome.choices, "Outcome; needed when resolved", ""),
    _text("outcome_note", 0, "Note on the outcome", "Credit CN-77 issued"),
    Column("resolved_on", "moment", "resolved_at", "When it was resolved", "2026-04-20", blank=None),
), ("currency",))
PROMISES = Kind("promises", "Promise", "reference", "account", "promises", (
    ACCOUNT,
    _reference("reference", "Reference", "PTP-31"),
    _date("made_on", "When it was made", "2026-04-12", required=True),
    _date("due_on", "Day promised; empty when the customer named none", "2026-04-30"),
    CURRENCY,
    _amount("amount", "amount_minor", "Amount; empty: all that is due", "980.00"),
    ABOUT,
    _text("method", 24, "Payment method", "bank transfer"),
    _text("quote", 0, "The customer's words", "we pay at month end"),
    _choice("status", Promise.Status.choices, "State", "open"),
    _text("source", 40, "Where it was heard", "phone"),
), ("currency",))
TICKETS = Kind("tickets", "Ticket", "ticket_number", "account", "tickets", (
    ACCOUNT,
    _reference("ticket_number", "Number", "ZD-88123"),
    Column("opened_at", "moment", "opened_at", "When it was opened", "2026-04-09T08:15:00Z", True, blank=None),
    Column("updated_at", "moment", "updated_at", "Last change; empty: when opened", "2026-04-11T16:40:00Z", blank=None),
    _text("subject", 300, "Subject", "Pallets missing", required=True),
    _text("body", 0, "The customer's text", "We received 8 of 10 pallets."),
    _choice("severity", Ticket.Severity.choices, "Severity", "normal"),
    _bool("escalated", "Escalated"),
    _choice("status", Ticket.Status.choices, "State", "open"),
), ("updated_at",))
MESSAGES = Kind("messages", "Message", "reference", "account", "messages", (
    ACCOUNT,
    _reference("reference", "Reference of the message", "M-5512", size=200),
    _choice("direction", Message.Direction.choices, "in = from the customer, out = from us", "", required=True),
    Column("at", "moment", "at", "When it was sent", "2026-04-08T09:30:00+02:00", True, blank=None),
    _text("sender", 254, "From", "kim@northwind.example"),
    _text("recipient", 254, "To", "receivables@brightwater.example"),
    _text("subject", 300, "Subject", "Re: your statement"),
    _text("body", 0, "Text", "We are checking with the warehouse."),
    _text("message_id", 250, "Message-ID", "<5512@northwind.example>"),
    _text("in_reply_to", 250, "Message-ID it answers", "<881@brightwater.example>"),
))

KINDS: tuple[Kind, ...] = (
    ACCOUNTS, CONTACTS, CONTRACTS, INVOICES, PAYMENTS, CREDIT_NOTES, PROMISED_CREDITS, DISPUTES, PROMISES, TICKETS, MESSAGES,
)
BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
