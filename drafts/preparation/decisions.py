"""Questions prepared for a person: the question in one sentence, why it came, and two or three options with
the facts they rest on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from accounts.fact_types import AccountFacts
from drafts.classification.types import NO_CONTACT, DecisionNeed, Verdict, money
from drafts.preparation.standing import Standing
from governance.audit import Entry, account_stream, record
from governance.history import record_history
from governance.models import Decision
from governance.roles import EXECUTIVE, FINANCE, LEGAL, OWNER, REVIEWER

if TYPE_CHECKING:
    from governance.models import User

INSTALMENTS = 3

QUESTIONS = {
    "relationship_path": "{name} has {totals} overdue. May we write about it now?",
    "payment_plan": "{name} has {totals} overdue. Agree a payment plan, or ask for payment?",
    "credit": "{name} has {totals} overdue. Grant a credit, or ask for payment?",
    "discount": "{name} has {totals} overdue. Grant a discount, or ask for payment?",
    "fee": "{name} has {totals} overdue. Charge a fee or interest?",
    "legal_step": "{name} has {totals} overdue. May an ordinary message be written, or is a legal step taken?",
    "suspension": "{name} has {totals} overdue. Announce that delivery or service is suspended?",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One decision to prepare."""

    facts: AccountFacts
    verdict: Verdict
    need: DecisionNeed
    follow_up_id: int


def open_needs(facts: AccountFacts, verdict: Verdict, standing: Standing) -> list[DecisionNeed]:
    """Those of the verdict's decisions that are neither asked already nor answered for now."""
    answered = {d.kind for d in standing.decisions if d.in_force(facts.today)}
    return [n for n in verdict.decisions if n.kind not in standing.asked and n.kind not in answered]


def prepare_decisions(questions: Sequence[Question], *, by: User | None, at: datetime) -> list[Decision]:
    """Write the questions, with history and one event each. Run inside the transaction of the batch."""
    rows = Decision.objects.bulk_create([_row(question, at) for question in questions])
    record_history(Decision, [row.pk for row in rows], "+", by=by, at=at)
    record(
        [
            Entry(account_stream(row.account_id), "decision.prepared", "decision", row.pk, {"kind": row.kind})
            for row in rows
        ],
        by=by, at=at,
    )  # fmt: skip
    return rows


def _row(question: Question, at: datetime) -> Decision:
    facts, verdict, need = question.facts, question.verdict, question.need
    return Decision(
        kind=need.kind,
        account_id=facts.account_id,
        portfolio_id=facts.portfolio_id,
        follow_up_id=question.follow_up_id,
        question=question_for(need.kind, facts, verdict),
        why=[reason.as_dict() for reason in need.why],
        options=options_for(facts, verdict, need),
        deciding_role=need.deciding_role,
        due_at=verdict.due_at,
        created_at=at,
    )


def question_for(kind: str, facts: AccountFacts, verdict: Verdict) -> str:
    """The question in one sentence."""
    return QUESTIONS[kind].format(name=facts.name, totals=_totals(verdict) or "nothing")


def options_for(facts: AccountFacts, verdict: Verdict, need: DecisionNeed) -> list[dict[str, Any]]:
    """Two to four prepared answers, each with its effect, the facts it rests on and who would have to approve the wording."""
    return _OPTIONS[need.kind](facts, verdict, need)


def _totals(verdict: Verdict) -> str:
    return " and ".join(money(minor, currency) for currency, minor in sorted(verdict.totals.items()))


def _option(
    key: str, title: str, effect: str, facts: list[str], approvers: Sequence[str] = ()
) -> dict[str, Any]:
    return {"key": key, "title": title, "effect": effect, "facts": facts, "approvers": list(approvers)}


def _cited(verdict: Verdict, need: DecisionNeed) -> list[str]:
    """What the question rests on: the evidence of its reasons and the overdue totals."""
    evidence = [fact for reason in need.why for fact in reason.evidence]
    return list(dict.fromkeys([*evidence, *(f"total:{currency}" for currency in sorted(verdict.totals))]))


def _overdue(facts: AccountFacts) -> list[str]:
    return [invoice.fact_id for invoice in facts.overdue_invoices[:5]]


