"""What every guardrail receives and returns. Pure data, no database, no clock.

A check is a function ``(CheckInput) -> Iterable[Finding]``. It reads a normalised copy of the text beside the stored one, the facts the
text may rest on, and the policy parameters in force. The facts have the shape of the evaluation files, so a rule is judged on exactly
what it meets in production.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

BLOCK = "block"
HIGHER = "higher"
WARN = "warn"

LABELS = (
    "wrong_amount",
    "wrong_invoice",
    "wrong_date",
    "wrong_recipient",
    "contradicts_facts",
    "missing_required",
    "placeholder",
    "bank_change",
    "injection_echo",
    "threat",
    "legal",
    "penalty",
    "suspension",
    "credit_offer",
    "discount",
    "payment_plan",
    "admission_of_fault",
    "unsupported_promise",
    "rude",
    "personal_data",
    "unsupported_language",
    "hidden_content",
    "invalid_output",
    # Labels of the checks that need a live context (G23-G30); they never appear in evaluation output.
    "uncited",
    "contact_policy",
    "higher_approver",
    "untrusted_evidence",
    "repetition",
    "stale_facts",
    "budget",
    "second_opinion",
    "check_failed",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found: which rule, how severe, where exactly, and the fact it contradicts.

    ``quote`` is the exact substring of the stored body (or subject); ``start``/``end`` are its offsets there, or -1 when the finding is
    about something that is absent. ``role`` names who may approve it when severity is ``higher`` (several roles joined by ``+``).
    ``registered`` is true when an ApprovedTerm covers exactly this wording. ``fact`` is the fact the text should have said, in words.
    """

    check: str
    label: str
    severity: str
    quote: str
    why: str
    role: str | None = None
    start: int = -1
    end: int = -1
    fact: str = ""
    registered: bool = False
    where: str = "body"

    @property
    def stops_routine_approval(self) -> bool:
        """True when the text cannot go out on a routine approval."""
        return self.severity in (BLOCK, HIGHER) and not self.registered


@dataclass(frozen=True, slots=True)
class CheckInput:
    """Everything a check may look at.

    ``facts`` is the evaluation facts mapping (see docs/checks.md): ``as_of``, ``customer``, ``contact``, ``sender``, ``currency``,
    ``invoices``, ``total_open``, ``payments``, ``credit_notes``, ``disputes``, ``approved_terms``, ``late_fee_policy``, ``links`` and,
    from the live pipeline only, ``totals`` ({currency: decimal string}) when an account owes in several currencies, ``bank_accounts``,
    ``other_names`` (names of our own data that must not appear) and ``live`` (the context of G23-G30).
    """

    subject: str
    body: str
    facts: Mapping[str, Any]
    purpose: str = "demand"
    language: str | None = None
    as_of: date | None = None
    policy: Mapping[str, Any] = field(default_factory=dict)
    # The parsed draft (drafts.checks.text.Draft), made by the first check that needs it and shared by the others.
    parsed: Any = field(default=None, init=False, repr=False, compare=False)


Check = Callable[[CheckInput], Iterable[Finding]]
