"""Rows of accounts: the facts, each with its source."""

from accounts.models.account import Account
from accounts.models.address_change import AddressChange
from accounts.models.contact import Contact
from accounts.models.contract import Contract
from accounts.models.dispute import Dispute, DisputeItem, DisputeSignal
from accounts.models.invoice import Invoice
from accounts.models.message import CallNote, Message
from accounts.models.payment import Allocation, CreditNote, Payment, PromisedCredit
from accounts.models.promise import Promise
from accounts.models.source import ImportRun, Source, SourceState
from accounts.models.ticket import Ticket

__all__ = [
    "Account",
    "AddressChange",
    "Allocation",
    "CallNote",
    "Contact",
    "Contract",
    "CreditNote",
    "Dispute",
    "DisputeItem",
    "DisputeSignal",
    "ImportRun",
    "Invoice",
    "Message",
    "Payment",
    "Promise",
    "PromisedCredit",
    "Source",
    "SourceState",
    "Ticket",
]
