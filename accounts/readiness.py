"""The six states of a source for one account: unknown is never shown as none.

A source that failed, may not be read, was never connected or is too old says nothing about what it would hold; only one that
answered in time may say "checked, empty".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.fact_types import (
    CHECKED_EMPTY,
    FINE_STATES,
    NOT_CONFIGURED,
    NOT_PERMITTED,
    PRESENT,
    STALE,
    UNAVAILABLE,
    AccountFacts,
    SourceFact,
)
from accounts.models import Source
from governance.policies import PolicyParameters

KINDS: tuple[str, ...] = tuple(Source.Kind.values)
LABELS: dict[str, str] = {kind: str(label) for kind, label in Source.Kind.choices}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What a source said: as a row of ``Source``, or of ``SourceState`` for one account."""

    name: str
    status: str
    as_of: datetime | None
    detail: str = ""
    owner_id: int | None = None


def age_limit(kind: str, policy: PolicyParameters) -> timedelta:
    """How old facts of this kind may be under the policy."""
    return timedelta(hours=policy.fresh_hours_payments if kind == Source.Kind.PAYMENTS else policy.fresh_hours)


def state_of(kind: str, row: SourceRow | None, found: bool, as_of: datetime, policy: PolicyParameters) -> SourceFact:
    """The state of one source kind. ``found`` says whether it holds anything for the account."""
    if row is None:
        return SourceFact(kind, LABELS[kind], NOT_CONFIGURED, None, None, "not connected")
    age = None if row.as_of is None else max(0, int((as_of - row.as_of).total_seconds()))
    if row.status == Source.Status.NOT_PERMITTED:
        state, detail = NOT_PERMITTED, row.detail or "we may not read it"
    elif row.status != Source.Status.OK:
        state, detail = UNAVAILABLE, row.detail or "it did not answer"
    elif row.as_of is None or age is None:
        state, detail = STALE, "the age of its data is unknown"
    elif timedelta(seconds=age) > age_limit(kind, policy):
        state, detail = STALE, f"older than {int(age_limit(kind, policy).total_seconds() // 3600)} hours"
    else:
        state, detail = (PRESENT if found else CHECKED_EMPTY), row.detail
    return SourceFact(kind, row.name, state, row.as_of, age, detail, row.owner_id)


def required_kinds(facts: AccountFacts, policy: PolicyParameters) -> tuple[str, ...]:
    """Source kinds this account's brief needs: those policy always lists, and those it lists as soon as they are connected."""
    connected = (k for k in policy.required_once_configured if facts.sources[k].state != NOT_CONFIGURED)
    return (*policy.required_sources, *connected)


def gaps(facts: AccountFacts, policy: PolicyParameters) -> tuple[SourceFact, ...]:
    """Required sources that are not present or checked and empty within their age limit."""
    return tuple(s for k in required_kinds(facts, policy) if (s := facts.sources[k]).state not in FINE_STATES)
