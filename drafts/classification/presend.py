"""What one more message would mean for the customer, in words, before anybody approves it. Pure.

The same caps as everywhere, asked on the day the message would leave, and once more as if it had left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from accounts.fact_types import AccountFacts
from drafts.classification.contact import Cap, account_cap, address_cap, quiet_period
from drafts.classification.types import day, days
from drafts.states import DEMAND
from governance.calendar import add_business_days
from governance.policies import PolicyParameters

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass(frozen=True, slots=True)
class Forecast:
    """``number``: which message this would be within ``span`` days; ``next_on``: the first day for the one after it. ``refused``: why it
    may not leave on that day ("" when it may)."""

    number: int
    span: int
    to_address: int
    next_on: date
    refused: str = ""
    today: date | None = None

    @property
    def words(self) -> str:
        """"This would be the third contact in 7 days; the next after this not before 12 Dec."""
        said = f"This would be the {_ordinal(self.number)} contact in {days(self.span)}"
        if self.to_address > self.number:
            said += f" (the {_ordinal(self.to_address)} to this address, all accounts together)"
        after = f"; the next after this not before {day(self.next_on, self.today)}."
        return f"{said}{after}" if not self.refused else f"{said}. It may not leave yet: {self.refused}."


def forecast(facts: AccountFacts, policy: PolicyParameters, leaves_on: date, purpose: str = DEMAND) -> Forecast:
    """What a message of ``purpose`` leaving on ``leaves_on`` (the customer's own date) would be, after everything that left before."""
    then = replace(facts, today=max(leaves_on, facts.today))
    span = policy.cap_contact_days
    number = 1 + sum(1 for on in then.contacted_on if 0 <= (then.today - on).days < span)
    to_address = 1 + sum(1 for on in then.address_written_on if 0 <= (then.today - on).days < span)
    stopping = [cap for cap in _caps(then, policy, purpose) if cap.why]
    refused = f"not before {day(max(c.not_before for c in stopping), facts.today)} ({'; '.join(c.why for c in stopping)})" if stopping else ""
    return Forecast(number, span, to_address, _next(then, policy, purpose), refused, facts.today)


def _caps(facts: AccountFacts, policy: PolicyParameters, purpose: str) -> list[Cap]:
    caps = [account_cap(facts, policy), address_cap(facts, policy)]
    return [*caps, quiet_period(facts, policy)] if purpose == DEMAND else caps


def _next(facts: AccountFacts, policy: PolicyParameters, purpose: str) -> date:
    """As if this one had left: the day nothing stands against another one any more, on a business day of the customer's."""
    left = facts.today
    sent = replace(facts, contacted_on=(left, *facts.contacted_on), address_written_on=(left, *facts.address_written_on))
    gap = policy.days_between_steps if purpose == DEMAND else 0
    found = max(account_cap(sent, policy).not_before, address_cap(sent, policy).not_before, left + timedelta(days=gap))
    # The caps are asked again on that day: a full window may only then begin to count.
    for _ in range(policy.cap_window_days):
        later = replace(sent, today=found)
        moved = max(account_cap(later, policy).not_before, address_cap(later, policy).not_before)
        if moved <= found:
            break
        found = moved
    return add_business_days(found - timedelta(days=1), 1, facts.country)


def _ordinal(number: int) -> str:
    return _ORDINALS[number - 1] if number <= len(_ORDINALS) else f"{number}th"
