"""The prepared cases: data in ``cases.json``, facts built from it, the letter the approved text makes of them, judged by the real checks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

from accounts.fact_types import (
    PRESENT,
    AccountFacts,
    Balance,
    ContractFact,
    InvoiceFact,
    MessageFact,
    PromiseFact,
    SourceFact,
    TicketFact,
)
from drafts import states
from drafts.checks import run_text_checks
from drafts.checks.base import CheckInput, Finding
from drafts.checks.context import check_facts
from drafts.generation.compose import Composed, compose
from drafts.models import Draft
from drafts.simulation import samples
from drafts.simulation.activation import About
from governance.words import seed_texts

# The day on which every case stands: nothing of it ages.
AT = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
AGE, DAY = timedelta(hours=1), timedelta(days=1)
LETTER = ("demand-1", "en")


@dataclass(frozen=True, slots=True)
class Case:
    """One case. ``fault`` is empty where the letter may go out as it is; ``why`` is what somebody is told who has decided."""

    key: str
    facts: AccountFacts
    draft: Draft
    claims: Sequence[dict[str, Any]]
    findings: tuple[Finding, ...]
    fault: str
    why: str

    def right(self, approved: bool) -> bool:
        """Approving what is sound, or anything else where it is not."""
        return approved != bool(self.fault)


@lru_cache(maxsize=1)
def cases() -> dict[str, Case]:
    """Every case by key. Built once; nothing is read from the book and nothing is stored."""
    data = json.loads(files("drafts.practice").joinpath("cases.json").read_text(encoding="utf-8"))
    sources = {kind: SourceFact(kind, name, PRESENT, AT - AGE, int(AGE.total_seconds())) for kind, name in data["sources"].items()}
    return {one["key"]: _case(one, replace(_facts(number, one), sources=sources)) for number, one in enumerate(data["cases"], start=1)}


def _case(data: dict[str, Any], facts: AccountFacts) -> Case:
    message = _letter(facts)
    told = CheckInput(
        message.subject, message.body, check_facts(facts, message.invoice_ids), states.DEMAND, message.language, facts.today
    )  # fmt: skip
    draft = Draft(
        purpose=states.DEMAND, revision=1, author_kind=Draft.AuthorKind.TEMPLATE, language=message.language, subject=message.subject,
        body=message.body, from_address=facts.sender.email, to_address=facts.recipient.email if facts.recipient else "", invoice_ids=message.invoice_ids,
    )  # fmt: skip
    return Case(data["key"], facts, draft, message.claims, run_text_checks(told), data["fault"], data["why"])


def _letter(facts: AccountFacts) -> Composed:
    """What the delivered first reminder makes of the facts."""
    text = next(text for text in seed_texts() if (text.key, text.language) == LETTER)
    return compose(facts, About(states.DEMAND, [invoice.id for invoice in facts.invoices]), text)


def _facts(number: int, data: dict[str, Any]) -> AccountFacts:
    base, first = samples.accounts(AT)[0], samples.FIRST_ID + 1000 * number
    owed = sum(given[-1] for given in data["invoices"])
    invoices = tuple(_invoice(base.invoices[0], first + n, *given) for n, given in enumerate(data["invoices"], start=1))
    written = [(AT - days * DAY, way, subject) for way, days, subject in data.get("messages", ())]
    return replace(
        base, account_id=first, external_id=f"C-{1000 + number}", name=data["customer"], invoices=invoices,
        balances={"EUR": Balance("EUR", owed, owed, 0, 0, 0, 0, owed)},
        tickets=tuple(
            TicketFact(first + n, reference, subject, severity, False, "open", AT - days * DAY, AT - days * DAY)
            for n, (reference, subject, severity, days) in enumerate(data.get("tickets", ()))
        ),
        messages=tuple(MessageFact(first + n, way, at, subject) for n, (at, way, subject) in enumerate(written)),
        last_in_at=next((at for at, way, _ in written if way == "in"), None),
        last_out_at=next((at for at, way, _ in written if way == "out"), None), **_agreed(first, invoices[0].id, data),
    )  # fmt: skip


def _agreed(first: int, invoice_id: int, data: dict[str, Any]) -> dict[str, Any]:
    """Contracts and promises."""
    today = AT.date()
    return {
        "contracts": tuple(
            ContractFact(first + n, reference, terms, None, "", "EUR", None, None, notes, today - 90 * DAY, False)
            for n, (reference, terms, notes) in enumerate(data.get("contracts", ()))
        ),
        "promises": tuple(
            PromiseFact(first + n, today - made * DAY, today - due * DAY, state, "EUR", None, invoice_id, "transfer", quote)
            for n, (made, due, state, quote) in enumerate(data.get("promises", ()))
        ),
    }  # fmt: skip


def _invoice(like: InvoiceFact, pk: int, late: int, amount: int, left: int | None = None) -> InvoiceFact:
    due_on, balance = AT.date() - timedelta(days=late), amount if left is None else left
    return replace(
        like, id=pk, number=f"INV-{pk % 100_000:05d}", issued_on=due_on - timedelta(days=30), due_on=due_on, days_overdue=late,
        amount_minor=amount, balance_minor=balance, paid_minor=amount - balance,
    )  # fmt: skip
