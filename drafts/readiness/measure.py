"""Measure portfolios: every line of each, in a constant number of queries for any number of portfolios and accounts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from drafts.readiness.disputes import dispute_lines
from drafts.readiness.facts import facts_lines
from drafts.readiness.people import people_lines
from drafts.readiness.scene import scene
from drafts.readiness.scoring import Readiness, ordered
from drafts.readiness.sending import sending_lines
from drafts.readiness.texts import text_lines
from drafts.readiness.training import training_lines
from governance.policies import PolicyParameters


def measure(portfolio_ids: Collection[int] | None, at: datetime, policy: PolicyParameters) -> dict[int, Readiness]:
    """Readiness by portfolio id; all portfolios for None. Writes nothing."""
    found = scene(portfolio_ids, at, policy)
    facts, people, sending = facts_lines(found), people_lines(found), sending_lines(found)
    disputes, texts, training = dispute_lines(found), text_lines(found), training_lines(found)
    return {
        pk: Readiness(pk, ordered([*facts[pk], *people[pk], *sending[pk], disputes[pk], texts[pk], *training.get(pk, [])]), policy.model_readiness_minimum)
        for pk in found.portfolios
    }
