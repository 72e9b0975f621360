"""What no policy may loosen, whoever writes it: four locked rules, and the values of parameters that would switch one off in effect.

The locked rules themselves have no parameter. But a limit can be set so that a rule never fires again: a source that is never stale is
never missed by the last look, a source of disputes that is not required may be down without anybody noticing. Those values are refused
by name, here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from governance.policy_parameters import PolicyParameters


@dataclass(frozen=True, slots=True)
class Lock:
    """A rule that holds whatever the policy says. ``by`` names what would loosen it in effect and is bounded for that reason."""

    name: str
    title: str
    words: str
    by: str


LOCKS: tuple[Lock, ...] = (
    Lock(
        "human_approval", "Human approval",
        "Nothing leaves without a named person's approval of exactly those bytes, and every required role is another person.",
        "An approval is good for at most 10 business days. No parameter adds a lane without a person.",
    ),
    Lock(
        "dispute_hold", "Dispute hold",
        "A dispute signal holds the account until a person judged it; a disputed invoice is never demanded.",
        "Tickets and messages, where disputes are found, stay required once they are connected.",
    ),
    Lock(
        "last_look", "Last look",
        "Before it leaves, every message is checked again on the facts, holds and rules of that moment.",
        "Invoices, payments and contacts stay required, and facts are stale after 168 hours at the latest.",
    ),
    Lock(
        "do_not_contact", "Do not contact",
        "Opt-outs and do-not-contact holds stop every message.",
        "Contacts stay required; nobody's grace or waiting time may be negative.",
    ),
)  # fmt: skip
LOCK_NAMES = {lock.name: lock for lock in LOCKS}

ALWAYS_REQUIRED = ("invoices", "payments", "contacts")
DISPUTE_SOURCES = ("tickets", "messages")
STALEST_HOURS = 168

# Beyond these a number has no meaning for a business and would break the arithmetic of dates: the largest allowed, by field.
LARGEST: dict[str, int] = {
    "routine_total_limit": 10**9, "executive_total_limit": 10**9, "discount_executive_limit": 10**9, "minimum_amount": 1_000_000,
    "renewal_days": 730, "terms_tolerance_days": 365, "short_payment_tolerance_minor": 10**9, "days_between_steps": 365,
    "cap_messages": 30, "send_delay_minutes_routine": 10_080, "send_delay_minutes_exception": 10_080, "send_delay_minutes_legal": 10_080,
    "due_hours_routine": 720, "due_hours_exception": 720, "due_hours_executive": 720, "grace_days": 60, "bank_processing_days": 30,
    "undated_promise_days": 60, "model_tokens_per_draft": 1_000_000, "model_tokens_per_account_day": 10_000_000,
    "model_cost_micro_per_day": 10**12, "model_seconds_per_account_day": 86_400, "model_seconds_per_day": 10**8,
    "model_price_micro_in": 10**6, "model_price_micro_out": 10**6, "model_breaker_failures": 1_000, "model_breaker_minutes": 1_440,
    "retention_days_contacts": 36_500, "retention_days_uploads": 36_500, "retention_days_working_copies": 36_500,
}  # fmt: skip
LARGEST_OTHER = 10**12
LONGEST_GRACE = 60


def refused(policy: PolicyParameters) -> Iterator[tuple[str, str]]:
    """(field, words) of every value that would loosen a locked rule in effect."""
    for kind in ALWAYS_REQUIRED:
        if kind not in policy.required_sources:
            lock = LOCK_NAMES["do_not_contact" if kind == "contacts" else "last_look"]
            yield "required_sources", f"{kind} cannot be left out: that would loosen the locked rule “{lock.title}”"
    for kind in DISPUTE_SOURCES:
        if kind not in (*policy.required_once_configured, *policy.required_sources):
            yield "required_once_configured", f"{kind} cannot be left out: a dispute could go unseen there (locked rule “Dispute hold”)"
    for field in ("fresh_hours", "fresh_hours_payments"):
        if getattr(policy, field) > STALEST_HOURS:
            yield field, f"at most {STALEST_HOURS}: facts that are never stale would switch off the locked rule “Last look”"


def unreasonable(policy: PolicyParameters) -> Iterator[tuple[str, str]]:
    """(field, words) of values that contradict each other or that no calendar can carry."""
    for field, value in policy.model_dump().items():
        most = LARGEST.get(field, LARGEST_OTHER)
        if isinstance(value, int) and not isinstance(value, bool) and value > most:
            yield field, f"at most {most:,}, not {_short(value)}"
    for method, days in policy.grace_days_by_method.items():
        if not 0 <= days <= LONGEST_GRACE:
            yield "grace_days_by_method", f"{method[:40]}: from 0 to {LONGEST_GRACE} business days, not {_short(days)}"
    if policy.business_start_hour >= policy.business_end_hour:
        yield "business_end_hour", f"later than the first hour ({policy.business_start_hour}), or no message could ever leave"
    if policy.executive_total_limit <= policy.routine_total_limit:
        words = f"above the routine limit ({policy.routine_total_limit:,}), or the limit of the routine lane would never decide anything"
        yield "executive_total_limit", words
    yield from _steps(policy)


def _steps(policy: PolicyParameters) -> Iterator[tuple[str, str]]:
    if not policy.steps:
        yield "steps", "at least one step"
    numbers, days = [s.step for s in policy.steps], [s.days_after_due for s in policy.steps]
    if numbers != sorted(set(numbers)) or days != sorted(set(days)):
        yield "steps", "each step has a higher number and begins later than the one before"


def _short(value: int) -> str:
    return f"{value:,}" if abs(value) < 10**15 else "a number that long"
