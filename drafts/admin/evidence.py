"""The brief as the reviewer reads it: nine lines, the invoices, and behind each source number the records themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from accounts.fact_types import AccountFacts, InvoiceFact
from accounts.facts import facts_for
from accounts.models import Account
from drafts.admin.disputing import pending
from drafts.models import FollowUp
from drafts.record.sources import MASK, numbered, sources
from drafts.record.thaw import facts_of
from governance.admin.pages import may
from governance.admin.wording import day
from governance.money import Money

__all__ = ["MASK", "account_lines", "numbered", "of_facts", "parts", "sources"]


def account_lines(account: Account, now: datetime) -> list[dict[str, Any]]:
    """The nine lines of an account as it is now."""
    facts = facts_for([account.pk], now).get(account.pk)
    return numbered(facts) if facts else []


def parts(request: HttpRequest, follow_up: FollowUp, now: datetime) -> dict[str, Any]:
    """Everything the left half of the workspace shows, from the frozen brief."""
    found = {"pending": pending(follow_up.account_id), "lines": [], "invoices": [], "sources": [], "facts": None, "broken": ""}
    if follow_up.brief is None:
        return found
    try:
        facts = facts_of(follow_up.brief)
    except ValueError as error:
        return {**found, "broken": str(error)}
    personal = bool(may(request, "see_contact_data", follow_up))
    return {**found, **of_facts(facts, personal), "named": set(follow_up.draft.invoice_ids) if follow_up.draft else set()}


def of_facts(facts: AccountFacts, personal: bool) -> dict[str, Any]:
    """Lines, invoices and records of some facts."""
    invoices = [_invoice(invoice) for invoice in sorted(facts.invoices, key=lambda i: (-i.days_overdue, i.number))]
    return {"facts": facts, "lines": numbered(facts), "invoices": invoices, "sources": sources(facts, personal)}


def _invoice(invoice: InvoiceFact) -> dict[str, Any]:
    """One row of the invoice table: what is special about it, most important first."""
    flag, tone = ("overdue", "") if invoice.overdue else ("not due", "")
    if invoice.disputed_minor:
        flag, tone = f"disputed {Money(invoice.disputed_minor, invoice.currency)}", "bad"
    elif invoice.signalled:
        flag, tone = "possible dispute", "bad"
    elif invoice.promised_for:
        flag, tone = f"promise {day(invoice.promised_for)}", "info"
    elif invoice.po_required and not invoice.po_number:
        flag, tone = "PO missing", "warn"
    elif invoice.delivery_status == "failed":
        flag, tone = "not delivered", "warn"
    return {"i": invoice, "flag": flag, "tone": tone, "late": max(0, invoice.days_overdue)}