def _wait(verdict: Verdict, need: DecisionNeed) -> dict[str, Any]:
    effect = "Nothing is written before the day you name; then everything is looked at again."
    return _option(NO_CONTACT, "No contact until a day", effect, _cited(verdict, need))


def _relationship(facts: AccountFacts, verdict: Verdict, need: DecisionNeed) -> list[dict[str, Any]]:
    approvers = [role for role, _ in verdict.required_roles]
    effect = "A careful message is prepared; it leaves only after the approvals named here."
    write = _option(
        "proceed", "Write to the customer", effect, [*_cited(verdict, need), *_overdue(facts)], approvers
    )
    return [write, _wait(verdict, need)]


def _plan(facts: AccountFacts, verdict: Verdict, need: DecisionNeed) -> list[dict[str, Any]]:
    effect = (
        "The instalments you state become an approved term; only exactly these amounts and dates pass the checks. "
        f"For example, in {INSTALMENTS} instalments: {_instalments(verdict)}."
    )
    cited = _cited(verdict, need)
    return [
        _option("proceed_plan", "Agree a payment plan", effect, [*cited, *_overdue(facts)], (FINANCE, OWNER)),
        _refusal("No plan, ask for payment", verdict, need),
        _wait(verdict, need),
    ]


def _instalments(verdict: Verdict) -> str:
    """Equal parts of each currency's overdue total; the first carries the remainder, so that they add up
    exactly.
    """
    parts = []
    for currency, minor in sorted(verdict.totals.items()):
        part = minor // INSTALMENTS
        first = minor - part * (INSTALMENTS - 1)
        parts.append(", ".join(money(m, currency) for m in (first, *[part] * (INSTALMENTS - 1))))
    return " and ".join(parts)


def _grant(key: str, title: str, no: str, exactly: str, approvers: Sequence[str]) -> Callable[..., list[dict[str, Any]]]:
    """Granting exactly what is stated, or not."""

    def options(facts: AccountFacts, verdict: Verdict, need: DecisionNeed) -> list[dict[str, Any]]:
        effect = f"{exactly} becomes an approved term; only exactly this passes the checks."
        others = [role for role, _ in verdict.required_roles if role != REVIEWER]
        grant = _option(key, title, effect, [*_cited(verdict, need), *_overdue(facts)], list(dict.fromkeys([*approvers, *others])))
        return [grant, _refusal(no, verdict, need), _wait(verdict, need)]

    return options


def _refusal(title: str, verdict: Verdict, need: DecisionNeed) -> dict[str, Any]:
    approvers = [role for role, _ in verdict.required_roles]
    effect = "A message about the open amount is prepared, without any offer."
    return _option("refuse", title, effect, _cited(verdict, need), approvers)


def _legal(facts: AccountFacts, verdict: Verdict, need: DecisionNeed) -> list[dict[str, Any]]:
    cited = _cited(verdict, need)
    ordinary = "An ordinary message is prepared, without legal wording; it leaves only after the approvals named here."
    stated = "The sentence you state becomes an approved term; only exactly this sentence passes the checks."
    return [
        _option("proceed", "Write an ordinary message", ordinary, cited, [role for role, _ in verdict.required_roles]),
        _option("proceed_step", "Take a legal step", stated, [*cited, *_overdue(facts)], (LEGAL, OWNER)),
        _option("keep", "Keep it on hold", "The account stays on hold; legal deals with it.", cited, (LEGAL,)),
        _wait(verdict, need),
    ]


_OPTIONS = {
    "relationship_path": _relationship,
    "payment_plan": _plan,
    "credit": _grant(
        "proceed_credit", "Grant a credit", "No credit, ask for payment", "The amount you state", (FINANCE, OWNER)
    ),
    "discount": _grant(
        "proceed_discount", "Grant a discount", "No discount, ask for payment", "The amount or percentage you state", (FINANCE, OWNER)
    ),
    "fee": _grant(
        "proceed_fee", "Charge a fee or interest", "No fee, ask for payment", "The amount or sentence you state", (FINANCE, LEGAL, OWNER)
    ),
    "legal_step": _legal,
    "suspension": _grant(
        "proceed_suspension", "Announce a suspension", "No suspension", "The sentence you state", (LEGAL, EXECUTIVE, OWNER)
    ),
}
