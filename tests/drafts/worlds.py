"""Accounts with any number of things that speak against writing to them: one way to reach each rule, and their combinations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from accounts.fact_types import (
    PRESENT,
    AccountFacts,
    CallFact,
    ContractFact,
    CreditFact,
    DisputeFact,
    InvoiceFact,
    MessageFact,
    PaymentFact,
    PromiseFact,
    SignalFact,
    SourceFact,
    TicketFact,
)
from accounts.facts import money
from accounts.promises import BROKEN, IN_FORCE, UNDATED
from drafts.classification import DecisionFact, Reason, TermFact, Verdict, classify
from governance.holds import HoldFact
from governance.policies import DEFAULT, PolicyParameters
from tests.drafts.fact_samples import AS_OF, TODAY, contact, facts, invoice

SOURCES = ("invoices", "payments", "contacts", "tickets", "contracts", "messages")


@dataclass(frozen=True)
class World:
    """Everything ``classify`` reads about one account."""

    facts: AccountFacts
    holds: tuple[HoldFact, ...] = ()
    decisions: tuple[DecisionFact, ...] = ()
    terms: tuple[TermFact, ...] = ()
    suggested: Reason | None = None
    policy: PolicyParameters = field(default=DEFAULT)

    def verdict(self) -> Verdict:
        """Judge it, balances made from the rows as production makes them."""
        account = self.facts
        cover = money.cover(account.payments, account.credits, account.today, account.country, self.policy.bank_processing_days)
        judged = replace(account, balances=money.balances(account.invoices, *cover))
        return classify(judged, self.holds, self.policy, self.decisions, self.terms, (), self.suggested)

    def with_facts(self, **changes: Any) -> World:
        """The same world with other facts."""
        return replace(self, facts=replace(self.facts, **changes))

    def more(self, name: str, *rows: Any) -> World:
        """The same world with more rows of a kind of fact."""
        return self.with_facts(**{name: (*getattr(self.facts, name), *rows)})


def source(kind: str, state: str = PRESENT) -> SourceFact:
    """One source, an hour old."""
    return SourceFact(kind, kind, state, AS_OF - timedelta(hours=1), 3_600)


def world(amounts: Iterable[int] = (100_000, 50_000), **fields: Any) -> World:
    """A standard account with overdue invoices of these amounts (minor units), every source present."""
    invoices = [invoice(n, days_overdue=10 + n, amount_minor=minor) for n, minor in enumerate(amounts, 1)]
    return World(facts(*invoices, sources={kind: source(kind) for kind in SOURCES}, **fields))


def _first(w: World) -> InvoiceFact:
    return w.facts.invoices[0]


def _invoice(w: World, **changes: Any) -> World:
    rows = (replace(_first(w), **changes), *w.facts.invoices[1:])
    return w.with_facts(invoices=rows)


def _message(w: World, **fields: Any) -> World:
    serial = 100 + len(w.facts.messages)
    return w.more("messages", MessageFact(**{"id": serial, "direction": "in", "at": AS_OF - timedelta(days=2), "subject": "Re", **fields}))


def _promise(w: World, state: str, due_on: date | None, **fields: Any) -> World:
    row = PromiseFact(1, TODAY - timedelta(days=4), due_on, state, "EUR", None, None, "", "we will pay", **fields)
    return w.more("promises", row)


def _contract(w: World, **fields: Any) -> World:
    defaults: dict[str, Any] = {
        "id": 50 + len(w.facts.contracts), "reference": "C-1", "terms_days": 30, "renewal_on": None, "renewal_stage": "", "currency": "EUR",
        "value_minor": None, "late_fee_allowed": None, "notes": "", "noted_on": None, "po_required": False,
    }  # fmt: skip
    return w.more("contracts", ContractFact(**{**defaults, **fields}))


def _credit(w: World, open_minor: int, *, promised: bool = False) -> World:
    row = CreditFact(len(w.facts.credits) + 1, "CN-1", TODAY, "EUR", open_minor, 0 if promised else open_minor, False, None, promised=promised)
    return w.more("credits", row)


def _hold(w: World, **fields: Any) -> World:
    defaults: dict[str, Any] = {
        "id": 1 + len(w.holds), "scope": "account", "scope_id": w.facts.account_id, "kind": "legal", "reason": "wait", "quote": "",
        "owner_id": None, "expires_at": None,
    }  # fmt: skip
    return replace(w, holds=(*w.holds, HoldFact(**{**defaults, **fields})))


def _term(w: World, kind: str, **fields: Any) -> World:
    row = TermFact(1, kind, "T-1", "EUR", AS_OF - timedelta(days=30), TODAY + timedelta(days=90), **fields)
    return replace(w, terms=(*w.terms, row))


def _pays(w: World) -> World:
    """Money that covers everything."""
    total = sum(i.balance_minor for i in w.facts.invoices)
    return w.more("payments", PaymentFact(1, "P-1", TODAY - timedelta(days=20), "EUR", total, total, "cleared", "transfer"))


# One bad fact per rule of ``drafts.classification.rules.RULES``, by the name of the rule.
BAD: Mapping[str, Callable[[World], World]] = {
    "tier_enterprise": lambda w: w.with_facts(tier="enterprise"),
    "executive_escalation": lambda w: _message(w, from_executive=True),
    "renewal_near": lambda w: _contract(w, terms_days=None, renewal_on=TODAY + timedelta(days=20)),
    "total_over_executive": lambda w: _invoice(w, amount_minor=26_000_000, balance_minor=26_000_000),
    "suspension_considered": lambda w: replace(w, decisions=(*w.decisions, DecisionFact(9, "suspension", "open"))),
    "dispute_signal": lambda w: w.more("signals", SignalFact(1, _first(w).id, "ticket", 1, "delivery", "never came", 0.9, AS_OF)),
    "dispute_open": lambda w: _invoice(
        w.more("disputes", DisputeFact(1, "D-1", _first(w).id, "quantity", None, "EUR", "open", TODAY, "half is missing", "", None)),
        dispute_ids=(1,), disputed_minor=_first(w).balance_minor,
    ),
    "legal_wording": lambda w: _message(w, topics=("legal",)),
    "natural_person": lambda w: w.with_facts(natural_person=True),
    "insolvency": lambda w: w.with_facts(insolvent=True),
    "never_automate": lambda w: w.with_facts(never_automate=True, never_automate_reason="the board writes"),
    "hold_in_force": _hold,
    "decision_asked": lambda w: replace(w, decisions=(*w.decisions, DecisionFact(8, "credit", "open", asked=True))),
    "net_zero": _pays,
    "request_for_terms": lambda w: _message(w, topics=("plan",)),
    "promise_broken": lambda w: _promise(w, BROKEN, TODAY - timedelta(days=3)),
    "promise_undated": lambda w: _promise(w, UNDATED, None, in_force_until=TODAY - timedelta(days=1)),
    "payment_claimed": lambda w: _message(w, kind="paid"),
    "payment_in_flight": lambda w: w.more("payments", PaymentFact(2, "P-2", TODAY, "EUR", 1_000, 0, "pending", "transfer")),
    "promised_credit": lambda w: _credit(w, 1_000, promised=True),
    "credits_could_cover": lambda w: _credit(w, 1_000),
    "short_payment": lambda w: _invoice(w, paid_minor=1_000, amount_minor=_first(w).balance_minor + 1_000),
    "po_missing": lambda w: _invoice(w, po_required=True),
    "invoice_not_delivered": lambda w: _invoice(w, delivery_status="failed"),
    "customer_approval": lambda w: w.with_facts(procurement_note="portal approval takes a month"),
    "source_gap": lambda w: w.with_facts(sources={**w.facts.sources, "payments": source("payments", "unavailable")}),
    "recipient_missing": lambda w: w.with_facts(recipient=None, contacts=(contact(usable=False, verified_at=None),)),
    "terms_differ": lambda w: _contract(w, terms_days=60),
    "ticket_urgent": lambda w: w.more("tickets", TicketFact(1, "Z-1", "Down", "urgent", False, "open", AS_OF, AS_OF)),
    "tier_strategic": lambda w: w if w.facts.tier == "enterprise" else w.with_facts(tier="strategic"),
    "total_over_routine": lambda w: _invoice(w, amount_minor=2_600_000, balance_minor=max(2_600_000, _first(w).balance_minor)),
    "payment_plan": lambda w: _term(w, "payment_plan", schedule=((TODAY - timedelta(days=20), 50_000),)),
    "promise_in_force": lambda w: _promise(w, IN_FORCE[0], TODAY + timedelta(days=3), in_force_until=TODAY + timedelta(days=5)),
}
# Two rules have more than one way in.
ALSO: Mapping[str, Callable[[World], World]] = {
    "executive_escalation": lambda w: w.more("calls", CallFact(1, AS_OF - timedelta(days=1), "reached", ("escalation",))),
    "suspension_considered": lambda w: _term(w, "suspension", wording="We will suspend deliveries."),
}


def worse(w: World, names: Iterable[str]) -> World:
    """The world with these bad facts, in the order of ``BAD``."""
    wanted = set(names)
    for name, add in BAD.items():
        if name in wanted:
            w = add(w)
    return w
