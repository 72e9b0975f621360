"""The only door out of ``accounts`` for the line: what is true about accounts at one moment.

Set-based: the number of queries depends neither on how many accounts are asked for nor on how many rows they have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.fact_types import AccountFacts
from accounts.facts.building import Builder
from accounts.facts.reading import read
from governance.canonical import canonical_json
from governance.policies import PolicyParameters, active_parameters

__all__ = ["JUDGED_BY", "facts_for", "facts_under"]

# The parameters by which facts are judged while they are built: ages of sources, ends of promises, money on its way.
JUDGED_BY = (
    "fresh_hours", "fresh_hours_payments", "grace_days", "grace_days_by_method", "undated_promise_days", "bank_processing_days",
)  # fmt: skip


def facts_for(
    account_ids: Iterable[int], as_of: datetime, *, policy: PolicyParameters | None = None
) -> dict[int, AccountFacts]:
    """The facts of each account by id, as known at ``as_of`` (aware). Unknown ids are absent.

    Callers chunk ids (at most 1,000 a call keeps memory flat). ``policy`` gives age limits and grace days; without it
    the active policy is read, and ``NoActivePolicy`` is raised where there is none.
    """
    ids = sorted(set(account_ids))
    if not ids:
        return {}
    rows = read(ids, as_of)
    return Builder(rows, as_of, policy or active_parameters()).build_all()


def facts_under(
    account_ids: Iterable[int], as_of: datetime, policies: Sequence[PolicyParameters], *, habits: bool = True
) -> list[dict[int, AccountFacts]]:
    """The facts of each account under each of several policies, in their order; the rows are read once.

    Policies that judge facts alike (``JUDGED_BY``) share the same objects. Without ``habits`` nobody's paying habit is looked up: the
    rules do not read it, and it costs a tenth of everything.
    """
    ids = sorted(set(account_ids))
    if not ids:
        return [{} for _ in policies]
    rows = read(ids, as_of, habits=habits)
    made: dict[str, dict[int, AccountFacts]] = {}
    for policy in policies:
        if (key := _judging(policy)) not in made:
            made[key] = Builder(rows, as_of, policy).build_all()
    return [made[_judging(policy)] for policy in policies]


def _judging(policy: PolicyParameters) -> str:
    return canonical_json({name: getattr(policy, name) for name in JUDGED_BY})
