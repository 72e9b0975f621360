"""What the customer claims or promised: disputes, signals and promises, and what they mean for each open invoice. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from accounts import promises
from accounts.fact_types import DisputeFact, PromiseFact, SignalFact
from accounts.facts.queries import Row
from accounts.models import Dispute
from governance.calendar import add_business_days
from governance.policies import PolicyParameters


@dataclass(slots=True)
class Marks:
    """What stands against chasing single invoices; the key None is the whole account."""

    disputed: dict[int | None, list[DisputeFact]] = field(default_factory=dict)
    signalled: set[int | None] = field(default_factory=set)
    promised: dict[int | None, date] = field(default_factory=dict)

    def disputed_part(self, invoice_id: int, balance_minor: int) -> tuple[int, tuple[int, ...]]:
        """Minor units in dispute, at most the balance, and the disputes' ids."""
        found = [*self.disputed.get(invoice_id, ()), *self.disputed.get(None, ())]
        if not found:
            return 0, ()
        # A dispute without an invoice may mean any of them, so it covers all, whatever amount it names.
        total = sum(balance_minor if d.invoice_id is None else _amount(d, balance_minor) for d in found)
        return min(total, balance_minor), tuple(d.id for d in found)

    def promised_for(self, invoice_id: int) -> date | None:
        """The date a promise in force names for the invoice."""
        if not self.promised:
            return None
        return self.promised.get(invoice_id) or self.promised.get(None)


def _amount(dispute: DisputeFact, balance_minor: int) -> int:
    if dispute.amount_minor is not None:
        return dispute.amount_minor
    return sum(minor for _, minor in dispute.items) or balance_minor


def disputes(rows: Iterable[Row], items: dict[int, list[Row]]) -> tuple[DisputeFact, ...]:
    """Open and answered disputes with their items."""
    return tuple(
        DisputeFact(*row[1:-1], tuple((words, minor) for _, words, minor in items.get(row[1], ())))
        for row in rows
        if row[7] != Dispute.Status.RESOLVED
    )


def dispute_ended_at(rows: Iterable[Row], as_of: datetime) -> datetime | None:
    """When the last dispute that was resolved ended; None when none was."""
    return max((row[-1] for row in rows if row[-1] is not None and row[-1] <= as_of), default=None)


def promised(
    rows: Iterable[Row], open_invoices: Sequence[Row], today: date, country: str, policy: PolicyParameters
) -> tuple[PromiseFact, ...]:
    """Promises with their state judged; settled ones are kept for the record of the customer's habit."""
    found = []
    for row in rows:
        _, pk, made_on, due_on, said, currency, amount, invoice_id, method, quote, *_ = row
        if due_on is None:
            until = add_business_days(made_on, policy.undated_promise_days, country)
        else:
            until = promises.in_force_until(due_on, method, country, policy)
        state = promises.state_of(said, due_on, until, _settlement(row, open_invoices), today)
        found.append(PromiseFact(pk, made_on, due_on, state, currency, amount, invoice_id, method, quote, until))
    return tuple(found)


def _settlement(row: Row, open_invoices: Sequence[Row]) -> promises.Settlement:
    made_on, due_on, amount, invoice_id = row[2], row[3], row[6], row[7]
    status, settled_on, paid_since = row[10], row[11], row[12]
    if invoice_id is not None:
        return promises.Settlement(status != "open", settled_on)
    if amount:
        return promises.Settlement((paid_since or 0) >= amount)
    meant = due_on or made_on
    return promises.Settlement(not any(invoice[4] <= meant for invoice in open_invoices))


def marks(
    found: Iterable[DisputeFact], signals: Iterable[SignalFact], made: Iterable[PromiseFact]
) -> Marks:
    """Gather what the claims mean per invoice. Where two promises cover one invoice the later date counts."""
    result = Marks()
    for dispute in found:
        result.disputed.setdefault(dispute.invoice_id, []).append(dispute)
    for signal in signals:
        result.signalled.add(signal.invoice_id)
    for promise in made:
        if promise.state in promises.IN_FORCE and promise.due_on is not None:
            standing = result.promised.get(promise.invoice_id)
            if standing is None or promise.due_on > standing:
                result.promised[promise.invoice_id] = promise.due_on
    return result
