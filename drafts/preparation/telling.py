"""What the events of a draft say for the measures: ids, codes and numbers only, so that every measure can be read from the ledger alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts import readiness
from accounts.ageing import bucket
from accounts.fact_types import AccountFacts
from drafts.models import Draft
from governance.policies import PolicyParameters

RENEWAL = "renewal_near"
PERSON = "person"


def about(
    draft: Draft, facts: AccountFacts, policy: PolicyParameters, *, wrote: tuple[str, int | None] | None, rules: Iterable[str] = ()
) -> dict[str, Any]:
    """What a draft is, for counting: its slices, its length and how complete its facts were.

    ``wrote`` is the model's name and the id of its prompt version, None when an approved template or a person did; ``rules`` are the
    reasons of its lane.
    """
    by_whom = (wrote or ("unknown",))[0] if draft.author_kind == Draft.AuthorKind.MODEL else str(draft.author_kind)
    oldest = max((i.days_overdue for i in facts.overdue_invoices), default=0)
    return {
        "portfolio": facts.portfolio_id,
        "purpose": draft.purpose,
        "model": by_whom[:120],
        "prompt": wrote[1] if wrote else None,
        "band": bucket(oldest),
        "amounts": amounts(facts, draft.invoice_ids),
        "renewal": RENEWAL in set(rules),
        "words": word_count(draft),
        **known(facts, policy),
    }


def amounts(facts: AccountFacts, invoice_ids: Iterable[int]) -> dict[str, int]:
    """Open minor units of these invoices per currency."""
    table: dict[str, int] = {}
    wanted = set(invoice_ids)
    for invoice in facts.invoices:
        if invoice.id in wanted:
            table[invoice.currency] = table.get(invoice.currency, 0) + invoice.balance_minor
    return table


def known(facts: AccountFacts, policy: PolicyParameters) -> dict[str, Any]:
    """Whether every required source answered in time, and the state of each that did not."""
    missing = {source.kind: source.state for source in readiness.gaps(facts, policy)}
    return {"complete": not missing, "gaps": missing}


def word_count(draft: Draft) -> int:
    """Words a reviewer has to read."""
    return len(draft.subject.split()) + len(draft.body.split())
