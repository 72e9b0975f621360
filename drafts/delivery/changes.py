"""What changed between the facts a message rests on and the facts now, in words a person can act on. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.money import Money

# The columns of one open invoice in ``fingerprint.material_facts``, after its id.
COLUMNS = ("number", "currency", "balance_minor", "due_on", "disputed_minor", "signalled", "promised_for", "held")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a message must not leave, or why an approval needs another look: a code for statistics and a sentence for people."""

    code: str
    words: str


def material_changes(then: Mapping[str, Any], now: Mapping[str, Any], closed: Mapping[int, str]) -> list[Reason]:
    """Compare two ``material_facts``. ``closed`` tells for invoices no longer open what became of them ("paid", "cancelled")."""
    before = {row[0]: _named(row) for row in then.get("invoices", [])}
    after = {row[0]: _named(row) for row in now.get("invoices", [])}
    reasons: list[Reason] = []
    for pk, old in before.items():
        reasons += _invoice_changes(old, after.get(pk), closed.get(pk, "no longer open"))
    return reasons + _recipient_changes(then.get("recipient"), now.get("recipient"))


def _named(row: list[Any]) -> dict[str, Any] | None:
    """None for an invoice that is no longer open."""
    return dict(zip(COLUMNS, row[1:], strict=False)) if len(row) > 2 else None


def _invoice_changes(old: dict[str, Any] | None, new: dict[str, Any] | None, became: str) -> list[Reason]:
    if old == new or old is None:
        return []
    number = old["number"]
    if new is None:
        code = "paid" if became == "paid" else "closed"
        return [Reason(code, f"{number} is {became}.")]
    found: list[Reason] = []
    if old["balance_minor"] != new["balance_minor"] or old["currency"] != new["currency"]:
        was, now = Money(old["balance_minor"], old["currency"]), Money(new["balance_minor"], new["currency"])
        found.append(Reason("amount_changed", f"The open amount of {number} changed from {was} to {now}."))
    if old["due_on"] != new["due_on"]:
        found.append(Reason("due_date_changed", f"The due date of {number} changed from {old['due_on']} to {new['due_on']}."))
    if old["disputed_minor"] != new["disputed_minor"]:
        words = "is in dispute" if new["disputed_minor"] else "is no longer in dispute"
        found.append(Reason("disputed", f"{number} {words}."))
    if old["signalled"] != new["signalled"]:
        words = "may be disputed: a signal was found" if new["signalled"] else "has no open dispute signal any more"
        found.append(Reason("dispute_signal", f"{number} {words}."))
    if old["promised_for"] != new["promised_for"]:
        words = f"was promised for {new['promised_for']}" if new["promised_for"] else "has no promise in force any more"
        found.append(Reason("promised", f"{number} {words}."))
    if old["held"] != new["held"]:
        found.append(Reason("hold", f"{number} is {'now' if new['held'] else 'no longer'} on hold."))
    return found


def _recipient_changes(then: list[Any] | None, now: list[Any] | None) -> list[Reason]:
    if then == now:
        return []
    if now is None:
        return [Reason("recipient", "There is no usable recipient any more.")]
    if then is None:
        return [Reason("recipient", "The recipient changed.")]
    if then[1] != now[1]:
        return [Reason("recipient", f"The recipient changed from {then[1]} to {now[1]}.")]
    words = "is usable now" if now[2] else "may not be written to any more (unverified, bounced or opted out)"
    return [Reason("recipient", f"{now[1]} {words}.")]
