"""The parameters of a policy in words: what each is called, in what unit, which rules read it, and in which direction it gives more freedom.

A parameter without an entry here still has a name and an edit field; its direction is not known, so any change of it counts as looser and
has to be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from governance.policy_parameters import PolicyParameters

# Directions: more of it, less of it, any change of it, or no change of it gives the machine more freedom.
MORE, LESS, ANY, NEVER = "more", "less", "any", "never"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. ``rules`` are the rules of classification that read it."""

    name: str
    group: str
    label: str
    unit: str = ""
    looser: str = ANY
    rules: tuple[str, ...] = ()


LANES = "Which lane an account is in"
SOURCES = "Required sources and their age"
MONEY = "Amounts"
LADDER = "Dunning steps"
CONTACT = "Contact with the customer"
SENDING = "Approving and sending"
DEADLINES = "Deadlines of our people"
PROMISES = "Promises and payments on their way"
DISPUTES = "Disputes"
MODEL = "Model and its budget"
KEEPING = "How long data is kept"
OTHER = "Other"

_ALL: tuple[Parameter, ...] = (
    Parameter("routine_total_limit", LANES, "Routine up to a total overdue of", "of the account's currency", MORE, ("total_over_routine",)),
    Parameter("executive_total_limit", LANES, "An executive decides above", "of the account's currency", MORE, ("total_over_executive",)),
    Parameter("renewal_days", LANES, "Executive review when a renewal is within", "days", LESS, ("renewal_near",)),
    Parameter("required_sources", SOURCES, "Always required", "", LESS, ("source_gap",)),
    Parameter("required_once_configured", SOURCES, "Required once connected", "", LESS, ("source_gap",)),
    Parameter("fresh_hours", SOURCES, "Facts are stale after", "hours", MORE, ("source_gap",)),
    Parameter("fresh_hours_payments", SOURCES, "Payments are stale after", "hours", MORE, ("source_gap",)),
    Parameter("terms_tolerance_days", MONEY, "Contract and invoice terms may differ by", "days", MORE, ("terms_differ",)),
    Parameter("minimum_amount", MONEY, "Not chased below", "of the account's currency", ANY, ("net_zero", "credits_could_cover")),
    Parameter("short_payment_tolerance_minor", MONEY, "A payment in part is overlooked up to", "minor units", MORE, ("short_payment",)),
    Parameter("steps", LADDER, "Steps begin this many days after the due date", "", ANY),
    Parameter("days_between_steps", LADDER, "Between two steps at least", "days", LESS),
    Parameter("business_start_hour", CONTACT, "Messages leave from", "o'clock at the customer", LESS),
    Parameter("business_end_hour", CONTACT, "Messages leave until", "o'clock at the customer", MORE),
    Parameter("cap_business_days", CONTACT, "One message per account in", "business days", LESS),
    Parameter("cap_messages", CONTACT, "At most this many messages per account", "in the window", MORE),
    Parameter("cap_window_days", CONTACT, "The window of that limit", "days", LESS),
    Parameter("send_delay_minutes_routine", SENDING, "A routine message waits", "minutes before it leaves", LESS),
    Parameter("send_delay_minutes_exception", SENDING, "An exception waits", "minutes before it leaves", LESS),
    Parameter("send_delay_minutes_legal", SENDING, "Legal wording waits", "minutes before it leaves", LESS),
    Parameter("approval_business_days", SENDING, "An approval is good for", "business days", MORE),
    Parameter("draft_business_days", SENDING, "A draft not decided expires after", "business days", MORE),
    Parameter("routine_editor_may_approve", SENDING, "In the routine lane the editor of a text may approve it", "", MORE),
    Parameter("evidence_first_percent", SENDING, "Evidence before the text, for a sample of", "percent of the drafts", LESS),
    Parameter("quick_approvals_in_a_row", SENDING, "Evidence before the text, after more quick approvals in a row than", "", MORE),
    Parameter("discount_executive_limit", SENDING, "A discount needs an executive above", "of the account's currency", MORE),
    Parameter("due_hours_routine", DEADLINES, "A routine draft should be decided within", "hours", NEVER),
    Parameter("due_hours_exception", DEADLINES, "An exception should be decided within", "hours", NEVER),
    Parameter("due_hours_executive", DEADLINES, "An executive decision should be made within", "hours", NEVER),
    Parameter("claim_minutes", DEADLINES, "A draft stays claimed for", "minutes", NEVER),
    Parameter("grace_days", PROMISES, "After a promised date we wait", "business days", LESS, ("promise_in_force", "promise_broken")),
    Parameter("grace_days_by_method", PROMISES, "Other waits by way of payment", "business days", LESS, ("promise_in_force", "promise_broken")),
    Parameter("bank_processing_days", PROMISES, "The bank takes", "business days", LESS, ("payment_in_flight", "net_zero")),
    Parameter("undated_promise_days", PROMISES, "A promise without a date is waited for", "business days", LESS, ("promise_in_force", "promise_undated")),
    Parameter(
        "chase_undisputed_rest", DISPUTES, "Once a dispute is confirmed and owned, the undisputed rest may be chased", "", MORE, ("dispute_open",)
    ),
    Parameter("model_seconds", MODEL, "A model is given up after", "seconds", NEVER),
    Parameter("model_attempts", MODEL, "A model is asked at most", "times", NEVER),
    Parameter("model_tokens_per_draft", MODEL, "Tokens per draft", "", NEVER),
    Parameter("model_tokens_per_account_day", MODEL, "Tokens per account and day", "", NEVER),
    Parameter("model_cost_micro_per_day", MODEL, "Spend per day", "millionths", MORE),
    Parameter("model_seconds_per_account_day", MODEL, "Model time per account and day", "seconds", NEVER),
    Parameter("model_seconds_per_day", MODEL, "Model time per day, all calls added up", "seconds", MORE),
    Parameter("model_price_micro_in", MODEL, "Price of a token read", "millionths", NEVER),
    Parameter("model_price_micro_out", MODEL, "Price of a token written", "millionths", NEVER),
    Parameter("model_breaker_failures", MODEL, "The model is paused after", "failures in a row", NEVER),
    Parameter("model_breaker_minutes", MODEL, "The pause lasts", "minutes", NEVER),
    Parameter("retention_days_contacts", KEEPING, "People of accounts with nothing open", "days", NEVER),
    Parameter("retention_days_uploads", KEEPING, "Uploaded files", "days", NEVER),
    Parameter("retention_days_working_copies", KEEPING, "Typed text that was never saved", "days", NEVER),
)
_BY_NAME = {p.name: p for p in _ALL}


