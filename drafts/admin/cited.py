"""The facts a reason or an option rests on, in words: no reader should meet "message:29"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.models import Invoice, Message
from governance.admin.wording import day

# Kinds of facts of which an account has one, or that the reader finds among the facts of the page.
PLAIN = {
    "account": "the customer's record", "contact": "the contact on record", "recipient": "the contact on record", "dispute": "a dispute",
    "signal": "a possible dispute", "promise": "a promise to pay", "ticket": "a ticket", "contract": "the contract", "call": "a call",
    "credit": "a credit", "promised_credit": "a promised credit", "payment": "a payment", "balance": "the balance",
}  # fmt: skip


def refs_of(why: Iterable[Any], options: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every fact id a decision names, once, in order. ``why`` may hold plain sentences of older rows."""
    reasons = [ref for row in why if isinstance(row, Mapping) for ref in row.get("evidence", ())]
    return list(dict.fromkeys([*reasons, *(ref for option in options for ref in option.get("facts", ()))]))


def named(refs: Iterable[str], account_id: int) -> dict[str, str]:
    """Fact id → words. At most two queries; a row of another account is never named."""
    kinds = {ref: ref.partition(":")[::2] for ref in refs}
    numbers = {"invoice": _numbers(kinds, "invoice", account_id), "message": _days(kinds, account_id)}
    out = {}
    for ref, (kind, rest) in kinds.items():
        if kind == "total":
            out[ref] = f"the total in {rest}"
        else:
            out[ref] = numbers.get(kind, {}).get(rest) or PLAIN.get(kind, kind.replace("_", " "))
    return out


def messages_of(refs: Iterable[str], account_id: int) -> list[Message]:
    """The messages of the customer among the facts, oldest first."""
    ids = [ref.partition(":")[2] for ref in refs if ref.startswith("message:")]
    rows = Message.objects.filter(account_id=account_id, direction=Message.Direction.IN, pk__in=[pk for pk in ids if pk.isdigit()])
    return list(rows.order_by("at"))


def _ids(kinds: Mapping[str, tuple[str, str]], kind: str) -> list[str]:
    return [rest for found, rest in kinds.values() if found == kind and rest.isdigit()]


def _numbers(kinds: Mapping[str, Any], kind: str, account_id: int) -> dict[str, str]:
    rows = Invoice.objects.filter(account_id=account_id, pk__in=_ids(kinds, kind)).values_list("pk", "number")
    return {str(pk): number for pk, number in rows}


def _days(kinds: Mapping[str, Any], account_id: int) -> dict[str, str]:
    rows = Message.objects.filter(account_id=account_id, pk__in=_ids(kinds, "message")).values_list("pk", "at")
    return {str(pk): f"the message of {day(at.date())}" for pk, at in rows}
