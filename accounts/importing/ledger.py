"""What an invoice export of another system says besides invoices: its customers, in many spellings, and which rows are disputed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from accounts.importing.context import Context
from accounts.importing.layouts import Match
from accounts.importing.parsing import Slot

DISPUTE = "ledger:"
SETTLED_NOTE = "The ledger shows the invoice settled in full on"
# Endings that one ledger adds to one customer at random; they make the spellings differ and mean nothing.
NOISE = frozenset({"us", "in", "co", "corp", "corporation", "llc", "trust", "associates", "foundation", "systems"})

ACCOUNT_SLOTS = [
    Slot("external_id", "external_id", "text"),
    Slot("name", "name", "text", update=False),
    Slot("currency", "currency", "text", update=False),
]
DISPUTE_SLOTS = [
    Slot("account_id", "account_id", "text", "account"),
    Slot("external_id", "external_id", "text"),
    Slot("invoice_id", "invoice_id", "text", "invoice"),
    Slot("currency", "currency", "text"),
    Slot("opened_on", "opened_on", "date", update=False),
    Slot("reason", "reason", "text", update=False),
    Slot("status", "status", "text"),
    Slot("outcome", "outcome", "text"),
    Slot("outcome_note", "outcome_note", "text"),
    Slot("resolved_at", "resolved_at", "moment"),
]


@dataclass(slots=True)
class Ledger:
    """Collects customers and disputed rows of one export. One customer number is one account, whatever its spellings."""

    match: Match
    context: Context
    spellings: dict[str, Counter[str]] = field(default_factory=dict)
    first_rows: dict[str, int] = field(default_factory=dict)
    disputed: dict[str, tuple[int, str, str, str, str | None]] = field(default_factory=dict)

    @property
    def used(self) -> bool:
        """True once a row was taken."""
        return bool(self.first_rows)

    def clear(self) -> None:
        """Forget everything: the file is read again."""
        self.spellings.clear()
        self.first_rows.clear()
        self.disputed.clear()

    def take(self, number: int, cells: list[str], values: dict[str, Any]) -> None:
        """Take one accepted row into account."""
        layout, original = self.match.layout, self.match.original
        account = values["account_id"]
        self.first_rows.setdefault(account, number)
        if layout and layout.account_name:
            name = " ".join(cells[original.index(layout.account_name)].split())
            self.spellings.setdefault(account, Counter())[name] += 1
        if layout and layout.disputed and cells[original.index(layout.disputed)].strip().lower() == "yes":
            settled = values["settled_on"] if values["status"] == "paid" else None
            self.disputed[values["number"]] = (number, account, values["currency"], values["status"], settled)

    def accounts(self) -> Iterator[tuple[Any, ...]]:
        """(n, weight, number, name, currency) per customer; weight 0, because the rows are invoices."""
        for account, number in self.first_rows.items():
            name = best_spelling(self.spellings.get(account, Counter())) or account
            yield number, 0, account, name[:200], self.context.currency

    def disputes(self) -> Iterator[tuple[Any, ...]]:
        """Staged disputes. One already settled is only ever staged to end a dispute that an earlier import opened.

        The file has no date of the dispute: ``opened_on`` is the day on which the book first showed it.
        """
        title = self.match.layout.disputed if self.match.layout else ""
        reason = f"The ledger marks the invoice as disputed ({title}: Yes); it gives no date and no reason."
        for invoice, (number, account, currency, status, settled) in self.disputed.items():
            ended = status != "open"
            note = f"{SETTLED_NOTE} {settled}." if ended else ""
            at = None if not ended else f"{settled} 00:00:00" + ("+00" if self.context.vendor == "postgresql" else "")
            yield (
                number, 0, account, DISPUTE + invoice, invoice, currency, self.context.day, reason,
                "resolved" if ended else "open", "invalid" if ended else "", note, at,
            )


def best_spelling(found: Counter[str]) -> str:
    """The clean spelling: without endings that are noise when the file itself has it so, else the most frequent one as it stands.

    Ties go to the shorter, then by alphabet. No name is made up: the answer is one of the spellings of the file.
    """
    if not found:
        return ""
    bare: Counter[str] = Counter()
    for name, count in found.items():
        bare[_bare(name)] += count
    likely = min(bare, key=lambda n: (-bare[n], len(n), n))
    if likely in found:
        return likely
    return min(found, key=lambda n: (_bare(n) != likely, -found[n], len(n), n))


def _bare(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[-1].lower() in NOISE:
        words.pop()
    return " ".join(words)