def parameters() -> tuple[Parameter, ...]:
    """Every parameter of the typed policy, in the order of the groups; those without words of their own at the end."""
    unnamed = [_unnamed(name) for name in PolicyParameters.model_fields if name not in _BY_NAME]
    return (*(p for p in _ALL if p.name in PolicyParameters.model_fields), *unnamed)


def about(name: str) -> Parameter:
    """One parameter by name."""
    return _BY_NAME.get(name) or _unnamed(name)


def _unnamed(name: str) -> Parameter:
    field = PolicyParameters.model_fields.get(name)
    words = (field.description if field else "") or name.replace("_", " ")
    return Parameter(name, OTHER, capfirst(words))


def in_words(value: Any) -> str:
    """A value as people read it: "yes", "25,000", "invoices, payments", "1, 15, 30, 60"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {inner}" for key, inner in sorted(value.items())) or "none"
    if isinstance(value, (list, tuple)):
        return ", ".join(_part(part) for part in value) or "none"
    return str(value)


def _part(part: Any) -> str:
    if isinstance(part, dict) and set(part) == {"step", "days_after_due"}:
        return f"step {part['step']} after {part['days_after_due']}"
    return str(part)


@dataclass(frozen=True, slots=True)
class Change:
    """One parameter that differs. ``looser`` is true when the new value gives more freedom, or when nobody can tell."""

    about: Parameter
    before: Any
    after: Any
    looser: bool

    @property
    def was(self) -> str:
        """The old value in words."""
        return in_words(self.before)

    @property
    def becomes(self) -> str:
        """The new value in words."""
        return in_words(self.after)


def changes(before: PolicyParameters, after: PolicyParameters) -> tuple[Change, ...]:
    """What differs between two policies, in the order of the pages."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return tuple(
        Change(p, old[p.name], new[p.name], _looser(p.looser, old[p.name], new[p.name])) for p in parameters() if old[p.name] != new[p.name]
    )


def _looser(direction: str, before: Any, after: Any) -> bool:
    if direction in (ANY, NEVER):
        return direction == ANY
    if isinstance(before, dict):
        return _any_less(before, after) if direction == LESS else _any_less(after, before)
    if isinstance(before, list):
        return bool(set(before) - set(after)) if direction == LESS else bool(set(after) - set(before))
    return bool(after < before) if direction == LESS else bool(after > before)


def _any_less(before: dict[str, int], after: dict[str, int]) -> bool:
    """True when some key has less than before, or went away, or is new: what stood in its place may have been more."""
    return before.keys() != after.keys() or any(after[key] < before[key] for key in before)


def grouped(rows: Iterable[Parameter]) -> dict[str, list[Parameter]]:
    """Parameters under the headings of the pages."""
    found: dict[str, list[Parameter]] = {}
    for row in rows:
        found.setdefault(row.group, []).append(row)
    return found
