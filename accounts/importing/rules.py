"""Rules that look at more than one cell of a row: they complete the values, or refuse them. None = not in the book yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.importing.context import Context
from accounts.importing.errors import RowRefused

Values = dict[str, Any]
Rule = Callable[[Values, Context], "Values | None"]


def _above_zero(values: Values, target: str, column: str = "amount") -> None:
    amount = values.get(target)
    if amount is not None and amount <= 0:
        raise RowRefused(column, None, "an amount above zero", "is zero or negative")


def _remaining(values: Values, target: str, column: str) -> None:
    part = values.get(target)
    if part is not None and not 0 <= part <= values["amount_minor"]:
        raise RowRefused(column, None, "between zero and the amount", "is negative or above the amount")


def account(values: Values, context: Context) -> Values:
    """A reason for never_automate; not its own parent."""
    if values.get("never_automate") and not values.get("never_automate_reason"):
        raise RowRefused("never_automate_reason", None, "a reason, because never_automate is yes", "is empty")
    if values.get("parent_id") == values["external_id"]:
        raise RowRefused("parent_account_number", None, "another account", "is the account itself")
    if not values.get("currency"):
        values["currency"] = context.currency
    return values


def invoice(values: Values, context: Context) -> Values | None:
    """Open, paid or cancelled as of the day of the book. A settlement after that day is hidden: on that day nobody knew."""
    issued, as_of = values["issued_on"], context.day
    if issued > as_of:
        return None
    if values["due_on"] < issued:
        raise RowRefused("due_on", None, f"{issued} (issued_on) or later", "lies before the date of issue")
    _above_zero(values, "amount_minor")
    _remaining(values, "balance_minor", "balance")
    status, balance, settled = values.get("status") or "", values.get("balance_minor"), values.get("settled_on")
    if settled and settled < issued:
        raise RowRefused("settled_on", None, f"{issued} (issued_on) or later", "lies before the date of issue")
    if settled and settled > as_of:
        values.update(status="open", settled_on=None, balance_minor=balance or values["amount_minor"])
        return values
    if status in ("paid", "cancelled") or settled or balance == 0:
        return _closed(values, status, balance)
    values.update(status="open", settled_on=None, balance_minor=values["amount_minor"] if balance is None else balance)
    return values


def _closed(values: Values, status: str, balance: int | None) -> Values:
    if balance:
        raise RowRefused("balance", None, "0 for a paid or cancelled invoice", "is above zero")
    if status == "open":
        raise RowRefused("status", None, "paid or cancelled, because nothing remains", "contradicts balance or settled_on")
    values.update(status=status or "paid", balance_minor=0, settled_on=values.get("settled_on"))
    return values


def payment(values: Values, context: Context) -> Values | None:
    """Amounts above zero; an allocation names its invoice; only cleared money can be unapplied."""
    if values["value_on"] > context.day and values.get("status") != "pending":
        return None
    _above_zero(values, "amount_minor")
    _remaining(values, "unapplied_minor", "unapplied_amount")
    allocated, invoice_number = values.get("allocated_amount"), values.get("invoice_number")
    if allocated is not None and not invoice_number:
        raise RowRefused("invoice_number", None, "the invoice, because allocated_amount is given", "is empty")
    if invoice_number:
        values["allocated_amount"] = values["amount_minor"] if allocated is None else allocated
        _above_zero(values, "allocated_amount", "allocated_amount")
    return values


def credit_note(values: Values, context: Context) -> Values | None:
    """Unused unless the file says otherwise."""
    if values["issued_on"] > context.day:
        return None
    _above_zero(values, "amount_minor")
    _remaining(values, "open_minor", "open_amount")
    if values.get("open_minor") is None:
        values["open_minor"] = values["amount_minor"]
    return values


def _made_by(target: str) -> Rule:
    def rule(values: Values, context: Context) -> Values | None:
        if values[target] > context.day:
            return None
        _above_zero(values, "amount_minor")
        return values

    return rule


def dispute(values: Values, context: Context) -> Values | None:
    """A resolved dispute has an outcome."""
    if values["opened_on"] > context.day:
        return None
    _above_zero(values, "amount_minor")
    if values.get("status") == "resolved" and not values.get("outcome"):
        raise RowRefused("outcome", None, "an outcome, because the dispute is resolved", "is empty")
    return values


def ticket(values: Values, context: Context) -> Values | None:
    """Without a last change the opening counts."""
    if values["opened_at"][:10] > context.day:
        return None
    if values.get("updated_at") is None:
        values["updated_at"] = values["opened_at"]
    return values


def message(values: Values, context: Context) -> Values | None:
    """Messages after the day of the book are not in it yet."""
    return values if values["at"][:10] <= context.day else None


def unchanged(values: Values, context: Context) -> Values:
    """Nothing to add."""
    return values


RULES: dict[str, Rule] = {
    "accounts": account,
    "contacts": unchanged,
    "contracts": unchanged,
    "invoices": invoice,
    "payments": payment,
    "credit_notes": credit_note,
    "promised_credits": _made_by("promised_on"),
    "disputes": dispute,
    "promises": _made_by("made_on"),
    "tickets": ticket,
    "messages": message,
}
