"""The only door out of ``accounts`` for the line: what is true about accounts at one moment.

Set-based: the number of queries depends neither on how many accounts are asked for nor on how many rows they have.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accounts.fact_types import AccountFacts
from accounts.facts.building import Builder
from accounts.facts.reading import read
from governance.policies import PolicyParameters, active_parameters

__all__ = ["facts_for"]


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
