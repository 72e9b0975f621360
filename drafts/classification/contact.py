"""When the customer may be contacted next: caps, business hours, and the same in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.fact_types import AccountFacts
from drafts.classification.rules_blocks import waiting_promises
from drafts.classification.types import AWAIT_DECISION, HOLD, Case, DecisionFact, Reason, day, days
from governance.calendar import add_business_days, business_moment, zone
from governance.policies import PolicyParameters

NOT_REACHED = "no_answer"
# Replies nobody wrote.
MACHINES = ("out_of_office",)


@dataclass(frozen=True, slots=True)
class Cap:
    """The first day another message is allowed, and why not sooner ("" when today is fine)."""

    not_before: date
    why: str = ""


def contact_cap(case: Case) -> Cap:
    """The latest of the caps on any message of our own: per account and per address."""
    return _latest(account_cap(case.facts, case.policy), address_cap(case.facts, case.policy))


def account_cap(facts: AccountFacts, policy: PolicyParameters) -> Cap:
    """One message in so many business days, and so many in a window of days; messages sent outside the product count as well."""
    sent, today = facts.contacted_on, facts.today
    if not sent:
        return Cap(today)
    rested = add_business_days(sent[0], policy.cap_business_days, facts.country)
    if rested > today:
        gap = policy.cap_business_days
        return Cap(rested, f"message of {day(sent[0], today)} + {gap} business {'day' if gap == 1 else 'days'}")
    return _window_cap(sent, today, policy.cap_messages, policy.cap_window_days, "messages")


def address_cap(facts: AccountFacts, policy: PolicyParameters) -> Cap:
    """So many messages to the recipient's address within its window, whatever accounts they were about: one person reads them all."""
    words = "messages to this address"
    return _window_cap(facts.address_written_on, facts.today, policy.cap_contact_messages, policy.cap_contact_days, words)


def _window_cap(sent: Sequence[date], today: date, most: int, span: int, what: str) -> Cap:
    inside = [on for on in sent if (today - on).days < span]
    if len(inside) < most:
        return Cap(today)
    return Cap(inside[most - 1] + timedelta(days=span), f"{len(inside)} {what} in {days(span)}")


def quiet_period(facts: AccountFacts, policy: PolicyParameters, decisions: Iterable[DecisionFact] = ()) -> Cap:
    """No reminder right after a conversation: a call in which somebody was reached, or a message of the customer's.

    A decision recorded since then is our answer to it and ends the quiet.
    """
    spoken = [(call.at, "call") for call in facts.calls if call.outcome != NOT_REACHED]
    spoken += [(message.at, "message") for message in facts.messages if message.direction == "in" and message.kind not in MACHINES]
    if not spoken:
        return Cap(facts.today)
    at, what = max(spoken)
    if any(d.decided_at is not None and d.decided_at >= at for d in decisions):
        return Cap(facts.today)
    on = at.astimezone(zone(facts.time_zone)).date()
    rested, gap = add_business_days(on, policy.quiet_business_days, facts.country), policy.quiet_business_days
    if rested <= facts.today:
        return Cap(facts.today)
    said = "their message" if what == "message" else "the call"
    return Cap(rested, f"{said} of {day(on, facts.today)} + {gap} quiet business {'day' if gap == 1 else 'days'}")


def _latest(*caps: Cap) -> Cap:
    """The cap that lasts longest; the first of equals."""
    return max(caps, key=lambda cap: cap.not_before)


def window(case: Case, not_before: date) -> dict[str, Any]:
    """The next business hours at the customer from ``not_before`` on: JSON-ready moments in UTC and the customer's zone."""
    facts, policy = case.facts, case.policy
    tz = zone(facts.time_zone)
    at = facts.as_of
    if not_before > facts.today:
        at = datetime.combine(not_before, time(0), tz)
    opens = business_moment(at, facts.time_zone, facts.country, policy.business_start_hour, policy.business_end_hour)
    last_hour = time(policy.business_end_hour) if policy.business_end_hour < 24 else time(23, 59)
    closes = datetime.combine(opens.astimezone(tz).date(), last_hour, tz)
    return {
        "opens_at": opens.isoformat(),
        "closes_at": closes.astimezone(opens.tzinfo).isoformat(),
        "time_zone": facts.time_zone,
        "hours": f"{policy.business_start_hour}-{policy.business_end_hour}",
    }


def waiting_words(case: Case, action: str, reason: Reason | None, words: str, cap: Cap) -> str:
    """The next contact in words: "not before 12 May: promise of 10 May + 2 days", or what it waits for."""
    if reason is not None and reason.rule == "promise_in_force":
        return _promise_words(case)
    if action == HOLD:
        return f"not while it is on hold: {words}"
    if action == AWAIT_DECISION:
        return f"after a decision: {words}"
    if cap.why:
        return f"not before {day(cap.not_before, case.today)}: {cap.why}"
    return "as soon as it is approved"


def _promise_words(case: Case) -> str:
    last = max(waiting_promises(case), key=lambda p: p.in_force_until or date.min)
    after = max(last.in_force_until or case.today, (last.due_on or last.made_on) + timedelta(days=1))
    if last.due_on is None:
        gap = days(case.policy.undated_promise_days)
        return f"not before {day(after, case.today)}: promise without a date of {day(last.made_on, case.today)} + {gap}"
    grace = case.policy.grace_days_by_method.get(last.method, case.policy.grace_days)
    return f"not before {day(after, case.today)}: promise of {day(last.due_on, case.today)} + {days(grace)}"
