"""What the rules read and what they answer. Frozen data; no database, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from accounts.fact_types import AccountFacts, InvoiceFact, MessageFact
from drafts import states
from governance.calendar import zone
from governance.holds import HoldFact
from governance.money import Money, to_decimal
from governance.policies import PolicyParameters

# Outcomes of a decision: whatever begins with ``proceed`` lets a message be prepared.
PROCEED = "proceed"
NO_CONTACT = "no_contact"

# Actions of a verdict.
DRAFT = "draft"
HOLD = "hold"
AWAIT_DECISION = "await_decision"
NOTHING_DUE = "nothing_due"
SKIP = "skip"


@dataclass(frozen=True, slots=True)
class DecisionFact:
    """A decision about the account, open or recorded. ``valid_until`` None: no end was set. ``asked``: by a person, not by a rule."""

    id: int
    kind: str
    state: str
    outcome: str = ""
    valid_until: date | None = None
    decided_at: datetime | None = None
    asked: bool = False

    def in_force(self, today: date) -> bool:
        """Decided and not past its end."""
        return self.state == "decided" and (self.valid_until is None or today <= self.valid_until)

    @property
    def proceeds(self) -> bool:
        """True when the outcome lets a message be prepared."""
        return self.outcome.startswith(PROCEED)


@dataclass(frozen=True, slots=True)
class TermFact:
    """A term that was really decided (``ApprovedTerm``). ``schedule`` is (date, minor units) per instalment, ``amounts`` are minor units
    without a day, ``percent`` a decimal number as text, ``wording`` the exact sentence."""

    id: int
    kind: str
    ref: str
    currency: str
    approved_at: datetime
    expires_on: date
    schedule: tuple[tuple[date, int], ...] = ()
    invoice_numbers: tuple[str, ...] = ()
    amounts: tuple[int, ...] = ()
    percent: str = ""
    wording: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A message of this line that was sent: its step, cycle, day, purpose and the invoices it named."""

    cycle: int
    step: int
    sent_on: date
    purpose: str = states.DEMAND
    invoice_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule fired: words a finance person reads, the facts it rests on, the lane it asks for, who should see it.

    ``holds``: nothing may be drafted while it stands. ``decision``: kind of the question to prepare for a person.
    """

    rule: str
    words: str
    evidence: tuple[str, ...]
    lane: str
    routed_to: tuple[str, ...]
    holds: bool = False
    decision: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As stored on follow-ups and classifications."""
        return {
            "rule": self.rule, "words": self.words, "evidence": list(self.evidence), "lane": self.lane,
            "routed_to": list(self.routed_to),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class DecisionNeed:
    """A question to prepare: its kind, the role that decides, and why."""

    kind: str
    deciding_role: str
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one account.

    ``action``: draft, hold, await_decision, nothing_due or skip; ``block`` is the code of what stands in the way
    (hold, dispute, legal, net_zero, promise, recipient, decision, contact_cap, step_not_due, below_minimum …) and
    ``hold_reason`` says it in words. ``required_roles`` are (role, why) pairs of distinct roles. ``totals`` are overdue minor
    units per currency, ``contact_window`` JSON-ready. ``due_at`` is when a person should have decided. ``confirms`` are the ids of agreed
    payment plans the message is to restate.
    """

    action: str
    lane: str
    reasons: tuple[Reason, ...] = ()
    block: str = ""
    hold_reason: str = ""
    owner_role: str = "reviewer"
    owner_id: int | None = None
    required_roles: tuple[tuple[str, str], ...] = ()
    purpose: str = states.DEMAND
    chase_invoice_ids: tuple[int, ...] = ()
    decisions: tuple[DecisionNeed, ...] = ()
    cycle: int = 1
    step: int = 1
    totals: dict[str, int] = field(default_factory=dict)
    oldest_due_on: date | None = None
    contact_window: dict[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None
    work_rank: int = 0
    why_first: str = ""
    next_contact: str = ""
    confirms: tuple[int, ...] = ()

    @property
    def reasons_json(self) -> list[dict[str, Any]]:
        """All reasons as stored."""
        return [reason.as_dict() for reason in self.reasons]


@dataclass(slots=True)
class Case:
    """One account as the rules see it, with what several rules need computed once."""

    facts: AccountFacts
    holds: tuple[HoldFact, ...]
    policy: PolicyParameters
    decisions: tuple[DecisionFact, ...]
    terms: tuple[TermFact, ...]
    earlier: tuple[Earlier, ...]
    overdue: tuple[InvoiceFact, ...] = field(init=False)
    totals: dict[str, int] = field(init=False)
    unanswered: tuple[MessageFact, ...] = field(init=False)

    def __post_init__(self) -> None:
        facts = self.facts
        self.overdue = facts.overdue_invoices
        self.totals = {c: b.overdue_minor for c, b in facts.balances.items() if b.overdue_minor}
        last_out = facts.last_out_at
        self.unanswered = tuple(
            m for m in facts.messages if m.direction == "in" and (last_out is None or m.at > last_out)
        )

    @property
    def today(self) -> date:
        """The date in the account's time zone."""
        return self.facts.today

    def above(self, limit_major: int) -> tuple[str, int] | None:
        """The first currency whose overdue total exceeds ``limit_major`` major units, with the total."""
        for currency, minor in self.totals.items():
            if to_decimal(minor, currency) > limit_major:
                return currency, minor
        return None

    def decided(self, kind: str) -> DecisionFact | None:
        """The decision of a kind in force, the latest first."""
        found = [d for d in self.decisions if d.kind == kind and d.in_force(self.today)]
        return max(found, key=lambda d: d.id) if found else None

    def decided_since(self, kinds: Sequence[str], moment: datetime) -> bool:
        """True when a decision of one of these kinds was recorded at or after ``moment``."""
        return any(d.kind in kinds and d.decided_at is not None and d.decided_at >= moment for d in self.decisions)

    def local_day(self, moment: datetime) -> date:
        """The date of a moment in the account's time zone."""
        return moment.astimezone(zone(self.facts.time_zone)).date()


def money(minor: int, currency: str) -> str:
    """An amount in the words of a reason: "EUR 1,234.50"."""
    return str(Money(minor, currency))


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date, today: date | None = None) -> str:
    """A date in the words of a reason: "12 May", with the year when it is another one."""
    words = f"{value.day} {_MONTHS[value.month - 1]}"
    return words if today is None or value.year == today.year else f"{words} {value.year}"


def days(count: int) -> str:
    """"1 day", "3 days"."""
    return f"{count} day" if count == 1 else f"{count} days"


def named(numbers: Sequence[str], limit: int = 3) -> str:
    """"INV-1, INV-2 and 4 more"."""
    shown = ", ".join(numbers[:limit])
    more = len(numbers) - limit
    return f"{shown} and {more} more" if more > 0 else shown
